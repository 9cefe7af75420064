// One field of a conflict: what it was, the board's, the calendar's, and what will be written.

import { h } from "../dom.js";
import { app } from "../app.js";
import { icon } from "../icons.js";
import { button, shownValue } from "../parts.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { choiceOf, choose, isWrong, writtenOf } from "./decided.js";
import { different, inWords } from "./differences.js";

const isDate = field => words.isDateField(field.field);
const isText = field => !isDate(field) && [field.local, field.external].every(value => typeof value === "string");

// ---------------------------------------------------------------- a side

// A date in two parts, so that the one that differs is underlined.
function dateParts(value, base, zone) {
  const [date, was] = [times.read(value, zone), times.read(base, zone)];
  if (!date) return [{ text: "no date", isNew: Boolean(was) }];
  const day = { text: times.shortDay(date.day, app.now), isNew: !was || was.day !== date.day };
  if (date.at === null) return [day];
  const clock = times.clock(date.at);
  const isNewTime = !was || was.at === null || times.clock(was.at) !== clock;
  return [day, { text: ", " }, { text: clock, isNew: isNewTime }, { text: times.zoneNote(date) }];
}

function shownSide(field, side, zone) {
  const value = field[side];
  const parts = isDate(field)
    ? dateParts(value, field.base, zone)
    : different(words.valueText(field.base ?? ""), words.valueText(value));
  return parts.filter(part => part.text).map(part => (part.isNew ? h("mark", {}, part.text) : part.text));
}

function sideCell(conflict, field, side, name) {
  const choice = choiceOf(conflict, field);
  const isChosen = Boolean(choice) && choice.side === side;
  const at = conflict.changed && conflict.changed[side];
  const zone = conflict.zone;
  return h(
    "label",
    { class: `choice-cell${isChosen ? " chosen" : ""}` },
    h("input", {
      type: "radio",
      name: `field-${field.field}`,
      value: side,
      checked: isChosen,
      id: `${field.field}-${side}`,
      "data-field": field.field,
      onchange: () => choose(conflict, field, { side }),
    }),
    h(
      "span",
      { class: "choice-body" },
      h(
        "span",
        { class: "choice-side", "aria-hidden": "true" },
        icon(side === "local" ? "board" : "calendar", 12),
        name,
        at ? `, ${times.clock(Date.parse(at))}` : null,
      ),
      h("span", { class: "unseen" }, `${name}: `),
      h("span", { class: "choice-value" }, shownSide(field, side, zone)),
      h("span", { class: "unseen" }, ", "),
      h("span", { class: "choice-words" }, inWords(field.base, field[side], { isDate: isDate(field), zone })),
    ),
  );
}

// ---------------------------------------------------------------- what will be written

const parts = value =>
  String(value ?? "")
    .split(/(?<=[.!?])\s+|\n+/)
    .map(part => part.trim())
    .filter(Boolean);

// The sentences of both sides, those of the board first, each once.
function both(field) {
  const all = parts(field.local);
  for (const part of parts(field.external)) if (!all.includes(part)) all.push(part);
  return all.join(/\n/.test(`${field.local}${field.external}`) ? "\n" : " ");
}

const tagsOf = text =>
  text
    .split(",")
    .map(tag => tag.trim())
    .filter(Boolean);

function ownField(conflict, field, choice) {
  const isList = Array.isArray(field.local ?? field.external ?? field.base);
  const set = text => choose(conflict, field, { value: isList ? tagsOf(text) : isDate(field) ? text.trim() : text });
  const props = {
    class: "field",
    value: isList ? choice.value.join(", ") : (choice.value ?? ""),
    "aria-label": `${words.fieldName(field.field)}, your own`,
    "aria-invalid": isWrong(conflict, field) ? "true" : null,
    oninput: event => set(event.target.value),
    mounted: element => element.focus(),
  };
  if (isDate(field)) return h("input", { ...props, placeholder: "2027-03-12 or 2027-03-12T17:00:00" });
  return field.field === "description" ? h("textarea", { ...props, rows: 4 }) : h("input", props);
}

function own(conflict, field, choice) {
  const wrong = isWrong(conflict, field);
  return [
    ownField(conflict, field, choice),
    h(
      "p",
      { class: wrong ? "goes wrong" : "goes" },
      icon("pen", 14),
      wrong ? "A date is 2027-03-12, or 2027-03-12T17:00:00." : "your value, to both sides",
    ),
    h(
      "p",
      { class: "links" },
      button("Take a side instead", () => choose(conflict, field, undefined), { kind: "link", isLocal: true }),
    ),
  ];
}

function written(conflict, field, calendar) {
  const choice = choiceOf(conflict, field);
  if (choice && !choice.side) return own(conflict, field, choice);
  const label = parts(field.local).length > 1 ? "Keep both sentences" : "Keep both";
  const start = choice ? writtenOf(field, choice) : (field.local ?? field.external ?? "");
  const links = h(
    "p",
    { class: "links" },
    isText(field) ? button(label, () => choose(conflict, field, { value: both(field) }), { kind: "link", isLocal: true }) : null,
    button("Write something else", () => choose(conflict, field, { value: start }), {
      kind: "link",
      isLocal: true,
      "aria-label": `Write something else as ${words.fieldName(field.field).toLowerCase()}`,
    }),
  );
  if (!choice) return [h("p", { class: "quiet will" }, "Not decided yet"), links];
  const isBoard = choice.side === "local";
  return [
    h("p", { class: "will" }, shownValue(field.field, start, conflict.zone)),
    h("p", { class: "goes" }, icon(isBoard ? "right" : "left", 14), isBoard ? `to ${calendar}` : "to the board"),
    links,
  ];
}

/** A row: the sides are radios of one group, which the legend names. */
export function fieldRow(conflict, field, calendar) {
  const name = words.fieldName(field.field);
  const was = `was ${shownValue(field.field, field.base, conflict.zone)}`;
  return h(
    "fieldset",
    { class: "conflict-row", key: field.field, "data-row": true },
    h("legend", { class: "unseen" }, `${name}, ${was}`),
    h("div", { class: "conflict-field", "aria-hidden": "true" }, h("strong", {}, name), h("p", {}, was)),
    sideCell(conflict, field, "local", "Board"),
    sideCell(conflict, field, "external", calendar),
    h("div", { class: "conflict-written" }, written(conflict, field, calendar)),
  );
}
