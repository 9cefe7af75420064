-- The child that reads boards and states for the server, and writes nothing (fmcal.children.answering).

local answering = require "fmcal.children.answering"
local stand = require "fmcal.serve.engine.stand"
local sys = require "fmcal.sys"
local views = require "fmcal.serve.views"

local reader = {}

local calls = {}

--- How some boards stand. @param params { boards = list of { board, state } } @return list of fmcal.serve.engine.stand
function calls.stands(params)
  local found = {}
  for i, place in ipairs(params.boards) do found[i] = stand.of(place) end
  return found
end

--- Runs that are kept: see fmcal.serve.engine.kept
function calls.kept_run(params)
  return require("fmcal.serve.engine.kept").find(params)
end

function calls.kept_runs(params)
  return require("fmcal.serve.engine.kept").list(params)
end

function calls.prune_kept(params)
  return require("fmcal.serve.engine.kept").prune(params)
end

--- Answers until there is nothing more to do: what stands here, and the views.
function reader.main()
  sys.refuse_writes()
  answering.run(function(name) return calls[name] or views.find(name) end)
end

return reader
