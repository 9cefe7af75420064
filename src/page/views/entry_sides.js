// An entry beside one of its calendars: what the last change did and why, what the next run would do, and field by field what
// both agreed on, what the board has, what the calendar has.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { mark, moment, segmented, shownValue } from "../parts.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { sideName } from "./days.js";
import { different } from "./differences.js";

const shows = { now: false, same: false };

const set = (name, value) => () => {
  shows[name] = value;
  changed();
};

const inWords = members => words.listed([...new Set(members.map(name => words.fieldName(name).toLowerCase()))]);

// ---------------------------------------------------------------- why, in words

const LAST = {
  pulled: (what, calendar) => [`pulled ${what},`, `because only ${calendar} had changed it.`],
  pushed: what => [`pushed ${what},`, "because only the board had changed it."],
  created: () => ["made its event,", "because it was new on the board."],
  merged: () => ["merged both sides,", "because each had changed other fields."],
  conflict_settled: (what, calendar, by) => [`settled ${what},`, `because both sides had changed it${by ? ` (${by})` : ""}.`],
};

function lastSentence(side, calendar) {
  const { last } = side;
  if (!last) return h("strong", {}, "No run has changed it.");
  const fields = inWords((last.fields || []).map(field => field.field));
  const known = LAST[last.reason];
  if (!known)
    return [h("strong", {}, `${words.reasonWords(last.reason)[0]}.`), ` ${last.sentence ? words.asSentence(last.sentence) : ""}`];
  const [did, because] = known(fields ? `the ${fields}` : "it", calendar, words.deciderWords(last.decidedBy));
  return [h("strong", {}, `The last change ${did}`), ` ${because}`];
}

const ACTIONS = {
  create: "makes its event",
  update: "writes its event",
  delete: "deletes its event",
  wait: "waits",
  hold: "holds it back: the event has guests",
  left_alone: "leaves it alone until it is edited",
};

function nextSentence(about, side) {
  const now = about.now || {};
  if (now.error) return `What the next run would do is not known: ${now.error}`;
  const next = side.next || {};
  if ((next.conflicts || []).length) return `It waits for you: both sides changed the ${inWords(next.conflicts)}.`;
  const pulls = (now.pulled || []).length ? `takes the ${inWords(now.pulled)} over from the calendar` : null;
  const does = [pulls, ACTIONS[next.action]].filter(Boolean);
  if (!does.length) return "The next run does nothing. Edit it on the board, and it goes to the calendar.";
  return `The next run ${words.listed(does)}.${next.advice ? ` ${words.capital(next.advice)}.` : ""}`;
}

// ---------------------------------------------------------------- field by field

const lastOf = (side, field) => ((side.last && side.last.fields) || []).find(one => one.field === field.field);

// What both sides had before the last change: the last run's own words, while nothing was edited since.
function asTheRunSaw(side, field) {
  const was = lastOf(side, field);
  if (!was || field.edited) return field;
  const isPulled = data.wayOf(side.last) === "in";
  const [board, calendar] = isPulled ? [was.before, was.after] : [was.after, was.before];
  return { ...field, base: was.before, board, calendar, edited: isPulled ? "calendar" : "board" };
}

const WHERE = { pulled: () => " to the board", pushed: calendar => ` to ${calendar}` };
const EDITED = {
  both: () => ["waits for you", ""],
  board: calendar => ["goes", ` to ${calendar}`],
  calendar: () => ["goes", " to the board"],
};

// What a run did, or would do, to a field: [word, where to].
function decision(side, field, calendar) {
  const was = !shows.now && lastOf(side, field) && side.last;
  const would = shows.now && ((side.next && side.next.fields) || []).find(one => one.field === field.field);
  const { reason } = was || would || {};
  if (reason) return [words.reasonWords(reason)[1] || reason, WHERE[reason] ? WHERE[reason](calendar) : ""];
  return EDITED[field.edited] ? EDITED[field.edited](calendar) : ["", "nothing to do"];
}

function value(field, side, zone) {
  const isEdited = field.edited === side || field.edited === "both";
  const [shown, was] = [shownValue(field.field, field[side], zone), shownValue(field.field, field.base, zone)];
  if (!isEdited && shown === was) return h("span", { class: "quiet" }, "as before");
  if (!isEdited) return shown;
  const isWhole = words.isDateField(field.field) || Array.isArray(field[side]) || was === "nothing";
  if (isWhole) return h("ins", {}, shown);
  return different(was, shown).map(part => (part.isNew ? h("ins", {}, part.text) : part.text));
}

function fieldRow(side, field, calendar, zone) {
  const seen = shows.now ? field : asTheRunSaw(side, field);
  const [word, where] = decision(side, seen, calendar);
  return h(
    "tr",
    { key: field.field },
    h("th", { scope: "row" }, words.fieldName(field.field)),
    h("td", { "data-label": "Before", class: "before" }, shownValue(field.field, seen.base, zone)),
    h("td", { "data-label": "Board" }, value(seen, "board", zone)),
    h("td", { "data-label": calendar }, value(seen, "calendar", zone)),
    h("td", { class: "decided", "data-label": shows.now ? "Would be" : "Decision" }, h("strong", {}, word), where),
  );
}

const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const isSame = field => !field.edited && same(field.board, field.base) && same(field.calendar, field.base);
const MOST_FOLDED = 4;

function fold(fields) {
  if (!fields.length) return null;
  const names = inWords(fields.slice(0, MOST_FOLDED).map(field => field.field));
  const more = fields.length > MOST_FOLDED ? ` and ${fields.length - MOST_FOLDED} more` : "";
  return h(
    "button",
    { type: "button", class: "fold", "aria-expanded": String(shows.same), onclick: set("same", !shows.same) },
    icon(shows.same ? "down" : "next", 14),
    `${words.capital(names)}${more} ${fields.length === 1 ? "is" : "are"} the same everywhere`,
  );
}

const PLAINLY = new Set(["dueDate", "courtDate", "title"]); // shown though nothing happened to them

function table(side, calendar, zone) {
  const isNews = field => !isSame(field) || lastOf(side, field) || PLAINLY.has(field.field);
  const news = side.fields.filter(isNews);
  const folded = side.fields.filter(field => !isNews(field));
  const column = (shape, name, props) => h("th", { scope: "col", ...props }, shape ? [icon(shape, 16), " "] : null, name);
  return h(
    "div",
    { class: "panel scrolls", key: side.calendar },
    h(
      "table",
      { class: "fields" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          column(null, "Field", { class: "thin" }),
          column(null, ["Before ", h("span", { class: "quiet" }, "both agreed")]),
          column("board", "Board"),
          column("calendar", calendar),
          column(null, shows.now ? "Would be" : "Decision", { class: "decided" }),
        ),
      ),
      h(
        "tbody",
        {},
        [...news, ...(shows.same ? folded : [])].map(field => fieldRow(side, field, calendar, zone)),
      ),
    ),
    fold(folded),
  );
}

// ---------------------------------------------------------------- who was asked

const ANSWERS = { true: "yes", false: "no" };

function answerWords(answer) {
  if (answer === null || answer === undefined) return "no answer of its own";
  return ANSWERS[answer] || words.valueText(answer);
}

function placeOf(rule) {
  const line = rule.line ? `:${rule.line}` : "";
  return rule.file ? `${rule.rule} (${rule.file.split("/").pop()}${line})` : rule.rule;
}

function askedRules(side) {
  const own = ((side.next && side.next.rules) || []).filter(rule => rule.custom);
  if (!own.length) return null;
  const id = `asked-${side.calendar}`;
  return h(
    "section",
    { "aria-labelledby": id },
    h("h2", { class: "alone", id }, "Who was asked"),
    h(
      "dl",
      { class: "panel asked" },
      own.map(rule => h("div", {}, h("dt", {}, h("code", {}, placeOf(rule))), h("dd", {}, answerWords(rule.answer)))),
    ),
  );
}

// ---------------------------------------------------------------- the whole

function seenAt(about, side) {
  if (shows.now)
    return ["What the next run would see", about.seen ? [", as of ", times.dayAndClock(Date.parse(about.seen), app.now)] : null];
  const at = side.last && side.last.at && Date.parse(side.last.at);
  return ["What the last change saw", at ? [", ", moment(at, times.dayAndClock(at, app.now))] : null];
}

function failure(side) {
  if (!side.error) return null;
  const tried = side.error.retries ? h("small", {}, ` Tried ${words.count(side.error.retries, "time")}.`) : null;
  return h("p", { class: "note bad" }, mark("failing"), h("span", {}, side.error.message, tried));
}

/** The section of one calendar; the first has the switch between the last run and now. */
export function section(team, about, side, isFirst) {
  const calendar = sideName(team, side.calendar);
  const zone = about.entry && about.entry.zone;
  return h(
    "section",
    { key: side.calendar, class: "entry-side" },
    failure(side),
    h("p", { class: "why" }, lastSentence(side, calendar)),
    h("p", { class: "below" }, nextSentence(about, side)),
    h(
      "div",
      { class: "table-head" },
      h("h2", {}, seenAt(about, side)),
      isFirst
        ? segmented("Which run", [
            { label: "Last run", isOn: !shows.now, onclick: set("now", false) },
            { label: "Now", isOn: shows.now, onclick: set("now", true) },
          ])
        : null,
    ),
    table(side, calendar, zone),
    askedRules(side),
  );
}
