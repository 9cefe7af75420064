// Dates, times and the week as the reader's locale has them. A date is a text as the board has it: a day (2027-03-12), a time
// with an offset, or a local time beside an IANA name.

const LOCALE = navigator.language;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const DAY_MS = 86400000;

const formats = new Map();
function format(options, value) {
  const name = JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(LOCALE, options));
  return formats.get(name).format(value);
}

// ---------------------------------------------------------------- days: texts YYYY-MM-DD, counted in UTC

const pad = number => String(number).padStart(2, "0");
const utc = day => new Date(`${day}T00:00:00Z`);
const textOf = date => date.toISOString().slice(0, 10);

export const isDay = text => /^\d{4}-\d{2}-\d{2}$/.test(text || "") && !Number.isNaN(utc(text).getTime());

export function dayOf(milliseconds) {
  const date = new Date(milliseconds);
  return `${String(date.getFullYear()).padStart(4, "0")}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export const today = now => dayOf(now ?? Date.now());

export function addDays(day, count) {
  return textOf(new Date(utc(day).getTime() + count * DAY_MS));
}

/** The same number in another month, or that month's last day. */
export function addMonths(day, count) {
  const date = utc(day);
  const number = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(number, last));
  return textOf(date);
}

export const daysBetween = (from, to) => Math.round((utc(to) - utc(from)) / DAY_MS);
const weekday = day => utc(day).getUTCDay();

// Where the locale does not say how its weeks are.
const SUNDAY = new Set("US CA MX BR JP KR TW HK IN IL ZA PH CO PE VE SA".split(" "));
const SATURDAY = new Set("AE EG DZ IQ JO KW LY OM QA SY AF BH DJ IR".split(" "));

function weekInfo() {
  const locale = new Intl.Locale(LOCALE);
  const told = locale.getWeekInfo ? locale.getWeekInfo() : locale.weekInfo;
  if (told) return { first: told.firstDay % 7, weekend: told.weekend.map(number => number % 7) };
  const region = locale.maximize().region;
  return { first: SUNDAY.has(region) ? 0 : SATURDAY.has(region) ? 6 : 1, weekend: [6, 0] };
}

const WEEK = weekInfo();

export const startOfWeek = day => addDays(day, -((weekday(day) - WEEK.first + 7) % 7));
export const isWeekend = day => WEEK.weekend.includes(weekday(day));

/** The weeks that show a month (YYYY-MM), each a list of seven days. */
export function weeksOf(month) {
  const first = `${month}-01`;
  const end = addMonths(first, 1);
  const weeks = [];
  for (let day = startOfWeek(first); day < end; day = addDays(day, 7)) {
    weeks.push([0, 1, 2, 3, 4, 5, 6].map(count => addDays(day, count)));
  }
  return weeks;
}

const ofDay = (options, day) => format({ ...options, timeZone: "UTC" }, utc(day));
export const monthName = month => ofDay({ month: "long", year: "numeric" }, `${month}-01`);
export const weekdayName = (day, length) => ofDay({ weekday: length }, day);
export const longDay = day => ofDay({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, day);
export const dayAndMonth = day => ofDay({ month: "short", day: "numeric" }, day);

/** "Fri, Mar 12", with the year where it is another than now. */
export function shortDay(day, now) {
  const year = day.slice(0, 4) === today(now).slice(0, 4) ? {} : { year: "numeric" };
  return ofDay({ weekday: "short", month: "short", day: "numeric", ...year }, day);
}

/** "Today", "Tomorrow", "Yesterday", or the day. */
export function namedDay(day, now) {
  const distance = daysBetween(today(now), day);
  if (distance === 0) return "Today";
  if (distance === 1) return "Tomorrow";
  if (distance === -1) return "Yesterday";
  return shortDay(day, now);
}

// ---------------------------------------------------------------- moments

/** "5 PM" where the locale has halves of days and the minutes are none, else "5:30 PM", "17:00". */
export function clock(milliseconds, { isShort, zone } = {}) {
  const date = new Date(milliseconds);
  const has12 = /a|p/i.test(format({ hour: "numeric", timeZone: "UTC" }, new Date(0)).replace(/\d/g, ""));
  const isWhole = date.getMinutes() === 0;
  const options = isShort && isWhole && has12 ? { hour: "numeric" } : { hour: "numeric", minute: "2-digit" };
  return format(zone ? { ...options, timeZone: zone } : options, date);
}

export const exactly = milliseconds => format({ dateStyle: "full", timeStyle: "long" }, new Date(milliseconds));

/** "today, 8:14 AM", "yesterday, 4:10 PM", "Mon, Mar 8, 4:10 PM". */
export function dayAndClock(milliseconds, now) {
  const name = namedDay(dayOf(milliseconds), now);
  return `${/^(Today|Yesterday|Tomorrow)$/.test(name) ? name.toLowerCase() : name}, ${clock(milliseconds)}`;
}

/** Since when: the clock today, else the day. */
export function since(milliseconds, now) {
  const day = dayOf(milliseconds);
  return day === today(now) ? clock(milliseconds) : shortDay(day, now);
}

function span(seconds, isShort) {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const words = isShort ? ["s", "min", "h"] : ["second", "minute", "hour"];
  const count = (number, word) => `${number} ${word}${isShort || number === 1 ? "" : "s"}`;
  if (seconds < 60) return count(Math.max(1, Math.round(seconds)), words[0]);
  if (minutes < 60) return count(minutes, words[1]);
  return count(hours, words[2]);
}

/** "just now", "3 minutes ago", "yesterday, 4:10 PM"; short: "3 min ago". */
export function ago(milliseconds, now, isShort) {
  const seconds = (now - milliseconds) / 1000;
  if (seconds < 5) return "just now";
  if (seconds < 20 * 3600 || (isShort && seconds < 86400)) return `${span(seconds, isShort)} ago`;
  return isShort ? dayAndMonth(dayOf(milliseconds)) : dayAndClock(milliseconds, now);
}

/** "12 minutes", "1 h 20 min" until then. */
export function until(milliseconds, now) {
  const minutes = Math.max(0, Math.round((milliseconds - now) / 60000));
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} minute${minutes === 1 ? "" : "s"}`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
}

// ---------------------------------------------------------------- what stands in a date of the board

// How far a zone is from UTC at a moment.
function offsetOf(zone, milliseconds) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(milliseconds);
  const of = type => Number(parts.find(part => part.type === type).value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - milliseconds;
}

function atZone(text, zone) {
  const wall = Date.parse(`${text}Z`);
  try {
    const guess = wall - offsetOf(zone, wall);
    return wall - offsetOf(zone, guess);
  } catch {
    return Date.parse(text); // a zone that this browser does not know
  }
}

const DATE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/**
 * Reads a date of the board.
 * @return { day, at, zone }: `at` in milliseconds where it has a time, `zone` where it is another than the reader's; or null
 */
export function read(text, zone) {
  if (typeof text !== "string") return null;
  if (isDay(text)) return { day: text, at: null, zone: null };
  if (!DATE.test(text)) return null;
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const at = hasOffset || !zone ? Date.parse(text) : atZone(text, zone);
  if (Number.isNaN(at)) return null;
  return { day: dayOf(at), at, zone: zone && zone !== ZONE ? zone : null };
}

/** "Fri, Mar 12, 5:00 PM", with the event's own clock where its zone differs. */
export function shownDate(text, zone, now) {
  const date = read(text, zone);
  if (!date) return text === null || text === undefined || text === "" ? "no date" : String(text);
  if (date.at === null) return shortDay(date.day, now);
  return `${shortDay(date.day, now)}, ${clock(date.at)}${zoneNote(date)}`;
}

/** " (9:00 AM in New York)" where the event's clock shows something else than the reader's. */
export function zoneNote(date) {
  if (!date || !date.zone) return "";
  let there;
  try {
    there = clock(date.at, { zone: date.zone });
  } catch {
    return "";
  }
  return there === clock(date.at) ? "" : ` (${there} in ${date.zone.split("/").pop().replace(/_/g, " ")})`;
}
