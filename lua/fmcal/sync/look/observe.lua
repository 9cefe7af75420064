-- Opens the calendars of a run and reads what changed there.

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

--- Opens every calendar and reads what changed there; one that fails leaves the others going.
-- @return true, or nil and an error where none can be read
function observe.all(run)
  for _, target in ipairs(run.all_targets) do
    run.progress("open", 0, 0, target.name)
    local ok, err = open_target(run, target)
    if ok then
      run.targets[#run.targets + 1] = target
    else
      target.error = err
      run.failed_targets[#run.failed_targets + 1] = target
    end
  end
  if #run.targets == 0 then return nil, run.failed_targets[1].error end
  naming.choose(run.state, run.board, run.all_targets, not run.dry_run)
  return true
end

return observe
