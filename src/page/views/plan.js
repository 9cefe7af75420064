// What a run would do now, exactly; Apply does exactly it, or nothing where something it touches has changed since.

import { h } from "../dom.js";
import { announce, app, changed, notify } from "../app.js";
import { act, undo } from "../acts.js";
import { Problem, path, post } from "../api.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { ofView } from "../keys.js";
import { anchor, button, empty, failure, heading, loading, mark } from "../parts.js";
import { go, link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { sideName } from "./days.js";
import { planRow, waitRow } from "./plan_rows.js";
import { signWord } from "./signs.js";

const MOVED = new Set([409, 412]); // something that the plan touches has changed since

// The plan that is shown: { route, team, plan, problem, moved, sign }. Each visit of the view makes one.
let shown = null;

async function make(team) {
  const mine = { route: app.route, team, sign: null };
  shown = mine;
  try {
    mine.plan = data.planOf((await post(path("plan"), { team })).body);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    mine.problem = problem;
  }
  if (shown === mine) announce(mine.plan ? title(mine.plan) : mine.problem.message);
  changed();
}

function apply(team) {
  const { plan } = shown;
  return act("apply", async () => {
    try {
      const ran = data.ranBy(await post(path("apply"), { team, plan: plan.id }));
      stale(team);
      go(link(team));
      const label = words.count(plan.rows.length, "change");
      notify(`Made ${label}.`, ran.number ? { run: () => undo(team, { run: ran.number }) } : undefined);
    } catch (problem) {
      if (!MOVED.has(problem.status)) throw problem;
      shown.moved = problem.message;
    }
  });
}

// ---------------------------------------------------------------- in words

function title(plan) {
  const number = plan.rows.length;
  return number ? `A sync now would make ${words.count(number, "change")}` : "A sync now would change nothing";
}

const countOf = (plan, sign) => plan.rows.filter(row => row.sign === sign).length;

function summary(plan) {
  const parts = data.SIGNS.map(sign => [countOf(plan, sign), signWord(sign)]).filter(([number]) => number);
  const made = parts.map(([number, word]) =>
    word === "conflict settled" ? `${words.count(number, "conflict")} settled` : `${number} ${word}`,
  );
  const stay = plan.unchanged ? ` ${words.count(plan.unchanged, "entry stays as it is", "entries stay as they are")}.` : "";
  return `${made.length ? `${made.join(", ")}.` : ""}${stay}`;
}

// ---------------------------------------------------------------- the whole

const FILTERS = { "+": "Created", "~": "Updated", "-": "Deleted", "!": "Settled" };

function filter(plan) {
  const used = data.SIGNS.filter(sign => countOf(plan, sign));
  if (used.length < 2) return null;
  const choose = sign => () => {
    shown.sign = sign;
    changed();
  };
  const option = (sign, label) =>
    h("button", { type: "button", "aria-pressed": String(shown.sign === sign), onclick: choose(sign) }, label);
  return h(
    "div",
    { class: "segmented", role: "group", "aria-label": "Which changes" },
    option(null, `All ${plan.rows.length}`),
    used.map(sign => option(sign, `${FILTERS[sign]} ${countOf(plan, sign)}`)),
  );
}

function group(team, name, rows) {
  if (!rows.length) return null;
  const label = name ? `To ${sideName(team, name)}` : "To the board";
  return h(
    "section",
    { key: name || "board", "aria-label": label },
    h("div", { class: "plan-head" }, h("h2", {}, label), h("span", { class: "quiet" }, words.count(rows.length, "change"))),
    h(
      "ol",
      {},
      rows.map(row => planRow(team, row)),
    ),
  );
}

function guardNote({ guard }) {
  if (!guard) return null;
  return h(
    "div",
    { class: "note warn" },
    mark("waiting", 20),
    h(
      "span",
      {},
      h("strong", {}, words.asSentence(guard)),
      h("small", {}, " This is what it would do. Allowing it counts for this plan alone."),
    ),
  );
}

function movedNote(team) {
  if (!shown.moved) return null;
  return h(
    "div",
    { class: "note bad", role: "alert" },
    mark("failing"),
    h("span", {}, shown.moved),
    button("Plan again", () => make(team), { kind: "small" }),
  );
}

function body(team, plan) {
  const rows = plan.rows.filter(row => !shown.sign || row.sign === shown.sign);
  const targets = [...new Set(rows.map(row => row.to))].sort((a, b) => (a === null) - (b === null));
  return [
    guardNote(plan),
    movedNote(team),
    h(
      "div",
      { class: "plan-title" },
      h("div", {}, heading({ class: "title" }, title(plan)), h("p", { class: "below" }, summary(plan))),
      filter(plan),
    ),
    plan.rows.length || plan.waits.length
      ? h(
          "div",
          { class: "panel plan-panel" },
          targets.map(name =>
            group(
              team,
              name,
              rows.filter(row => row.to === name),
            ),
          ),
          plan.waits.map(told => waitRow(team, told)),
        )
      : empty(
          "Both sides say the same.",
          "When the board or the calendar changes, this shows what a sync would do with it.",
          anchor("Overview", link(team)),
        ),
  ];
}

export function draw(team) {
  ofView("plan", { Escape: () => (go(link(team)), true) });
  if (!shown || shown.team !== team || shown.route !== app.route) make(team);
  if (shown.plan) return body(team, shown.plan);
  if (!shown.problem)
    return [
      heading({ class: "title" }, "Looking at what a sync would do"),
      h("p", { class: "below" }, "The calendar is read; nothing is written."),
      loading(),
    ];
  return [heading({ class: "unseen" }, "Preview"), failure(shown.problem, () => make(team))];
}

/** What Apply would do, and the one button. */
export function foot(team) {
  if (!shown || !shown.plan || shown.moved || !shown.plan.rows.length) return null;
  const { plan } = shown;
  const label = plan.guard
    ? `Allow this once: ${words.count(plan.rows.length, "change")}`
    : `Apply ${words.count(plan.rows.length, "change")}`;
  return [
    h("p", {}, h("strong", {}, "Apply does exactly this,"), " or nothing if something it touches has changed."),
    h(
      "div",
      { class: "foot-actions" },
      plan.made ? h("span", { class: "quiet wide-only" }, `Made ${times.clock(plan.made)}`) : null,
      button(label, () => apply(team), { kind: "filled", isDisabled: app.acting === "apply" }),
    ),
  ];
}
