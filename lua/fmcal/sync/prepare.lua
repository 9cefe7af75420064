-- What a run needs before it looks at anything: board, configuration, state, lock, one target a calendar.

local attempt = require "fmcal.attempt"
local board = require "fmcal.board"
local config = require "fmcal.config"
local fail = require "fmcal.failure"
local report = require "fmcal.sync.report"
local state = require "fmcal.state"
local sys = require "fmcal.sys"
local time = require "fmcal.time"
local Target = require "fmcal.sync.target"

local prepare = {}

local LOCK_WAIT_MS = 30000
-- Codes of a state that cannot be written: no matter of configuration.
local UNWRITABLE = { io = true, access = true }

local function percent_encoded(team)
  return (team:gsub("[^%w._-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Where the state of a board lies.
-- @param board_path string
-- @param team string
-- @param given string|nil --state or FMCAL_STATE: a file, or a folder
function prepare.state_path(board_path, team, given)
  given = given or os.getenv("FMCAL_STATE")
  if given and given ~= "" then
    return given:sub(-1) == "/" and given .. percent_encoded(team) .. ".db" or given
  end
  return config.resolve(board_path, ".fmcal/" .. percent_encoded(team) .. ".db")
end

-- The state names its board: another board with the same team must not use it.
local function claim(run)
  local known = attempt.found(run.state:get("board"))
  local path = run.board:path()
  if not path or known == path then return true end
  if known and sys.stat(known) then
    return fail("invalid", "sync", "%s", ("the state of team %q belongs to the board %s, not to %s: give one of them another "
      .. "team, or another --state"):format(run.settings.team, known, path))
  end
  if not run.dry_run then assert(run.state:set("board", path)) end
  return true
end

local function make_targets(run, providers)
  run.targets, run.failed_targets = {}, {}
  for _, spec in ipairs(run.settings.targets) do
    spec.retry_for_ms = run.retry_for_ms
    local target, err = Target.new(run.settings, spec, assert(run.state:target(spec.name)),
      function(path) return config.resolve(run.board:path() or "./board", path) end,
      providers and providers[spec.name])
    if not target then return nil, err end
    target.dry_run, target.is_first = run.dry_run, #run.targets == 0
    target.rules.trace = run.trace_rules and {} or nil
    run.targets[#run.targets + 1] = target
  end
  return true
end

-- A run that had to wait reads the board again: the other one may have written it.
local function take_lock(run)
  if run.dry_run then return true end
  local lock, err = board.lock(run.state_file, 0)
  if lock then
    run.lock = lock
    return true
  end
  if err.code ~= "locked" then return nil, err end
  lock, err = board.lock(run.state_file, run.lock_wait_ms or LOCK_WAIT_MS)
  if not lock then return nil, err end
  run.lock = lock
  run.board, err = board.open(run.board:path())
  if not run.board then return nil, err end
  run.board_time = run.board:mtime()
  return true
end

-- What killed runs left, also where this one will write nothing: it may hold credentials that the board has no more.
local function sweep(run)
  if run.dry_run or not run.board:path() then return end
  board.sweep(run.board:path())
  board.sweep(run.state_file .. ".previous-board")
end

local function open_state(run, options)
  if options.state_object then
    run.state, run.state_file, run.borrowed_state = options.state_object, ":memory:", true
    return true
  end
  run.state_file = options.state_file or prepare.state_path(run.board:path() or "board", run.settings.team, options.state)
  local opened, warning = state.open(run.state_file, { read_only = run.dry_run })
  if not opened then return nil, warning end
  run.state = opened
  if warning then table.insert(run.settings.warnings, warning) end
  local ok, err = take_lock(run)
  if not ok then return nil, err end
  sweep(run)
  return claim(run)
end

--- Makes a run ready.
-- @param options of fmcal.sync.run.sync
-- @return true, or nil, an error and (where it is not that of a wrong configuration) an exit status
function prepare.run(run, options)
  local err
  if not run.board then
    run.board, err = board.open(options.board)
    if not run.board then return nil, err, report.EXIT_UNREACHABLE end
  end
  run.board_time = run.board:path() and run.board:mtime() or time.epoch()
  run.settings, err = config.load(run.board, options)
  if not run.settings then return nil, err end
  local ok
  ok, err = open_state(run, options)
  if not ok then return nil, err, UNWRITABLE[err.code] and report.EXIT_SOME_FAILED end
  run.number = tonumber(attempt.found(run.state:get("run")) or "0") + 1
  return make_targets(run, options.providers)
end

return prepare
