-- How a board is set up, in the per-provider form that the settings of Fleet Monitor use: `GET /api/calendar-config/{team}`.

local asked = require "fmcal.serve.asked"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local settings = require "fmcal.serve.views.settings"

local function shown(calendar)
  local section = calendar.section
  return { connected = calendar.connected, provider = calendar.provider, accountName = calendar.account,
    accountId = section.accountId, selectedCalendarId = calendar.calendar_id, calendarName = calendar.calendar,
    availableCalendars = json.array(section.availableCalendars or {}), paused = calendar.paused,
    syncOptions = settings.options(section.syncOptions) }
end

--- How a board is set up, one member a calendar.
-- @param params { board, … }
-- @return { team, enabled, rules, syncOptions, lastSyncAt, lastSyncStatus, lastSyncError, [NAME] = { connected, provider,
--   accountName, accountId, selectedCalendarId, calendarName, availableCalendars = {{ id, name }}, paused, syncOptions } },
--   or nil and an error
return function(params)
  local wanted, err = asked.of({}, params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local section = opened.settings.section
  local answer = { team = opened.settings.team, enabled = section.enabled ~= false, rules = section.rules,
    syncOptions = settings.options(section.syncOptions), lastSyncAt = section.lastSyncAt,
    lastSyncStatus = section.lastSyncStatus,
    lastSyncError = section.lastSyncError and place.sentence(section.lastSyncError, wanted) }
  for _, calendar in ipairs(settings.calendars(opened, wanted)) do answer[calendar.name] = shown(calendar) end
  return answer
end
