// A stand-in for the server: the page's files as it serves them, and the API's shapes from a made-up team (made_up.mjs). It syncs
// nothing and stores nothing; scenes choose how the team stands, and a test may make it fail, fall silent or sign everybody out.
//
//   node stand_in.mjs [SCENE] [PORT]     by itself, for looking at the page

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as madeUp from "./made_up.mjs";

const PAGE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../src/page");
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
const BOOT = "k3f9";
const RING = 1000;

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text ? JSON.parse(text) : {};
}

export class StandIn {
  constructor(scene = "in-step") {
    this.scene = scene;
    this.isSignedIn = true;
    this.isSilent = false;
    this.failing = new Map(); // by path: a status
    this.requests = [];
    this.streams = new Set();
    this.ended = null; // what is told of a run that has ended
    this.waiting = []; // who wants to know of the next stream
    this.ring = [];
    this.count = 0;
    this.server = createServer((request, response) => this.answer(request, response).catch(error => response.destroy(error)));
  }

  async listen(port = 0) {
    await new Promise(resolve => this.server.listen(port, "127.0.0.1", resolve));
    this.server.unref(); // a test that fails before it closes it must end all the same
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
    return this;
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }

  /** Sends an event to all streams, and keeps it for those that come back; progress is not kept. */
  tell(name, data) {
    const id = `${BOOT}-${++this.count}`;
    const text = `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    if (data.state !== "progress") this.ring.push({ number: this.count, text });
    if (this.ring.length > RING) this.ring.shift();
    for (const response of this.streams) response.write(text);
  }

  /** Calls when a stream is opened, or at once where one is. */
  onStream(heard) {
    if (this.streams.size) heard();
    else this.waiting.push(heard);
  }

  /** Waits until nobody listens any more. */
  onStreamsEnded() {
    return new Promise(resolve => {
      if (this.streams.size) this.onEnded = resolve;
      else resolve();
    });
  }

  /** No answer any more, as from a server that was stopped. */
  fallSilent(isSilent = true) {
    this.isSilent = isSilent;
    if (isSilent) this.server.closeAllConnections();
  }

  async answer(request, response) {
    const url = new URL(request.url, this.url);
    this.requests.push({ method: request.method, path: url.pathname, query: url.search, headers: request.headers });
    if (this.isSilent) return response.destroy();
    if (url.pathname === "/" || url.pathname.startsWith("/assets/")) return this.file(url.pathname, response);
    return this.call(request, url, response);
  }

  file(name, response) {
    const file = path.join(PAGE, name === "/" ? "index.html" : name.slice("/assets/".length));
    if (!file.startsWith(PAGE) || !existsSync(file) || !statSync(file).isFile())
      return this.refuse(response, 404, "There is no such file.");
    response.writeHead(200, {
      "Content-Type": TYPES[path.extname(file)],
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Cache-Control": "no-store",
    });
    return createReadStream(file).pipe(response);
  }

  json(response, body, status = 200, headers = {}) {
    response.writeHead(status, {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    });
    response.end(JSON.stringify(body));
  }

  refuse(response, status, error) {
    this.json(response, { type: "about:blank", title: error, status, detail: error, success: false, error }, status, {
      "Content-Type": "application/problem+json",
    });
  }

  stream(request, url, response) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("retry: 300\n\n");
    const since = request.headers["last-event-id"] || url.searchParams.get("since");
    if (since) {
      const [boot, number] = [since.split("-")[0], Number(since.split("-")[1])];
      if (boot !== BOOT) response.write("event: reset\ndata: {}\n\n");
      else for (const event of this.ring) if (event.number > number) response.write(event.text);
    }
    this.streams.add(response);
    for (const heard of this.waiting.splice(0)) heard();
    response.on("close", () => {
      this.streams.delete(response);
      if (!this.streams.size && this.onEnded) this.onEnded();
    });
  }

  async call(request, url, response) {
    const name = url.pathname;
    const body = request.method === "POST" ? await bodyOf(request) : {};
    this.requests[this.requests.length - 1].body = body;
    if (name.startsWith("/healthz")) return this.json(response, { status: "ok" });
    if (name === "/api/session") return this.session(request, body, response);
    if (!this.isSignedIn) return this.refuse(response, 401, "Nobody is signed in.");
    const failing = this.failing.get(`${request.method} ${name}`) || this.failing.get(name);
    if (failing)
      return this.refuse(
        response,
        failing.status || failing,
        failing.error || "The state of the board is damaged: run doctor.lua.",
      );
    if (name === "/api/calendar/stream") return this.stream(request, url, response);
    const route = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(name));
    if (!route) return this.refuse(response, 404, "There is no such call.");
    return route[2](this, response, { url, body, parts: name.match(route[1]).slice(1).map(decodeURIComponent), request });
  }

  session(request, body, response) {
    if (request.method === "DELETE") {
      this.isSignedIn = false;
    } else if (body.code !== "good") {
      return this.refuse(
        response,
        401,
        "The code was used already, or is older than 10 minutes: make another with tokens.lua login.",
      );
    } else {
      this.isSignedIn = true;
    }
    response.writeHead(204);
    return response.end();
  }

  /** The next run: queued, some progress, finished. `step` waits between them. */
  async run(step) {
    const run = `${BOOT}-run`;
    const told = more => this.tell("run", { run, team: "litigation", why: "trigger", ...more });
    told({ state: "queued" });
    told({ state: "started" });
    for (const phase of ["board", "calendar", "compare"]) told({ state: "progress", phase, done: 0, total: 41 });
    told({
      state: "progress",
      phase: "write",
      done: 18,
      total: 41,
      outbound: { done: 12, total: 26 },
      inbound: { done: 6, total: 15 },
      writes: [
        { key: "LIT-0013", title: "Exhibit list", action: "create", calendar: "apple" },
        {
          key: "LIT-0047",
          title: "Draft reply brief",
          action: "update",
          calendar: "apple",
          changes: [{ field: "title", from: "Draft reply", to: "Draft reply brief" }],
        },
        {
          key: madeUp.FILE_MOTION,
          title: "File initial motion",
          action: "pull",
          calendar: null,
          changes: [{ field: "dueDate", from: "2027-03-10", to: "2027-03-12" }],
        },
        { key: "LIT-0052", title: "Witness list to the clerk", action: "create", calendar: "apple" },
      ],
    });
    await step();
    told({ state: "finished", counts: { created: 2, updated: 1, pulled: 1 }, exit: 0 });
  }
}

const isIn = (url, day) => {
  const [from, to] = [url.searchParams.get("from"), url.searchParams.get("to")];
  return (!from || day >= from) && (!to || day.slice(0, 10) < to);
};

const ROUTES = [
  [
    "GET",
    /^\/api\/calendar\/teams$/,
    (self, response) => self.json(response, { teams: self.scene === "no-team" ? [] : madeUp.teams(self.scene) }),
  ],
  [
    "GET",
    /^\/api\/calendar\/sync\/status$/,
    (self, response, { url }) => {
      const team = url.searchParams.get("team");
      self.json(
        response,
        team === "litigation" ? madeUp.status(self.scene) : madeUp.teams(self.scene).find(one => one.team === team),
      );
    },
  ],
  [
    "GET",
    /^\/api\/calendar\/entries$/,
    (self, response, { url }) => {
      const q = (url.searchParams.get("q") || "").toLowerCase();
      const found = madeUp
        .entries(self.scene)
        .filter(entry =>
          q
            ? entry.title.toLowerCase().includes(q)
            : isIn(url, entry.date) || (entry.conflict && isIn(url, entry.conflict.dates.calendar)),
        );
      self.json(response, { entries: found });
    },
  ],
  [
    "GET",
    /^\/api\/calendar\/entries\/([^/]+)$/,
    (self, response, { parts }) => {
      const found = madeUp.explained(self.scene, parts[0]);
      return found ? self.json(response, found) : self.refuse(response, 404, `There is no entry ${parts[0]} on this board.`);
    },
  ],
  [
    "GET",
    /^\/api\/calendar\/events$/,
    (self, response, { url }) =>
      self.json(response, {
        events: madeUp.events(self.scene).filter(event => isIn(url, event.date)),
        orphans: [],
        lastUpdated: madeUp.NOW,
      }),
  ],
  [
    "GET",
    /^\/api\/calendar\/conflicts$/,
    (self, response) => self.json(response, { conflicts: madeUp.conflicts(self.scene) }, 200, { ETag: '"all"' }),
  ],
  [
    "POST",
    /^\/api\/calendar\/conflicts\/([^/]+)\/resolve$/,
    (self, response) => {
      self.scene = "in-step";
      self.json(response, { success: true, run: { id: `${BOOT}-119`, number: 119, changes: 1 } });
    },
  ],
  [
    "GET",
    /^\/api\/calendar\/history$/,
    (self, response, { url }) => {
      const [id, run] = [url.searchParams.get("id"), url.searchParams.get("run")];
      const found = madeUp
        .runs(self.scene)
        .filter(one => (!run || String(one.number) === run) && (!id || one.changes.some(change => change.id === id)));
      self.json(response, {
        runs: id ? found.map(one => ({ ...one, changes: one.changes.filter(change => change.id === id) })) : found,
      });
    },
  ],
  [
    "GET",
    /^\/api\/calendar\/runs\/([^/]+)$/,
    (self, response, { parts }) => self.json(response, self.ended || { id: parts[0], team: "litigation", state: "running" }),
  ],
  ["DELETE", /^\/api\/calendar\/runs\/([^/]+)$/, (self, response) => self.json(response, { success: true })],
  [
    "POST",
    /^\/api\/calendar\/sync\/trigger$/,
    (self, response) =>
      self.json(response, { run: `${BOOT}-run`, team: "litigation" }, 202, {
        Location: `/api/calendar/runs/${BOOT}-run`,
        "Preference-Applied": "respond-async",
      }),
  ],
  [
    "POST",
    /^\/api\/calendar\/undo$/,
    (self, response, { body }) =>
      self.json(
        response,
        body.dryRun ? madeUp.undoAnswer : { success: true, run: { id: `${BOOT}-120`, number: 120, changes: body.only ? 1 : 2 } },
      ),
  ],
  [
    "POST",
    /^\/api\/calendar\/plan$/,
    (self, response) => self.json(response, { guard: madeUp.guardPlan, empty: madeUp.emptyPlan }[self.scene] || madeUp.plan),
  ],
  [
    "POST",
    /^\/api\/calendar\/apply$/,
    (self, response) => self.json(response, { success: true, run: { id: `${BOOT}-121`, number: 121, changes: 6 } }),
  ],
  [
    "GET",
    /^\/api\/calendar\/config$/,
    (self, response) => self.json(response, self.scene === "first-run" ? { ...madeUp.config, providers: [] } : madeUp.config),
  ],
  ["POST", /^\/api\/calendar\/config$/, (self, response) => self.json(response, madeUp.config)],
  [
    "GET",
    /^\/api\/calendar\/feeds$/,
    (self, response) => self.json(response, { feeds: self.scene === "empty" ? [] : madeUp.feeds }),
  ],
  [
    "POST",
    /^\/api\/calendar\/feeds$/,
    (self, response) => self.json(response, { id: "f3", url: `${self.url}calendar/litigation.ics?token=0123456789abcdef` }),
  ],
  ["DELETE", /^\/api\/calendar\/feeds\/([^/]+)$/, (self, response) => self.json(response, { success: true })],
  [
    "POST",
    /^\/api\/calendar\/connect\/([^/]+)$/,
    (self, response, { parts, body }) => {
      if (parts[0] === "google" && !body.calendarId)
        return self.json(response, { authUrl: `${self.url}#/litigation/calendars`, state: "s" });
      if (body.password === "wrong")
        return self.refuse(response, 422, "iCloud wants an app-specific password, not the password of the Apple account.");
      return self.json(response, { calendars: madeUp.calendars, connected: Boolean(body.calendarId) });
    },
  ],
  [
    "GET",
    /^\/api\/calendar-config\/([^/]+)$/,
    (self, response) =>
      self.json(response, {
        apple: {
          connected: true,
          accountName: "office@example.org",
          selectedCalendarId: "c1",
          calendarName: "Team calendar",
          availableCalendars: madeUp.calendars,
        },
      }),
  ],
  [
    "POST",
    /^\/api\/calendar-config\/([^/]+)\/([^/]+)\/(select|pause|resume|disconnect|connect)$/,
    (self, response) => self.json(response, { success: true }),
  ],
  ["POST", /^\/api\/calendar\/disconnect\/([^/]+)$/, (self, response) => self.json(response, { success: true })],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const standIn = await new StandIn(process.argv[2] || "in-step").listen(Number(process.argv[3]) || 0);
  standIn.server.ref();
  console.log(`a stand-in for fmcal's server, with a made-up team: ${standIn.url}`);
}
