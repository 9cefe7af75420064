-- The child in which runs take place, one after the other (fmcal.children.answering). Nothing of one board is left for the next:
-- what is freed is wiped (fmcal.child.parent), connections are kept for boards of the same accounts alone.

local answering = require "fmcal.children.answering"
local exits = require "fmcal.exits"
local http = require "fmcal.http"
local outcome = require "fmcal.serve.outcome"
local run = require "fmcal.sync.run"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local runner = {}

local PROGRESS_MS = 200

local calls = {}

-- A dry run may write nothing whatever happens, and for that there is no way back.
local function fence(params, context)
  if not params.dry_run then return end
  sys.refuse_writes()
  context.retire = true
end

-- How far a run is: each phase as it begins, and then five times a second at most.
local function report_to(context)
  local last, told_ms
  return function(phase, done, total, target)
    local now = time.monotonic_ms()
    if phase == last and now - told_ms < PROGRESS_MS then return end
    last, told_ms = phase, now
    context.progress { phase = phase, done = done, total = total, calendar = target }
  end
end

-- How the board stands now: what the server keeps in memory.
local function stand_after(params)
  return require("fmcal.serve.engine.stand").of { board = params.board, state = params.state }
end

-- The accounts for which connections are open; nil where there are none.
local signed_in

-- Before a call for others: what was signed in to is closed, what the boards before were is freed. What finalisers give back
-- is freed by the second collection.
local function forget_others(key)
  if key == signed_in then return end
  http.forget()
  collectgarbage()
  collectgarbage()
  signed_in = key
end

--- One run of a board.
-- @param params options of fmcal.sync.run.sync
-- @return its result
function calls.sync(params, context)
  forget_others(context.key)
  fence(params, context)
  params.progress = report_to(context)
  return run.sync(params)
end

--- One run of a board that the server serves.
-- @param params options of fmcal.sync.run.sync
-- @return { result = what callers are told, stand = fmcal.serve.engine.stand after it }
function calls.serve(params, context)
  local result = calls.sync(params, context)
  if result.exit == exits.INTERRUPTED then context.retire = true end
  return { result = outcome.of(result, params), stand = stand_after(params) }
end

-- What writes besides runs: each of fmcal.serve.acts.
local function act(name)
  local acts = require "fmcal.serve.acts"
  local found = acts.find(name)
  return found and function(params, context)
    forget_others(context.key)
    fence({ dry_run = params.dryRun }, context)
    params.progress = report_to(context)
    local value, err = found(params)
    if value == nil then return nil, err end
    return { result = value, stand = stand_after(params) }
  end
end

--- Answers until there is nothing more to do.
function runner.main()
  answering.run(function(name) return calls[name] or act(name) end)
end

return runner
