-- Chooses another calendar of an account: `POST /api/calendar-config/{team}/{provider}/select`. The next run starts afresh there
-- and deletes nothing in the one before.

local did_you_mean = require "fmcal.util.did_you_mean"
local given = require "fmcal.util.given"
local place = require "fmcal.serve.acts.place"
local section = require "fmcal.serve.acts.section"
local told = require "fmcal.serve.told"

-- The calendar of an id among those that the account had when it was connected.
local function available(part, id)
  local ids = {}
  for i, calendar in ipairs(given(part.availableCalendars) or {}) do
    if calendar.id == id then return calendar end
    ids[i] = calendar.id
  end
  return told.wrong("calendarId", "the account has no calendar %s%s", id, did_you_mean(id, ids, ", did you mean %s?"))
end

--- Chooses a calendar.
-- @param params { board, …, provider = name of the calendar, calendarId = one of its availableCalendars }
-- @return as the view `calendar_config`, or nil and an error
return function(params)
  local wanted, err = place.asked({ provider = "name", calendarId = "name" }, params)
  if not wanted then return nil, err end
  if not wanted.calendarId then return told.wrong("calendarId", "calendarId is missing: which calendar?") end
  return section.change_calendar(params, wanted.provider, function(opened, path, part)
    local calendar, unknown = available(part, wanted.calendarId)
    if not calendar then return nil, unknown end
    local ok, failed = opened:set(nil, section.below(path, part.provider and #path == 1 and "calendarId" or "selectedCalendarId"),
      calendar.id)
    if not ok or not given(calendar.name) then return ok, failed end
    return opened:set(nil, section.below(path, "calendarName"), calendar.name)
  end)
end
