// Conflicts: field by field, board, calendar, what will be written. Nothing is chosen beforehand; Resolve when all is decided.

import { h } from "../dom.js";
import { announce, app, notify } from "../app.js";
import { act, undo } from "../acts.js";
import { path, post, segment } from "../api.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { ofView } from "../keys.js";
import { anchor, asked, button, empty, heading, mark } from "../parts.js";
import { go, link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { fieldRow } from "./conflict_fields.js";
import { sideName } from "./days.js";
import * as decided from "./decided.js";

const titleOf = conflict => conflict.title || conflict.id;
const addressOf = (team, conflict) => link(team, "conflicts", conflict.id, conflict.calendar);

// The conflict of the address, and its neighbours: { list, at, conflict, next }; `conflict` undefined where it is settled.
function place(list) {
  const [id, calendar] = app.route.rest;
  const wanted = list.findIndex(one => one.id === id && (!calendar || one.calendar === calendar));
  const at = id ? wanted : 0;
  const next = list[at + 1] || (at > 0 ? list[0] : null);
  return { list, at, conflict: list[at], next };
}

// ---------------------------------------------------------------- resolving

async function send(team, conflict) {
  const told = { team, calendar: conflict.calendar, fields: decided.answerOf(conflict) };
  try {
    return await post(path(`conflicts/${segment(conflict.id)}/resolve`), told, { "If-Match": `"${conflict.etag}"` });
  } catch (problem) {
    if (problem.status === 412) stale(team); // it is not what was shown: what is there now is shown instead
    throw problem;
  }
}

function resolve(team, { conflict, next }) {
  return act("resolve", async () => {
    const { number } = data.ranBy(await send(team, conflict));
    decided.forget(conflict);
    stale(team);
    go(next ? addressOf(team, next) : link(team, "conflicts"));
    const label = titleOf(conflict);
    notify(`Resolved “${label}”.`, number ? { run: () => undo(team, { run: number, label }) } : undefined);
  });
}

// ---------------------------------------------------------------- the head

function step(team, conflict, shape, label) {
  if (!conflict) return h("span", { class: "button plain square off", "aria-hidden": "true" }, icon(shape, 16));
  return h("a", { class: "button plain square", href: addressOf(team, conflict), "aria-label": label }, icon(shape, 16));
}

function facts(team, conflict) {
  const kind = words.capital(data.kindWord(conflict.type));
  const parent = data.parentOf(conflict);
  return h(
    "p",
    { class: "facts" },
    kind,
    parent ? [" of ", anchor(parent.title, link(team, "entry", parent.id))] : null,
    " · ",
    h("code", {}, conflict.id),
    " · ",
    anchor("Why does it wait?", link(team, "entry", conflict.id)),
  );
}

function head(team, { conflict, at, list }) {
  const number = conflict.fields.length;
  const since = conflict.since ? ` since they last agreed, ${times.dayAndClock(Date.parse(conflict.since), app.now)}` : "";
  return h(
    "div",
    { class: "entry-head" },
    mark("waiting", 20),
    h(
      "div",
      {},
      heading({ class: "title" }, titleOf(conflict)),
      h("p", { class: "below" }, `Both sides changed ${number === 1 ? "one field" : `${words.spelled(number)} fields`}${since}.`),
      facts(team, conflict),
    ),
    h(
      "div",
      { class: "head-actions" },
      h("span", { class: "quiet" }, `${at + 1} of ${list.length}`),
      step(team, list[at - 1], "previous", "Previous conflict"),
      step(team, list[at + 1], "next", "Next conflict"),
    ),
  );
}

// ---------------------------------------------------------------- keys

// The field that the focus is in, else the first that is open.
function fieldAt(conflict) {
  const row = document.activeElement && document.activeElement.closest(".conflict-row");
  const name = row && row.querySelector("[data-field]").dataset.field;
  return conflict.fields.find(field => field.field === name) || decided.undecided(conflict)[0] || conflict.fields[0];
}

function take(conflict, side) {
  const field = fieldAt(conflict);
  decided.choose(conflict, field, { side });
  announce(`${words.fieldName(field.field)}: ${side === "local" ? "board" : "calendar"}`);
  const next = decided.undecided(conflict)[0] || field;
  queueMicrotask(() => queueMicrotask(() => document.getElementById(`${next.field}-${side}`)?.focus()));
}

const canResolve = conflict =>
  !decided.undecided(conflict).length && !conflict.fields.some(field => decided.isWrong(conflict, field));

function keysOf(team, here) {
  const { conflict, list, at } = here;
  return {
    1: () => take(conflict, "local"),
    2: () => take(conflict, "external"),
    r: () => canResolve(conflict) && resolve(team, here),
    j: () => list[at + 1] && go(addressOf(team, list[at + 1])),
    k: () => list[at - 1] && go(addressOf(team, list[at - 1])),
  };
}

// ---------------------------------------------------------------- the whole

const edited = at => h("small", {}, at ? `edited ${times.dayAndClock(Date.parse(at), app.now)}` : "not known when");

function columns(conflict, calendar) {
  const changedAt = conflict.changed || {};
  return h(
    "div",
    { class: "conflict-head", "aria-hidden": "true" },
    h("span", {}, "Field"),
    h("span", {}, icon("board", 16), h("strong", {}, "Board"), edited(changedAt.local)),
    h("span", {}, icon("calendar", 16), h("strong", {}, calendar), edited(changedAt.external)),
    h("span", { class: "conflict-written" }, h("strong", {}, "Will be written")),
  );
}

function side(conflict, name, shape, label) {
  return button(label, () => decided.takeAll(conflict, name), { kind: "small", icon: shape, isLocal: true });
}

function body(team, list) {
  if (!list.length) {
    const text = "When both sides change the same field and nobody may decide for you, it appears here.";
    return [heading({ class: "unseen" }, "Conflicts"), empty("No conflict waits.", text, anchor("Overview", link(team)))];
  }
  const here = place(list);
  if (!here.conflict) {
    const waits = `${words.count(list.length, "other conflict")} ${list.length === 1 ? "waits" : "wait"} for you.`;
    return [
      heading({ class: "unseen" }, "Conflicts"),
      empty(`${app.route.rest[0]} is settled.`, waits, anchor("Next conflict", addressOf(team, list[0]))),
    ];
  }
  const { conflict } = here;
  const calendar = sideName(team, conflict.calendar);
  ofView("conflicts", keysOf(team, here));
  return [
    head(team, here),
    h(
      "p",
      { class: "take-all" },
      "Take all from ",
      side(conflict, "local", "board", "Board"),
      side(conflict, "external", "calendar", calendar),
    ),
    h(
      "div",
      { class: "panel conflict", key: decided.nameOf(conflict) },
      columns(conflict, calendar),
      conflict.fields.map(field => fieldRow(conflict, field, calendar)),
    ),
    h("p", { class: "hint" }, "The other fields are in step and keep syncing."),
  ];
}

export function draw(team) {
  ofView("conflicts", {});
  const known = data.conflicts(team);
  return [
    known.value ? null : heading({ class: "unseen" }, "Conflicts"),
    asked(
      known,
      list => body(team, list),
      () => stale(team),
    ),
  ];
}

function writes(conflict, calendar) {
  const choices = conflict.fields.map(field => decided.choiceOf(conflict, field));
  const out = choices.filter(choice => choice.side !== "external").length;
  const back = choices.filter(choice => choice.side !== "local").length;
  const parts = [];
  if (out) parts.push(`${words.count(out, "field")} to ${calendar}`);
  if (back) parts.push(`${out ? back : words.count(back, "field")} to the board`);
  return [h("strong", {}, `Writes ${words.listed(parts)}.`), " You can undo it."];
}

/** What Resolve would write, or how much is to be decided yet. */
export function foot(team) {
  const list = data.conflicts(team).value || [];
  const here = place(list);
  const { conflict } = here;
  if (!conflict) return null;
  const next = here.next && here.next !== conflict ? here.next : null;
  const open = decided.undecided(conflict).length;
  const calendar = sideName(team, conflict.calendar);
  return [
    h(
      "p",
      {},
      open
        ? [h("strong", {}, `${words.count(open, "field")} to decide.`), " Nothing is written yet."]
        : writes(conflict, calendar),
    ),
    h(
      "div",
      { class: "foot-actions" },
      next ? h("span", { class: "quiet wide-only" }, `Next: ${titleOf(next)}, ${data.kindWord(next.type)}`) : null,
      h("a", { class: "button plain", href: next ? addressOf(team, next) : link(team) }, "Decide later"),
      open
        ? null
        : button("Resolve", () => resolve(team, { ...here, next }), {
            kind: "filled",
            key: "r",
            isDisabled: !canResolve(conflict) || app.acting === "resolve",
          }),
    ),
  ];
}
