// A made-up team in the shapes of the API, as it is on Wednesday, 10 March 2027, 10:45 in Los Angeles: what the stand-in answers.

export const NOW = "2027-03-10T10:45:00-08:00";
export const ZONE = "America/Los_Angeles";

const at = (day, clock) => new Date(`2027-03-${day}T${clock}:00-08:00`).toISOString();
const date = (month, day, clock) => `2027-${month}-${day}${clock ? `T${clock}:00` : ""}`;

// ---------------------------------------------------------------- teams

const calendar = (name, title, account, events) => ({
  name,
  provider: name,
  calendar: title,
  account,
  connected: true,
  paused: false,
  status: "idle",
  lastSync: at("10", "10:42"),
  entries: { synced: events, skipped: 17 },
  pending: { board: 0, calendar: 0 },
  errorCount: 0,
});
const CALENDAR = calendar("apple", "Team calendar", "office@example.org", 41);
const DIARY = calendar("google", "Court diary", "diary@example.org", 6);
const paused = one => ({ ...one, status: "paused", paused: true });

const BASE = {
  team: "litigation",
  teamName: "Litigation",
  status: "idle",
  state: "in-step",
  sentence: "all 58 entries are in step with Team calendar",
  since: at("08", "09:00"),
  lastSync: at("10", "10:42"),
  nextSync: at("10", "10:57"),
  errors: [],
  errorCount: 0,
  syncCount: 118,
  conflicts: 0,
  pending: { board: 0, calendar: 0 },
  calendars: [CALENDAR],
  entries: 58,
  problems: [],
  warnings: [],
  syncEnabled: true,
  autoSync: true,
  syncInterval: 15,
};

const other = (team, more) => ({ ...BASE, team, teamName: team[0].toUpperCase() + team.slice(1), ...more });

const OTHERS = [
  other("employment", {
    state: "waiting",
    conflicts: 2,
    sentence: "2 conflicts wait for a decision",
    remedy: "resolve_conflicts",
  }),
  other("estates", { lastSync: at("10", "10:39") }),
  other("family", { lastSync: at("10", "10:33") }),
  other("intake", {
    status: "paused",
    state: "paused",
    since: at("02", "09:00"),
    sentence: "all calendars are paused",
    remedy: "resume",
    calendars: [paused(CALENDAR)],
  }),
];
const PROPERTY = other("property", { lastSync: at("10", "10:44") });

export const SCENES = {
  "in-step": {},
  failing: {
    status: "error",
    state: "failing",
    sentence: "the password was refused: connect again",
    remedy: "connect_again",
    since: at("10", "09:42"),
    nextTry: at("10", "12:05"),
    pending: { board: 3, calendar: 0 },
    errorCount: 0,
    calendars: [
      {
        ...CALENDAR,
        status: "error",
        lastSync: at("10", "09:42"),
        since: at("10", "09:42"),
        nextTry: at("10", "12:05"),
        error: "the password was refused: connect again",
        remedy: "connect_again",
      },
      DIARY,
    ],
  },
  waiting: { state: "waiting", conflicts: 2, sentence: "2 conflicts wait for a decision", remedy: "resolve_conflicts" },
  paused: {
    status: "paused",
    state: "paused",
    since: at("02", "09:00"),
    sentence: "all calendars are paused",
    remedy: "resume",
    pending: { board: 5, calendar: 0 },
    calendars: [paused(CALENDAR)],
  },
  "two-calendars": {
    calendars: [CALENDAR, paused(DIARY)],
  },
  "first-run": {
    state: "not-connected",
    sentence: "no calendar is connected",
    remedy: "connect",
    calendars: [],
    lastSync: null,
    nextSync: null,
  },
  guard: {
    state: "waiting",
    status: "error",
    sentence: "The run would have deleted 14 of 41 events: it stopped before it wrote anything.",
    remedy: "allow_mass_delete",
  },
  off: {
    state: "not-connected",
    sentence: "calendar sync is switched off",
    remedy: "connect",
    off: "calendar sync is switched off",
  },
  empty: { sentence: "all 3 entries are in step with Team calendar", lastSync: null, entries: 3 },
};

export const status = scene => ({ ...BASE, ...SCENES[scene] });
export const teams = scene => [...OTHERS, status(scene), PROPERTY];

// ---------------------------------------------------------------- entries and events

const EPICS = { smith: "Smith v. Jones", acme: "Acme v. Widget Co.", harbour: "Harbour Lease", doe: "Estate of Doe" };
const EPIC_IDS = { smith: "ELIT-0001", acme: "ELIT-0002", harbour: "ELIT-0005", doe: "ELIT-0003" };
let number = 10;
const item = (day, title, epic, more) => ({
  id: `LIT-00${number++}`,
  title,
  type: "item",
  date: day,
  zone: ZONE,
  boardStatus: "in-progress",
  status: "synced",
  priority: "medium",
  epicId: EPIC_IDS[epic],
  epic: epic ? { id: EPIC_IDS[epic], title: EPICS[epic] } : null,
  calendars: [{ calendar: "apple", status: "synced" }],
  ...more,
});
const epic = (day, name, id, progress) => ({
  id,
  title: EPICS[name],
  type: "epic",
  date: day,
  boardStatus: "active",
  status: "synced",
  progress,
  calendars: [{ calendar: "apple", status: "synced" }],
});
const court = (day, name, id, note, location) => ({
  id: `${id}.court-date`,
  title: EPICS[name],
  type: "court-date",
  date: day,
  zone: ZONE,
  caseNumber: note,
  location,
  status: "synced",
  calendars: [],
});
const foreign = (day, title) => ({ id: `x-${title}`, title, date: day, zone: ZONE, calendar: "apple" });

export const FILE_MOTION = "LIT-0040";

export function entries(scene) {
  if (scene === "empty" || scene === "first-run") return [];
  number = 10;
  const isWaiting = scene === "waiting";
  return [
    item(date("03", "01"), "Retainer letters"),
    item(date("03", "03"), "Conflict check"),
    epic(date("03", "05"), "doe", "ELIT-0003", { done: 2, total: 5 }),
    item(date("03", "08"), "Interview: warehouse"),
    item(date("03", "09"), "Exhibit list"),
    item(date("03", "10"), "Serve discovery requests", "smith"),
    item(date("03", "11", "14:00"), "Call the clerk", "acme"),
    item(date("03", "11"), "Expert: fee letter", "harbour"),
    {
      ...item(date("03", "12", "17:00"), "File initial motion", "smith"),
      id: FILE_MOTION,
      ...(isWaiting
        ? {
            status: "conflict",
            conflict: {
              calendar: "apple",
              fields: ["description", "dueDate", "title"],
              dates: { board: date("03", "12", "17:00"), calendar: date("03", "15", "09:00") },
            },
          }
        : {}),
    },
    item(date("03", "12"), "Bundle to chambers"),
    epic(date("03", "15"), "smith", "ELIT-0001", { done: 4, total: 9 }),
    item(date("03", "16", "10:00"), "Witness list to the clerk", "acme"),
    item(date("03", "16"), "Translate exhibit 7"),
    court(date("03", "17", "13:30"), "acme", "ELIT-0002", "2025-CV-0871", "room 4"),
    item(date("03", "18"), "Draft reply brief", "harbour"),
    item(date("03", "18"), "Prepare binder"),
    item(date("03", "18"), "Book interpreter"),
    item(date("03", "18", "13:00"), "Copy exhibits"),
    item(date("03", "18", "17:00"), "Pay filing fee"),
    court(date("03", "19", "09:00"), "smith", "ELIT-0001", "2025-CV-1234", "hearing"),
    item(date("03", "19"), "Costs estimate"),
    item(date("03", "22"), "Mediation statement"),
    epic(date("03", "24"), "harbour", "ELIT-0005", { done: 0, total: 3 }),
    item(date("03", "24"), "Inspection report"),
    item(date("03", "25", "17:00"), "File answer"),
    item(date("03", "29", "09:00"), "Quarter review"),
    item(date("03", "30"), "Renew subscription"),
    court(date("03", "31", "10:00"), "doe", "ELIT-0003", "2026-PR-0118"),
    item(date("04", "02"), "Appeal deadline"),
  ];
}

export function events(scene) {
  if (scene === "empty" || scene === "first-run") return [];
  return [
    foreign(date("03", "02", "18:00"), "Bar association"),
    foreign(date("03", "10", "12:30"), "Partners’ lunch"),
    foreign(date("03", "12", "15:00"), "Dentist"),
    foreign(date("03", "18", "16:00"), "Piano lesson"),
    foreign(date("03", "19", "16:00"), "Car service"),
    foreign(date("03", "23"), "Office closed"),
    foreign(date("03", "26", "19:00"), "School concert"),
    foreign(date("03", "30", "12:00"), "Team lunch"),
  ];
}

// ---------------------------------------------------------------- history

const changed = (id, title, did, reason, ...fields) => ({
  id,
  title,
  calendar: "apple",
  did,
  reason,
  decidedBy: "merge",
  fields,
});
const field = (name, before, after) => ({ field: name, before, after });
const run = (number, day, clock, why, more) => ({
  number,
  at: at(day, clock),
  kind: "sync",
  command: `serve.lua ${why}`,
  who: null,
  status: 0,
  takenBack: false,
  overwritten: [],
  changes: [],
  ...more,
});

export function runs(scene) {
  if (scene === "empty" || scene === "first-run") return [];
  return [
    run(118, "10", "10:42", "schedule", {
      changes: [
        changed(FILE_MOTION, "File initial motion", null, "pulled", field("dueDate", date("03", "10"), date("03", "12"))),
        changed("LIT-0052", "Witness list to the clerk", "create", "created", field("dueDate", null, date("03", "16", "10:00"))),
        changed("LIT-0047", "Draft reply brief", "update", "pushed", field("title", "Draft reply", "Draft reply brief")),
      ],
    }),
    run(117, "10", "10:31", "board", {
      changes: [changed("LIT-0031", "Exhibit list", "update", "pushed", field("priority", "medium", "high"))],
    }),
    run(114, "10", "09:58", "trigger", {
      who: "lead",
      changes: [
        changed("LIT-0030", "Status call, week 12", "delete", "removed", field("dueDate", date("03", "24", "09:00"), null)),
      ],
    }),
    run(113, "10", "09:42", "schedule", { status: 3, message: "The calendar did not answer" }),
    run(105, "09", "16:10", "resolve", {
      who: "lead",
      overwritten: [
        {
          at: at("09", "16:10"),
          id: "ELIT-0001.court-date",
          calendar: "apple",
          field: "courtDate",
          side: "external",
          value: date("03", "18", "09:00"),
        },
      ],
      changes: [
        changed(
          "ELIT-0001.court-date",
          "Smith v. Jones",
          "update",
          "conflict_settled",
          field("courtDate", date("03", "18", "09:00"), date("03", "19", "09:00")),
        ),
      ],
    }),
    run(104, "09", "14:04", "undo", {
      kind: "undo",
      who: "lead",
      undoes: 103,
      changes: [
        changed("LIT-0010", "Retainer letters", "create", "undone", field("dueDate", null, date("03", "01"))),
        changed("LIT-0011", "Conflict check", "create", "undone", field("dueDate", null, date("03", "03"))),
        changed("LIT-0013", "Exhibit list", "create", "undone", field("dueDate", null, date("03", "09"))),
      ],
    }),
    run(103, "09", "14:02", "board", {
      takenBack: true,
      changes: [
        changed("LIT-0010", "Retainer letters", "delete", "undated", field("dueDate", date("03", "01"), null)),
        changed("LIT-0011", "Conflict check", "delete", "undated", field("dueDate", date("03", "03"), null)),
        changed("LIT-0013", "Exhibit list", "delete", "undated", field("dueDate", date("03", "09"), null)),
      ],
    }),
    run(71, "09", "09:00", "apply", {
      who: "lead",
      changes: [changed("LIT-0018", "Prepare binder", "create", "created", field("dueDate", null, date("03", "18")))],
    }),
  ];
}

export const undoAnswer = {
  success: true,
  dry_run: true,
  actions: [
    { key: "LIT-0052", title: "Witness list to the clerk", action: "delete", target: "apple", detail: "" },
    {
      key: FILE_MOTION,
      title: "File initial motion",
      action: "undo",
      target: null,
      detail: "dueDate",
      changes: [{ field: "dueDate", from: date("03", "12"), to: date("03", "10") }],
    },
    {
      key: "LIT-0047",
      title: "Draft reply brief",
      action: "error",
      target: "apple",
      detail: "its title was edited on the board at 10:44 AM",
    },
  ],
};

// ---------------------------------------------------------------- conflicts

export function conflicts(scene) {
  if (scene !== "waiting") return [];
  return [
    {
      id: FILE_MOTION,
      calendar: "apple",
      title: "File initial motion",
      type: "item",
      epic: { id: "ELIT-0001", title: "Smith v. Jones" },
      line: 40,
      etag: "c40",
      since: at("09", "16:10"),
      zone: ZONE,
      changed: { local: at("10", "08:14"), external: at("10", "08:31") },
      fields: [
        {
          field: "dueDate",
          base: date("03", "10", "17:00"),
          local: date("03", "12", "17:00"),
          external: date("03", "15", "09:00"),
        },
        { field: "title", base: "File motion", local: "File initial motion", external: "File motion, room 4" },
        {
          field: "description",
          base: "Draft is in the shared folder.",
          local: "Draft is in the shared folder. Exhibit 7 still missing.",
          external: "Draft is in the shared folder. Bring two copies.",
        },
      ],
    },
    {
      id: "ELIT-0001.court-date",
      calendar: "apple",
      title: "Smith v. Jones",
      type: "court-date",
      line: 90,
      etag: "c41",
      since: at("09", "16:10"),
      zone: ZONE,
      changed: { local: null, external: at("10", "09:05") },
      fields: [
        {
          field: "courtDate",
          base: date("03", "19", "09:00"),
          local: date("03", "19", "09:00"),
          external: date("03", "19", "11:00"),
        },
      ],
    },
  ];
}

// ---------------------------------------------------------------- the plan

const between = fields => Object.fromEntries(fields.map(([name, from, to]) => [name, { from, to }]));
const because = (reason, more) => [{ calendar: "apple", reason, decided_by: "merge", ...more }];
const told = (key, title, action, target, detail, more) => ({ key, title, action, target, detail, ...more });

// What would go out to the calendar, and what would come in to the board.
const outgoing = (key, title, type, parent, action, reason, ...fields) => ({
  key,
  title,
  type,
  parent,
  actions: [told(key, title, action, "apple", reason)],
  calendars: [{ calendar: "apple", action, reason, event: between(fields) }],
  reasons: because(reason),
});
const incoming = (key, title, type, parent, reason, fields, more) => ({
  key,
  title,
  type,
  parent,
  actions: [told(key, title, "pull", null, "")],
  board: between(fields),
  calendars: [],
  reasons: because(reason),
  ...more,
});
const LOST = { side: "local", field: "title", value: "Harbour Lease II" };

export const plan = {
  id: "p-81c2",
  team: "litigation",
  made: at("10", "10:42"),
  calendars: [{ name: "apple", provider: "apple", calendar: "Team calendar" }],
  options: { direction: "both" },
  drift: [],
  unchanged: 35,
  changes: [
    outgoing(
      "LIT-0052",
      "Witness list to the clerk",
      "item",
      { id: "ELIT-0002", title: "Acme v. Widget Co." },
      "create",
      "created",
      ["title", null, "Witness list to the clerk"],
      ["dueDate", null, date("03", "16", "10:00")],
    ),
    outgoing(
      "LIT-0047",
      "Draft reply brief",
      "item",
      { id: "ELIT-0005", title: "Harbour Lease" },
      "update",
      "pushed",
      ["title", "Draft reply", "Draft reply brief"],
      ["dueDate", date("03", "18"), date("03", "19")],
    ),
    outgoing("ELIT-0003", "Estate of Doe", "epic", null, "update", "pushed", ["priority", "medium", "high"]),
    outgoing("LIT-0031", "Status call, week 12", "item", null, "delete", "removed", ["dueDate", date("03", "24", "09:00"), null]),
    incoming(FILE_MOTION, "File initial motion", "item", { id: "ELIT-0001", title: "Smith v. Jones" }, "pulled", [
      ["dueDate", date("03", "10"), date("03", "12")],
    ]),
    incoming(
      "ELIT-0005",
      "Harbour Lease",
      "epic",
      null,
      "conflict_settled",
      [["title", "Harbour Lease II", "Harbour Lease, pier 4"]],
      {
        actions: [
          told("ELIT-0005", "Harbour Lease", "settle", "apple", "", {
            field: "title",
            winner: "external",
            decided_by: "strategy:last-write-wins",
            lost: LOST,
          }),
        ],
        settled: [
          {
            key: "ELIT-0005",
            calendar: "apple",
            field: "title",
            winner: "external",
            decided_by: "strategy:last-write-wins",
            lost: LOST,
          },
        ],
        reasons: because("conflict_settled", { decided_by: "strategy:last-write-wins" }),
      },
    ),
  ],
  waits: [
    told(
      "LIT-0060",
      "Deposition, Acme v. Widget Co.",
      "hold",
      "apple",
      "people are invited to it: set syncOptions.pushInvitations to change it",
    ),
  ],
};

const gone = entries("in-step")
  .slice(0, 14)
  .map(entry => outgoing(entry.id, entry.title, entry.type, null, "delete", "removed", ["dueDate", entry.date, null]));
export const guardPlan = {
  ...plan,
  id: "p-9d10",
  changes: gone,
  waits: [],
  unchanged: 27,
  guard: { sentence: "this would delete 14 of 41 events: nothing was written" },
};
export const emptyPlan = { ...plan, changes: [], waits: [], unchanged: 0 };

// ---------------------------------------------------------------- one entry

const DRAFT = "Draft in the shared folder.";
const seen = (name, base, board, calendar, edited) => ({ field: name, base, board, calendar, edited });

/** What explain says of an entry; the one that moved has most to tell. */
export function explained(scene, id) {
  const entry = entries(scene).find(one => one.id === id);
  if (!entry) return null;
  const touched = runs(scene)
    .filter(one => one.changes.some(change => change.id === id))
    .map(one => ({ ...one, changes: one.changes.filter(change => change.id === id) }));
  const last = touched[0] && { run: touched[0].number, at: touched[0].at, ...touched[0].changes[0] };
  const moved = id === FILE_MOTION;
  return {
    id,
    entry,
    board: { title: entry.title },
    seen: at("10", "10:42"),
    runs: touched,
    calendars: [
      {
        calendar: "apple",
        provider: "apple",
        status: entry.status,
        isThere: true,
        last,
        next: moved
          ? {
              action: "update",
              reason: "pushed",
              fields: [{ field: "description", reason: "pushed", decided_by: "merge" }],
              conflicts: [],
              rules: [
                { rule: "select", custom: true, file: "rules.lua", line: 4, answer: true },
                { rule: "on_conflict", custom: true, file: "rules.lua", line: 12, answer: null },
              ],
            }
          : { action: "none", reason: null, fields: [], conflicts: [] },
        fields: [
          seen("dueDate", entry.date, entry.date, entry.date),
          moved
            ? seen("description", DRAFT, `${DRAFT} Exhibit 7 missing.`, DRAFT, "board")
            : seen("description", DRAFT, DRAFT, DRAFT),
          seen("title", entry.title, entry.title, entry.title),
          seen("tags", ["legal", "filing"], ["legal", "filing"], ["legal", "filing"]),
          seen("priority", "high", "high", "high"),
          seen("status", "in-progress", "in-progress", "in-progress"),
          seen("timeZone", null, null, null),
        ],
      },
    ],
    now: { pulled: [] },
  };
}

// ---------------------------------------------------------------- calendars

export const config = {
  team: "litigation",
  providers: [
    {
      name: "apple",
      provider: "apple",
      connected: true,
      accountName: "office@example.org",
      calendarId: "c1",
      calendarName: "Team calendar",
    },
    {
      name: "google",
      provider: "google",
      connected: true,
      accountName: "diary@example.org",
      calendarId: "c9",
      calendarName: "Court diary",
    },
  ],
  syncEnabled: true,
  syncInterval: 15,
  defaultCalendar: "apple",
  syncOptions: { conflictResolution: "last-write-wins", onEventDeleted: "clear-due-date" },
};

export const feeds = [
  { id: "f1", name: "Court dates", include: ["court-dates"], details: "titles", expires: "2027-06-01" },
  { id: "f2", name: "Everything for the front desk", include: ["items", "epics", "court-dates"], details: "busy", expires: null },
];
export const calendars = [
  { id: "c1", name: "Team calendar" },
  { id: "c2", name: "Home" },
  { id: "c3", name: "Birthdays", readOnly: true },
];
