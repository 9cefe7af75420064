-- What a run needs before it looks at anything: board, configuration, state, lock, one target a calendar.

local attempt = require "fmcal.util.attempt"
local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local config = require "fmcal.config"
local config_rewind = require "fmcal.config.rewind"
local exits = require "fmcal.exits"
local fail = require "fmcal.util.failure"
local state = require "fmcal.state"
local sys = require "fmcal.sys"
local time = require "fmcal.time"
local Target = require "fmcal.place.target"

local prepare = {}

-- The state names its board: another board with the same team must not use it.
local function claim(run)
  local path = run.board:path()
  if not path then return true end
  local other = board_state.other_owner(run.state, path)
  if other then
    return fail("invalid", "sync", "%s", ("the state of team %q belongs to the board %s, not to %s: give one of them another "
      .. "team, or another --state"):format(run.settings.team, other, path))
  end
  if not run.dry_run and board_state.owner(run.state) ~= path then board_state.set_owner(run.state, path) end
  return true
end

-- The name that the team had before, kept in the state: events that could not be written yet still bear it.
local function former_team(run)
  if run.adopt_team and not run.dry_run then assert(run.state:set("former_team", run.adopt_team)) end
  return run.adopt_team or attempt.found(run.state:get("former_team"))
end

local function make_targets(run, providers)
  local former = former_team(run)
  for _, spec in ipairs(run.settings.targets) do
    spec.retry_for_ms = run.retry_for_ms
    local target, err = Target.new(run.settings, spec, assert(run.state:target(spec.name)),
      function(path) return config.resolve(run.board:path() or "./board", path) end,
      providers and providers[spec.name])
    if not target then return nil, err end
    target.dry_run, target.is_first, target.former_team = run.dry_run, #run.all_targets == 0, former
    target.rules.trace = run.trace_rules and {} or nil
    run.all_targets[#run.all_targets + 1] = target
  end
  return true
end

-- A run that had to wait reads the board again: the other one may have written it.
local function take_lock(run)
  if run.dry_run then return true end
  local lock, err = board_state.lock(run.state, 0)
  if lock then
    run.lock = lock
    return true
  end
  if err.code ~= "locked" then return nil, err end
  lock, err = board_state.lock(run.state, run.lock_wait_ms)
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
  board_state.sweep(run.state, run.board:path())
end

local function open_state(run, options)
  if options.state_object then
    run.state, run.borrowed_state = options.state_object, true
    return true
  end
  local opened, warning = board_state.open(run.board:path() or "board", run.settings.team, options.state,
    { read_only = run.dry_run })
  if not opened then return nil, warning end
  run.state = opened
  if warning then table.insert(run.settings.warnings, warning) end
  local ok, err = take_lock(run)
  if not ok then return nil, err end
  sweep(run)
  ok, err = claim(run)
  run.is_claimed = ok
  return ok, err
end

-- Loads what an older copy of the board had taken away. @return settings with a warning, or nil and an error
local function load_again(run, options, warnings)
  local settings, err = config.load(run.board, options)
  if not settings then return nil, err end
  table.move(warnings, 1, #warnings, #settings.warnings + 1, settings.warnings)
  table.insert(settings.warnings, config_rewind.WARNING)
  return settings
end

-- A board that is not connected any more may be an older copy of one that is; its state tells.
local function load_config(run, options)
  local settings, err = config.load(run.board, options)
  local team = options.team or run.board:member("team")
  if settings or not run.board:path() or type(team) ~= "string" then return settings, err end
  local path = board_state.path(run.board:path(), team, options.state)
  local opened <close> = state.exists(path) and state.open(path, { read_only = true })
  if not opened or not config_rewind.put_back(opened, run.board) then return nil, err end
  return load_again(run, options, {})
end

local function put_config_back(run, options)
  if not run.board:path() or not config_rewind.put_back(run.state, run.board) then return true end
  local settings, err = load_again(run, options, run.settings.warnings)
  if not settings then return nil, err end
  run.settings = settings
  return true
end

--- Makes a run ready.
-- @param options of fmcal.sync.run.sync
-- @return true, or nil, an error and (where it is not that of a wrong configuration) an exit status
function prepare.run(run, options)
  local err
  if not run.board then
    run.board_path = sys.absolute(options.board)
    run.board, err = board.open(options.board)
    if not run.board then return nil, err, exits.UNREACHABLE end
  end
  run.board_time = run.board:path() and run.board:mtime() or (options.clock or time.epoch)()
  run.settings, err = load_config(run, options)
  if not run.settings then return nil, err end
  local ok
  if not run.dry_run then
    ok, err = run.board:check_owner()
    if not ok then return nil, err end
  end
  ok, err = open_state(run, options)
  if not ok then return nil, err, exits.of_state(err) end
  ok, err = put_config_back(run, options)
  if not ok then return nil, err end
  run.number = tonumber(attempt.found(run.state:get("run")) or "0") + 1
  return make_targets(run, options.providers)
end

return prepare
