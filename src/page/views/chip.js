// An entry in a cell of the month: shape and title for the eye; title, kind, date, time and state for the ear.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { kindIcon } from "../parts.js";
import { link } from "../router.js";
import * as times from "../times.js";
import { KINDS } from "../words.js";
import { linesOf } from "./days.js";

const STATE_WORDS = {
  conflict: "conflict",
  error: "failed",
  pending: "not synced yet",
  deleted: "its event was deleted",
  skipped: "not selected",
};

/** What a screen reader says of an entry: title, kind, date, time, state. */
export function nameOf(entry, day) {
  const when =
    entry.when && entry.when.day === day
      ? entry.when
      : entry.clash && entry.clash.calendar && entry.clash.calendar.day === day
        ? entry.clash.calendar
        : entry.when;
  const parts = [
    entry.title,
    KINDS[entry.kind].word,
    times.longDay(day),
    when && when.at !== null ? times.clock(when.at) : "all day",
  ];
  if (entry.side) parts.push(`conflict: the date of ${entry.side}`);
  else if (STATE_WORDS[entry.state]) parts.push(STATE_WORDS[entry.state]);
  return parts.join(", ");
}

function second(entry) {
  const time = entry.when.at === null ? null : times.clock(entry.when.at, { isShort: true });
  if (entry.side) return [entry.side, time].filter(Boolean).join(", ");
  return [time, entry.place].filter(Boolean).join(", ");
}

const shownTo = (name, text) => h("span", { class: name, "aria-hidden": "true" }, text);

/** The entry; a link, where it is the board's. */
export function chip(team, entry, day) {
  const isTall = linesOf(entry) === 2;
  const isForeign = entry.kind === "external" || entry.kind === "orphan";
  const look = entry.side
    ? `clash ${entry.isThere ? "there" : "here"}`
    : entry.state === "conflict"
      ? "clash here"
      : `is-${entry.kind}`;
  const props = {
    class: `chip ${look}${isTall ? " tall" : ""}${entry.state === "error" ? " failed" : ""}`,
    tabindex: "-1",
    title: entry.title,
    key: `${entry.kind}/${entry.id}/${entry.side || ""}`,
  };
  const inside = [
    entry.state === "conflict"
      ? icon("waiting", 12, "warn")
      : entry.state === "error"
        ? icon("failing", 12, "bad")
        : kindIcon(entry.kind, 12),
    h("span", { class: "unseen" }, nameOf(entry, day)),
    shownTo("chip-title", entry.title),
    !isTall && entry.when.at !== null ? shownTo("chip-time", times.clock(entry.when.at, { isShort: true })) : null,
    isTall ? shownTo("chip-second", second(entry)) : null,
  ];
  if (isForeign) return h("span", props, inside);
  return h(
    "a",
    {
      ...props,
      href: entry.side || entry.state === "conflict" ? link(team, "conflicts", entry.id) : link(team, "entry", entry.id),
    },
    inside,
  );
}
