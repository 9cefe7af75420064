// The runs that changed something or failed, newest first, and of one what it changed and overwrote, with the way back.

import { h } from "../dom.js";
import { app } from "../app.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { ofView } from "../keys.js";
import { anchor, asked, button, empty, heading, mark } from "../parts.js";
import { go, link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { detail } from "./history_run.js";
import { signCounts } from "./signs.js";

// ---------------------------------------------------------------- the list

// "2 pushed, 1 pulled", or why it failed.
function summary(run) {
  if (run.isCutOff) return "Was cut off; the next run put it right";
  if (run.isFailed && run.message) return run.message;
  const counts = { pushed: 0, deleted: 0, pulled: 0, settled: 0 };
  for (const one of run.changes) {
    if (data.signOf(one) === "!") counts.settled++;
    else if (data.signOf(one) === "-") counts.deleted++;
    else counts[data.wayOf(one) === "in" ? "pulled" : "pushed"]++;
  }
  const shown = Object.entries(counts).filter(([, number]) => number);
  if (run.changes.length === 1) return run.changes[0].title || run.changes[0].id;
  return shown.map(([word, number]) => `${number.toLocaleString()} ${word}`).join(", ") || "Nothing changed";
}

export function why(run) {
  const by = run.who && !["schedule", "board"].includes(run.why) ? ` by ${run.who}` : "";
  return `${words.whyWords(run.why)}${by}`;
}

function row(team, run, open) {
  return h(
    "li",
    { key: run.number, "data-row": true },
    h(
      "a",
      { class: "run-row", href: link(team, "history", run.number), "aria-current": run.number === open ? "true" : null },
      h("span", { class: "run-time" }, times.clock(run.began)),
      h("span", { class: "run-why" }, why(run)),
      run.isFailed
        ? h("span", { class: "run-signs" }, mark("failing"), h("span", { class: "unseen" }, "failed"))
        : h("span", { class: "run-signs" }, signCounts(data.signsOf(run.changes))),
      h(
        "span",
        { class: "run-what" },
        run.takenBack ? [h("del", { class: "gone plain" }, summary(run)), " taken back"] : summary(run),
      ),
    ),
  );
}

const nothing = (number, key) =>
  number > 0 ? h("li", { class: "run-none", key: `none-${key}` }, `${words.count(number, "run")} changed nothing`) : null;

// Runs that changed nothing are not in the list: their numbers are missing.
function rows(team, runs, open, last) {
  const list = [];
  let day = null;
  let expected = last;
  for (const run of runs) {
    const itsDay = run.began ? times.dayOf(run.began) : day;
    if (expected) list.push(nothing(expected - run.number, run.number));
    if (itsDay !== day)
      list.push(h("li", { class: "run-day", key: `day-${itsDay}` }, h("h2", {}, times.namedDay(itsDay, app.now))));
    list.push(row(team, run, open));
    day = itsDay;
    expected = run.number - 1;
  }
  return list;
}

// ---------------------------------------------------------------- the whole

const PAGE = 30;

function pages() {
  return Number(app.route.query.pages) || 1;
}

function more(team, open) {
  const address = `${link(team, "history", open)}?pages=${pages() + 1}`;
  return button("Older runs", () => go(address, { isReplacing: true }), { kind: "small" });
}

function body(team, told) {
  const runs = told.value;
  const [chosen] = app.route.rest;
  if (!runs.length && !chosen) {
    const text = "Each run is kept with what it changed and what was there before.";
    return h(
      "div",
      { class: "alone" },
      heading({ class: "title" }, "History"),
      empty("No run has changed anything yet.", text, anchor("Overview", link(team))),
    );
  }
  const open = chosen ? Number(chosen) : runs[0] && runs[0].number;
  const known = runs.find(run => run.number === open);
  const last = (data.status(team).value || {}).syncCount;
  return [
    h(
      "section",
      { class: `runs${chosen ? " has-open" : ""}`, "aria-label": "Runs" },
      chosen ? null : heading({ class: "unseen" }, "History"),
      h("ol", {}, rows(team, runs, open, last)),
      told.next ? h("p", { class: "run-more" }, more(team, open)) : null,
    ),
    h(
      "section",
      { class: `run-open${chosen ? "" : " is-first"}`, "aria-label": "One run" },
      open ? detail(team, open, known, Boolean(chosen)) : null,
    ),
  ];
}

export function draw(team) {
  ofView("history", { Escape: () => app.route.rest.length > 0 && (go(link(team, "history")), true) });
  const told = data.history(team, { limit: PAGE * pages() });
  return asked(
    told,
    () => body(team, told),
    () => stale(team),
  );
}
