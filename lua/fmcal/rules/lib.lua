-- What rules often need, as pure functions: the global `lib` of a rules file, and `ctx.lib`.

local duration = require "fmcal.util.duration"
local slug = require "fmcal.rules.slug"
local time = require "fmcal.time"

local lib = {}

-- What stands for what was left out of a text.
local CUT, HIDDEN = "…", "[redacted]"
local DAYS = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }
local DAY_S = 86400
-- How far lib.workday() goes: ten years, so that holidays on every day end it.
local MOST_DAYS = 3653

-- ---------------------------------------------------------------- checking

local function expect(is_right, name, what, value)
  if not is_right then error(("lib.%s: expected %s, got %s"):format(name, what, tostring(value)), 3) end
end

local function is_date(value)
  return type(value) == "string" and time.parse(value) ~= nil
end

local function is_text(value)
  return type(value) == "string"
end

local DATE, WHOLE = "a date such as 2026-02-15", "a whole number"

-- ---------------------------------------------------------------- dates

-- Of the day on a clock: in an instant, of the day in UTC.
local function day_of(date)
  return date:sub(1, 10)
end

local function number_of_day(date)
  return time.parse(day_of(date)).epoch // DAY_S
end

local function weekday(date)
  return (number_of_day(date) + 3) % 7 + 1 -- 1970-01-01 was a Thursday
end

-- Holidays are a list of days, or a table with days as names.
local function is_holiday(date, holidays)
  local day = day_of(date)
  if not holidays then return false end
  return holidays[day] and true or lib.contains(holidays, day)
end

local function is_workday(date, holidays)
  return weekday(date) <= 5 and not is_holiday(date, holidays)
end

--- The same time of day some days later; earlier where `n` is negative.
function lib.add_days(date, n)
  expect(is_date(date), "add_days", DATE, date)
  expect(math.tointeger(n), "add_days", WHOLE, n)
  local later, err = time.add_days(date, math.tointeger(n))
  if not later then error("lib.add_days: " .. err.message, 2) end
  return later
end

--- The day of the week: 1 for Monday to 7 for Sunday, and its English name in lower case.
function lib.weekday(date)
  expect(is_date(date), "weekday", DATE, date)
  local number = weekday(date)
  return number, DAYS[number]
end

--- Whether a day is one from Monday to Friday, and no holiday.
-- @param holidays list of days, {[day] = true}, or nil
function lib.is_workday(date, holidays)
  expect(is_date(date), "is_workday", DATE, date)
  return is_workday(date, holidays)
end

--- The `n`-th workday after a day, before it where `n` is negative; for 0 the day itself, or the next workday.
function lib.workday(date, n, holidays)
  expect(is_date(date), "workday", DATE, date)
  expect(math.tointeger(n), "workday", WHOLE, n)
  local step, left, looked = n < 0 and -1 or 1, math.abs(n), 0
  if left == 0 and not is_workday(date, holidays) then left = 1 end
  while left > 0 do
    looked = looked + 1
    if looked > MOST_DAYS then error("lib.workday: there are not so many workdays within ten years", 2) end
    date = time.add_days(date, step)
    if not date then error("lib.workday: years run from 1 to 9999", 2) end
    if is_workday(date, holidays) then left = left - 1 end
  end
  return date
end

--- A time on a day: `event.dueDate, event.timeZone = lib.at(entry.dueDate, "09:00", "Europe/Rome")`.
-- @param clock string "09:00" or "09:00:30"
-- @param zone string|nil
-- @return the local time, and the zone
function lib.at(date, clock, zone)
  expect(is_date(date), "at", DATE, date)
  expect(is_text(clock) and clock:find("^%d%d:%d%d"), "at", "a time of day such as 09:00", clock)
  expect(zone == nil or is_text(zone) and time.is_zone(zone), "at", "an IANA zone name such as Europe/Rome", zone)
  local text = day_of(date) .. "T" .. clock .. (#clock == 5 and ":00" or "")
  expect(is_date(text), "at", "a time of day such as 09:00", clock)
  return text, zone
end

--- A list of reminders: lib.chain("-P7D", "-P1D", "-PT2H").
function lib.chain(...)
  local list = { ... }
  for _, reminder in ipairs(list) do
    expect(duration.is(reminder), "chain", 'durations such as "-P1D" or "-PT30M"', reminder)
  end
  return list
end

-- ---------------------------------------------------------------- texts

--- A text without what matches a pattern: in its place is "[redacted]".
function lib.redact(text, pattern)
  expect(is_text(text), "redact", "a text", text)
  expect(is_text(pattern), "redact", "a Lua pattern", pattern)
  return (text:gsub(pattern, function(match) return match ~= "" and HIDDEN or nil end))
end

--- The first `n` characters of a text, the last of them "…" where something was cut off.
function lib.shorten(text, n)
  expect(is_text(text) and utf8.len(text), "shorten", "a text", text)
  expect(math.tointeger(n) and n >= 1, "shorten", "a number of characters", n)
  if utf8.len(text) <= n then return text end
  return text:sub(1, utf8.offset(text, math.tointeger(n)) - 1) .. CUT
end

--- On the way back: the whole text where `text` is its beginning as lib.shorten() left it, else `text`, which somebody edited.
function lib.lengthen(text, whole)
  expect(is_text(text), "lengthen", "a text", text)
  if not is_text(whole) or text:sub(-#CUT) ~= CUT then return text end
  local kept = #text - #CUT
  return #whole > kept and whole:sub(1, kept) == text:sub(1, kept) and whole or text
end

--- A text as part of a link or an id: small letters and digits of ASCII, with "-" between its words.
function lib.slug(text)
  expect(is_text(text), "slug", "a text", text)
  return slug(text)
end

--- Whether a list has a value.
function lib.contains(list, value)
  expect(list == nil or type(list) == "table", "contains", "a list", list)
  for _, member in ipairs(list or {}) do
    if member == value then return true end
  end
  return false
end

return lib
