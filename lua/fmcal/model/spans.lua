-- From when to when an event lasts, in the spellings of the event table.

local fields = require "fmcal.model.fields"
local time = require "fmcal.time"

local spans = {}

--- An instant on the clocks of a zone, or in UTC where they show it twice and mean the other one.
function spans.on_the_clock(epoch, zone)
  local shown = assert(time.to_zone(epoch, zone))
  return time.to_utc(shown, zone) == epoch and shown or time.format(epoch)
end

-- Seconds since 1970; of a floating time, and of a day, what its clock shows.
local function seconds_of(text, zone)
  local parsed = text and time.parse(text)
  if not parsed then return nil end
  if parsed.kind ~= "local" then return parsed.epoch end
  return zone and time.to_utc(text, zone) or time.parse(text .. "Z").epoch
end

local function is_day(text)
  return type(text) == "string" and #text == 10
end

--- The end of a timed event, spelled as its start.
-- @param event { dueDate, timeZone }
function spans.ending(event, seconds)
  local start, zone = event.dueDate, event.timeZone
  local at = seconds_of(start, zone) + seconds
  if time.parse(start).kind ~= "local" then return time.format(at) end
  return zone and spans.on_the_clock(at, zone) or time.format(at):sub(1, -2)
end

-- Exact seconds between start and end of a timed event; nil without an end.
local function length(event)
  local first, last = seconds_of(event.dueDate, event.timeZone), seconds_of(event.endDate, event.timeZone)
  return first and last and last - first
end

local function keep_days(event, there)
  if not there.endDate then return end
  local days = (seconds_of(there.endDate) - seconds_of(there.dueDate)) // 86400
  if days > 1 then event.endDate = time.add_days(event.dueDate, days) end
end

-- Whether the rules left an event the length that its entry has.
local function lasts(event, minutes)
  return minutes ~= nil and length(event) == minutes * 60
end

--- Gives an event that moves the length of the one that it replaces: no end, seconds, and several days among them.
-- @param minutes the length that the entry has
function spans.keep_length(event, there, minutes)
  if is_day(event.dueDate) and is_day(there.dueDate) then return keep_days(event, there) end
  if is_day(event.dueDate) or is_day(there.dueDate) or not lasts(event, minutes) then return end
  local seconds = length(there)
  event.endDate = seconds and spans.ending(event, seconds)
end

--- Gives an event whose length changes the start of the one that it replaces as that spells it.
function spans.keep_start(event, there, minutes, default_zone)
  if is_day(event.dueDate) or is_day(there.dueDate) or not lasts(event, minutes) then return end
  if fields.date(event.dueDate, event.timeZone, default_zone) ~= fields.date(there.dueDate, there.timeZone, default_zone) then
    return
  end
  event.dueDate, event.timeZone = there.dueDate, there.timeZone
  event.endDate = spans.ending(event, minutes * 60)
end

return spans
