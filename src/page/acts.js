// What people do. Each act tells what it did, in the past, with the way back; a refusal says what happened and what to do.

import { app, announce, changed, notify, teamOf } from "./app.js";
import { Problem, path, post, segment, send } from "./api.js";
import { stale } from "./cache.js";
import { ranBy, undoPlanOf } from "./data.js";
import { count } from "./words.js";

const ofCalendar = (team, name, what) => `/api/calendar-config/${segment(team)}/${segment(name)}/${what}`;

/** Runs an act: shows its refusal, and says meanwhile that it is under way. */
export async function act(name, doing) {
  if (app.acting) return undefined;
  app.acting = name;
  app.refusal = null;
  changed();
  try {
    return await doing();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    app.refusal = problem;
    announce(problem.message);
    return undefined;
  } finally {
    app.acting = null;
    changed();
  }
}

const ASYNC = { Prefer: "respond-async" };

/** Starts a run; the stream tells the rest. */
export function sync(team, options = {}) {
  return act("sync", async () => {
    const answer = await post(path("sync/trigger"), { team, ...options }, ASYNC);
    const run =
      (answer.body && (answer.body.run?.id ?? answer.body.run ?? answer.body.id)) ||
      (answer.headers.get("Location") || "").split("/").pop();
    if (answer.status === 202 && run && !app.runs.has(team)) {
      app.runs.set(team, { run, state: "queued", began: Date.now(), by: "Sync now", writes: [] });
      announce("Sync started.");
    }
    if (answer.status !== 202) stale(team);
    return run;
  });
}

export function cancel(team) {
  const run = app.runs.get(team);
  if (!run) return undefined;
  return act("cancel", async () => {
    await send("DELETE", path(`runs/${segment(run.run)}`));
    notify("The run was cancelled: what it had written stands in the history.");
  });
}

/** Takes back a run, or of it one entry. */
export function undo(team, { run, only, isRedo, label }) {
  return act("undo", async () => {
    const ran = ranBy(await post(path("undo"), isRedo ? { team, only, redo: true } : { team, run, only }));
    stale(team);
    const what = label ? `“${label}”` : ran.changes ? count(ran.changes, "change") : "the run";
    if (isRedo) notify(`Did ${what} again.`);
    else notify(`Took back ${what}.`, { label: "Redo", run: () => undo(team, { only, isRedo: true, label }) });
  });
}

/** What taking back a run would do: { going, staying }, each a list of what would become of an entry. */
export function undoPreview(team, run) {
  return act("undo-preview", async () => undoPlanOf(await post(path("undo"), { team, run, dryRun: true })));
}

export function pause(team, provider, isPaused) {
  return act("pause", async () => {
    await post(ofCalendar(team, provider, isPaused ? "pause" : "resume"));
    stale(team);
    notify(isPaused ? "Paused: nothing is read or written." : "Resumed.", {
      label: isPaused ? "Resume" : "Pause",
      run: () => pause(team, provider, !isPaused),
    });
  });
}

export function configure(team, settings, said) {
  return act("configure", async () => {
    await post(path("config"), { team, ...settings });
    stale(team);
    notify(said || "Saved.");
  });
}

/** Asks a service for its calendars, and with `calendarId` connects one: what the server answers. */
export function askCalendars(service, told) {
  return act("connect", async () => (await post(path(`connect/${segment(service)}`), told)).body || {});
}

export function selectCalendar(team, name, calendarId) {
  return act("connect", async () => {
    await post(ofCalendar(team, name, "select"), { calendarId });
    stale(team);
  });
}

export function disconnect(team, name, { removeEvents, title }) {
  return act("disconnect", async () => {
    await post(path(`disconnect/${segment(name)}`), { team, removeEvents });
    stale(team);
    notify(`Disconnected ${title}${removeEvents ? " and deleted its events" : "; its events stayed"}.`);
  });
}

/** Makes a feed: { id, url }, the only time that its address is told. */
export function makeFeed(team, feed) {
  return act("feed", async () => {
    const answer = await post(path("feeds"), { team, ...feed });
    stale(team);
    return answer.body;
  });
}

export function removeFeed(team, feed) {
  return act("feed", async () => {
    await send("DELETE", path(`feeds/${segment(feed.id)}`, { team }));
    stale(team);
    notify(`Removed the feed “${feed.name}”: its address shows nothing any more.`);
  });
}

/** Ends the session in this browser. */
export function signOut() {
  return act("sign-out", async () => {
    await send("DELETE", "/api/session", { isPublic: true });
    app.hasSignedOut = true;
    app.signedOut();
    localStorage.removeItem("fmcal.signed-in");
  });
}

export const isConnected = team => {
  const known = teamOf(team);
  return Boolean(known) && known.state !== "not-connected";
};
