// Every view has an address: #/TEAM/VIEW/REST?QUERY. Back, forward and reload keep it.

import { app, changed } from "./app.js";

export const VIEWS = ["overview", "month", "agenda", "conflicts", "history", "calendars", "entry", "plan"];

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function parse(hash) {
  const [place, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [team, view, ...rest] = place.split("/").filter(Boolean).map(decode);
  return {
    team: team || null,
    view: VIEWS.includes(view) ? view : "overview",
    rest,
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The address of a view; `rest` are further segments. */
export function link(team, view, ...rest) {
  const segments = [team, ...((view && view !== "overview") || rest.length ? [view] : []), ...rest];
  return `#/${segments
    .filter(part => part !== undefined && part !== null)
    .map(part => encodeURIComponent(part))
    .join("/")}`;
}

export function go(address, { isReplacing } = {}) {
  if (location.hash === address) return;
  if (isReplacing) {
    history.replaceState(null, "", address);
    follow();
  } else {
    location.hash = address;
    follow(); // at once: what is said behind it belongs to the new view
  }
}

let followed = null; // the address that the route was made of

function follow() {
  if (followed === location.hash) return;
  followed = location.hash;
  const before = app.route;
  app.route = parse(location.hash);
  if (before.team !== app.route.team || before.view !== app.route.view) {
    app.notice = null;
    if (app.route.team) localStorage.setItem("fmcal.team", app.route.team);
    app.isMoved = true; // the heading of the new view takes the focus
    app.isMenuOpen = false;
    window.scrollTo(0, 0);
  }
  changed();
}

export function start() {
  followed = location.hash;
  app.route = parse(location.hash);
  addEventListener("hashchange", follow);
}
