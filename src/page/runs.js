// The runs under way, as the stream tells of them: phase, how far each way, the last few writes.

import { app, announce, changed } from "./app.js";
import { stale } from "./cache.js";
import { asSentence, count } from "./words.js";

const MOST_WRITES = 12;

export const PHASES = ["board", "calendar", "compare", "write", "record"];

function progressOf(run, told) {
  run.phase = told.phase || run.phase;
  for (const name of ["done", "total", "outbound", "inbound", "compared"]) {
    if (told[name] !== undefined) run[name] = told[name];
  }
  const now = Date.now();
  for (const write of told.writes || []) {
    if (run.writes.some(known => known.key === write.key && known.action === write.action && known.calendar === write.calendar))
      continue;
    run.writes.unshift({ ...write, at: now });
  }
  run.writes.length = Math.min(run.writes.length, MOST_WRITES);
}

// What a run did, by kind, from the result of both ways.
function countsOf(told) {
  if (told.counts) return told.counts;
  const { outbound = {}, inbound = {} } = told.result || {};
  return {
    created: outbound.created,
    updated: outbound.updated,
    deleted: outbound.deleted,
    pulled: (inbound.stats || {}).pulled,
    conflicts: told.conflicts,
  };
}

function sentenceOf(told) {
  if (told.canceled) return "The sync was cancelled.";
  if (told.error) return asSentence(told.error);
  const counts = countsOf(told);
  const made = ["created", "updated", "deleted", "pulled"].filter(name => counts[name]).map(name => `${counts[name]} ${name}`);
  const waiting = Array.isArray(counts.conflicts) ? counts.conflicts.length : Number(counts.conflicts) || 0;
  const waits = waiting ? `, ${count(waiting, "conflict")} waiting` : "";
  return `Sync finished: ${made.join(", ") || "nothing to do"}${waits}.`;
}

/** Takes an event of a run; answers whether it has ended. */
export function take(told) {
  const known = app.runs.get(told.team);
  if (told.state === "finished") {
    app.runs.delete(told.team);
    if (told.team === app.route.team) announce(sentenceOf(told));
    stale(told.team);
    return true;
  }
  const run = known && known.run === told.run ? known : { run: told.run, began: Date.now(), writes: [], by: told.why };
  if (told.began) run.began = Date.parse(told.began);
  if (told.state === "started" && told.team === app.route.team && run.state !== "started") announce("Sync started.");
  run.state = told.state === "queued" ? "queued" : "started";
  progressOf(run, told);
  app.runs.set(told.team, run);
  changed();
  return false;
}

const each = told => (told && typeof told === "object" ? told : {});

/** How far a run is: { done, total } over both ways, or of what it tells as one. */
export function progress(run) {
  const [out, back] = [each(run.outbound), each(run.inbound)];
  const total = (out.total || 0) + (back.total || 0) || Number(run.total) || 0;
  const done = (out.done || 0) + (back.done || 0) || Number(run.done) || 0;
  return { done, total, out, back };
}
