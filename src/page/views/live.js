// A run while it goes on: how far it is, in which phase, what it has written last.

import { h } from "../dom.js";
import { app } from "../app.js";
import { icon } from "../icons.js";
import { anchor, change } from "../parts.js";
import { link } from "../router.js";
import * as runs from "../runs.js";
import * as words from "../words.js";

export function sentence(stands) {
  const run = app.runs.get(stands.team);
  const calendars = stands.calendars.filter(calendar => !calendar.paused);
  const name = calendars.length === 1 ? words.calendarTitle(calendars[0]) : words.count(calendars.length, "calendar");
  if (!run) return { title: `Syncing with ${name}.`, below: "" };
  if (run.state === "queued") return { title: `Syncing with ${name}: waits for its turn.`, below: "Another run goes first." };
  const { done, total } = runs.progress(run);
  const seconds = Math.max(0, (app.now - run.began) / 1000);
  const left =
    done > 2 && total > done && seconds > 1
      ? ` About ${words.count(Math.max(1, Math.round((seconds / done) * (total - done))), "second")} left.`
      : "";
  const by = words.whyWords(run.by);
  return {
    title: `Syncing with ${name}${total ? `: ${done.toLocaleString()} of ${total.toLocaleString()}` : ""}.`,
    below: `Started ${words.count(Math.max(1, Math.round(seconds)), "second")} ago${run.by ? ` by ${by}` : ""}.${left}`,
  };
}

export function phases(stands, run) {
  const calendar = stands.calendars.length === 1 ? words.serviceOf(stands.calendars[0]) : "the calendars";
  const { total } = runs.progress(run);
  const at = runs.PHASES.indexOf(run.phase);
  const labels = {
    board: ["reading the board", "read the board"],
    calendar: [`reading ${calendar}`, `read ${calendar}`],
    compare: ["comparing", total ? `compared ${total.toLocaleString()}` : "compared"],
    write: ["writing", "wrote"],
    record: ["noting it", "noted"],
  };
  if (at === -1) return null;
  return h(
    "ol",
    { class: "phases", "aria-label": "Phases" },
    runs.PHASES.slice(0, at + 1).map((phase, i) =>
      h(
        "li",
        { key: phase, class: i === at ? "now" : "over" },
        i === at ? icon("syncing", 16, "acc") : icon("tick", 16, "ok"),
        labels[phase][i === at ? 0 : 1],
      ),
    ),
  );
}

const ACTIONS = {
  create: "new event",
  update: "changed",
  delete: "event deleted",
  pull: "pulled",
  clear: "date cleared",
  adopt: "adopted",
  conflict: "conflict",
};

export function writes(team, run) {
  return h(
    "section",
    { "aria-labelledby": "this-run" },
    h("div", { class: "section-head" }, h("h2", { id: "this-run" }, "This run"), h("span", { class: "quiet" }, "newest first")),
    h(
      "ol",
      { class: "rows" },
      run.writes.map(write => {
        const seconds = Math.round((app.now - write.at) / 1000);
        const first = (write.changes || write.fields || [])[0];
        return h(
          "li",
          { key: `${write.key}/${write.action}/${write.calendar}`, class: "write-row", "data-row": true },
          icon(["pull", "clear", "adopt"].includes(write.action) ? "left" : "right", 14),
          h(
            "span",
            { class: "row-main" },
            anchor(write.title || write.key, link(team, "entry", write.key), { class: "row-title" }),
            first
              ? h(
                  "span",
                  { class: "what" },
                  words.fieldName(first.field),
                  " ",
                  change(first.field, first.from ?? first.before, first.to ?? first.after),
                )
              : h("span", { class: "row-note" }, ACTIONS[write.action] || write.action),
          ),
          h("span", { class: "row-time" }, seconds < 1 ? "now" : `${seconds} s`),
        );
      }),
    ),
  );
}
