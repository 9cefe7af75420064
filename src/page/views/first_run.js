// A team without a calendar: what there is, what is missing, the one next step.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { heading, mark } from "../parts.js";
import { link } from "../router.js";
import { teamTitle } from "../data.js";
import { SERVICES } from "./services.js";
import { noWire } from "./wires.js";
import * as words from "../words.js";

const PROMISES = [
  ["First you see a plan", "Which events would be made, before one is. You say when."],
  ["Your own events stay yours", "Events that are already in the calendar are shown here and never changed."],
  ["Every change can be taken back", "Each run is kept with what it changed and what was there before."],
];

export function choices(team) {
  return h(
    "ul",
    { class: "choices" },
    SERVICES.map(service =>
      h(
        "li",
        {},
        h(
          "a",
          { class: "choice", href: link(team, "calendars", "connect", service.name) },
          h("span", { class: "choice-name" }, service.title),
          h("span", { class: "choice-note" }, service.how),
          icon("next", 16),
        ),
      ),
    ),
  );
}

export function draw(team, stands) {
  const title = teamTitle(stands);
  return [
    h(
      "div",
      { class: "headline" },
      mark("not-connected", 26),
      h(
        "div",
        {},
        heading(
          { class: "sentence" },
          stands.entries
            ? `${title} has ${words.count(stands.entries, "entry", "entries")} and no calendar yet.`
            : `${title} has no calendar yet.`,
        ),
        h("p", { class: "below" }, "Nothing is synced. Connect a calendar, look at what would happen, then start."),
      ),
    ),
    noWire(stands),
    h(
      "section",
      { "aria-labelledby": "connect" },
      h("h2", { id: "connect", class: "alone" }, "Connect a calendar"),
      choices(team),
    ),
    h(
      "div",
      { class: "promises" },
      PROMISES.map(([name, text]) => h("section", {}, h("h3", {}, name), h("p", {}, text))),
    ),
  ];
}
