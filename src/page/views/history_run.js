// One run: why it ran and by whom, what it changed, what gave way, and what taking it back would do.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import * as acts from "../acts.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { anchor, asked, button, change, heading, mark, shownValue } from "../parts.js";
import { link } from "../router.js";
import * as times from "../times.js";
import * as words from "../words.js";
import { sideName } from "./days.js";
import { signBox } from "./signs.js";

// What undo would do, as the server answered: { team, number, changes, stays }.
let preview = null;

const forget = () => {
  preview = null;
  changed();
};

async function look(team, run) {
  const answer = await acts.undoPreview(team, run.number);
  if (answer) preview = { team, number: run.number, ...answer };
  changed();
}

// ---------------------------------------------------------------- what it changed

function did(team, one) {
  const calendar = sideName(team, one.calendar);
  if (one.reason === "undone") return "taken back";
  if (one.reason === "redone") return "done again";
  return data.wayOf(one) === "in" ? `pulled from ${calendar}` : `pushed to ${calendar}`;
}

function fields(one) {
  const list = one.fields || [];
  if (!list.length) return h("p", {}, words.reasonWords(one.reason)[0]);
  return list.map(field =>
    h("p", {}, h("span", { class: "field-name" }, words.fieldName(field.field)), change(field.field, field.before, field.after)),
  );
}

function changeRow(team, run, one) {
  const label = one.title || one.id;
  return h(
    "li",
    { key: `${one.id}/${one.calendar}`, class: "made-row", "data-row": true },
    signBox(data.signOf(one)),
    h(
      "div",
      {},
      anchor(label, link(team, "entry", one.id), { class: "row-title" }),
      h("p", { class: "made-note" }, did(team, one)),
    ),
    h("div", { class: "made-fields" }, fields(one)),
    run.takenBack || run.changes.length < 2
      ? null
      : button("Undo", () => acts.undo(team, { run: run.number, only: [one.id], label }), {
          kind: "link",
          "aria-label": `Undo the change of ${label}`,
          isDisabled: Boolean(app.acting),
        }),
  );
}

const SIDES = { local: "The board", external: "The calendar" };

function overwrittenRow(team, row) {
  const where = row.side === "local" ? SIDES.local : sideName(team, row.calendar);
  const by = words.deciderWords(row.decidedBy);
  return h(
    "li",
    { class: "gave-way", "data-row": true },
    h(
      "p",
      {},
      anchor(row.id, link(team, "entry", row.id)),
      `, ${words.fieldName(row.field).toLowerCase()}: `,
      where,
      " had ",
      h("del", {}, shownValue(row.field, row.value)),
      by ? ` (${by})` : null,
    ),
  );
}

function gaveWay(team, run) {
  if (!run.overwritten.length) return null;
  return h(
    "section",
    { "aria-labelledby": "gave-way" },
    h("h2", { class: "alone", id: "gave-way" }, "What gave way, kept here"),
    h(
      "ul",
      { class: "panel rows" },
      run.overwritten.map(row => overwrittenRow(team, row)),
    ),
  );
}

// ---------------------------------------------------------------- taking it back

function previewLine(team, one) {
  const title = `“${one.title || one.key}”`;
  if (one.error) return h("li", {}, mark("waiting"), h("span", {}, `${title} stays: ${one.error}`));
  const field = (one.changes || [])[0];
  if (one.action === "delete") return h("li", {}, `The event ${title} goes from ${sideName(team, one.target)}.`);
  if (one.action === "create") return h("li", {}, `The event ${title} is made again in ${sideName(team, one.target)}.`);
  if (!field) return h("li", {}, `${title} goes back to what both sides had agreed on.`);
  return h(
    "li",
    {},
    h(
      "span",
      {},
      `${title}: ${words.fieldName(field.field).toLowerCase()} goes back to `,
      h("ins", {}, shownValue(field.field, field.to)),
      ".",
    ),
  );
}

function undoPanel(team, run) {
  if (!preview || preview.team !== team || preview.number !== run.number) return null;
  const { going, staying } = preview;
  const all = going.length + staying.length;
  const undo = () => acts.undo(team, { run: run.number }).then(forget);
  return h(
    "section",
    { class: "panel undo", "aria-labelledby": "undo", mounted: element => element.scrollIntoView({ block: "nearest" }) },
    h(
      "h2",
      { id: "undo" },
      icon("undo", 16),
      going.length ? `Undo would take back ${going.length} of ${words.count(all, "change")}` : "Nothing can be taken back",
    ),
    h(
      "ul",
      {},
      [...going, ...staying].map(one => previewLine(team, one)),
    ),
    h(
      "div",
      { class: "undo-foot" },
      h("span", {}, "Undo is a run of its own and can be undone."),
      button("Cancel", forget, { kind: "small", isLocal: true }),
      going.length
        ? button(`Undo ${words.count(going.length, "change")}`, undo, { kind: "small filled", isDisabled: Boolean(app.acting) })
        : null,
    ),
  );
}

function undoButton(team, run) {
  if (run.takenBack || !run.changes.length || run.isCutOff) return null;
  return button("Undo this run", () => look(team, run), { kind: "small", icon: "undo", isDisabled: Boolean(app.acting) });
}

// ---------------------------------------------------------------- the whole

function sentence(run) {
  const by = run.who ? ` by ${run.who}` : "";
  const undone = run.undoes ? `, of run ${run.undoes}` : "";
  const version = run.version ? ` · fmcal ${run.version}` : "";
  return `${words.whyWords(run.why)}${undone}${by}. Run ${run.number}${version}.${run.takenBack ? " It was taken back." : ""}`;
}

// The view is called by the run where its address names one.
const title = (isChosen, text) => (isChosen ? heading({ class: "title" }, text) : h("h2", { class: "title" }, text));

function whole(team, run, isChosen) {
  return [
    h("p", { class: "back only-narrow" }, h("a", { href: link(team, "history") }, icon("previous", 14), "All runs")),
    h(
      "div",
      { class: "entry-head" },
      run.isFailed ? mark("failing", 20) : null,
      h(
        "div",
        { class: "grows" },
        title(isChosen, words.capital(times.dayAndClock(run.began, app.now))),
        h("p", { class: "below" }, sentence(run)),
      ),
      undoButton(team, run),
    ),
    run.isFailed && run.message ? h("p", { class: "note bad" }, h("span", {}, run.message)) : null,
    run.changes.length
      ? h(
          "ol",
          { class: "panel made" },
          run.changes.map(one => changeRow(team, run, one)),
        )
      : h("p", { class: "quiet" }, "It changed nothing."),
    run.changeCount > run.changes.length
      ? h("p", { class: "hint" }, `The first ${run.changes.length} of ${words.count(run.changeCount, "change")}.`)
      : null,
    undoPanel(team, run),
    gaveWay(team, run),
  ];
}

/** The run of a number: `known` where the list has it as a whole. */
export function detail(team, number, known, isChosen) {
  if (known && !(known.changeCount > known.changes.length)) return whole(team, known, isChosen);
  return asked(
    data.history(team, { run: number }),
    runs =>
      runs[0]
        ? whole(team, runs[0], isChosen)
        : [
            title(isChosen, `There is no run ${number}.`),
            h("p", { class: "below" }, "It changed nothing, or it is older than what is kept."),
          ],
    () => stale(team),
  );
}
