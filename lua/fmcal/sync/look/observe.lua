-- Opens the calendars of a run and reads what changed there.

local failure = require "fmcal.util.failure"
local journal = require "fmcal.place.journal"
local look_for_mended = require "fmcal.place.mended"
local naming = require "fmcal.place.naming"
local stale_token = require "fmcal.place.stale_token"

local observe = {}

local function open_target(run, target)
  local ok, err = target:open()
  if ok then ok, err = target:set_direction(run.direction) end
  if not ok then return nil, err end
  journal.load(target)
  if next(target.intents) or stale_token.is_noted(run, target) then assert(target.state:set_token(nil)) end
  local summary
  summary, err = target:refresh()
  if not summary then return nil, err end
  target.summary = summary
  return look_for_mended(target)
end

local function open_and_read(run, target)
  run.progress("open", 0, 0, target.name)
  local ok, err = open_target(run, target)
  if ok then
    run.targets[#run.targets + 1] = target
  else
    target.error = err
    run.failed_targets[#run.failed_targets + 1] = target
  end
end

-- Why there is nothing to work on.
local function none_open(run)
  local failed = run.failed_targets[1]
  if failed then return nil, failed.error end
  run.is_refused = true -- that says nothing about how board and calendars stand
  local is_one = #run.paused_targets == 1
  return failure("invalid", "sync", "%s of team %s paused: set syncOptions.paused to false",
    is_one and ("the calendar %s"):format(run.paused_targets[1].name) or "all calendars",
    ("%s %s"):format(run.settings.team, is_one and "is" or "are"))
end

--- Opens every calendar that is not paused and reads what changed there; one that fails leaves the others going.
-- @return true, or nil and an error where none can be read
function observe.all(run)
  for _, target in ipairs(run.all_targets) do
    if target.options.paused then
      run.paused_targets[#run.paused_targets + 1] = target
    else
      open_and_read(run, target)
    end
  end
  if #run.targets == 0 then return none_open(run) end
  naming.choose(run.state, run.board, run.all_targets, not run.dry_run)
  return true
end

return observe
