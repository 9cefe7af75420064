-- Calendars whose objects are iCalendar texts, as another program edits them.
local core = require "fmcal.provider.core"
local time = require "fmcal.time"

local ics = {}

local codec = assert(core.new("mock", {}))
assert(codec:open())

local decoded, count = {}, 0

--- The event in a text, or nil; what it returns is not to be changed.
function ics.event(text)
  if decoded[text] == nil then
    if count > 500 then decoded, count = {}, 0 end
    decoded[text], count = codec:decode(text) or false, count + 1
  end
  return decoded[text] or nil
end

-- Programs say when they changed an event; some do not.
local function stamped(text, old, stamp)
  if stamp then return text end
  local was = old:match("LAST%-MODIFIED:[%dTZ]+")
  return was and text:gsub("LAST%-MODIFIED:[%dTZ]+", was, 1) or text
end

--- The text with some members of the event replaced.
function ics.edited(text, members, stamp)
  local event = assert(codec:decode(text))
  for name, value in pairs(members) do event[name] = value end
  return stamped(assert(codec:encode(event, text)), text, stamp)
end

--- Dates are moved as a calendar program moves them: start and end together.
function ics.with_date(event, due, minutes)
  if #due == 10 then return { dueDate = due, endDate = time.add_days(due, 1) } end
  local clock, zone = due:match("^(.-T%d%d:%d%d:%d%d)(.*)$")
  local finish = time.format(time.parse(clock .. "Z").epoch + 60 * minutes):gsub("Z$", zone)
  if due:sub(-1) == "Z" then return { dueDate = due, endDate = finish } end
  return { dueDate = due, endDate = finish, timeZone = event.timeZone }
end

function ics.foreign(uid)
  return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\n"
    .. "DTSTART;VALUE=DATE:20300101\r\nSUMMARY:foreign\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"):format(uid)
end

return ics
