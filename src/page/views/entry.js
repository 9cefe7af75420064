// One entry, explained: how it stands, both sides beside the base, what earlier runs did to it.

import { h } from "../dom.js";
import { app } from "../app.js";
import * as acts from "../acts.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { ofView } from "../keys.js";
import { anchor, asked, button, heading, kindIcon, mark, moment, stateWord } from "../parts.js";
import { link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { sideName } from "./days.js";
import { section } from "./entry_sides.js";

// ---------------------------------------------------------------- the head

// How an entry stands: the mark of a state, and its own word where it has one.
const STANDS = {
  synced: ["in-step"],
  conflict: ["waiting", "conflict"],
  error: ["failing", "failed"],
  pending: ["syncing", "not synced yet"],
  deleted: ["paused", "its event was deleted"],
  skipped: ["paused", "not selected"],
  undated: ["not-connected", "no date"],
  off: ["paused", "not synced"],
};

function facts(team, about) {
  const entry = about.entry || { status: "off" };
  const [state, word] = STANDS[entry.status] || STANDS.off;
  const parent = data.parentOf(entry);
  const kind = words.capital(data.kindWord(entry.type));
  const list = [
    parent ? [`${kind} of `, anchor(parent.title, link(team, "entry", parent.id))] : kind,
    h("code", {}, about.id),
    entry.priority,
    entry.boardStatus && entry.boardStatus.replace(/-/g, " "),
    h("span", { class: "state" }, mark(state), stateWord(state, word)),
  ];
  return h(
    "p",
    { class: "facts" },
    list.filter(Boolean).flatMap((fact, i) => (i ? [" · ", fact] : [fact])),
  );
}

function actions(team, about, runs) {
  const last = runs.find(run => !run.takenBack && run.changes.length);
  const address = (about.calendars.find(side => side.link) || {}).link;
  const label = about.entry ? about.entry.title : about.id;
  const isBusy = Boolean(app.acting) || app.runs.has(team);
  return h(
    "div",
    { class: "head-actions" },
    address
      ? h(
          "a",
          { class: "button small", href: address, target: "_blank", rel: "noreferrer" },
          icon("link", 14),
          "Open in the calendar",
        )
      : null,
    button("Sync this entry", () => acts.sync(team, { only: [about.id] }), { kind: "small", isDisabled: isBusy }),
    last
      ? button("Undo last change", () => acts.undo(team, { run: last.number, only: [about.id], label }), {
          kind: "small",
          icon: "undo",
          isDisabled: isBusy,
        })
      : null,
  );
}

// ---------------------------------------------------------------- what earlier runs did

const DID = {
  created: (fields, calendar) => `Event created in ${calendar}`,
  pulled: (fields, calendar) => `${fields || "It was"} pulled from ${calendar}`,
  pushed: fields => `${fields || "It was"} pushed`,
  conflict_settled: (fields, calendar, by) => `${fields}: conflict, settled${by ? ` (${by})` : ""}`,
  undone: () => "Taken back",
  redone: () => "Done again",
};

function pastLine(team, run) {
  const made = run.changes[0];
  if (!made) return run.message || "Something was overwritten";
  const fields = words.listed([...new Set(made.fields.map(field => words.fieldName(field.field).toLowerCase()))]);
  const known = DID[made.reason];
  return known
    ? words.capital(known(fields, sideName(team, made.calendar), words.deciderWords(made.decidedBy)))
    : words.reasonWords(made.reason)[0];
}

const MOST_RUNS = 6;

function past(team, runs) {
  const rows = runs
    .slice(0, MOST_RUNS)
    .map(run =>
      h(
        "li",
        { key: run.number, "data-row": true },
        h("p", { class: "quiet" }, moment(run.began)),
        h("p", {}, anchor(pastLine(team, run), link(team, "history", run.number))),
      ),
    );
  return h(
    "aside",
    { class: "past", "aria-labelledby": "past" },
    h("h2", { id: "past" }, "History"),
    rows.length ? h("ol", { class: "rows" }, rows) : h("p", { class: "quiet" }, "No run has changed it yet."),
    runs.length > MOST_RUNS ? h("p", {}, anchor(`All ${runs.length} changes`, link(team, "history"))) : null,
  );
}

// ---------------------------------------------------------------- the whole

function body(team, about) {
  const runs = (about.runs || []).map(data.runOf);
  const unknown = (about.now && about.now.error) || "No calendar knows it.";
  return [
    h(
      "div",
      { class: "entry-head" },
      kindIcon(data.kindOf(about.entry && about.entry.type), 16),
      h("div", {}, heading({ class: "title" }, (about.entry && about.entry.title) || about.id), facts(team, about)),
      actions(team, about, runs),
    ),
    about.problem ? h("p", { class: "note bad" }, mark("failing"), h("span", {}, about.problem)) : null,
    h(
      "div",
      { class: "entry-body" },
      h(
        "div",
        {},
        about.calendars.map((side, i) => section(team, about, side, i === 0)),
        about.calendars.length ? null : h("p", { class: "below" }, unknown),
      ),
      past(team, runs),
    ),
  ];
}

// The month that leads back: that of the entry, where it has a date.
function monthOf(about) {
  const when = about && about.entry && times.read(about.entry.date, about.entry.zone);
  return (when ? when.day : times.today(app.now)).slice(0, 7);
}

export function draw(team) {
  const known = data.entry(team, app.route.rest[0]);
  const month = monthOf(known.value);
  ofView("entry", { Escape: () => (history.back(), true) });
  return [
    h("p", { class: "back" }, h("a", { href: link(team, "month", month) }, icon("previous", 14), times.monthName(month))),
    known.value ? null : heading({ class: "unseen" }, app.route.rest[0]),
    asked(
      known,
      about => body(team, about),
      () => stale(team),
    ),
  ];
}
