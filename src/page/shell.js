// The frame: teams at the side, the views of a team above, what was just done, and the view itself.

import { h } from "./dom.js";
import { app, changed, teamOf } from "./app.js";
import * as acts from "./acts.js";
import { shownState, standing, status } from "./data.js";
import { icon } from "./icons.js";
import * as keys from "./keys.js";
import { anchor, button, mark, notice, offlineSentence, refusal } from "./parts.js";
import { link } from "./router.js";
import { side } from "./side.js";
import * as signIn from "./views/sign_in.js";
import * as overview from "./views/overview.js";
import * as month from "./views/month.js";
import * as agenda from "./views/agenda.js";
import * as conflicts from "./views/conflicts.js";
import * as history from "./views/history.js";
import * as calendars from "./views/calendars.js";
import * as entry from "./views/entry.js";
import * as plan from "./views/plan.js";

const VIEWS = { overview, month, agenda, conflicts, history, calendars, entry, plan };

// The tab that a view belongs to.
const TABS = [
  ["overview", "Overview"],
  ["month", "Month"],
  ["conflicts", "Conflicts"],
  ["history", "History"],
  ["calendars", "Calendars"],
];
const TAB_OF = { agenda: "month", entry: "month", plan: "overview" };
const BAR = [
  ["overview", "Overview", "home"],
  ["agenda", "Agenda", "list"],
  ["conflicts", "Conflicts", "conflict"],
  ["history", "History", "clock"],
];

const tabOf = view => TAB_OF[view] || view;

export function title() {
  if (app.session === "out") return "Signed out – fmcal";
  const { team, view } = app.route;
  if (!team) return "fmcal";
  const tab = TABS.find(([name]) => name === tabOf(view));
  const shown = view === "plan" ? "Preview" : view === "entry" ? "Entry" : view === "agenda" ? "Agenda" : tab[1];
  const waits = standing(teamOf(team)).conflicts;
  return `${waits ? `(${waits}) ` : ""}${shown} – ${app.titleOf(team)} – fmcal`;
}

// ---------------------------------------------------------------- above and below the view

function conflictCount(team) {
  const waits = standing(teamOf(team)).conflicts;
  return waits ? h("span", { class: "count" }, waits, h("span", { class: "unseen" }, " waiting")) : null;
}

function tabs(team, view) {
  return h(
    "nav",
    { class: "tabs", "aria-label": "Views" },
    TABS.map(([name, label]) =>
      h(
        "a",
        { key: name, href: link(team, name), "aria-current": tabOf(view) === name ? "page" : null },
        label,
        name === "conflicts" ? conflictCount(team) : null,
      ),
    ),
  );
}

function runButton(team) {
  if (app.runs.has(team)) return button("Cancel", () => acts.cancel(team), { isDisabled: app.acting === "cancel" });
  const label = [h("span", { class: "only-phone" }, icon("sync", 20)), h("span", { class: "label" }, "Sync now")];
  const isDisabled = app.acting === "sync";
  return button(label, () => acts.sync(team), { key: "s", isDisabled, class: "button plain sync" });
}

function topActions(team, view) {
  if (view === "plan" || app.route.rest[0] === "connect") return anchor("Close", link(team), { class: "button quiet" });
  if (!teamOf(team) || standing(teamOf(team)).state === "not-connected") return null;
  return [
    h(
      "a",
      { class: "button quiet wide-only", href: link(team, "plan") },
      "Preview",
      app.keys.areOn ? h("kbd", { "aria-hidden": "true" }, "p") : null,
    ),
    runButton(team),
  ];
}

function top(team, view) {
  const state = shownState({ ...standing(teamOf(team)), team });
  return h(
    "header",
    { class: "top" },
    h(
      "button",
      {
        type: "button",
        class: "team-menu",
        "aria-expanded": String(Boolean(app.isMenuOpen)),
        "aria-controls": "teams",
        onclick: () => {
          app.isMenuOpen = !app.isMenuOpen;
          changed();
        },
      },
      mark(state),
      app.titleOf(team),
      h("span", { class: "unseen" }, ", teams"),
      icon("down", 14),
    ),
    h("p", { class: "team-title" }, app.titleOf(team)),
    tabs(team, view),
    h("div", { class: "top-actions" }, topActions(team, view)),
  );
}

function bar(team, view) {
  const here = view === "month" ? "agenda" : view;
  return h(
    "nav",
    { class: "phone-bar", "aria-label": "Views of the team" },
    BAR.map(([name, label, shape]) =>
      h(
        "a",
        { key: name, href: link(team, name), "aria-current": here === name ? "page" : null },
        icon(shape, 18),
        h("span", {}, label),
        name === "conflicts" ? conflictCount(team) : null,
      ),
    ),
  );
}

function offlineBanner() {
  if (!app.isOffline || app.route.view === "overview") return null;
  return h(
    "div",
    { class: "note offline", role: "alert" },
    mark("offline", 20),
    h("span", {}, offlineSentence(), h("small", {}, " What you see is from then; buttons work again when it answers.")),
    button("Try now", app.tryNow, { kind: "small", isLocal: true }),
  );
}

function unknownTeam(team) {
  return h(
    "div",
    { class: "empty" },
    h("h1", { tabindex: "-1", id: "heading" }, `There is no team ${team} here.`),
    h("p", {}, "It may have been renamed, or its board was taken out of the folder that the server serves."),
  );
}

// ---------------------------------------------------------------- the whole

const narrow = matchMedia("(max-width: 639px)");
narrow.onchange = changed;

// On a phone the month is its agenda.
const shownView = view => (view === "month" && narrow.matches ? "agenda" : view);

function main(team, view) {
  if (app.teams && !teamOf(team)) return unknownTeam(team);
  status(team); // the view and the frame share it
  return VIEWS[view].draw(team);
}

// What stays at the bottom of the window: the keys, and what a view is about to write.
function bottom(team, view) {
  const foot = teamOf(team) && VIEWS[view].foot && VIEWS[view].foot(team);
  const strip = keys.strip();
  if (!foot && !strip) return null;
  return h("div", { class: "bottom", key: "bottom" }, strip, foot ? h("div", { class: "foot", key: "foot" }, foot) : null);
}

/** The page as descriptions. */
export function draw() {
  if (app.session === "out") return signIn.draw();
  const { team } = app.route;
  const view = shownView(app.route.view);
  if (!team) {
    return h(
      "div",
      { class: "frame", key: "frame" },
      side(),
      h(
        "main",
        { class: "main" },
        app.teams && !app.teams.length
          ? h(
              "div",
              { class: "view empty" },
              h("h1", { tabindex: "-1", id: "heading" }, "No team is served yet."),
              h("p", {}, "Put a board into the folder that the server was started with: it appears here at once."),
            )
          : h("h1", { class: "unseen" }, "fmcal"),
        app.isOffline ? offlineBanner() : null,
      ),
    );
  }
  return h(
    "div",
    { class: "frame", key: "frame" },
    h(
      "a",
      {
        class: "skip",
        href: "#main",
        onclick: event => {
          event.preventDefault();
          document.getElementById("main").focus();
        },
      },
      "To the view",
    ),
    side(),
    h(
      "div",
      { class: `column view-${view}` },
      top(team, view),
      h(
        "main",
        { class: "main", id: "main", tabindex: "-1" },
        h("div", { class: "notes", key: "notes" }, offlineBanner(), refusal(), notice()),
        h("div", { class: `view ${view}`, key: `${team}/${view}` }, main(team, view)),
        bottom(team, view),
      ),
    ),
    bar(team, view),
  );
}
