-- The events in a board's calendars that belong to none of its entries: `GET /api/calendar/events`.
--
-- Without a window a series is one event, at its beginning; within one it is its occurrences.

local asked = require "fmcal.serve.asked"
local ical = require "fmcal.ical"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local time = require "fmcal.time"
local told = require "fmcal.serve.told"

local MOST_YEARS, MOST_OCCURRENCES = 5, 2000
local YEAR_S = 366 * 86400

-- ---------------------------------------------------------------- windows

-- The window that is asked for, or nil where none is; nil and an error where it is a wrong one.
local function window_of(wanted, zone)
  local window, err = asked.window(wanted, zone)
  if not window then return nil, err end
  if not window.from and not window.to then return nil end
  local from = window.from and window.from.epoch or window.to.epoch - YEAR_S
  local to = window.to and window.to.epoch or window.from.epoch + YEAR_S
  if to - from > MOST_YEARS * YEAR_S then
    return told.wrong("to", "to must lie at most %d years behind from", MOST_YEARS)
  end
  return { from = from, to = to, zone = zone, most = MOST_OCCURRENCES }
end

local function instant(text, event, zone)
  local parsed = text and time.parse(text)
  if not parsed then return nil end
  if parsed.kind == "date" then return time.to_utc(text .. "T00:00:00", zone) end
  return parsed.kind == "local" and time.to_utc(text, event.timeZone or zone) or parsed.epoch
end

local function is_in(window, event)
  local start = instant(event.dueDate, event, window.zone)
  local finish = instant(event.endDate, event, window.zone) or start
  return start ~= nil and start < window.to and (finish > window.from or start >= window.from)
end

-- ---------------------------------------------------------------- showing

local function shown(event, wanted)
  return { id = event.eventId, uid = event.uid, calendar = event.calendar, title = event.title, description = event.description,
    location = event.location, date = event.dueDate, ["end"] = event.endDate, zone = event.timeZone,
    error = event.error and place.sentence(event.error, wanted) }
end

-- An occurrence is the event at another time, with an id of its own.
local function occurrence_of(whole, one)
  local event = {}
  for name, value in pairs(whole) do event[name] = value end
  event.id, event.date, event["end"], event.zone = whole.id .. "@" .. one.dueDate, one.dueDate, one.endDate, one.timeZone
  event.title, event.location = one.title or whole.title, one.location or whole.location
  event.series, event.changed = whole.id, one.changed or nil
  return event
end

local function is_icalendar(text)
  return text ~= nil and text:find("^%s*BEGIN:VCALENDAR") ~= nil
end

-- The events that stand for one within a window. A series that nobody can expand is shown where it begins.
local function within(window, target, event, wanted)
  local whole, text = shown(event, wanted), target.state:remote(event.eventId).text
  local list, more
  if is_icalendar(text) then list, more = ical.occurrences(text, window) end
  if not list then
    whole.unexpanded = more and more.message
    return is_in(window, event) and { whole } or {}
  end
  if not more.recurring then return #list > 0 and { whole } or {} end
  for i, one in ipairs(list) do list[i] = occurrence_of(whole, one) end
  if more.cut then list[#list].cut = true end
  return list
end

local function by_date(a, b)
  local left, right = a.date or "", b.date or ""
  if left ~= right then return left < right end
  return a.id < b.id
end

local function collect(opened, window, wanted)
  local lists, targets = { external = json.array {}, orphan = json.array {} }, {}
  for _, target in ipairs(opened.targets) do targets[target.name] = target end
  for _, event in ipairs(opened:events()) do
    local found = window and within(window, targets[event.calendar], event, wanted) or { shown(event, wanted) }
    table.move(found, 1, #found, #lists[event.kind] + 1, lists[event.kind])
  end
  for _, list in pairs(lists) do table.sort(list, by_date) end
  return lists
end

--- The events that belong to no entry, as the last run saw them.
-- @param params { board, …, from, to (days, or instants; `to` is excluded; at most 5 years; a year where one is missing) }
-- @return { events = those that are none of the team's, orphans = those whose entry is gone: lists of { id, uid, calendar, title,
--   description, location, date, end (exclusive), zone, error; in a window of one that repeats: series = the id of the whole,
--   changed = somebody changed this one, cut = there are more than the 2,000 that are answered, unexpanded = why only its
--   beginning is here } by date, lastUpdated = when the calendars were seen }, or nil and an error
return function(params)
  local wanted, err = asked.of({ from = "name", to = "name" }, params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local window, wrong = window_of(wanted, place.zone(opened))
  if wrong then return nil, wrong end
  local lists = collect(opened, window, wanted)
  return { events = lists.external, orphans = lists.orphan, lastUpdated = opened.state:get("last_run") }
end
