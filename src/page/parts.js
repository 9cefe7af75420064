// Pieces that several views are made of.

import { h } from "./dom.js";
import { app, changed } from "./app.js";
import { icon } from "./icons.js";
import * as times from "./times.js";
import * as words from "./words.js";

/** The mark of a state. */
export function mark(state, size = 16) {
  const known = words.STATES[state];
  return icon(known.icon, size, known.tone);
}

export function stateWord(state, word) {
  const known = words.STATES[state];
  return h("span", { class: `word tone-${known.tone}` }, word || known.word);
}

/** A mark with its word. */
export const stateLine = (state, word) => h("span", { class: "state" }, mark(state), stateWord(state, word));

export function kindIcon(kind, size = 14) {
  return icon((words.KINDS[kind] || words.KINDS.item).icon, size, kind);
}

/** A button. `kind`: "filled", "plain" (default), "small", "link", "quiet"; acts are off while the server does not answer. */
export function button(label, onclick, options = {}) {
  const { kind = "plain", key, isLocal, isDisabled, icon: shape, ...rest } = options;
  return h(
    "button",
    { type: "button", class: `button ${kind}`, disabled: isDisabled || (!isLocal && app.isOffline), onclick, ...rest },
    shape ? icon(shape, 16) : null,
    label,
    key && app.keys.areOn ? h("kbd", { "aria-hidden": "true" }, key) : null,
  );
}

export const anchor = (label, href, props) => h("a", { href, ...props }, label);

/** A moment, with the exact one on hover. */
export function moment(at, text) {
  if (at === null || at === undefined) return null;
  return h("time", { datetime: new Date(at).toISOString(), title: times.exactly(at) }, text || times.ago(at, app.now));
}

// ---------------------------------------------------------------- values and changes

export function shownValue(field, value, zone) {
  if (words.isDateField(field)) return times.shownDate(value, zone, app.now);
  return words.valueText(value);
}

const MOST = 160;
const cut = text => (text.length > MOST ? `${text.slice(0, MOST).trimEnd()}…` : text);

/** "old → new", each on its ground; only one where the other is nothing. */
export function change(field, before, after, zone) {
  const isNone = value => value === null || value === undefined || value === "";
  const old = isNone(before) ? null : h("del", { class: isNone(after) ? "gone" : null }, cut(shownValue(field, before, zone)));
  const fresh = isNone(after) ? null : h("ins", {}, cut(shownValue(field, after, zone)));
  const arrow =
    old && fresh ? h("span", { class: "arrow" }, icon("right", 12), h("span", { class: "unseen" }, " becomes ")) : null;
  return h("span", { class: "change" }, old, arrow, fresh, old || fresh ? null : "nothing");
}

// ---------------------------------------------------------------- where there is nothing to see yet

export const loading = label =>
  h(
    "div",
    { class: "loading" },
    h("span", { class: "unseen", role: "status" }, label || "Loading"),
    h("span", { class: "bar" }),
    h("span", { class: "bar" }),
    h("span", { class: "bar" }),
  );

/** What there is, what is missing, the one next step. */
export function empty(title, text, ...actions) {
  return h(
    "div",
    { class: "empty" },
    h("h2", {}, title),
    text ? h("p", {}, text) : null,
    actions.length ? h("p", {}, actions) : null,
  );
}

export function failure(problem, retry) {
  return h(
    "div",
    { class: "empty failure", role: "alert" },
    h("h2", {}, mark("failing", 20), problem.message),
    problem.status >= 500 ? h("p", {}, "Nothing is lost. What the server was doing goes on.") : null,
    retry ? h("p", {}, button("Try again", retry, { isLocal: true })) : null,
  );
}

/** What `draw` makes of what was asked for, or why it is not there. */
export function asked(what, draw, retry) {
  if (what.value !== undefined) return draw(what.value);
  if (what.problem && what.problem.status !== 0) return failure(what.problem, retry);
  if (what.problem) return empty("Nothing was loaded yet.", "It appears when the server answers.");
  return loading();
}

/** The last refusal of an act, until the next. */
export function refusal() {
  if (!app.refusal) return null;
  return h(
    "div",
    { class: "note bad", role: "alert" },
    mark("failing"),
    h("span", {}, app.refusal.message),
    button(
      "Close",
      () => {
        app.refusal = null;
        changed();
      },
      { kind: "link", isLocal: true },
    ),
  );
}

/** What was just done, with the way back. */
export function notice() {
  const told = app.notice;
  if (!told) return null;
  return h(
    "div",
    { class: "note done" },
    icon("tick", 16, "ok"),
    h("span", {}, told.text),
    told.undo ? button(told.undo.label || "Undo", told.undo.run, { kind: "link" }) : null,
    button(
      "Close",
      () => {
        app.notice = null;
        changed();
      },
      { kind: "link", isLocal: true },
    ),
  );
}

/** The heading of a view: it takes the focus when the view is opened. */
export const heading = (props, ...children) => h("h1", { tabindex: "-1", id: "heading", ...props }, children);

export const segmented = (label, options) =>
  h(
    "div",
    { class: "segmented", role: "group", "aria-label": label },
    options.map(option =>
      h(
        option.href ? "a" : "button",
        {
          href: option.href,
          type: option.href ? null : "button",
          onclick: option.onclick,
          "aria-current": option.href && option.isOn ? "true" : null,
          "aria-pressed": option.href ? null : String(Boolean(option.isOn)),
        },
        option.label,
      ),
    ),
  );

export function offlineSentence() {
  return app.answeredAt ? `The server has not answered since ${times.clock(app.answeredAt)}.` : "The server does not answer.";
}
