-- Taking back what a run did: a run of its own, which can be taken back like any other.

local run = require "fmcal.sync.run"

local undo = {}

--- Takes a run back, entry by entry; what was edited since stays, and is told.
-- @param options of fmcal.sync.run.sync; `only`: list of keys
-- @param number integer|nil of the run; nil: the last one that changed something and was not taken back
-- @param redo boolean|nil whether the last one that was taken back is to be done again instead
-- @return result; `reverted` = { run, kind }
function undo.run(options, number, redo)
  local asked = {}
  for name, value in pairs(options) do asked[name] = value end
  asked.revert = { kind = redo and "redo" or "undo", run = number }
  asked.direction, asked.max_rounds = "both", 1
  return run.sync(asked)
end

return undo
