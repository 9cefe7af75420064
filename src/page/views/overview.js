// How it stands in one sentence, the one thing to do, the wires to the calendars, the next two weeks, the last changes.

import { h } from "../dom.js";
import { app } from "../app.js";
import * as acts from "../acts.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { anchor, asked, button, change, heading, kindIcon, mark, moment, offlineSentence } from "../parts.js";
import { link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import * as firstRun from "./first_run.js";
import * as live from "./live.js";
import { remedy } from "./remedies.js";
import { wires } from "./wires.js";

const WEEKS = 14;
const MOST_ROWS = 12;
const MOST_CHANGES = 4;

// ---------------------------------------------------------------- the sentence

const names = stands => words.listed(stands.calendars.map(words.calendarTitle));

// One calendar has as many events as there are dated entries; with several nobody can say so in a word.
function allInStep(stands) {
  const [only, another] = stands.calendars;
  if (!only) return stands.sentence || "Everything is in step.";
  if (!another && only.events === 0) return `Nothing has a date yet; ${words.calendarTitle(only)} is in step.`;
  if (another || only.events === undefined) return `Everything is in step with ${names(stands)}.`;
  const what =
    only.events === 1 ? "The one dated entry is" : `All ${words.count(only.events, "dated entry", "dated entries")} are`;
  return `${what} in step with ${words.calendarTitle(only)}.`;
}

function inStep(stands) {
  const { lastSync, nextSync } = stands;
  const last = lastSync
    ? ["Last run ", moment(lastSync), nextSync ? `, next in ${times.until(nextSync, app.now)}.` : "."]
    : ["It has not run yet."];
  return {
    title: allInStep(stands),
    below: last,
  };
}

// What waits because a calendar fails, what does not.
function failing(stands) {
  const broken = stands.calendars.filter(calendar => calendar.state === "failing");
  const fine = stands.calendars.filter(calendar => calendar.state === "in-step");
  const since = stands.since || (broken[0] && broken[0].since);
  const waits = stands.pending.board
    ? `${words.count(stands.pending.board, "change")} on the board ${stands.pending.board === 1 ? "waits" : "wait"} until it answers.`
    : "";
  const name = broken.length ? words.listed(broken.map(words.calendarTitle)) : null;
  return {
    title: stands.sentence || "The last run failed.",
    below: [
      name && since
        ? [
            `${name} ${broken.length > 1 ? "have" : "has"} not been reached since `,
            moment(since, times.since(since, app.now)),
            ". ",
          ]
        : since
          ? ["Since ", moment(since, times.since(since, app.now)), ". "]
          : null,
      `Nothing is lost${waits ? `: ${waits}` : "."} `,
      fine.length ? `${words.listed(fine.map(words.calendarTitle))} ${fine.length > 1 ? "are" : "is"} in step.` : null,
    ],
  };
}

function waiting(stands) {
  const many = stands.conflicts;
  return {
    title: many
      ? `${words.capital(words.count(many, "conflict"))} ${many === 1 ? "waits" : "wait"} for you.`
      : stands.sentence || "A run waits for you.",
    below: many
      ? "Everything else is in step. Until you decide, both sides keep what they have."
      : "Nothing is written until you decide.",
  };
}

function paused(stands) {
  const waits = stands.pending.board
    ? ` ${words.count(stands.pending.board, "change")} on the board ${stands.pending.board === 1 ? "waits" : "wait"}.`
    : "";
  return {
    title: stands.since ? `Paused since ${times.since(stands.since, app.now)}.` : "Paused.",
    below: `Nothing is read or written.${waits}`,
  };
}

const switchedOff = stands => ({ title: stands.sentence || "Sync is switched off.", below: "Nothing is read or written." });

const SENTENCES = {
  "not-connected": switchedOff,
  "in-step": inStep,
  failing,
  waiting,
  paused,
  syncing: live.sentence,
  offline: () => ({
    title: offlineSentence(),
    below: "What you see is from then. It tries again every few seconds; buttons work again when it answers.",
  }),
};

function headline(team, stands, state) {
  const told = (SENTENCES[state] || inStep)(stands);
  const actions = state === "offline" ? button("Try now", app.tryNow, { isLocal: true }) : remedy(team, stands, state);
  return h(
    "div",
    { class: `headline ${state}` },
    mark(state, 26),
    h("div", {}, heading({ class: "sentence" }, told.title), h("p", { class: "below" }, told.below)),
    actions ? h("div", { class: "headline-actions" }, actions) : null,
  );
}

// ---------------------------------------------------------------- the next two weeks

const isEarlier = (a, b) => (a.when.day < b.when.day ? -1 : a.when.day > b.when.day ? 1 : (a.when.at || 0) - (b.when.at || 0));

function noteOf(entry) {
  if (entry.kind === "external") return "external";
  if (entry.kind === "orphan") return "belongs to no entry";
  if (entry.kind === "epic") return entry.progress ? `epic, ${entry.progress.done} of ${entry.progress.total} done` : "epic";
  if (entry.kind === "court-date") return entry.note ? `court date, ${entry.note}` : "court date";
  return entry.parent || "";
}

function dayRow(team, entry, label) {
  const title = h("span", { class: `row-title kind-${entry.kind}` }, entry.title);
  return h(
    "li",
    { "data-row": true, class: "day-row" },
    h("span", { class: "row-day" }, label),
    kindIcon(entry.kind, 14),
    h(
      "span",
      { class: "row-main" },
      entry.kind === "external" || entry.kind === "orphan" ? title : anchor(title, link(team, "entry", entry.id)),
      entry.state === "conflict" ? h("span", { class: "row-note tone-warn" }, icon("waiting", 12), " conflict") : null,
      h("span", { class: "row-note" }, noteOf(entry)),
    ),
    h("span", { class: "row-time" }, entry.when.at === null ? "" : times.clock(entry.when.at), times.zoneNote(entry.when)),
  );
}

function weeks(team, entries) {
  const rows = entries.filter(entry => entry.when).sort(isEarlier);
  if (!rows.length) return h("p", { class: "quiet" }, "Nothing is due in the next two weeks.");
  let before = null;
  return h(
    "ol",
    { class: "rows" },
    rows.slice(0, MOST_ROWS).map(entry => {
      const label = entry.when.day === before ? "" : times.namedDay(entry.when.day, app.now);
      const isFirst = entry.when.day !== before;
      before = entry.when.day;
      return dayRow(team, entry, isFirst ? label : h("span", { class: "unseen" }, times.namedDay(entry.when.day, app.now)));
    }),
    rows.length > MOST_ROWS
      ? h(
          "li",
          { class: "quiet more" },
          anchor(`${words.count(rows.length - MOST_ROWS, "more entry", "more entries")}`, link(team, "agenda")),
        )
      : null,
  );
}

function nextWeeks(team) {
  const today = times.today(app.now);
  const retry = () => stale(team);
  return h(
    "section",
    { "aria-labelledby": "weeks" },
    h("div", { class: "section-head" }, h("h2", { id: "weeks" }, "Next two weeks"), anchor("Open month", link(team, "month"))),
    asked(data.between(team, today, times.addDays(today, WEEKS)), entries => weeks(team, entries), retry),
  );
}

// ---------------------------------------------------------------- the last changes

const WAYS = { out: ["right", "to the calendar"], in: ["left", "to the board"] };

function didWords(team, one) {
  if (one.reason === "undone") return "Taken back";
  if (one.reason === "redone") return "Done again";
  const calendar = one.calendar
    ? words.serviceOf({ name: one.calendar, provider: providerOf(team, one.calendar) })
    : "the calendar";
  return data.wayOf(one) === "in" ? `Pulled from ${calendar}` : "Pushed";
}

const providerOf = (team, name) => {
  const known = data.status(team).value;
  const calendar = known && known.calendars.find(one => one.name === name);
  return calendar && calendar.provider;
};

function whatChanged(one) {
  const sign = data.signOf(one);
  const date = one.fields && one.fields.find(field => words.isDateField(field.field));
  if (sign === "+") return ["New event", date ? `, ${times.shownDate(date.after, null, app.now)}` : ""];
  if (one.did === "delete") return "Event deleted";
  const first = date || (one.fields || [])[0];
  if (!first) return words.reasonWords(one.reason)[0];
  const more = one.fields.length - 1;
  return [
    words.fieldName(first.field),
    " ",
    change(first.field, first.before, first.after),
    more ? h("span", { class: "quiet" }, ` and ${words.count(more, "more field")}`) : null,
  ];
}

export function changeRow(team, run, one) {
  const way = WAYS[data.wayOf(one)];
  const isGone = run.takenBack;
  return h(
    "li",
    { key: `${run.number}/${one.id}/${one.calendar}`, "data-row": true, class: "change-row" },
    h("span", { class: "way", title: way[1] }, icon(way[0], 14)),
    h(
      "div",
      {},
      anchor(one.title || one.id, link(team, "entry", one.id), { class: "row-title" }),
      h("p", { class: "what" }, whatChanged(one)),
      h("p", { class: "when" }, isGone ? "Taken back" : didWords(team, one), " · ", moment(run.began)),
    ),
    isGone
      ? null
      : button("Undo", () => acts.undo(team, { run: run.number, only: [one.id], label: one.title || one.id }), {
          kind: "link",
          "aria-label": `Undo the change of ${one.title || one.id}`,
          isDisabled: Boolean(app.acting),
        }),
  );
}

function changes(team, runs) {
  const rows = [];
  for (const run of runs) {
    for (const one of run.changes) rows.push([run, one]);
  }
  if (!rows.length) return h("p", { class: "quiet" }, "No run has changed anything yet.");
  return h(
    "ol",
    { class: "rows" },
    rows.slice(0, MOST_CHANGES).map(([run, one]) => changeRow(team, run, one)),
  );
}

function lastChanges(team) {
  return h(
    "section",
    { "aria-labelledby": "last" },
    h("div", { class: "section-head" }, h("h2", { id: "last" }, "Last changes"), anchor("History", link(team, "history"))),
    asked(
      data.lastChanges(team),
      runs => changes(team, runs),
      () => stale(team),
    ),
  );
}

// ---------------------------------------------------------------- the whole

function nextTry(stands) {
  if (stands.state !== "failing" || !stands.nextTry) return null;
  return h(
    "p",
    { class: "hint" },
    icon("clock", 16),
    h(
      "span",
      {},
      `Next try in ${times.until(stands.nextTry, app.now)}. Each failure doubles the wait, up to 6 hours; `,
      stands.remedy === "connect_again" ? "connecting again tries at once." : "Sync now tries at once.",
    ),
  );
}

export function draw(team) {
  const known = data.status(team);
  return asked(
    known,
    stands => {
      const state = data.shownState({ ...stands, team });
      if (stands.state === "not-connected" && !stands.calendars.length && !app.isOffline) return firstRun.draw(team, stands);
      const run = app.runs.get(team);
      return [
        headline(team, stands, state),
        wires(team, stands, run),
        run ? live.phases(stands, run) : nextTry(stands),
        run && run.writes.length
          ? live.writes(team, run)
          : h("div", { class: "two-columns" }, nextWeeks(team), lastChanges(team)),
      ];
    },
    () => stale(team),
  );
}
