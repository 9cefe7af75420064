// The month as a list by day, with free days folded; what a phone shows in place of the grid, and the search.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { ofView } from "../keys.js";
import { anchor, asked, empty, kindIcon } from "../parts.js";
import { link } from "../router.js";
import * as times from "../times.js";
import { capital, spelled } from "../words.js";
import * as days from "./days.js";
import { nameOf } from "./chip.js";
import { head, monthOf } from "./month.js";

let wanted = "";
let team = null;

const PATIENCE_MS = 200;
let timer = null;

function type(event) {
  const text = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(() => {
    wanted = text.trim();
    changed();
  }, PATIENCE_MS);
}

function note(entry) {
  if (entry.kind === "external") return "external";
  if (entry.kind === "orphan") return "belongs to no entry";
  if (entry.kind === "epic") return entry.progress ? `epic, ${entry.progress.done} of ${entry.progress.total} done` : "epic";
  if (entry.kind === "court-date") return ["court date", entry.note].filter(Boolean).join(", ");
  return entry.parent || "";
}

function conflictNote(entry) {
  if (entry.side && entry.isThere) return [h("span", { class: "tone-warn" }, "conflict"), ` · this is ${entry.side}’s date`];
  const there = entry.clash && entry.clash.calendar;
  return [
    h("span", { class: "tone-warn" }, "conflict"),
    there ? ` · ${days.sideName(team, entry.clash.name)} has ${times.shortDay(there.day, app.now)}` : null,
  ];
}

function row(entry, day) {
  const isForeign = entry.kind === "external" || entry.kind === "orphan";
  const isConflict = entry.state === "conflict";
  const title = h("span", { class: `row-title kind-${entry.kind}` }, entry.title);
  return h(
    "li",
    { class: "agenda-row", "data-row": true, key: `${entry.kind}/${entry.id}/${entry.side || ""}` },
    kindIcon(entry.kind, 16),
    h(
      "div",
      {},
      isForeign
        ? title
        : anchor(title, link(team, isConflict ? "conflicts" : "entry", entry.id), { "aria-label": nameOf(entry, day) }),
      h("p", { class: "agenda-note" }, isConflict ? conflictNote(entry) : note(entry)),
    ),
    isConflict
      ? icon("waiting", 16, "warn")
      : h(
          "span",
          { class: "row-time" },
          entry.when && entry.when.at !== null ? times.clock(entry.when.at) : "",
          times.zoneNote(entry.when),
        ),
  );
}

function dayBlock(day, entries) {
  const isToday = day === times.today(app.now);
  return h(
    "li",
    { key: day, class: `agenda-day${isToday ? " today" : ""}`, id: `day-${day}` },
    h(
      "h2",
      { class: "agenda-date", "aria-label": `${times.longDay(day)}${isToday ? ", today" : ""}` },
      h("span", { class: "agenda-number" }, String(Number(day.slice(8)))),
      h("span", {}, isToday ? "Today" : times.weekdayName(day, "short")),
    ),
    entries.length
      ? h(
          "ol",
          {},
          entries.map(entry => row(entry, day)),
        )
      : h("p", { class: "quiet" }, "Nothing today"),
  );
}

const free = (from, number) =>
  h("li", { key: `free-${from}`, class: "free" }, `${capital(spelled(number))} ${number === 1 ? "day" : "days"} free`);

function list(month, entries) {
  const known = days.byDay(entries, team);
  const today = times.today(app.now);
  const blocks = [];
  let empties = 0;
  let since = null;
  const flush = () => {
    if (empties) blocks.push(free(since, empties));
    empties = 0;
  };
  for (let day = `${month}-01`; day.slice(0, 7) === month; day = times.addDays(day, 1)) {
    if (known.has(day) || day === today) {
      flush();
      blocks.push(dayBlock(day, known.get(day) || []));
    } else {
      if (!empties) since = day;
      empties++;
    }
  }
  flush();
  return h(
    "ol",
    {
      class: "agenda-list",
      mounted: () => month === today.slice(0, 7) && window.scrollTo({ top: Math.max(0, offsetOf(today)) }),
    },
    blocks,
  );
}

// The list opens at today.
function offsetOf(today) {
  const element = document.getElementById(`day-${today}`);
  return element ? element.getBoundingClientRect().top + scrollY - 120 : 0;
}

function results(found) {
  return asked(
    found,
    entries =>
      entries.length
        ? h(
            "ol",
            { class: "agenda-list found" },
            entries.map(entry =>
              h(
                "li",
                { class: "agenda-day", key: entry.id },
                h("p", { class: "agenda-date" }, h("span", {}, entry.when ? times.shortDay(entry.when.day, app.now) : "no date")),
                h("ol", {}, row(entry, entry.when ? entry.when.day : times.today(app.now))),
              ),
            ),
          )
        : empty(`Nothing has “${wanted}” in its title.`, "The search looks at titles and ids, dated or not."),
    () => stale(team),
  );
}

export function draw(name) {
  team = name;
  const month = monthOf(app.route.rest, app.now);
  const today = times.today(app.now);
  ofView("agenda", {
    t: () => {
      location.hash = link(team, "agenda", today.slice(0, 7));
      document.getElementById(`day-${today}`)?.scrollIntoView({ block: "center" });
    },
    Escape: () => wanted && ((wanted = ""), changed(), true),
  });
  const search = h(
    "p",
    { class: "search" },
    icon("search", 16),
    h("input", {
      id: "search",
      type: "search",
      class: "field",
      placeholder: "Search titles",
      "aria-label": "Search titles and ids",
      oninput: type,
    }),
  );
  if (wanted)
    return [
      head(team, month, "agenda"),
      search,
      h("p", { class: "unseen", role: "status" }, `Entries with ${wanted}`),
      results(data.search(team, wanted)),
    ];
  const found = data.between(team, `${month}-01`, times.addMonths(`${month}-01`, 1));
  return [
    head(team, month, "agenda"),
    search,
    asked(
      found,
      entries =>
        entries.length
          ? list(month, entries)
          : empty(`Nothing is dated in ${times.monthName(month)}.`, "An entry of the board appears here when it has a due date."),
      () => stale(team),
    ),
  ];
}
