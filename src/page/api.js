// Requests to the server this page came from. An answer that is none (no connection) makes the page offline, 401 signed out.

import { app, changed } from "./app.js";

/** What the server refused, or that it did not answer: `status` 0. */
export class Problem extends Error {
  constructor(status, body, title) {
    super((body && (body.error || body.detail || body.title)) || title);
    this.status = status;
    this.body = body || {};
  }
}

const PATIENCE_MS = 30000;

function keyOfAttempt() {
  return `"${crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) + Date.now()}"`;
}

function answered(isAnswered) {
  if (isAnswered) app.answeredAt = Date.now();
  if (app.isOffline === !isAnswered) return;
  app.isOffline = !isAnswered;
  changed();
}

async function readBody(response) {
  const type = response.headers.get("Content-Type") || "";
  if (response.status === 204 || !type.includes("json")) return null;
  return response.json();
}

function signedOut() {
  if (app.session === "out") return;
  app.signedOut();
}

/**
 * Sends a request.
 * @param options { body, headers, isPublic }
 * @return { body, headers, status }; throws a Problem
 */
export async function send(method, path, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (method === "POST") headers["Idempotency-Key"] = keyOfAttempt();
  let response, body;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-cache",
      signal: AbortSignal.timeout(options.patienceMs || PATIENCE_MS),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
    body = await readBody(response); // an answer that was cut off is none
  } catch {
    answered(false);
    throw new Problem(0, null, "The server does not answer.");
  }
  answered(true);
  const hasFailed = method === "POST" && body && body.success === false; // a run that was made, and failed
  if (response.ok && !hasFailed) {
    if (!options.isPublic && app.session !== "in") app.session = "in";
    return { body, headers: response.headers, status: response.status };
  }
  if (response.status === 401 && !options.isPublic) signedOut();
  throw new Problem(response.status, body, `The server answered ${response.status}.`);
}

export const get = (path, options) => send("GET", path, options);
export const post = (path, body, headers) => send("POST", path, { body: body || {}, headers });

/** A path below /api/calendar with its query. */
export function path(name, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given).toString();
  return `/api/calendar/${name}${text ? `?${text}` : ""}`;
}

export const segment = encodeURIComponent;
