-- The child in which runs take place, one after the other (fmcal.children.answering). Nothing of one board is left for the next.

local answering = require "fmcal.children.answering"
local run = require "fmcal.sync.run"
local sys = require "fmcal.sys"

local runner = {}

local calls = {}

-- A dry run may write nothing whatever happens, and for that there is no way back.
local function fence(params, context)
  if not params.dry_run then return end
  sys.refuse_writes()
  context.retire = true
end

--- One run of a board.
-- @param params options of fmcal.sync.run.sync
-- @return its result
function calls.sync(params, context)
  fence(params, context)
  params.progress = function(phase, done, total, target)
    context.progress { phase = phase, done = done, total = total, calendar = target }
  end
  return run.sync(params)
end

--- Answers until there is nothing more to do.
function runner.main()
  answering.run(function(name) return calls[name] end)
end

return runner
