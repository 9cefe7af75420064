// What the server tells, as the views read it: the one place that knows the members of its answers.

import { app, teamOf } from "./app.js";
import { path } from "./api.js";
import { use } from "./cache.js";
import * as times from "./times.js";
import { KINDS, asSentence } from "./words.js";

const milliseconds = text => {
  const at = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : at;
};
const list = value => (Array.isArray(value) ? value : []);

// ---------------------------------------------------------------- teams and how they stand

export const teamTitle = team => (team && (team.teamName || team.name || team.team)) || "";

// Events that a calendar has of the board: those of entries that are in step with it, or in conflict.
function eventsOf(raw) {
  const counts = raw.entries;
  return counts ? (counts.synced || 0) + (counts.conflict || 0) : undefined;
}

function calendarOf(raw) {
  return {
    ...raw,
    events: eventsOf(raw),
    state: raw.state || STATE_OF[raw.status] || raw.status || "in-step",
    lastSync: milliseconds(raw.lastSync),
    since: milliseconds(raw.since),
    nextTry: milliseconds(raw.nextTry),
  };
}

const STATE_OF = { idle: "in-step", error: "failing", syncing: "syncing", paused: "paused" };

/** How a team stands, from its status or from the list of teams. */
export function standing(raw) {
  const told = raw || {};
  const calendars = list(told.calendars).map(calendarOf);
  return {
    ...told,
    sentence: told.sentence ? asSentence(told.sentence) : undefined,
    state: told.state || STATE_OF[told.status] || "in-step",
    since: milliseconds(told.since),
    lastSync: milliseconds(told.lastSync),
    nextSync: milliseconds(told.nextSync),
    nextTry: milliseconds(told.nextTry),
    pending: { board: 0, calendar: 0, ...told.pending },
    conflicts: Number(told.conflicts) || 0,
    errors: list(told.errors),
    calendars,
  };
}

const ORDER = ["failing", "waiting", "syncing", "paused", "not-connected", "in-step"];

/** The state to show for a team: offline hides all, a run under way what is less than waiting. */
export function shownState(stands) {
  if (app.isOffline) return "offline";
  const isRunning = app.runs.has(stands.team);
  const state = ORDER.includes(stands.state) ? stands.state : "in-step";
  return isRunning && ORDER.indexOf(state) > ORDER.indexOf("syncing") ? "syncing" : state;
}

const statusPath = team => path("sync/status", { team });

export function status(team) {
  const asked = use(statusPath(team));
  const known = asked.value || teamOf(team);
  return { ...asked, value: known ? standing({ team, ...known }) : undefined, isWhole: Boolean(asked.value) };
}

// ---------------------------------------------------------------- entries and events

const KIND_OF = { subitem: "item", epic: "epic", "court-date": "court-date" };

/** The kind of an entry by the type that the API tells: "item", "epic", "court-date". */
export const kindOf = type => KIND_OF[type] || "item";
export const kindWord = type => KINDS[kindOf(type)].word;

/** What an entry belongs to: { id, title } of the item it is part of, or of its epic; or null. */
export const parentOf = raw => (raw && (raw.parent || raw.epic)) || null;

// Both dates of a date conflict, or null.
function clashOf(raw) {
  const dates = raw.conflict && raw.conflict.dates;
  if (!dates) return null;
  return {
    board: times.read(dates.board, raw.zone),
    calendar: times.read(dates.calendar, raw.zone),
    name: raw.conflict.calendar,
  };
}

/** An entry: `when` is its date as times.read has it, `clash` both dates of a date conflict, `state` as the API has it. */
function entryOf(raw) {
  const calendars = list(raw.calendars);
  const failed = calendars.find(side => side.error);
  return {
    id: raw.id,
    title: raw.title || "Untitled",
    kind: kindOf(raw.type),
    when: times.read(raw.date, raw.zone),
    date: raw.date,
    zone: raw.zone,
    from: raw.start ? times.read(raw.start, raw.zone) : null,
    parent: parentOf(raw) ? parentOf(raw).title : null,
    note: raw.caseNumber || null,
    progress: raw.progress || null,
    place: raw.location || null,
    state: raw.status || "synced",
    error: failed ? failed.error : null,
    calendars,
    clash: clashOf(raw),
    link: (calendars.find(side => side.link) || {}).link || null,
    last: raw.last || null,
  };
}

function eventOf(raw, kind) {
  const date = raw.date ?? raw.start ?? raw.dueDate;
  const zone = raw.zone ?? raw.timeZone;
  return {
    id: raw.id ?? raw.eventId ?? raw.uid,
    title: raw.title || "Busy",
    kind,
    when: times.read(date, zone),
    date,
    zone,
    state: "synced",
    calendar: raw.calendar,
    place: raw.location || null,
    calendars: [],
    clash: null,
  };
}

const MOST_ENTRIES = 2000;

/** The entries and events from one day up to another, which is left out. */
export function between(team, from, to) {
  const entries = use(path("entries", { team, from, to, limit: MOST_ENTRIES }));
  const events = use(path("events", { team, from, to }));
  const problem = entries.problem || events.problem;
  if (entries.value === undefined) return { problem, value: undefined };
  const own = list(entries.value.entries).map(entryOf);
  const foreign = events.value
    ? [
        ...list(events.value.events).map(raw => eventOf(raw, "external")),
        ...list(events.value.orphans).map(raw => eventOf(raw, "orphan")),
      ]
    : [];
  return { value: [...own, ...foreign].filter(entry => entry.when || entry.clash), problem, at: entries.at };
}

export const search = (team, text) => {
  const asked = use(path("entries", { team, q: text, limit: 30 }));
  return { ...asked, value: asked.value && list(asked.value.entries).map(entryOf) };
};

/** What explain says of an entry: { id, entry, calendars, now, runs, … }. */
export function entry(team, id) {
  const asked = use(path(`entries/${encodeURIComponent(id)}`, { team }));
  return { ...asked, value: asked.value && { ...asked.value, calendars: list(asked.value.calendars) } };
}

// ---------------------------------------------------------------- conflicts

export function conflicts(team) {
  const asked = use(path("conflicts", { team }));
  return { ...asked, value: asked.value && list(asked.value.conflicts) };
}

// ---------------------------------------------------------------- runs and history

const IN = new Set(["pulled", "cleared", "adopted", "rewound"]);

/** The way a change went: "out" to the calendar, "in" to the board. */
export const wayOf = change => (!change.did || IN.has(change.reason) ? "in" : "out");

/** What a change was: "+", "~", "-", "!". */
export function signOf(change) {
  if (change.reason === "conflict_settled") return "!";
  if (change.did === "create" || change.reason === "adopted") return "+";
  if (change.did === "delete" || change.reason === "cleared") return "-";
  return "~";
}

export const SIGNS = ["+", "~", "-", "!"];

/** How many changes of each sign: { "+": 2, … }. */
export function signsOf(changes) {
  const counts = { "+": 0, "~": 0, "-": 0, "!": 0 };
  for (const change of changes) counts[signOf(change)]++;
  return counts;
}

const FINE = new Set([0, 4, undefined, null]);

// Why a run ran: the server's runs say it in their command ("serve.lua schedule"), others by the script that made them.
function whyOf(raw) {
  if (raw.kind && raw.kind !== "sync") return raw.kind;
  const [script, word] = String(raw.command || "").split(/\s+/);
  if (script === "serve.lua") return word;
  return script.replace(/\.lua$/, "") || "sync";
}

export function runOf(raw) {
  return {
    ...raw,
    why: whyOf(raw),
    began: milliseconds(raw.at),
    changes: list(raw.changes),
    overwritten: list(raw.overwritten),
    isFailed: !FINE.has(raw.status) && raw.status !== -1,
    isCutOff: raw.status === -1,
  };
}

export function history(team, query = {}) {
  const asked = use(path("history", { team, ...query }));
  return { ...asked, value: asked.value && list(asked.value.runs).map(runOf), next: asked.value && asked.value.next };
}

/** What taking a run back would do: { going, staying }. */
export function undoPlanOf(answer) {
  const body = answer.body || {};
  const actions = list(body.actions || (body.result && body.result.actions));
  const isStaying = one => one.action === "error" || one.action === "wait" || one.action === "hold";
  const staying = actions.filter(isStaying).map(one => ({ ...one, error: one.detail }));
  const keys = new Set(staying.map(one => one.key));
  return { going: actions.filter(one => !keys.has(one.key)), staying };
}

export const lastChanges = team => history(team, { limit: 20 });

/** How many entries went each way today, by calendar: { out, in }, or null where the history is not there. */
export function todayOf(team, calendar) {
  const known = lastChanges(team).value;
  if (!known) return null;
  const counts = { out: 0, in: 0 };
  for (const run of known) {
    if (!run.began || times.dayOf(run.began) !== times.today(app.now)) continue;
    for (const change of run.changes) {
      if (!change.calendar || change.calendar === calendar) counts[wayOf(change)]++;
    }
  }
  return counts;
}

// ---------------------------------------------------------------- configuration

export const config = team => use(path("config", { team }));

export function feeds(team) {
  const asked = use(path("feeds", { team }));
  return { ...asked, value: asked.value && list(asked.value.feeds) };
}

/** The calendars of an account that is connected, asked anew: { availableCalendars, selectedCalendarId }. */
export function calendarsOf(team, name) {
  const asked = use(`/api/calendar-config/${encodeURIComponent(team)}?refresh=1`);
  const known = asked.value && asked.value[name];
  const value = asked.value && { ...known, availableCalendars: list(known && known.availableCalendars) };
  return { ...asked, value };
}

/** The run that carried an act out: { number, changes }, as far as the answer tells of it. */
export function ranBy(answer) {
  const body = answer.body || {};
  const run = body.run && typeof body.run === "object" ? body.run : body;
  return { number: run.number, changes: Number(run.changes) || 0 };
}

// ---------------------------------------------------------------- a plan

const PLAN_SIGNS = { create: "+", delete: "-", adopt: "+" };

// The members that a change names, as rows: { field, from, to }.
const fieldsOf = changes =>
  Object.entries(changes || {}).map(([field, { from, to }]) => ({ field, from: from ?? null, to: to ?? null }));

// A change of a plan as rows, one a calendar that is written to, one for the board.
function rowsOf(raw) {
  const settled = list(raw.settled);
  const about = {
    key: raw.key,
    title: raw.title || raw.key,
    kind: raw.type ? kindOf(raw.type) : null,
    parent: parentOf(raw),
    reasons: list(raw.reasons),
    settled,
  };
  const won = winner => settled.filter(one => one.winner === winner).length > 0;
  const out = list(raw.calendars).map(one => ({
    ...about,
    to: one.calendar,
    sign: won("local") ? "!" : PLAN_SIGNS[one.action] || "~",
    action: one.action,
    why: one.reason,
    fields: fieldsOf(one.event),
  }));
  const isAdopted = list(raw.actions).some(one => one.action === "adopt");
  const back = raw.board
    ? [{ ...about, to: null, sign: won("external") ? "!" : isAdopted ? "+" : "~", action: "pull", fields: fieldsOf(raw.board) }]
    : [];
  return [...out, ...back];
}

const TELLING = new Set(["hold", "wait", "conflict", "error"]);

/** A plan: { id, made, rows, waits, unchanged, guard: what the guard says of it, or null }. */
export function planOf(body) {
  const waits = list(body.waits).filter(one => TELLING.has(one.action));
  const rows = list(body.changes).flatMap(rowsOf);
  return {
    id: body.id,
    made: milliseconds(body.made),
    rows,
    waits,
    unchanged: body.unchanged,
    guard: body.guard ? body.guard.sentence : null,
  };
}
