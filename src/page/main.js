// Starts the page: signs in with the code of a link, listens to the server, draws the view of the address.

import { app, announce, changed, onChange, teamOf } from "./app.js";
import { get, path, post, segment } from "./api.js";
import { forget, stale } from "./cache.js";
import { patch } from "./dom.js";
import * as keys from "./keys.js";
import * as router from "./router.js";
import * as runs from "./runs.js";
import * as shell from "./shell.js";
import * as stream from "./stream.js";
import { teamTitle } from "./data.js";

const PROBE_MS = 4000;
const TICK_MS = 15000;
const ASK_MS = 2000;

const page = document.getElementById("page");

function draw() {
  app.now = Date.now();
  patch(page, shell.draw());
  document.title = shell.title();
  if (app.isMoved && page.querySelector("#heading")) {
    app.isMoved = false;
    page.querySelector("#heading").focus({ preventScroll: true });
  }
}

// ---------------------------------------------------------------- what the server tells

async function loadTeams() {
  try {
    const answer = await get("/api/calendar/teams");
    app.teams = (answer.body && answer.body.teams) || [];
    app.teamsProblem = null;
    if (!app.route.team && app.teams.length) {
      const last = localStorage.getItem("fmcal.team");
      const first = app.teams.some(team => team.team === last) ? last : app.teams[0].team;
      router.go(router.link(first), { isReplacing: true });
    }
    localStorage.setItem("fmcal.signed-in", "1");
    if (teamOf(app.route.team)) localStorage.setItem("fmcal.team", app.route.team);
    listen();
  } catch (problem) {
    app.teamsProblem = problem;
  }
  changed();
}

function everythingAnew() {
  stale();
  loadTeams();
}

let teamsTimer = null;
function teamsAnew() {
  clearTimeout(teamsTimer);
  teamsTimer = setTimeout(loadTeams, 150); // several at once make one request
}

function onTeam(told) {
  const known = teamOf(told.team);
  if (known && told.state) Object.assign(known, told);
  else teamsAnew();
  stale(told.team);
}

let isListening = false;
function listen() {
  if (isListening) return;
  isListening = true;
  stream.start({
    run: told => {
      if (runs.take(told)) teamsAnew();
    },
    team: onTeam,
    conflict: told => {
      stale(told.team);
      teamsAnew();
    },
    board: everythingAnew,
    reset: everythingAnew,
    up: isAgain => {
      if (isAgain || app.isOffline) everythingAnew();
    },
    down: probe,
  });
}

// Where the stream cannot be had, as behind a proxy that holds it back, the runs under way are asked about.
async function askAboutRuns() {
  if (app.stream === "up" || app.isOffline || document.visibilityState === "hidden") return;
  for (const { run } of app.runs.values()) {
    const answer = await get(path(`runs/${segment(run)}`)).catch(() => null);
    if (answer && answer.body.ended && runs.take({ ...answer.body, run, state: "finished" })) everythingAnew();
  }
}

// ---------------------------------------------------------------- a server that does not answer

async function probe() {
  try {
    await get("/healthz/live", { isPublic: true, patienceMs: PROBE_MS });
  } catch (problem) {
    if (problem.status !== 0) return; // it answers
  }
}

async function probeWhileOffline() {
  if (!app.isOffline || document.visibilityState === "hidden") return;
  await probe();
  if (!app.isOffline) {
    announce("The server answers again.");
    everythingAnew();
  }
}

app.tryNow = probeWhileOffline;

// ---------------------------------------------------------------- signing in

// The code of a link leaves the address and the history at once.
function forgetCode() {
  history.replaceState(null, "", `${location.pathname}#/`);
  app.route = router.parse("");
}

async function exchange(code) {
  try {
    await post("/api/session", { code });
    app.signInProblem = null;
  } catch (problem) {
    app.signInProblem = problem;
  }
}

// Nothing of the boards stays with the page when nobody is signed in any more.
app.signedOut = () => {
  app.session = "out";
  app.teams = null;
  app.runs.clear();
  forget();
  stream.stop();
  isListening = false;
  changed();
};

app.signIn = async code => {
  await exchange(code);
  if (!app.signInProblem) {
    app.session = "unknown";
    app.hasSignedOut = false;
    stale();
    await loadTeams();
  }
  changed();
};

function codeOf(hash) {
  const found = hash.match(/^#\/?code=([^&]+)/);
  return found && decodeURIComponent(found[1]);
}

async function begin() {
  onChange(draw);
  router.start();
  keys.start();
  const code = codeOf(location.hash);
  changed();
  if (code) {
    forgetCode();
    await exchange(code);
  }
  await loadTeams();
  addEventListener("hashchange", () => {
    const next = codeOf(location.hash);
    if (!next) return;
    forgetCode();
    app.signIn(next);
  });
  setInterval(changed, TICK_MS);
  setInterval(probeWhileOffline, PROBE_MS);
  setInterval(askAboutRuns, ASK_MS);
}

app.titleOf = name => teamTitle(teamOf(name)) || name;
begin();
