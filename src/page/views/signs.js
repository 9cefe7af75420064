// What a change was, or would be, as a sign with its word: + created, ~ changed, − deleted, ! a conflict settled.

import { h } from "../dom.js";

const WORDS = { "+": "created", "~": "changed", "-": "deleted", "!": "conflict settled" };
const SHOWN = { "+": "+", "~": "~", "-": "−", "!": "!" };
const TONES = { "+": "ok", "~": "acc", "-": "bad", "!": "warn" };

export const signWord = sign => WORDS[sign];

export const signBox = sign =>
  h(
    "span",
    { class: `sign sign-${TONES[sign]}` },
    h("span", { "aria-hidden": "true" }, SHOWN[sign]),
    h("span", { class: "unseen" }, WORDS[sign]),
  );

/** "+1 ~2": how many there are of each sign. */
export function signCounts(counts) {
  const shown = Object.entries(counts).filter(([, number]) => number);
  return h(
    "span",
    { class: "sign-counts" },
    shown.map(([sign, number]) =>
      h(
        "span",
        { class: `tone-${TONES[sign]}` },
        h("span", { "aria-hidden": "true" }, `${SHOWN[sign]} ${number}`),
        h("span", { class: "unseen" }, `${number} ${WORDS[sign]} `),
      ),
    ),
  );
}
