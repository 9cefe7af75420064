// The server's events. One tab of the browser holds the stream (a lock says which) and passes it on to the others, for HTTP/1.1
// gives a browser six connections. It lets go when its page has been hidden for a minute, or closes.

import { changed, app } from "./app.js";

const LOCK = "fmcal-stream";
const HIDDEN_MS = 60000;
const NAMES = ["run", "team", "conflict", "board", "reset"];

let lastId = "";
let handlers = {};
let release = null; // ends our hold of the stream
let wish = null; // aborts our wait for it
let hiddenTimer = null;
const channel = new BroadcastChannel("fmcal");

function take(message) {
  if (message.id) lastId = message.id;
  if (message.name === "up" || message.name === "down") {
    app.stream = message.name;
    if (message.name === "down" && handlers.down) handlers.down();
    if (message.name === "up" && handlers.up) handlers.up(message.isAgain);
    changed();
    return;
  }
  app.stream = "up"; // as another tab, which holds it, has shown
  if (handlers[message.name]) {
    handlers[message.name](message.data);
  }
}

function tell(message) {
  channel.postMessage(message);
  take(message);
}

function hear(source, name) {
  source.addEventListener(name, event => {
    let data;
    try {
      data = JSON.parse(event.data || "{}");
    } catch {
      return; // a line cut off: the next one, or a reset, puts it right
    }
    tell({ name, id: event.lastEventId, data });
  });
}

// Holds the stream until it is let go. The browser connects again by itself, with the id of the last event.
function hold() {
  return new Promise(resolve => {
    const since = lastId ? `?since=${encodeURIComponent(lastId)}` : "";
    let source = null;
    let timer = null;
    let wasUp = false;
    const connect = () => {
      source = new EventSource(`/api/calendar/stream${since}`);
      for (const name of NAMES) hear(source, name);
      source.onopen = () => {
        tell({ name: "up", isAgain: wasUp });
        wasUp = true;
      };
      source.onerror = () => {
        tell({ name: "down" });
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, 3000); // refused: it does not try again itself
      };
    };
    connect();
    release = () => {
      clearTimeout(timer);
      source.close();
      release = null;
      resolve();
    };
  });
}

function want() {
  if (wish || release) return;
  if (!navigator.locks) {
    // plain http that is not loopback: each tab for itself
    hold();
    return;
  }
  wish = new AbortController();
  navigator.locks
    .request(LOCK, { signal: wish.signal }, () => {
      wish = null;
      return hold();
    })
    .catch(() => {}); // let go while waiting
}

function letGo() {
  if (wish) wish.abort();
  wish = null;
  if (release) release();
}

function onVisibility() {
  clearTimeout(hiddenTimer);
  if (document.visibilityState === "hidden") {
    hiddenTimer = setTimeout(letGo, HIDDEN_MS);
  } else {
    want();
  }
}

/** Hears the stream from now on: `given` has a function for each event, and `up`, `down`. */
export function start(given) {
  handlers = given;
  channel.onmessage = event => take(event.data);
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("pagehide", letGo);
  addEventListener("pageshow", onVisibility);
  want();
}

export function stop() {
  letGo();
  document.removeEventListener("visibilitychange", onVisibility);
}
