-- How a board and its calendars stand, as far as only they and the state know: part of `GET /api/calendar/sync/status`.

local asked = require "fmcal.serve.asked"
local config = require "fmcal.config"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local settings = require "fmcal.serve.views.settings"

local MOST_ERRORS = 50

-- The calendars that a run works on, by name, as the overview has them.
local function by_name(status)
  local found = {}
  for _, target in ipairs(status.targets) do found[target.name] = target end
  return found
end

local function calendar_of(calendar, target)
  return { name = calendar.name, provider = calendar.provider, calendar = target and target.calendar or calendar.calendar,
    account = calendar.account, connected = calendar.connected, paused = calendar.paused,
    entries = target and target.counts or nil, errorCount = target and #target.errors or 0,
    pending = target and target.pending or { board = 0, calendar = 0 } }
end

-- What waits on the board waits for each calendar: it counts once.
local function pending_of(status)
  local pending = { board = 0, calendar = 0 }
  for _, target in ipairs(status.targets) do
    pending.board = math.max(pending.board, target.pending.board)
    pending.calendar = pending.calendar + target.pending.calendar
  end
  return pending
end

local function errors_of(status, wanted)
  local list, count = json.array {}, 0
  for _, target in ipairs(status.targets) do
    for _, failed in ipairs(target.errors) do
      count = count + 1
      if count <= MOST_ERRORS then
        list[count] = { id = failed.id, calendar = target.name, at = failed.at, retries = failed.retries,
          error = failed.error and place.sentence(failed.error, wanted) }
      end
    end
  end
  return list, count
end

--- How a board stands.
-- @param params { board, … }
-- @return { team, teamName, lastSync, syncCount, lastError = { message, at }, conflicts = n, pending = { board, calendar },
--   errors = {{ id, calendar, error, at, retries }} (at most 50), errorCount, entries = n, problems = { sentence }, warnings,
--   syncEnabled, autoSync, syncInterval, off = why nothing is synced, calendars = {{ name, provider, calendar, account,
--   connected, paused, entries = {[status] = n}, pending, errorCount }} }, or nil and an error
return function(params)
  local wanted, err = asked.of({}, params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local known, status = opened.settings, opened:status()
  local targets, calendars = by_name(status), settings.calendars(opened, wanted)
  for i, calendar in ipairs(calendars) do calendars[i] = calendar_of(calendar, targets[calendar.name]) end
  local errors, count = errors_of(status, wanted)
  local failed = status.last_error
  return {
    team = known.team, teamName = known.team_name, lastSync = status.last_run, syncCount = status.runs,
    lastError = failed and { message = place.sentence(failed.message, wanted), at = failed.at } or nil,
    conflicts = status.conflicts, pending = pending_of(status), errors = errors, errorCount = count, entries = status.entries,
    problems = place.sentences(status.problems, wanted), warnings = place.sentences(status.warnings, wanted),
    syncEnabled = known.section.enabled ~= false and #calendars > 0, autoSync = known.options.autoSync ~= false,
    syncInterval = known.options.syncInterval or config.DEFAULT_INTERVAL,
    off = known.off and place.sentence(known.off.message, wanted), calendars = calendars,
  }
end
