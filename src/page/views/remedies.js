// The remedy of each state: one button, the only filled one on the screen.

import { app } from "../app.js";
import * as acts from "../acts.js";
import { h } from "../dom.js";
import { button } from "../parts.js";
import { link } from "../router.js";

const to = (label, address) => h("a", { class: "button filled", href: address }, label);

function broken(stands) {
  return stands.calendars.find(calendar => calendar.state === "failing") || stands.calendars[0] || {};
}

// What a code of the server leads to. Those that a person does elsewhere (the board, the rules, the disk) can be tried again.
const REMEDIES = {
  connect_again: (team, stands) => to("Connect again", link(team, "calendars", "connect", broken(stands).name || "")),
  choose_calendar: (team, stands) => to("Choose a calendar", link(team, "calendars", "choose", broken(stands).name || "")),
  allow_mass_delete: team => to("See what would go", link(team, "plan")),
  resolve: team => to("Resolve", link(team, "conflicts")),
};

function tryAgain(team) {
  return button("Try again", () => acts.sync(team), { kind: "filled" });
}

export function remedy(team, stands, state) {
  if (state === "syncing" || state === "in-step") return null;
  const code = stands.remedy || broken(stands).remedy;
  if (state === "paused") {
    const held = stands.calendars.filter(calendar => calendar.paused || calendar.state === "paused");
    return held.length
      ? button("Resume", () => held.forEach(calendar => acts.pause(team, calendar.name, false)), { kind: "filled" })
      : null;
  }
  if (state === "not-connected") {
    const on = () => acts.configure(team, { syncEnabled: true }, "Sync is switched on.");
    return button("Switch sync on", on, { kind: "filled", isDisabled: Boolean(app.acting) });
  }
  if (state === "waiting")
    return (stands.conflicts ? REMEDIES.resolve : REMEDIES[code] || REMEDIES.allow_mass_delete)(team, stands);
  const act = REMEDIES[code] ? REMEDIES[code](team, stands) : code === "wait" ? null : tryAgain(team);
  return [h("a", { class: "button plain", href: link(team, "history") }, "What happened"), act];
}
