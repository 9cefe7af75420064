-- The last posts to a board's webhook, as its state keeps them.

local json = require "fmcal.json"

local deliveries = {}

local NAME = "webhook"
local MOST = 10

--- The last ones, newest first: { at, event, status = HTTP status or nil, error = sentence or nil, tries }.
-- @param state fmcal.state
function deliveries.of(state)
  return json.decode(state:get(NAME) or "[]") or json.array {}
end

--- Keeps one. That it cannot be kept matters to nobody's calendar.
function deliveries.keep(state, delivery)
  local list = deliveries.of(state)
  table.insert(list, 1, delivery)
  for i = #list, MOST + 1, -1 do list[i] = nil end
  state:set(NAME, assert(json.encode(json.array(list), { sort = true })))
end

return deliveries
