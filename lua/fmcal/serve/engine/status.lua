-- How each team stands, in memory: `GET /api/calendar/sync/status`.
--
--   status:of(board)      the table that the API answers
--   status:text(board)    the same as JSON; made once, until something of it changes
--   status:short(board)   a few members of it, for the list of teams
--
-- States, of several the first: "failing", "waiting" (for a person), "syncing", "paused", "in-step", "not-connected". `remedy`
-- says what helps: "connect", "connect_again", "choose_calendar", "allow_mass_delete", "fix_board", "fix_rules", "fix_entries",
-- "free_space", "resolve_conflicts", "resume" or "wait".

local exits = require "fmcal.exits"
local json = require "fmcal.json"
local quantity = require "fmcal.util.quantity"
local teams = require "fmcal.serve.engine.teams"
local time = require "fmcal.time"

local status = {}

local Status = {}
Status.__index = Status

-- ---------------------------------------------------------------- what is wrong

-- What helps against an error of a code.
local REMEDY_OF_CODE = {
  auth = "connect_again", access = "connect_again", crypto = "connect_again", notfound = "choose_calendar",
  network = "wait", timeout = "wait", throttled = "wait", server = "wait", locked = "wait", ended = "wait", defect = "wait",
  nomem = "free_space", parse = "fix_board", limit = "fix_board",
}

local FULL_DISK = "disk"

local function remedy_of(code, message)
  if code == "io" then return message:find(FULL_DISK, 1, true) and "free_space" or "wait" end
  if code == "invalid" then return message:find("rule", 1, true) and "fix_rules" or "fix_board" end
  return REMEDY_OF_CODE[code] or "wait"
end

-- The failure of a board: { sentence, remedy }, or nil.
local function failure_of(board, standing)
  local err, last = board.error, board.last
  if err then return { sentence = err.message, remedy = err.code == "notfound" and "wait" or "fix_board" } end
  if last and last.exit ~= exits.OK and last.exit ~= exits.CONFLICTS and last.exit ~= exits.GUARD then
    local sentence = last.error or (last.error_messages or {})[1] or last.message
    local entries = last.exit == exits.SOME_FAILED and not last.error_code
    return { sentence = sentence, remedy = entries and "fix_entries" or remedy_of(last.error_code, sentence) }
  end
  if not last and standing and standing.lastError then
    return { sentence = standing.lastError.message, remedy = "wait", at = standing.lastError.at }
  end
  return nil
end

local function waiting_of(board, standing)
  local last = board.last
  if last and last.exit == exits.GUARD then return { sentence = last.error, remedy = "allow_mass_delete" } end
  if standing and standing.conflicts > 0 then
    return { sentence = quantity(standing.conflicts, "conflict") .. (standing.conflicts == 1 and " waits" or " wait")
      .. " for a decision", remedy = "resolve_conflicts" }
  end
  return nil
end

-- How a board stands that nothing is wrong with.
local function in_words(standing)
  local pending = standing.pending.board + standing.pending.calendar
  if pending > 0 then return quantity(pending, "change") .. (pending == 1 and " waits" or " wait") .. " for the next run" end
  local names = {}
  for i, calendar in ipairs(standing.calendars) do names[i] = calendar.calendar or calendar.name end
  return ("all %s are in step with %s"):format(quantity(standing.entries, "entry", "entries"), table.concat(names, ", "))
end

-- The state of a board, its sentence, what helps, and since when if that is known.
local function state_of(self, board, standing)
  local failure = failure_of(board, standing)
  if failure then return "failing", failure.sentence, failure.remedy, failure.at end
  local waiting = waiting_of(board, standing)
  if waiting then return "waiting", waiting.sentence, waiting.remedy end
  if self.queue.running[board] then return "syncing", "a run is under way" end
  if not standing then return "syncing", "the board is being read" end
  if standing.off or not standing.syncEnabled then
    return "not-connected", standing.off or "calendar sync is switched off", "connect"
  end
  if board.facts.is_paused then return "paused", "all calendars are paused", "resume" end
  return "in-step", in_words(standing)
end

-- ---------------------------------------------------------------- calendars

-- What the last run said of its calendars, by name.
local function last_targets(board)
  local found = {}
  for _, target in ipairs(board.last and board.last.targets or {}) do found[target.name] = target end
  return found
end

local function status_of_calendar(calendar, err)
  if not calendar.connected then return "not-connected" end
  if calendar.paused then return "paused" end
  return err and "error" or "idle"
end

local function calendar_of(calendar, target, shared)
  local err = target and target.error
  return { name = calendar.name, provider = calendar.provider, calendar = calendar.calendar, account = calendar.account,
    connected = calendar.connected, paused = calendar.paused, status = status_of_calendar(calendar, err),
    lastSync = shared.lastSync, error = err, remedy = err and remedy_of(shared.error_code, err) or nil,
    since = err and shared.since or nil, nextTry = err and shared.nextTry or nil, pending = calendar.pending,
    entries = calendar.entries, errorCount = calendar.errorCount }
end

local function calendars_of(board, standing, shared)
  local list, targets = json.array {}, last_targets(board)
  for i, calendar in ipairs(standing.calendars) do list[i] = calendar_of(calendar, targets[calendar.name], shared) end
  return list
end

-- ---------------------------------------------------------------- the whole

local ORIGINAL = { failing = "error", syncing = "syncing", paused = "paused" }

-- A moment of tasks:now() as a time of day.
local function moment(self, at_ms)
  return at_ms and time.format(time.epoch() + math.max(0, math.ceil((at_ms - self.tasks:now()) / 1000)))
end

-- Since when it stands so; kept on the board. A run that goes on says nothing about it.
local function since(board, state, at)
  if state == "syncing" then return board.since end
  if board.stood ~= state then board.stood, board.since = state, at or time.now() end
  return board.since
end

-- How far the time of day is from the clock that never goes back, in seconds: it changes where the clock is set, or the machine
-- has slept.
local function distance(self)
  return time.epoch() - self.tasks:now() / 1000
end

local MOST_DRIFT_S = 2

local function whole(self, board)
  local standing = teams.standing(board)
  local state, sentence, remedy, at = state_of(self, board, standing)
  local running, next_run = self.queue:of_board(board), moment(self, self.scheduler:next(board))
  local shared = { lastSync = standing and standing.lastSync, since = since(board, state, at), nextTry = next_run,
    error_code = board.last and board.last.error_code }
  local known = standing or { calendars = {}, pending = { board = 0, calendar = 0 }, errors = json.array {},
    problems = json.array {}, warnings = json.array {} }
  local is_running = running ~= nil and running.state == "running"
  return {
    team = board.team, teamName = known.teamName, status = is_running and "syncing" or ORIGINAL[state] or "idle", state = state,
    sentence = sentence, remedy = remedy, since = shared.since, nextTry = state == "failing" and next_run or nil,
    lastSync = known.lastSync, nextSync = next_run, errors = known.errors, errorCount = known.errorCount or 0,
    syncCount = known.syncCount or 0, conflicts = known.conflicts or 0, pending = known.pending,
    entries = known.entries, problems = known.problems, warnings = known.warnings, syncEnabled = known.syncEnabled,
    autoSync = known.autoSync, syncInterval = known.syncInterval, off = known.off,
    calendars = calendars_of(board, known, shared), run = running and running.id or nil,
    refused = board.refused[1] and #board.refused or nil,
  }
end

--- How a board stands.
function Status:of(board)
  return json.decode(self:text(board))
end

--- The same as JSON.
function Status:text(board)
  local now = distance(self)
  if not board.status or math.abs(now - board.status_distance) > MOST_DRIFT_S then
    board.status, board.status_distance = json.encode(whole(self, board), { sort = true }), now
  end
  return board.status
end

local SHORT = { "team", "teamName", "status", "state", "sentence", "remedy", "since", "lastSync", "nextSync", "conflicts",
  "errorCount", "pending", "run" }

--- What the list of teams says of a board.
function Status:short(board)
  local all, short = self:of(board), {}
  for _, name in ipairs(SHORT) do short[name] = all[name] end
  return short
end

--- Something of a board has changed: what was said of it counts no more.
function Status:touch(board) -- luacheck: no self
  board.status = nil
end

--- A run has ended.
function Status:ran(board, run)
  if run.kind == "sync" and run.state == "finished" and not run.options.dry_run then
    local result = run.result
    board.last = { exit = result.exit, error = result.error, error_code = result.error_code, message = result.message,
      error_messages = result.error_messages and { result.error_messages[1] }, targets = result.targets }
  elseif run.state == "finished" and run.result.success then
    board.last = nil
  end
  self:touch(board)
end

--- @param all fmcal.children.tasks
-- @param parts { queue, scheduler }
function status.new(all, parts)
  return setmetatable({ tasks = all, queue = parts.queue, scheduler = parts.scheduler }, Status)
end

return status
