// How a team syncs: how often, who wins, what a deleted event means. A change is saved when it is chosen.

import { h } from "../dom.js";
import { app } from "../app.js";
import * as acts from "../acts.js";

const MINUTES = [5, 10, 15, 30, 60, 120, 360, 720, 1440];

function interval(minutes) {
  if (minutes < 60) return `${minutes} minutes`;
  const hours = minutes / 60;
  return hours === 1 ? "hour" : hours === 24 ? "day" : `${hours} hours`;
}

const STRATEGIES = [
  ["last-write-wins", "the later edit wins"],
  ["local-wins", "the board wins"],
  ["external-wins", "the calendar wins"],
  ["manual", "it waits for a person"],
];
const DELETIONS = [
  ["clear-due-date", "clear the due date"],
  ["recreate", "make the event again"],
  ["keep", "keep the date, without an event"],
];

// A choice that the configuration holds and the page does not know stays there to be chosen.
function select(id, value, options, onChoose) {
  const known = options.some(([name]) => name === value) ? options : [...options, [value, String(value)]];
  return h(
    "select",
    {
      class: "field",
      id,
      value,
      disabled: app.isOffline || Boolean(app.acting),
      onchange: event => onChoose(event.target.value),
    },
    known.map(([name, label]) => h("option", { value: name }, label)),
  );
}

function row(id, label, note, control) {
  return h(
    "div",
    { class: "setting" },
    h("div", {}, h("label", { for: id }, label), h("p", { class: "wire-note" }, note)),
    control,
  );
}

/** @param config as the API has it */
export function settings(team, config) {
  const options = config.syncOptions || {};
  const minutes = MINUTES.includes(config.syncInterval) ? MINUTES : [...MINUTES, config.syncInterval].sort((a, b) => a - b);
  const option = (name, said) => value => acts.configure(team, { syncOptions: { ...options, [name]: value } }, said);
  return h(
    "section",
    { "aria-labelledby": "how" },
    h("div", { class: "section-head" }, h("h2", { id: "how" }, "How it syncs")),
    row(
      "interval",
      "How often",
      "A change of the board is picked up at once.",
      select(
        "interval",
        String(config.syncInterval),
        minutes.map(number => [String(number), `every ${interval(number)}`]),
        value => acts.configure(team, { syncInterval: Number(value) }, `Syncs every ${interval(Number(value))}.`),
      ),
    ),
    row(
      "strategy",
      "A field changes on both sides",
      "What gives way is kept in the history.",
      select(
        "strategy",
        options.conflictResolution || "last-write-wins",
        STRATEGIES,
        option("conflictResolution", "Saved: it counts from the next run."),
      ),
    ),
    row(
      "deletion",
      "An event is deleted in the calendar",
      "The item itself stays on the board.",
      select(
        "deletion",
        options.onEventDeleted || "clear-due-date",
        DELETIONS,
        option("onEventDeleted", "Saved: it counts from the next run."),
      ),
    ),
    h(
      "div",
      { class: "setting" },
      h(
        "div",
        {},
        h("p", { class: "setting-name" }, "Court dates"),
        h("p", { class: "wire-note" }, "Moved: waits for you. Deleted: made again."),
      ),
      h("p", { class: "setting-fixed" }, "always careful"),
    ),
  );
}
