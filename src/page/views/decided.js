// What a person has decided about conflicts so far, by conflict and its tag: one that has changed meanwhile is decided anew.

import { changed } from "../app.js";
import * as times from "../times.js";
import * as words from "../words.js";

const decided = new Map(); // { [field]: { side: "local" or "external" } or { value } }

export const nameOf = conflict => `${conflict.id}\n${conflict.calendar}\n${conflict.etag}`;

function choicesOf(conflict) {
  if (!decided.has(nameOf(conflict))) decided.set(nameOf(conflict), {});
  return decided.get(nameOf(conflict));
}

export const choiceOf = (conflict, field) => choicesOf(conflict)[field.field];

export function choose(conflict, field, choice) {
  choicesOf(conflict)[field.field] = choice;
  changed();
}

export function takeAll(conflict, side) {
  for (const field of conflict.fields) choicesOf(conflict)[field.field] = { side };
  changed();
}

export const forget = conflict => decided.delete(nameOf(conflict));

export const undecided = conflict => conflict.fields.filter(field => !choiceOf(conflict, field));

/** Whether a value that a person wrote is none that the board can hold. */
export function isWrong(conflict, field) {
  const choice = choiceOf(conflict, field);
  if (!choice || choice.side || !words.isDateField(field.field)) return false;
  return Boolean(choice.value) && !times.read(choice.value, conflict.zone);
}

/** What is to be written of a field. */
export const writtenOf = (field, choice) => (choice.side ? field[choice.side] : choice.value);

/** The decision as the server takes it. */
export function answerOf(conflict) {
  const fields = {};
  for (const field of conflict.fields) {
    const choice = choiceOf(conflict, field);
    fields[field.field] = choice.side ? choice.side : { value: choice.value === "" ? null : choice.value };
  }
  return fields;
}
