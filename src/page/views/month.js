// A month as the date grid of WAI-ARIA: one tab stop, arrows between days, Enter into a day's entries, Escape out of them.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import { stale } from "../cache.js";
import * as data from "../data.js";
import { icon } from "../icons.js";
import { ofView } from "../keys.js";
import { asked, button, heading, kindIcon } from "../parts.js";
import { go, link } from "../router.js";
import * as times from "../times.js";
import { count } from "../words.js";
import { chip } from "./chip.js";
import * as rows from "./days.js";

const HEIGHT = 4; // lines of entries in a cell; one of two lines counts two

// The chosen day of the grid, and the day whose entries are all shown.
const grid = { month: null, day: null, popover: null, isInside: false };

export function monthOf(rest, now) {
  return /^\d{4}-\d{2}$/.test(rest[0] || "") ? rest[0] : times.today(now).slice(0, 7);
}

// ---------------------------------------------------------------- the days

function cell(team, day, month, byDay) {
  const entries = byDay.get(day) || [];
  const { shown, hidden } = rows.fit(entries, HEIGHT);
  const today = times.today(app.now);
  const isOther = day.slice(0, 7) !== month;
  const isFirst = day.endsWith("-01");
  const number =
    isFirst || (isOther && day === times.weeksOf(month)[0][0]) ? times.dayAndMonth(day) : String(Number(day.slice(8)));
  const said = `${times.longDay(day)}${entries.length ? `, ${count(entries.length, "entry", "entries")}` : ""}`;
  return h(
    "td",
    {
      key: day,
      class: [
        isOther ? "other" : "",
        day === today ? "today" : "",
        times.isWeekend(day) ? "weekend" : "",
        day === grid.day && !isOther ? "chosen" : "",
      ].join(" "),
      tabindex: day === grid.day ? "0" : "-1",
      "data-day": day,
      "aria-current": day === today ? "date" : null,
      "aria-selected": day === grid.day ? "true" : null,
      onclick: event => choose(event, day),
    },
    h(
      "div",
      { class: "cell-head" },
      h("span", { class: "unseen" }, said),
      h("span", { class: "number", "aria-hidden": "true" }, number),
      day === today ? h("span", { class: "today-word", "aria-hidden": "true" }, "Today") : null,
    ),
    h(
      "div",
      { class: "chips" },
      shown.map(entry => chip(team, entry, day)),
      hidden
        ? h(
            "button",
            {
              type: "button",
              class: "more-button",
              tabindex: "-1",
              "aria-label": `${hidden} more on ${times.longDay(day)}`,
              "aria-expanded": String(grid.popover === day),
              onclick: event => {
                event.stopPropagation();
                showAll(day);
              },
            },
            `+${hidden} more`,
          )
        : null,
    ),
    grid.popover === day ? popover(team, day, entries) : null,
  );
}

function popover(team, day, entries) {
  return h(
    "div",
    { class: "popover", role: "dialog", "aria-label": `${times.longDay(day)}, all entries`, mounted: place },
    h(
      "div",
      { class: "popover-head" },
      h("strong", {}, times.shortDay(day, app.now)),
      h("span", { class: "quiet" }, count(entries.length, "entry", "entries")),
    ),
    h(
      "div",
      { class: "chips" },
      entries.map(entry => chip(team, entry, day)),
    ),
  );
}

// Keeps the popover inside the window.
function place(element) {
  const box = element.getBoundingClientRect();
  if (box.right > innerWidth - 8) element.classList.add("to-left");
  if (box.bottom > innerHeight - 8) element.classList.add("to-top");
  (element.querySelector("a.chip") || element).focus?.({ preventScroll: true });
}

function showAll(day) {
  grid.popover = grid.popover === day ? null : day;
  grid.day = day;
  changed();
}

function choose(event, day) {
  if (event.target.closest("a, button, .popover")) return;
  focusDay(day);
}

// ---------------------------------------------------------------- moving about

const dayElement = day => document.querySelector(`.month-grid [data-day="${day}"]`);

function focusDay(day) {
  grid.day = day;
  grid.isInside = false;
  grid.popover = null;
  if (day.slice(0, 7) !== grid.month) {
    grid.isMoving = true; // the focus follows when the other month is drawn
    go(link(app.route.team, "month", day.slice(0, 7)));
    return;
  }
  changed();
  queueMicrotask(() => queueMicrotask(() => dayElement(day)?.focus()));
}

const STEPS = {
  ArrowLeft: day => times.addDays(day, -1),
  ArrowRight: day => times.addDays(day, 1),
  ArrowUp: day => times.addDays(day, -7),
  ArrowDown: day => times.addDays(day, 7),
  Home: day => times.startOfWeek(day),
  End: day => times.addDays(times.startOfWeek(day), 6),
  PageUp: (day, isFar) => times.addMonths(day, isFar ? -12 : -1),
  PageDown: (day, isFar) => times.addMonths(day, isFar ? 12 : 1),
};

function inside(cellElement) {
  const within = cellElement.querySelector(".popover") || cellElement;
  return [...within.querySelectorAll(".chip, .more-button")];
}

function leave() {
  grid.isInside = false;
  grid.popover = null;
  changed();
  queueMicrotask(() => queueMicrotask(() => dayElement(grid.day)?.focus()));
}

// Among the entries of a day arrows go from one to the next; Escape goes back to the day.
function onInsideKey(event, cellElement) {
  const all = inside(cellElement);
  const at = all.indexOf(document.activeElement);
  if (event.key === "Escape") leave();
  else if (event.key === "ArrowDown" || event.key === "ArrowRight") all[(at + 1) % all.length].focus();
  else if (event.key === "ArrowUp" || event.key === "ArrowLeft") all[(at - 1 + all.length) % all.length].focus();
  else if (event.key === "Home") all[0].focus();
  else if (event.key === "End") all[all.length - 1].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const cellElement = event.target.closest("td");
  if (!cellElement) return;
  if (event.target !== cellElement) {
    onInsideKey(event, cellElement);
    return;
  }
  const day = cellElement.dataset.day;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    const first = inside(cellElement)[0];
    if (first) {
      grid.isInside = true;
      first.focus();
    }
  } else if (STEPS[event.key]) {
    event.preventDefault();
    focusDay(STEPS[event.key](day, event.shiftKey));
  }
}

// ---------------------------------------------------------------- the head

function pickMonth(team, month, view) {
  return h(
    "label",
    { class: "month-pick" },
    h("span", { class: "unseen" }, "Go to month"),
    h("input", {
      type: "month",
      value: month,
      tabindex: "-1",
      onchange: event => event.target.value && go(link(team, view, event.target.value)),
    }),
  );
}

const step = (month, number) => times.addMonths(`${month}-01`, number).slice(0, 7);

/** Month and year, back, today, on; which of month and agenda. */
export function head(team, month, view) {
  const isPicking = app.isPickingMonth;
  const toToday = () => {
    grid.day = times.today(app.now);
    go(link(team, view, times.today(app.now).slice(0, 7)));
    changed();
  };
  return h(
    "div",
    { class: "month-head" },
    heading({ class: "month-title", "aria-live": "polite" }, times.monthName(month)),
    h(
      "button",
      {
        type: "button",
        class: "button quiet pick",
        "aria-label": "Go to another month",
        "aria-expanded": String(Boolean(isPicking)),
        onclick: () => {
          app.isPickingMonth = !isPicking;
          changed();
        },
      },
      icon("down", 16),
    ),
    isPicking ? pickMonth(team, month, view) : null,
    h(
      "div",
      { class: "steps" },
      h(
        "a",
        { class: "button plain square", href: link(team, view, step(month, -1)), "aria-label": times.monthName(step(month, -1)) },
        icon("previous", 16),
      ),
      button("Today", toToday, { key: "t", isLocal: true }),
      h(
        "a",
        { class: "button plain square", href: link(team, view, step(month, 1)), "aria-label": times.monthName(step(month, 1)) },
        icon("next", 16),
      ),
    ),
    view === "month" ? legend() : null,
    h(
      "nav",
      { class: "segmented which", "aria-label": "Month or agenda" },
      [
        ["month", "Month"],
        ["agenda", "Agenda"],
      ].map(([name, label]) => h("a", { href: link(team, name, month), "aria-current": view === name ? "true" : null }, label)),
    ),
  );
}

const LEGEND = [
  ["item", "item"],
  ["epic", "epic"],
  ["court-date", "court date"],
  ["external", "external"],
];

function legend() {
  return h(
    "p",
    { class: "legend", "aria-hidden": "true" },
    LEGEND.map(([kind, word]) => h("span", {}, kindIcon(kind, 14), word)),
    h("span", {}, icon("waiting", 14, "warn"), "conflict"),
  );
}

// ---------------------------------------------------------------- the whole

function table(team, month, entries) {
  const weeks = times.weeksOf(month);
  const byDay = rows.byDay(entries, team);
  return h(
    "table",
    { class: "month-grid", role: "grid", "aria-label": times.monthName(month), onkeydown: onKey, key: month },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        weeks[0].map(day =>
          h(
            "th",
            { scope: "col", abbr: times.weekdayName(day, "long"), class: times.isWeekend(day) ? "weekend" : null },
            times.weekdayName(day, "short"),
          ),
        ),
      ),
    ),
    h(
      "tbody",
      {},
      weeks.map(week =>
        h(
          "tr",
          { key: week[0] },
          week.map(day => cell(team, day, month, byDay)),
        ),
      ),
    ),
  );
}

function settle(month) {
  if (grid.month !== month) {
    grid.popover = null;
    const today = times.today(app.now);
    if (!grid.day || grid.day.slice(0, 7) !== month) grid.day = today.slice(0, 7) === month ? today : `${month}-01`;
    grid.month = month;
  }
  if (grid.isMoving) {
    grid.isMoving = false;
    queueMicrotask(() => queueMicrotask(() => dayElement(grid.day)?.focus()));
  }
}

export function draw(team) {
  const month = monthOf(app.route.rest, app.now);
  settle(month);
  ofView("month", { t: () => focusDay(times.today(app.now)), Escape: () => grid.popover && (leave(), true) });
  const weeks = times.weeksOf(month);
  const found = data.between(team, weeks[0][0], times.addDays(weeks[weeks.length - 1][6], 1));
  // While another month is loading its days are there already, so that the focus has somewhere to go.
  const entries = found.value === undefined && !found.problem ? { ...found, value: [] } : found;
  return [
    head(team, month, "month"),
    asked(
      entries,
      value => [
        table(team, month, value),
        found.value && !value.length ? h("p", { class: "quiet" }, `Nothing is dated in ${times.monthName(month)}.`) : null,
      ],
      () => stale(team),
    ),
  ];
}
