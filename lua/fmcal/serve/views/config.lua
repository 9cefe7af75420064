-- How a board is set up: `GET /api/calendar/config`.

local asked = require "fmcal.serve.asked"
local config = require "fmcal.config"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local settings = require "fmcal.serve.views.settings"

local function provider_of(calendar)
  return { name = calendar.name, provider = calendar.provider, connected = calendar.connected, paused = calendar.paused,
    accountName = calendar.account, calendarId = calendar.calendar_id, calendarName = calendar.calendar }
end

-- The name of the calendar that a person has chosen, else the first one that is connected.
local function default_of(section, calendars)
  if section.defaultCalendar then return section.defaultCalendar end
  for _, calendar in ipairs(calendars) do
    if calendar.connected then return calendar.name end
  end
  return nil
end

--- How a board is set up.
-- @param params { board, … }
-- @return { team, teamName, providers = {{ name, provider, connected, paused, accountName, calendarId, calendarName }},
--   syncEnabled, syncInterval (minutes), defaultCalendar, syncOptions, warnings, off = why nothing is synced }, or nil and an
--   error
return function(params)
  local wanted, err = asked.of({}, params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local known = opened.settings
  local calendars, providers = settings.calendars(opened, wanted), json.array {}
  for i, calendar in ipairs(calendars) do providers[i] = provider_of(calendar) end
  return {
    team = known.team, teamName = known.team_name, providers = providers,
    syncEnabled = known.section.enabled ~= false and #calendars > 0,
    syncInterval = known.options.syncInterval or config.DEFAULT_INTERVAL,
    defaultCalendar = default_of(known.section, calendars), syncOptions = settings.options(known.options),
    warnings = place.sentences(known.warnings, wanted), off = known.off and place.sentence(known.off.message, wanted),
  }
end
