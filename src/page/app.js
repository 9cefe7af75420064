// What the page knows, in one place: views read it, changed() draws them anew.

export const app = {
  teams: null, // list of teams, null before the first answer
  session: "unknown", // "in", "out", "unknown"
  isOffline: false,
  answeredAt: null, // when the server last answered
  route: { team: null, view: "overview", rest: [], query: {} },
  runs: new Map(), // by team: the run under way, as the stream tells of it
  notice: null, // what was just done: { text, undo? }
  now: Date.now(),
  keys: { areShown: false, areOn: localStorage.getItem("fmcal.keys") !== "off" },
};

let draw = () => {};
let isDue = false;

export function onChange(drawer) {
  draw = drawer;
}

/** Draws the page before the browser paints next; any number of calls make one drawing. */
export function changed() {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw();
  });
}

/** Says something in the live region, for those who hear the page. */
export function announce(text) {
  const region = document.getElementById("live");
  if (region && region.textContent !== text) region.textContent = text;
}

/** Tells what was done, with the way back where there is one. */
export function notify(text, undo) {
  app.notice = { text, undo };
  announce(text);
  changed();
}

export function teamOf(name) {
  return (app.teams || []).find(team => team.team === name);
}
