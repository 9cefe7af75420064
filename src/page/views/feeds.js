// Feeds: addresses by which others subscribe to a team's dates. An address is shown once, for whoever has it can read the feed.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import * as acts from "../acts.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { asked, button } from "../parts.js";
import * as times from "../times.js";
import * as words from "../words.js";

const KINDS = [
  ["items", "items"],
  ["epics", "epics"],
  ["court-dates", "court dates"],
];
const DETAILS = [
  ["all", "everything"],
  ["titles", "titles only"],
  ["busy", "busy times only"],
];

const fresh = () => ({ name: "", include: new Set(["items", "epics", "court-dates"]), details: "titles", expires: "" });

let form = null; // of the new feed, while it is filled in
let made = null; // { name, url } of the one just made

const set = (name, value) => {
  if (form) form[name] = value;
  changed();
};

// ---------------------------------------------------------------- a new one

async function create(event, team) {
  event.preventDefault();
  if (!form.name.trim() || !form.include.size) return;
  const told = { name: form.name.trim(), include: [...form.include], details: form.details, expires: form.expires || undefined };
  const answer = await acts.makeFeed(team, told);
  if (!answer) return;
  made = { name: told.name, url: answer.url };
  form = null;
  changed();
}

const include = ([kind, label]) =>
  h(
    "label",
    { class: "check" },
    h("input", {
      type: "checkbox",
      checked: form.include.has(kind),
      onchange: event => {
        if (event.target.checked) form.include.add(kind);
        else form.include.delete(kind);
        changed();
      },
    }),
    label,
  );

function fields(team) {
  return h(
    "form",
    { class: "feed-form", onsubmit: event => create(event, team) },
    h("label", { for: "feed-name" }, "Who is it for?"),
    h("input", {
      id: "feed-name",
      class: "field",
      value: form.name,
      required: true,
      maxlength: 80,
      oninput: event => set("name", event.target.value),
      mounted: element => element.focus(),
    }),
    h("fieldset", {}, h("legend", {}, "What is in it"), KINDS.map(include)),
    h("label", { for: "feed-details" }, "What it says"),
    h(
      "select",
      { id: "feed-details", class: "field", value: form.details, onchange: event => set("details", event.target.value) },
      DETAILS.map(([name, label]) => h("option", { value: name }, label)),
    ),
    h("label", { for: "feed-expires" }, "Until, if it ends"),
    h("input", {
      id: "feed-expires",
      class: "field",
      type: "date",
      value: form.expires,
      onchange: event => set("expires", event.target.value),
    }),
    h(
      "div",
      { class: "foot-actions" },
      button(
        "Cancel",
        () => {
          form = null;
          changed();
        },
        { kind: "small", isLocal: true },
      ),
      h(
        "button",
        { class: "button small", disabled: !form.name.trim() || !form.include.size || app.isOffline || Boolean(app.acting) },
        "Make the feed",
      ),
    ),
  );
}

function copy(url) {
  const field = document.getElementById("feed-url");
  field.select();
  if (navigator.clipboard) navigator.clipboard.writeText(url).catch(() => {});
}

function address() {
  if (!made) return null;
  return h(
    "div",
    { class: "note done feed-made", role: "group", "aria-label": `The address of ${made.name}` },
    h(
      "span",
      {},
      h("label", { for: "feed-url" }, `The address of “${made.name}”. It is not shown again.`),
      h("input", {
        id: "feed-url",
        class: "field mono",
        readonly: true,
        value: made.url,
        onfocus: event => event.target.select(),
      }),
    ),
    button("Copy", () => copy(made.url), { kind: "small", isLocal: true }),
    button(
      "Close",
      () => {
        made = null;
        changed();
      },
      { kind: "link", isLocal: true },
    ),
  );
}

// ---------------------------------------------------------------- those that are there

const named = (list, name) => (list.find(([known]) => known === name) || [name, name])[1];

function note(feed) {
  const kinds =
    feed.include && feed.include.length < KINDS.length ? `${words.listed(feed.include.map(kind => named(KINDS, kind)))}, ` : "";
  const until = feed.expires
    ? `, until ${times.isDay(feed.expires) ? times.dayAndMonth(feed.expires) : times.since(Date.parse(feed.expires), app.now)}`
    : "";
  return `${kinds}${named(DETAILS, feed.details)}${until}`;
}

function row(team, feed) {
  return h(
    "li",
    { key: feed.id, class: "feed-row", "data-row": true },
    h("div", {}, h("p", { class: "wire-name" }, feed.name), h("p", { class: "wire-note" }, note(feed))),
    button("Remove", () => acts.removeFeed(team, feed), {
      kind: "link",
      "aria-label": `Remove the feed ${feed.name}`,
      isDisabled: Boolean(app.acting),
    }),
  );
}

function list(team, feeds) {
  return feeds.length
    ? h(
        "ul",
        { class: "rows" },
        feeds.map(feed => row(team, feed)),
      )
    : h("p", { class: "quiet feed-none" }, "Nobody subscribes yet.");
}

/** The section of feeds. */
export function draw(team) {
  return h(
    "section",
    { "aria-labelledby": "feeds" },
    h(
      "div",
      { class: "section-head" },
      h("h2", { id: "feeds" }, "Feeds"),
      form
        ? null
        : button(
            "New feed",
            () => {
              form = fresh();
              made = null;
              changed();
            },
            { kind: "link" },
          ),
    ),
    form ? fields(team) : null,
    address(),
    asked(
      data.feeds(team),
      feeds => list(team, feeds),
      () => stale(team),
    ),
    h("p", { class: "feed-note" }, "Anybody with its address can read a feed. The address is shown once."),
    h(
      "p",
      { class: "feed-note quiet" },
      "Tokens for programs are made on the server with ",
      h("code", {}, "fmcal-lua tokens.lua new"),
      ".",
    ),
  );
}
