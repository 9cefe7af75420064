// The words of the page: states, kinds, fields, reasons. Nothing here is markup.

/** "1 conflict", "2 conflicts". */
export function count(number, word, plural) {
  return `${Number(number).toLocaleString()} ${number === 1 ? word : plural || `${word}s`}`;
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
export const spelled = number => NUMBERS[number] || number.toLocaleString();
export const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

/** What the server says in a clause, as a sentence. */
export const asSentence = text => capital(/[.!?]$/.test(text) ? text : `${text}.`);

export function listed(words) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** The states, in the order in which one hides the others: the word, the icon, the colour. */
export const STATES = {
  offline: { word: "offline", icon: "offline", tone: "idle" },
  failing: { word: "failing", icon: "failing", tone: "bad" },
  waiting: { word: "waits for you", icon: "waiting", tone: "warn" },
  syncing: { word: "syncing", icon: "syncing", tone: "acc" },
  paused: { word: "paused", icon: "paused", tone: "idle" },
  "not-connected": { word: "no calendar", icon: "none", tone: "idle" },
  "in-step": { word: "in step", icon: "ok", tone: "ok" },
};

export const KINDS = {
  item: { word: "item", icon: "item" },
  epic: { word: "epic", icon: "epic" },
  "court-date": { word: "court date", icon: "court" },
  external: { word: "external", icon: "external" },
  orphan: { word: "belongs to no entry", icon: "external" },
};

const PROVIDERS = {
  apple: "iCloud",
  google: "Google",
  fastmail: "Fastmail",
  nextcloud: "Nextcloud",
  caldav: "CalDAV",
  vdir: "Folder",
  mock: "Practice calendar",
};

/** "iCloud — Team calendar". */
export function calendarTitle(calendar) {
  const service = serviceOf(calendar);
  const name = calendar.calendar || calendar.calendarName;
  return name && name !== service ? `${service} — ${name}` : service;
}

/** What people call the calendar in a sentence: "iCloud". */
export function serviceOf(calendar) {
  if (!calendar) return "the calendar";
  return (
    PROVIDERS[calendar.name] ||
    (calendar.name !== calendar.provider && calendar.name) ||
    PROVIDERS[calendar.provider] ||
    calendar.provider ||
    "Calendar"
  );
}

const FIELDS = {
  title: "Title",
  dueDate: "Date",
  date: "Date",
  courtDate: "Date",
  description: "Description",
  priority: "Priority",
  tags: "Tags",
  status: "Status",
  durationMinutes: "Length",
  timeZone: "Time zone",
  endDate: "End",
  length: "Length",
};

export const fieldName = field => FIELDS[field] || String(field).replace(/^\./, "");
export const isDateField = field => field === "dueDate" || field === "courtDate" || field === "date" || field === "endDate";

/** What a reason says in a few words; the manual has a section for each. */
const REASONS = {
  created: ["New on the board", "created"],
  pushed: ["Only the board changed it", "pushed"],
  pulled: ["Only the calendar changed it", "pulled"],
  merged: ["Each side changed other fields", "merged"],
  adopted: ["The event belongs to the entry now", "adopted"],
  undone: ["An earlier run is taken back", "undone"],
  redone: ["Done again", "redone"],
  rewound: ["An older copy of the board was saved", "pulled again"],
  undated: ["The date was cleared on the board", "removed"],
  deselected: ["The rules do not select it", "removed"],
  removed: ["The item is gone from the board", "removed"],
  orphaned: ["The item is gone, its event was edited", "stays"],
  kept_deleted: ["Its event was deleted", "keeps its date"],
  cleared: ["Its event was deleted", "date cleared"],
  recreated: ["An edit beats a deletion", "made again"],
  conflict_settled: ["Both changed it", "conflict settled"],
  direction_held: ["It goes one way", "held"],
  invitation_held: ["It has guests", "held"],
  conflict_waits: ["Both sides changed it", "waits for you"],
  guard_held: ["It would destroy unusually much", "held"],
  unreached: ["The calendar did not answer", "next run tries again"],
  undo_refused: ["Edited since", "stays"],
  left_alone: ["It failed too often", "left alone"],
  refused: ["The calendar would not take it", "failed"],
  invalid: ["It cannot be used", "failed"],
  rule_failed: ["A rule failed", "failed"],
};

export const reasonWords = reason => REASONS[reason] || [capital(String(reason || "").replace(/_/g, " ")), ""];

/** Who decided, in words: "strategy:last-write-wins" is "last-write-wins". */
export function deciderWords(decider) {
  if (!decider || decider === "merge") return "";
  if (decider === "person") return "a person decided";
  return decider.replace(/^strategy:/, "").replace(/^rule:/, "rule ");
}

const WHY = {
  trigger: "Sync now",
  schedule: "Scheduled",
  board: "Board changed",
  undo: "Undo",
  redo: "Redo",
  resolve: "Conflict resolved",
  apply: "Plan applied",
  sync: "Sync",
  command: "Command",
};

export const whyWords = why => WHY[why] || capital(why || "run");

/** A value of the board as text. */
export function valueText(value) {
  if (value === null || value === undefined || value === "") return "nothing";
  if (Array.isArray(value)) return value.length ? value.join(", ") : "nothing";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
