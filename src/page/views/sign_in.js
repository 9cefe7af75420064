// Where nobody is signed in: by a link, or the code that it ends in.

import { h } from "../dom.js";
import { app, changed } from "../app.js";
import { icon } from "../icons.js";
import { heading } from "../parts.js";

let code = "";
let isSending = false;

const wasSignedIn = () => localStorage.getItem("fmcal.signed-in") === "1";

async function submit(event) {
  event.preventDefault();
  const text = code.trim().replace(/^.*#\/?code=/, "");
  if (!text || isSending) return;
  isSending = true;
  changed();
  await app.signIn(text);
  isSending = false;
  if (!app.signInProblem) code = "";
  changed();
}

function sentence() {
  if (app.hasSignedOut) return ["You are signed out.", "Nothing of the boards stays in this browser."];
  if (wasSignedIn()) return ["You are signed out.", "The 12 hours are over. Open a new sign-in link from the server’s operator."];
  return ["Sign in to fmcal.", "Open the link that the server printed when it started. It works once."];
}

function problem() {
  if (!app.signInProblem) return null;
  return h("p", { class: "wrong", role: "alert", id: "code-wrong" }, app.signInProblem.message);
}

export function draw() {
  const [title, text] = sentence();
  return h(
    "main",
    { class: "signed-out", key: "signed-out" },
    h("p", { class: "logo" }, icon("logo", 18), "fmcal"),
    h(
      "div",
      { class: "headline" },
      icon("lock", 26, "idle"),
      h("div", {}, heading({ class: "sentence" }, title), h("p", { class: "below" }, text)),
    ),
    h(
      "form",
      { class: "code-form", onsubmit: submit },
      h("label", { for: "code" }, "Code, or the whole link"),
      h(
        "div",
        { class: "row" },
        h("input", {
          id: "code",
          class: "field",
          autocomplete: "one-time-code",
          spellcheck: "false",
          value: code,
          "aria-invalid": app.signInProblem ? "true" : null,
          "aria-describedby": app.signInProblem ? "code-wrong code-help" : "code-help",
          oninput: event => {
            code = event.target.value;
            changed();
          },
        }),
        h("button", { class: "button filled", disabled: isSending || !code.trim() }, "Sign in"),
      ),
      problem(),
      h(
        "p",
        { class: "quiet", id: "code-help" },
        "On the server, ",
        h("code", {}, "fmcal-lua tokens.lua login"),
        " makes one. It lasts 10 minutes.",
      ),
    ),
  );
}
