// How two values differ: the words that are new, and the difference of two dates in words.

import * as times from "../times.js";
import { count, spelled } from "../words.js";

const MOST_WORDS = 400;

// Words with what stands behind each, so that joined they are the text again.
const pieces = text => text.match(/\s*[\p{L}\p{N}_'’]+|\s*[^\s\p{L}\p{N}_'’]|\s+$/gu) || [];

/** The parts of `text` that `before` has not: [{ text, isNew }], by the longest common run of words. */
export function different(before, text) {
  const [old, fresh] = [pieces(before).map(word => word.trim()), pieces(text)];
  if (old.length > MOST_WORDS || fresh.length > MOST_WORDS) return [{ text, isNew: before !== text }];
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      lengths[i][j] = old[i] === fresh[j].trim() ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const parts = [];
  const add = (word, isNew) => {
    const last = parts[parts.length - 1];
    if (last && last.isNew === isNew) last.text += word;
    else parts.push({ text: word, isNew });
  };
  let i = 0;
  for (let j = 0; j < fresh.length; j++) {
    while (i < old.length && old[i] !== fresh[j].trim() && lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    const isOld = i < old.length && old[i] === fresh[j].trim();
    add(fresh[j], !isOld);
    if (isOld) i++;
  }
  return parts
    .flatMap(part => {
      const space = part.isNew ? part.text.match(/^\s*/)[0] : "";
      return space
        ? [
            { text: space, isNew: false },
            { text: part.text.slice(space.length), isNew: true },
          ]
        : [part];
    })
    .filter(part => part.text);
}

const newParts = (before, text) =>
  different(before, text)
    .filter(part => part.isNew)
    .map(part => part.text.trim());

function dateWords(before, after, zone) {
  const [from, to] = [times.read(before, zone), times.read(after, zone)];
  if (!from || !to) return !to ? "no date any more" : "a date";
  const days = times.daysBetween(from.day, to.day);
  const parts = [];
  if (days) parts.push(`${spelled(Math.abs(days))} ${Math.abs(days) === 1 ? "day" : "days"} ${days > 0 ? "later" : "earlier"}`);
  if (from.at === null && to.at !== null) parts.push("with a time");
  else if (from.at !== null && to.at === null) parts.push("all day");
  else if (from.at !== null && times.clock(from.at) !== times.clock(to.at))
    parts.push(days ? partOfDay(to.at) : shift(to.at - from.at));
  return parts.join(", ") || "the same day";
}

function partOfDay(at) {
  const hour = new Date(at).getHours();
  return hour < 12 ? "in the morning" : hour < 18 ? "in the afternoon" : "in the evening";
}

function shift(milliseconds) {
  const minutes = Math.round(Math.abs(milliseconds) / 60000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const length = [hours ? count(hours, "hour") : "", rest ? count(rest, "minute") : ""].filter(Boolean).join(" ");
  return `${length} ${milliseconds > 0 ? "later" : "earlier"}`;
}

function numberOfWords(text) {
  const number = text.split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word)).length;
  return `${spelled(number)} ${number === 1 ? "word" : "words"}`;
}

const isSentence = text => /[.!?]$/.test(text) && /\s/.test(text);

function amount(texts) {
  return texts.length === 1 && isSentence(texts[0]) ? "one sentence" : numberOfWords(texts.join(" "));
}

function textWords(before, after) {
  if (!after) return "removed";
  if (!before) return "new";
  const added = newParts(before, after);
  const gone = newParts(after, before);
  if (added.length && !gone.length) return `${amount(added)} added`;
  if (gone.length && !added.length) return `${amount(gone)} removed`;
  return added.length ? `${amount(added)} changed` : "spaces or order changed";
}

/** The difference of two values in words: "two days later", "one sentence added", "unchanged". */
export function inWords(before, after, { isDate, zone }) {
  if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return "unchanged";
  if (isDate) return dateWords(before, after, zone);
  if (Array.isArray(before) || Array.isArray(after)) {
    const [old, fresh] = [before || [], after || []];
    const added = fresh.filter(one => !old.includes(one)).length;
    const gone = old.filter(one => !fresh.includes(one)).length;
    return (
      [added ? `${spelled(added)} added` : "", gone ? `${spelled(gone)} removed` : ""].filter(Boolean).join(", ") ||
      "another order"
    );
  }
  return textWords(String(before ?? ""), String(after ?? ""));
}
