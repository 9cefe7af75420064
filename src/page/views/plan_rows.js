// The rows of a plan: which entry, what would change, why.

import { h } from "../dom.js";
import { anchor, change, kindIcon, shownValue } from "../parts.js";
import { link } from "../router.js";
import * as words from "../words.js";
import { sideName } from "./days.js";
import { signBox } from "./signs.js";

const MOST_FIELDS = 4;

const isSet = value => value !== null && value !== undefined && value !== "";

// A new event, or one that goes, is told by its date.
function asOne(label, row, isGone) {
  const date = row.fields.find(field => words.isDateField(field.field));
  const [before, after] = date ? (isGone ? [date.from, null] : [null, date.to]) : [];
  return h("p", {}, h("span", { class: "field-name" }, label), date ? change(date.field, before, after) : null);
}

function fields(row) {
  if (row.action === "create") return asOne("New", row, false);
  if (row.action === "delete") return asOne("Event", row, true);
  const shown = row.fields
    .slice(0, MOST_FIELDS)
    .map(field =>
      h("p", {}, h("span", { class: "field-name" }, words.fieldName(field.field)), change(field.field, field.from, field.to)),
    );
  const more = row.fields.length - MOST_FIELDS;
  return [shown, more > 0 ? h("p", { class: "made-note" }, `and ${words.count(more, "more field")}`) : null];
}

const LOSERS = { local: () => "The board’s", external: (team, name) => `${sideName(team, name)}’s` };

// What gives way in a settled conflict goes to the history.
function givesWay(team, row) {
  return row.settled
    .filter(one => one.lost && isSet(one.lost.value))
    .map(one =>
      h(
        "p",
        { class: "made-note" },
        `${LOSERS[one.lost.side](team, one.calendar)} ${words.fieldName(one.field).toLowerCase()}, “${shownValue(one.field, one.lost.value)}”, goes to the history.`,
      ),
    );
}

function reason(row) {
  const because = row.reasons.find(one => !row.to || one.calendar === row.to) || row.reasons[0];
  if (!because) return h("p", {}, row.why || "");
  const [long, short] = words.reasonWords(because.reason);
  const by = words.deciderWords(because.decided_by ?? because.decidedBy);
  return [h("p", {}, long), h("p", { class: "made-note" }, [short, by].filter(Boolean).join(", "))];
}

export function planRow(team, row) {
  const parent = row.parent ? row.parent.title : row.kind === "epic" ? "epic" : row.kind === "court-date" ? "court date" : null;
  return h(
    "li",
    { key: `${row.key}/${row.to}`, class: "plan-row", "data-row": true },
    signBox(row.sign),
    h(
      "div",
      { class: "plan-entry" },
      row.kind ? kindIcon(row.kind, 14) : null,
      h(
        "div",
        {},
        anchor(row.title, link(team, "entry", row.key), { class: "row-title" }),
        h("p", { class: "made-note" }, [parent, row.key].filter(Boolean).join(" · ")),
      ),
    ),
    h("div", { class: "made-fields" }, fields(row), givesWay(team, row)),
    h("div", { class: "plan-why" }, reason(row)),
  );
}

const LEFT_OUT = { hold: "Left out", wait: "Left out", conflict: "Waits for you", error: "Fails" };

/** What a run says of an entry that it would not touch. */
export function waitRow(team, told) {
  const address = told.action === "conflict" ? link(team, "conflicts", told.key) : link(team, "entry", told.key);
  const label = told.action === "conflict" ? "Resolve" : "Why";
  return h(
    "p",
    { class: "plan-head left-out", key: `${told.key}/${told.target}/${told.action}` },
    h("strong", {}, LEFT_OUT[told.action]),
    h("span", {}, `${told.title || told.key}: ${told.detail || "nothing is said about why"}`),
    anchor(label, address, { "aria-label": `${label}: ${told.title || told.key}` }),
  );
}
