// The calendars of a team, how it syncs, its feeds; and the steps of connecting another one.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import * as acts from "../acts.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { ofView } from "../keys.js";
import { anchor, asked, button, empty, heading, stateLine } from "../parts.js";
import { go, link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import * as connect from "./connect.js";
import * as feeds from "./feeds.js";
import { choices } from "./first_run.js";
import { settings } from "./settings.js";

// The calendar that is about to be disconnected, by its name.
let leaving = null;

const leave = name => {
  leaving = name;
  changed();
};

// ---------------------------------------------------------------- one calendar

function disconnect(team, calendar) {
  const title = words.calendarTitle(calendar);
  const doing = removeEvents => () => acts.disconnect(team, calendar.name, { removeEvents, title }).then(() => leave(null));
  return h(
    "div",
    { class: "leaving", role: "group", "aria-label": `Disconnect ${title}` },
    h("p", {}, "Its events can stay where they are, or go with it. The board keeps everything; the password is forgotten."),
    h(
      "div",
      { class: "foot-actions" },
      button("Cancel", () => leave(null), { kind: "small", isLocal: true }),
      button("Disconnect, delete its events", doing(true), { kind: "small bad", isDisabled: Boolean(app.acting) }),
      button("Disconnect, leave its events", doing(false), {
        kind: "small",
        isDisabled: Boolean(app.acting),
        mounted: element => element.focus(),
      }),
    ),
  );
}

function note(calendar) {
  const events = calendar.events === undefined ? null : words.count(calendar.events, "event");
  return [calendar.account, events].filter(Boolean).join(" · ") || "no account named";
}

function stateOf(calendar) {
  if (calendar.connected === false) return "not-connected";
  return words.STATES[calendar.state] ? calendar.state : "in-step";
}

function actions(team, calendar, state) {
  const title = words.calendarTitle(calendar);
  const isPaused = state === "paused";
  const isBusy = Boolean(app.acting);
  if (state === "not-connected") {
    return h("a", { class: "button small", href: link(team, "calendars", "connect", calendar.name) }, "Connect again");
  }
  return [
    button(isPaused ? "Resume" : "Pause", () => acts.pause(team, calendar.name, !isPaused), {
      kind: "small",
      isDisabled: isBusy,
      "aria-label": `${isPaused ? "Resume" : "Pause"} ${title}`,
    }),
    h(
      "a",
      {
        class: "button small",
        href: link(team, "calendars", "choose", calendar.name),
        "aria-label": `Other calendar than ${title}`,
      },
      "Other calendar",
    ),
    button("Disconnect", () => leave(calendar.name), {
      kind: "small",
      isDisabled: isBusy,
      "aria-label": `Disconnect ${title}`,
      "aria-expanded": String(leaving === calendar.name),
    }),
  ];
}

function row(team, calendar) {
  const state = stateOf(calendar);
  const since = state === "paused" && calendar.since ? `paused, ${times.dayAndMonth(times.dayOf(calendar.since))}` : undefined;
  return h(
    "li",
    { key: calendar.name, class: "calendar-row", "data-row": true },
    icon("calendar", 18),
    h("div", {}, h("p", { class: "wire-name" }, words.calendarTitle(calendar)), h("p", { class: "wire-note" }, note(calendar))),
    stateLine(state, since),
    h("div", { class: "row-actions" }, actions(team, calendar, state)),
    calendar.error ? h("p", { class: "calendar-error" }, calendar.error) : null,
    leaving === calendar.name ? disconnect(team, calendar) : null,
  );
}

// ---------------------------------------------------------------- the whole

function overview(team) {
  const known = data.status(team);
  const { calendars } = known.value || { calendars: [] };
  const isAdding = app.route.query.add === "1" || !calendars.length;
  return [
    h(
      "div",
      { class: "plan-title" },
      heading({ class: "title" }, "Calendars"),
      isAdding && calendars.length
        ? anchor("Close", link(team, "calendars"), { class: "button small" })
        : calendars.length
          ? h("a", { class: "button small", href: `${link(team, "calendars")}?add=1` }, "Connect another")
          : null,
    ),
    calendars.length
      ? h(
          "ul",
          { class: "panel calendars" },
          calendars.map(calendar => row(team, calendar)),
        )
      : empty(
          "No calendar is connected.",
          "Choose where the events of this board go. You see what would happen before anything is written.",
        ),
    isAdding
      ? h(
          "section",
          { "aria-labelledby": "another" },
          h("h2", { class: "alone", id: "another" }, "Connect a calendar"),
          choices(team),
        )
      : null,
    h(
      "div",
      { class: "two-columns" },
      asked(
        data.config(team),
        config => settings(team, config),
        () => stale(team),
      ),
      feeds.draw(team),
    ),
  ];
}

export function draw(team) {
  const [step, name] = app.route.rest;
  ofView("calendars", { Escape: () => step !== undefined && (go(link(team, "calendars")), true) });
  if (step === "connect") return connect.draw(team, name);
  if (step === "choose") return connect.drawChoice(team, name);
  return overview(team);
}
