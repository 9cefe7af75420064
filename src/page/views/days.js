// Which entries stand on which day, in which order, and how many of them fit.

import { addDays } from "../times.js";
import { serviceOf } from "../words.js";
import * as data from "../data.js";

// What never gives way stands first; what is not ours goes first.
function rank(entry) {
  if (entry.state === "conflict") return 0;
  if (entry.kind === "court-date") return 1;
  if (entry.kind === "epic") return 2;
  if (entry.kind === "external" || entry.kind === "orphan") return 5;
  return entry.when.at !== null ? 3 : 4;
}

const order = (a, b) =>
  rank(a) - rank(b) || (a.when.at || 0) - (b.when.at || 0) || (a.title < b.title ? -1 : a.title > b.title ? 1 : 0);

const MOST_DAYS = 62;

// The days of an entry that spans some; else its one day.
function daysOf(entry) {
  if (!entry.from || entry.from.day >= entry.when.day) return [entry.when.day];
  const days = [];
  for (let day = entry.from.day; day <= entry.when.day && days.length < MOST_DAYS; day = addDays(day, 1)) days.push(day);
  return days;
}

/** The name of the calendar that has the other date. */
export function sideName(team, name) {
  const known = data.status(team).value;
  return serviceOf((known && known.calendars.find(calendar => calendar.name === name)) || { name, provider: name });
}

// A conflict of dates stands on both its days.
function standsOn(entry, team) {
  if (!entry.clash) return entry.when ? daysOf(entry).map(day => [day, entry]) : [];
  const { board, calendar, name } = entry.clash;
  const there = { ...entry, when: calendar, side: sideName(team, name), isThere: true };
  const here = { ...entry, when: board, side: "board" };
  return [
    ...(board ? [[board.day, here]] : []),
    ...(calendar && (!board || calendar.day !== board.day || calendar.at !== board.at) ? [[calendar.day, there]] : []),
  ];
}

/** The entries of each day: Map of lists in their order. */
export function byDay(entries, team) {
  const days = new Map();
  for (const entry of entries) {
    for (const [day, shown] of standsOn(entry, team)) {
      if (!days.has(day)) days.set(day, []);
      days.get(day).push(shown);
    }
  }
  for (const list of days.values()) list.sort(order);
  return days;
}

const isTall = entry => (entry.state === "conflict" && entry.side) || entry.kind === "court-date";
export const linesOf = entry => (isTall(entry) ? 2 : 1);

/** Which of a day's entries fit into so many lines: { shown, hidden: how many do not }. */
export function fit(entries, lines) {
  const all = entries.reduce((sum, entry) => sum + linesOf(entry), 0);
  if (all <= lines) return { shown: entries, hidden: 0 };
  const shown = [];
  let used = 1; // "+3 more"
  for (const entry of entries) {
    const mustShow = isTall(entry);
    if (!mustShow && used + 1 > lines) continue;
    shown.push(entry);
    used += linesOf(entry);
  }
  return { shown, hidden: entries.length - shown.length };
}
