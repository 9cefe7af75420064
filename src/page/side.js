// The teams at the side, or as a menu on a phone: name, how it stands, when it last ran.

import { h } from "./dom.js";
import { app, changed } from "./app.js";
import * as acts from "./acts.js";
import { shownState, standing, teamTitle } from "./data.js";
import { icon } from "./icons.js";
import * as keys from "./keys.js";
import { anchor, button, mark, stateWord } from "./parts.js";
import { link } from "./router.js";
import { progress } from "./runs.js";
import * as times from "./times.js";
import { STATES, count } from "./words.js";

const MANY_TEAMS = 10;

function below(stands, state) {
  if (state === "syncing") {
    const run = app.runs.get(stands.team);
    const { done, total } = run ? progress(run) : {};
    return total ? `${done} of ${total}` : "";
  }
  if (state === "waiting") return stands.conflicts ? count(stands.conflicts, "conflict") : "";
  if (state === "failing" || state === "paused") return stands.since ? `since ${times.since(stands.since, app.now)}` : "";
  if (state === "not-connected") return stands.entries ? count(stands.entries, "entry", "entries") : "";
  return stands.lastSync ? times.ago(stands.lastSync, app.now, true) : "no run yet";
}

function teamRow(raw) {
  const stands = standing(raw);
  const state = shownState(stands);
  const isHere = raw.team === app.route.team;
  const more = below(stands, state);
  const next = state === "in-step" && stands.nextSync ? `, next run in ${times.until(stands.nextSync, app.now)}` : "";
  const known = STATES[state];
  return h(
    "li",
    { key: raw.team },
    h(
      "a",
      {
        href: link(raw.team, ["entry", "plan"].includes(app.route.view) ? "overview" : app.route.view),
        "aria-current": isHere ? "true" : null,
        title: `${teamTitle(raw)}: ${known.word}${more ? `, ${more}` : ""}${next}`,
      },
      mark(state),
      h("span", { class: "team-name" }, teamTitle(raw)),
      h("span", { class: "team-state" }, stateWord(state), more ? ` · ${more}` : null),
    ),
  );
}

function teamList() {
  if (!app.teams) return h("p", { class: "quiet" }, app.teamsProblem && app.teamsProblem.status ? app.teamsProblem.message : "…");
  const wanted = (app.teamFilter || "").toLowerCase();
  const teams = app.teams.filter(
    team => teamTitle(team).toLowerCase().includes(wanted) || team.team.toLowerCase().includes(wanted),
  );
  return [
    app.teams.length > MANY_TEAMS
      ? h("input", {
          type: "search",
          class: "field",
          placeholder: "Find a team",
          "aria-label": "Find a team",
          value: app.teamFilter || "",
          oninput: event => {
            app.teamFilter = event.target.value;
            changed();
          },
        })
      : null,
    h("ul", { class: "teams" }, teams.map(teamRow)),
    teams.length
      ? null
      : h("p", { class: "quiet" }, app.teams.length ? "No team of that name." : "This server serves no team yet."),
  ];
}

/** The side: teams, keys, sign out. */
export function side() {
  return h(
    "nav",
    { class: `side${app.isMenuOpen ? " open" : ""}`, "aria-label": "Teams", id: "teams" },
    h("p", { class: "logo" }, icon("logo", 18), "fmcal"),
    h("h2", { class: "side-title" }, "Teams"),
    teamList(),
    h(
      "div",
      { class: "side-end" },
      app.isMenuOpen && app.route.team ? anchor("Calendars", link(app.route.team, "calendars"), { class: "only-phone" }) : null,
      h(
        "button",
        { type: "button", class: "button quiet", "aria-expanded": String(app.keys.areShown), onclick: keys.toggleStrip },
        "Keys",
        h("kbd", { "aria-hidden": "true" }, "?"),
      ),
      button("Sign out", acts.signOut, { kind: "quiet" }),
    ),
  );
}
