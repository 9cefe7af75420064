// What was fetched, by its path: a view uses it, and is drawn again when it is there or has changed. What the stream tells makes
// it stale; then it is fetched anew and the old shown meanwhile, so that nothing flickers.

import { changed } from "./app.js";
import { get } from "./api.js";

const entries = new Map();
const MOST = 60;

async function refresh(address, entry) {
  if (entry.isLoading) return;
  entry.isLoading = true;
  entry.isStale = false;
  try {
    const answer = await get(address);
    entry.value = answer.body;
    entry.headers = answer.headers;
    entry.problem = null;
    entry.at = Date.now();
  } catch (problem) {
    entry.problem = problem;
    if (problem.status === 0) entry.isStale = true;
  }
  entry.isLoading = false;
  changed();
}

/**
 * Something of the server.
 * @return { value, problem, isLoading, at, headers }: `value` undefined until it is there
 */
export function use(address) {
  let entry = entries.get(address);
  if (!entry) {
    entry = { isStale: true };
    entries.set(address, entry);
    if (entries.size > MOST) entries.delete(entries.keys().next().value);
  }
  entry.usedAt = Date.now();
  if (entry.isStale && !(entry.problem && entry.problem.status === 0)) refresh(address, entry);
  return entry;
}

/** Makes stale what concerns a team, or everything. */
export function stale(team) {
  const mark = team && `team=${new URLSearchParams({ t: team }).toString().slice(2)}`;
  const inPath = team && `/${encodeURIComponent(team)}`;
  for (const [address, entry] of entries) {
    if (!team || address.includes(mark) || address.includes(inPath)) {
      entry.isStale = true;
      entry.problem = entry.value === undefined ? null : entry.problem;
      if (entry.problem && entry.problem.status === 0) entry.problem = null;
    }
  }
  changed();
}

export function forget() {
  entries.clear();
}
