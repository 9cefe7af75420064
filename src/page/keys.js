// Keys for those who know them, listed in a strip under "?". Single keys can be switched off (WCAG 2.1.4); the strip says so.

import { h } from "./dom.js";
import { app, changed } from "./app.js";
import * as acts from "./acts.js";
import { button } from "./parts.js";
import { go, link } from "./router.js";

const PREFIX_MS = 1500;
let prefixAt = 0;

const isTyping = target =>
  target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]") !== null;

/** A view's own keys, while it is drawn: { key: function(event) }. */
export const own = { view: null, keys: {} };

export function ofView(view, keys) {
  own.view = view;
  own.keys = keys;
}

export function toggleStrip() {
  app.keys.areShown = !app.keys.areShown;
  changed();
}

function move(step) {
  const rows = [...document.querySelectorAll("#main [data-row]")].filter(row => row.offsetParent !== null);
  if (!rows.length) return;
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at === -1 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
  (next.matches("a, button, [tabindex]") ? next : next.querySelector("a, button, [tabindex]") || next).focus();
}

function focusSearch() {
  const field = document.querySelector("#search") || document.querySelector(".side input[type=search]");
  if (field) field.focus();
  else if (app.route.team) {
    go(link(app.route.team, "agenda"));
    setTimeout(() => document.querySelector("#search")?.focus(), 60);
  }
}

const PLACES = { m: "month", c: "conflicts", h: "history", o: "overview", k: "calendars" };

function everywhere(team) {
  return {
    s: () => team && !app.isOffline && !app.runs.has(team) && acts.isConnected(team) && acts.sync(team),
    p: () => team && acts.isConnected(team) && go(link(team, "plan")),
    "/": focusSearch,
    j: () => move(1),
    k: () => move(-1),
  };
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (own.view === app.route.view && own.keys.Escape && own.keys.Escape(event)) return;
    if (app.keys.areShown) toggleStrip();
    else if (app.isMenuOpen) {
      app.isMenuOpen = false;
      changed();
    }
    return;
  }
  if (app.session === "out" || isTyping(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    toggleStrip();
    return;
  }
  if (!app.keys.areOn) return;
  const now = Date.now();
  const isSecond = now - prefixAt < PREFIX_MS;
  prefixAt = 0;
  if (isSecond && PLACES[event.key] && app.route.team) {
    event.preventDefault();
    go(link(app.route.team, PLACES[event.key]));
    return;
  }
  if (event.key === "g") {
    prefixAt = now;
    return;
  }
  const done = (own.view === app.route.view && own.keys[event.key]) || everywhere(app.route.team)[event.key];
  if (!done) return;
  event.preventDefault();
  done(event);
}

export function start() {
  document.addEventListener("keydown", onKey);
}

// ---------------------------------------------------------------- the strip

const GROUPS = [
  [
    "Everywhere",
    [
      ["s", "sync now"],
      ["p", "preview"],
      ["/", "search"],
    ],
  ],
  [
    "Go to",
    [
      ["g m", "month"],
      ["g c", "conflicts"],
      ["g h", "history"],
    ],
  ],
  [
    "Lists",
    [
      ["j k", "next, previous"],
      ["Enter", "open"],
      ["Esc", "back"],
    ],
  ],
];
const OF_VIEW = {
  month: [
    "This month",
    [
      ["t", "today"],
      ["← ↑ → ↓", "another day"],
      ["Enter", "into the day"],
    ],
  ],
  conflicts: [
    "This conflict",
    [
      ["1", "from the board"],
      ["2", "from the calendar"],
      ["r", "resolve"],
    ],
  ],
};

const rowOf = ([names, label]) => [
  h(
    "dt",
    {},
    names.split(" ").map(name => h("kbd", {}, name)),
  ),
  h("dd", {}, label),
];

export function strip() {
  if (!app.keys.areShown) return null;
  const groups = OF_VIEW[app.route.view] ? [...GROUPS, OF_VIEW[app.route.view]] : GROUPS;
  return h(
    "section",
    { class: "strip", "aria-label": "Keys", key: "strip" },
    groups.map(([title, rows]) => h("div", {}, h("h2", {}, title), h("dl", {}, rows.map(rowOf)))),
    h(
      "div",
      { class: "strip-end" },
      h(
        "label",
        { class: "switch" },
        "Single keys",
        h("input", {
          type: "checkbox",
          role: "switch",
          checked: app.keys.areOn,
          onchange: event => {
            app.keys.areOn = event.target.checked;
            localStorage.setItem("fmcal.keys", app.keys.areOn ? "on" : "off");
            changed();
          },
        }),
        h("span", { class: "quiet" }, app.keys.areOn ? "on" : "off"),
      ),
      button(["Close ", h("kbd", { "aria-hidden": "true" }, "?")], toggleStrip, { kind: "quiet", isLocal: true }),
    ),
  );
}
