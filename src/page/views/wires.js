// The wire between the board and each calendar repeats the state: solid, filling, broken, dotted.

import { h } from "../dom.js";
import { app } from "../app.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { mark, stateWord } from "../parts.js";
import * as runs from "../runs.js";
import * as times from "../times.js";
import * as words from "../words.js";

const LINES = {
  "in-step": "solid",
  waiting: "solid",
  syncing: "filling",
  failing: "broken",
  paused: "dotted",
  offline: "dotted",
  "not-connected": "dotted",
};

function boardNote(stands) {
  if (stands.entries !== undefined) return words.count(stands.entries, "entry", "entries");
  return stands.pending.board ? `${words.count(stands.pending.board, "change")} to send` : "nothing waits";
}

function calendarNote(stands, calendar, state) {
  if (state === "failing")
    return calendar.lastSync ? `last reached ${times.since(calendar.lastSync, app.now)}` : "not reached yet";
  if (state === "syncing") return "writing events";
  if (calendar.events !== undefined) return words.count(calendar.events, "event");
  return calendar.account || (calendar.lastSync ? `last run ${times.ago(calendar.lastSync, app.now, true)}` : "no run yet");
}

function running(run) {
  const { done, total, out, back } = runs.progress(run);
  const part = (side, word) =>
    side.total ? [h("strong", {}, (side.done || 0).toLocaleString()), ` of ${side.total.toLocaleString()} ${word}`] : null;
  const both = total
    ? [h("strong", {}, done.toLocaleString()), ` of ${total.toLocaleString()}`]
    : run.state === "queued"
      ? "waits for its turn"
      : "reading";
  return { above: part(out, "pushed") || both, below: part(back, "pulled"), share: total ? done / total : 0 };
}

function flow(team, stands, calendar, state) {
  if (state === "failing") {
    const waits = stands.pending.board;
    return { above: waits ? `${words.count(waits, "change")} ${waits === 1 ? "waits" : "wait"}` : "nothing gets through" };
  }
  if (state === "paused")
    return { above: stands.pending.board ? `${words.count(stands.pending.board, "change")} wait` : "nothing moves" };
  if (state === "offline") return { above: "not known" };
  const today = data.todayOf(team, calendar.name);
  if (!today) return {};
  return {
    above: today.out ? `${today.out.toLocaleString()} pushed today` : "nothing pushed today",
    below: today.in ? `${today.in.toLocaleString()} pulled today` : "nothing pulled",
  };
}

function wire(team, stands, calendar, run) {
  const isRun = run && !calendar.paused && calendar.state !== "paused";
  const state = app.isOffline
    ? "offline"
    : isRun && calendar.state !== "failing"
      ? "syncing"
      : words.STATES[calendar.state]
        ? calendar.state
        : "in-step";
  const moving = state === "syncing" && run ? running(run) : flow(team, stands, calendar, state);
  const title = words.calendarTitle(calendar);
  return h(
    "li",
    { class: `wire ${LINES[state]} ${state}`, key: calendar.name },
    h(
      "div",
      { class: "wire-end" },
      icon("board", 18),
      h("div", {}, h("p", { class: "wire-name" }, "Board"), h("p", { class: "wire-note" }, boardNote(stands))),
    ),
    h(
      "div",
      { class: "wire-line" },
      h("p", { class: "wire-above" }, moving.above ? [icon("right", 14), h("span", {}, moving.above)] : null),
      h(
        "span",
        {
          class: "line",
          "aria-hidden": "true",
          style: moving.share === undefined ? null : { "--share": `${Math.round(moving.share * 100)}%` },
        },
        state === "failing" ? icon("close", 14) : null,
      ),
      h("p", { class: "wire-below" }, moving.below ? [icon("left", 14), h("span", {}, moving.below)] : null),
    ),
    h(
      "div",
      { class: "wire-end" },
      icon("calendar", 18),
      h("div", {}, h("p", { class: "wire-name" }, title), h("p", { class: "wire-note" }, calendarNote(stands, calendar, state))),
    ),
    h("p", { class: "wire-state" }, mark(state), stateWord(state)),
  );
}

export function wires(team, stands, run) {
  if (!stands.calendars.length) return null;
  return h(
    "ul",
    { class: "panel wires", "aria-label": "Calendars" },
    stands.calendars.map(calendar => wire(team, stands, calendar, run)),
  );
}

/** The wire that is not there yet. */
export function noWire(stands) {
  return h(
    "ul",
    { class: "panel wires", "aria-label": "Calendars" },
    h(
      "li",
      { class: "wire dotted not-connected" },
      h(
        "div",
        { class: "wire-end" },
        icon("board", 18),
        h("div", {}, h("p", { class: "wire-name" }, "Board"), h("p", { class: "wire-note" }, boardNote(stands))),
      ),
      h(
        "div",
        { class: "wire-line" },
        h("p", { class: "wire-above" }, "nothing moves yet"),
        h("span", { class: "line", "aria-hidden": "true" }),
        h("p", { class: "wire-below" }),
      ),
      h(
        "div",
        { class: "wire-end" },
        icon("calendar", 18),
        h("div", {}, h("p", { class: "wire-name" }, "No calendar"), h("p", { class: "wire-note" }, "choose one below")),
      ),
      h("p", { class: "wire-state" }, mark("not-connected"), stateWord("not-connected", "not yet")),
    ),
  );
}
