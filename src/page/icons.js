// Shapes: state has colour, kind has form. All are decoration beside a word; the word is what a screen reader says.

import { h } from "./dom.js";

const line = { fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round" };
const stroke = (d, more) => h("path", { d, ...line, ...more });
const fill = (d, more) => h("path", { d, fill: "currentColor", ...more });
const onFill = d => stroke(d, { stroke: "var(--bg)", "stroke-width": 1.8 });
const ring = more => h("circle", { cx: 8, cy: 8, r: 6.2, ...line, "stroke-width": 1.4, ...more });

const arrows = () => [stroke("M13.8 6.6A6 6 0 0 0 3 4.7M2.2 9.4A6 6 0 0 0 13 11.3"), stroke("M3 1.7v3h3M13 14.3v-3h-3")];

// Each in a box of 16.
const SHAPES = {
  ok: () => [fill("M8 .8a7.2 7.2 0 1 1 0 14.4A7.2 7.2 0 0 1 8 .8z"), onFill("M4.9 8.3l2.2 2.2 4.1-4.6")],
  waiting: () => [
    fill(
      "M8 .4a1.2 1.2 0 0 1 .85.35l6.4 6.4a1.2 1.2 0 0 1 0 1.7l-6.4 6.4a1.2 1.2 0 0 1-1.7 0L.75 8.85a1.2 1.2 0 0 1 0-1.7l6.4-6.4A1.2 1.2 0 0 1 8 .4z",
    ),
    onFill("M8 4.6v4"),
    h("circle", { cx: 8, cy: 11.2, r: 1.05, fill: "var(--bg)" }),
  ],
  failing: () => [fill("M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5z"), onFill("M5.5 5.5l5 5M10.5 5.5l-5 5")],
  syncing: () => [h("g", { class: "turns" }, arrows())],
  sync: () => arrows(),
  paused: () => [
    h("rect", { x: 1.7, y: 1.7, width: 12.6, height: 12.6, rx: 2.5, ...line, "stroke-width": 1.4 }),
    stroke("M6.3 5.5v5M9.7 5.5v5"),
  ],
  offline: () => [ring({ "stroke-dasharray": "2.4 2" }), stroke("M4 12L12 4")],
  none: () => [ring(), stroke("M8 5v6M5 8h6")],
  item: () => [h("rect", { x: 2.6, y: 2.6, width: 10.8, height: 10.8, rx: 2, ...line })],
  epic: () => [fill("M3.4 2h9.2v12L8 10.6 3.4 14z", { "stroke-linejoin": "round" })],
  court: () => [
    stroke("M8 2v11.4M3.2 4.4h9.6M5 13.6h6"),
    stroke("M3.6 4.6L1.4 9.2M3.6 4.6l2.2 4.6M12.4 4.6l-2.2 4.6M12.4 4.6l2.2 4.6", { "stroke-width": 1.2 }),
    fill("M1 9h5.2a2.6 2.2 0 0 1-5.2 0zM9.8 9H15a2.6 2.2 0 0 1-5.2 0z"),
  ],
  external: () => [ring({ r: 5.6, "stroke-dasharray": "1.7 1.9", "stroke-width": 1.5 })],
  board: () => [
    h("rect", { x: 1.6, y: 2.4, width: 12.8, height: 11.2, rx: 1.6, ...line, "stroke-width": 1.3 }),
    stroke("M5.9 2.4v11.2M10.1 2.4v11.2", { "stroke-width": 1.3 }),
  ],
  calendar: () => [
    h("rect", { x: 1.8, y: 3, width: 12.4, height: 11, rx: 1.6, ...line, "stroke-width": 1.3 }),
    stroke("M1.8 6.8h12.4M5 1.4v3M11 1.4v3", { "stroke-width": 1.3 }),
  ],
  right: () => [stroke("M2.5 8h11M9.7 4.4L13.5 8l-3.8 3.6", { "stroke-width": 1.4 })],
  left: () => [stroke("M13.5 8h-11M6.3 4.4L2.5 8l3.8 3.6", { "stroke-width": 1.4 })],
  previous: () => [stroke("M10 3.2L5.2 8l4.8 4.8")],
  next: () => [stroke("M6 3.2L10.8 8 6 12.8")],
  down: () => [stroke("M3.2 6L8 10.8 12.8 6", { "stroke-width": 1.4 })],
  tick: () => [stroke("M3 8.4l3.2 3.2L13 4.6")],
  clock: () => [ring(), stroke("M8 4.4V8l2.4 1.6", { "stroke-width": 1.4 })],
  undo: () => [stroke("M5.6 3L2.4 6.2l3.2 3.2M2.6 6.2h6.6a4 4 0 0 1 0 8H6.6", { "stroke-width": 1.4 })],
  pen: () => [stroke("M2.6 13.4l.7-3.1 7.6-7.6a1.3 1.3 0 0 1 1.8 0l.6.6a1.3 1.3 0 0 1 0 1.8l-7.6 7.6z", { "stroke-width": 1.3 })],
  home: () => [stroke("M2.4 7.2L8 2.4l5.6 4.8v6.4H2.4z", { "stroke-width": 1.4 })],
  list: () => [stroke("M5.6 4h8.8M5.6 8h8.8M5.6 12h8.8M2 4h.6M2 8h.6M2 12h.6")],
  conflict: () => [stroke("M8 1.4L14.6 8 8 14.6 1.4 8z", { "stroke-width": 1.4 }), stroke("M8 5.2v3.2M8 10.8v.1")],
  lock: () => [
    h("rect", { x: 3, y: 7, width: 10, height: 7.2, rx: 1.6, ...line, "stroke-width": 1.4 }),
    stroke("M5.2 7V4.8a2.8 2.8 0 0 1 5.6 0V7", { "stroke-width": 1.4 }),
  ],
  close: () => [stroke("M4 4l8 8M12 4l-8 8")],
  search: () => [
    h("circle", { cx: 7, cy: 7, r: 4.6, ...line, "stroke-width": 1.4 }),
    stroke("M10.5 10.5l3.3 3.3", { "stroke-width": 1.4 }),
  ],
  link: () => [stroke("M9.5 2.6h3.9v3.9M13.2 2.8L7.4 8.6M6.8 4H3.2v8.8H12V9.2", { "stroke-width": 1.3 })],
  logo: () => [
    fill(
      "M1.5 4.2h5.4V1.4L12 5.6 6.9 9.2V6.6H4.8A3.3 3.3 0 0 1 1.5 4.2zM14.5 11.8H9.1v2.8L4 10.4l5.1-3.6v2.6h2.1a3.3 3.3 0 0 1 3.3 2.4z",
    ),
  ],
};

/** A shape of `size` pixels. */
export function icon(name, size = 16, tone) {
  return h(
    "svg",
    {
      class: `icon${tone ? ` tone-${tone}` : ""}`,
      width: size,
      height: size,
      viewBox: "0 0 16 16",
      "aria-hidden": "true",
      focusable: "false",
    },
    SHAPES[name](),
  );
}
