// Connecting a calendar in four steps: which service, signing in, which calendar, what would happen. Signing in writes nothing.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import * as acts from "../acts.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { anchor, asked, button, empty, heading } from "../parts.js";
import { go, link } from "../router.js";
import { choices } from "./first_run.js";
import { serviceNamed } from "./services.js";

// What was typed, until the calendar is chosen: then the page forgets it.
let typed = null;

function typedFor(team, name) {
  if (!typed || typed.team !== team || typed.name !== name)
    typed = { team, name, account: "", secret: "", server: "", isShown: false, calendars: null, chosen: null };
  return typed;
}

const set = member => event => {
  typed[member] = event.target.value;
  changed();
};

// ---------------------------------------------------------------- the steps

const STEPS = ["Sign in", "Choose a calendar", "See what would happen"];

function steps(service, at) {
  const names = [service.title, ...STEPS];
  return h(
    "ol",
    { class: "steps-row", "aria-label": "Steps" },
    names.map((name, i) =>
      h(
        "li",
        { class: i < at ? "over" : i === at ? "now" : "", "aria-current": i === at ? "step" : null },
        h("span", { class: "step-mark", "aria-hidden": "true" }, i < at ? icon("tick", 12) : String(i + 1)),
        h("span", {}, name),
      ),
    ),
  );
}

const PROMISES = [
  ["lock", "Keeps it encrypted with the office’s key."],
  ["calendar", "Reads and writes the one calendar you choose next."],
  ["external", "Leaves events it did not make as they are."],
  ["undo", "Forgets it when you disconnect."],
];

// `isAsked`: whether the password is what is asked for now.
function help(service, isAsked) {
  return h(
    "aside",
    { class: "connect-help" },
    isAsked && service.steps.length
      ? [
          h("h2", {}, "How to get one"),
          h(
            "ol",
            { class: "how-to" },
            service.steps.map(parts => {
              const list = Array.isArray(parts) ? parts : [parts];
              return h(
                "li",
                {},
                list.map(part =>
                  Array.isArray(part) ? h("a", { href: part[1], target: "_blank", rel: "noreferrer" }, part[0]) : part,
                ),
              );
            }),
          ),
        ]
      : null,
    h("h2", {}, "What fmcal does with it"),
    h(
      "ul",
      { class: "promised" },
      PROMISES.map(([shape, text]) => h("li", {}, icon(shape, 14), text)),
    ),
  );
}

// ---------------------------------------------------------------- signing in

async function signIn(event, team, service) {
  event.preventDefault();
  const told = {
    team,
    username: typed.account.trim(),
    password: typed.secret,
    endpoint: service.server ? typed.server.trim() : undefined,
  };
  const answer = await acts.askCalendars(service.name, told);
  if (!answer) return;
  typed.calendars = answer.calendars || [];
  typed.chosen = null;
  changed();
}

async function signInAtGoogle(event, team) {
  event.preventDefault();
  const answer = await acts.askCalendars("google", { team, clientId: typed.account.trim(), clientSecret: typed.secret });
  if (!answer) return;
  typed = null;
  if (/^https:\/\//.test(answer.authUrl)) location.assign(answer.authUrl);
}

function input(id, label, member, more = {}) {
  const { note, ...props } = more;
  return h(
    "div",
    { class: "form-row" },
    h("label", { for: id }, label),
    h("input", {
      id,
      class: "field",
      value: typed[member],
      required: true,
      spellcheck: "false",
      autocapitalize: "off",
      "aria-describedby": note ? `${id}-note` : null,
      oninput: set(member),
      ...props,
    }),
    note ? h("p", { class: "wire-note", id: `${id}-note` }, note) : null,
  );
}

function secret(label, note) {
  const toggle = () => {
    typed.isShown = !typed.isShown;
    changed();
  };
  return h(
    "div",
    { class: "form-row" },
    h("label", { for: "secret" }, label),
    h(
      "div",
      { class: "secret" },
      h("input", {
        id: "secret",
        class: "field",
        type: typed.isShown ? "text" : "password",
        value: typed.secret,
        required: true,
        autocomplete: "off",
        spellcheck: "false",
        "aria-describedby": note ? "secret-note" : null,
        oninput: set("secret"),
      }),
      button(typed.isShown ? "Hide" : "Show", toggle, { kind: "link", isLocal: true, "aria-pressed": String(typed.isShown) }),
    ),
    note ? h("p", { class: "wire-note", id: "secret-note" }, note) : null,
  );
}

function buttons(team, label) {
  return h(
    "div",
    { class: "form-buttons" },
    h("a", { class: "button", href: `${link(team, "calendars")}?add=1` }, "Back"),
    h(
      "button",
      { class: "button filled", disabled: app.isOffline || Boolean(app.acting) },
      app.acting === "connect" ? "Asking…" : label,
    ),
  );
}

function form(team, service) {
  const isGoogle = service.name === "google";
  return h(
    "form",
    { class: "connect-form", onsubmit: event => (isGoogle ? signInAtGoogle(event, team) : signIn(event, team, service)) },
    heading({ class: "title" }, `Sign in to ${service.name === "caldav" ? "a CalDAV server" : service.title}`),
    h("p", { class: "below" }, service.about),
    service.server ? input("server", service.server, "server", { placeholder: service.serverExample, inputmode: "url" }) : null,
    isGoogle
      ? [input("account", "Client id", "account"), secret("Client secret")]
      : [
          input("account", service.account, "account", { placeholder: service.example || null, autocomplete: "username" }),
          secret(service.secret, service.help),
        ],
    buttons(team, isGoogle ? "Sign in at Google" : "Sign in"),
    h("p", { class: "wire-note" }, "Signing in writes nothing to the calendar."),
  );
}

// ---------------------------------------------------------------- choosing

const canWrite = calendar => calendar.writable !== false && !calendar.readOnly && calendar.events !== false;

function option(calendar, chosen, onChoose) {
  const note = !canWrite(calendar) ? "read only" : calendar.primary ? "the default" : null;
  return h(
    "label",
    { class: `choice-cell${chosen === calendar.id ? " chosen" : ""}${canWrite(calendar) ? "" : " off"}` },
    h("input", {
      type: "radio",
      name: "calendar",
      value: calendar.id,
      checked: chosen === calendar.id,
      disabled: !canWrite(calendar),
      onchange: () => onChoose(calendar.id),
    }),
    h(
      "span",
      { class: "choice-body" },
      h("span", { class: "choice-value" }, calendar.name || calendar.id),
      note ? h("span", { class: "choice-words" }, note) : null,
    ),
  );
}

function chooser(team, title, calendars, chosen, { onChoose, onTake, back }) {
  if (!calendars.length)
    return [
      heading({ class: "title" }, title),
      empty("This account has no calendar.", "Make one there, then look again.", anchor("Back", back)),
    ];
  return h(
    "form",
    { class: "connect-form", onsubmit: event => (event.preventDefault(), chosen && onTake()) },
    heading({ class: "title" }, title),
    h("p", { class: "below" }, "fmcal reads and writes this one. One of its own is best: then it sees nothing else."),
    h(
      "fieldset",
      { class: "calendar-choices" },
      h("legend", { class: "unseen" }, "Calendars of the account"),
      calendars.map(calendar => option(calendar, chosen, onChoose)),
    ),
    h(
      "div",
      { class: "form-buttons" },
      h(
        "a",
        {
          class: "button",
          href: back,
          onclick: () => {
            if (typed) typed.calendars = null;
            changed();
          },
        },
        "Back",
      ),
      h("button", { class: "button filled", disabled: !chosen || app.isOffline || Boolean(app.acting) }, "Use this calendar"),
    ),
    h("p", { class: "wire-note" }, "Nothing is written yet: first you see what would happen."),
  );
}

async function take(team, service) {
  const told = {
    team,
    username: typed.account.trim(),
    password: typed.secret,
    endpoint: service.server ? typed.server.trim() : undefined,
    calendarId: typed.chosen,
  };
  const answer = await acts.askCalendars(service.name, told);
  if (!answer) return;
  typed = null;
  stale(team);
  go(link(team, "plan"));
}

/** The steps of connecting a service. */
export function draw(team, name) {
  const service = serviceNamed(name);
  if (!service)
    return [
      heading({ class: "title" }, "Connect a calendar"),
      h("p", { class: "below" }, "Which service keeps it?"),
      choices(team),
    ];
  typedFor(team, name);
  const isChoosing = Boolean(typed.calendars);
  const left = isChoosing
    ? chooser(team, "Choose a calendar", typed.calendars, typed.chosen, {
        onChoose: id => {
          typed.chosen = id;
          changed();
        },
        onTake: () => take(team, service),
        back: link(team, "calendars", "connect", name),
      })
    : form(team, service);
  return [steps(service, isChoosing ? 2 : 1), h("div", { class: "connect" }, left, help(service, !isChoosing))];
}

// ---------------------------------------------------------------- another calendar of the same account

let other = null; // { team, name, chosen }

/** Choosing among the calendars of an account that is connected already. */
export function drawChoice(team, name) {
  if (!other || other.team !== team || other.name !== name) other = { team, name, chosen: null };
  return asked(
    data.calendarsOf(team, name),
    known => {
      const chosen = other.chosen || known.selectedCalendarId;
      return chooser(team, "Another calendar", known.availableCalendars, chosen, {
        onChoose: id => {
          other.chosen = id;
          changed();
        },
        onTake: () => acts.selectCalendar(team, name, chosen).then(() => go(link(team, "plan"))),
        back: link(team, "calendars"),
      });
    },
    () => stale(team),
  );
}
