-- What acts are asked with beside their own members, and what of it the engine is told.

local asked = require "fmcal.serve.asked"

local place = {}

local OF_RUNS = { "command", "progress" }

--- Checks what was asked. @return what it says, or nil and an error; see fmcal.serve.asked
function place.asked(members, params)
  local own = {}
  for name, value in pairs(params) do own[name] = value end
  for _, name in ipairs(OF_RUNS) do own[name] = nil end
  return asked.of(members, own)
end

--- Options of fmcal.sync.run.sync.
function place.options(params)
  local options = {}
  for name in pairs(asked.PLACE) do options[name] = params[name] end
  for _, name in ipairs(OF_RUNS) do options[name] = params[name] end
  return options
end

--- What a view is asked with about the same board.
function place.of_views(params)
  local told = {}
  for name in pairs(asked.PLACE) do told[name] = params[name] end
  return told
end

return place
