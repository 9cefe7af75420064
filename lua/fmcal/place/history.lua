-- What gave way, kept in the state: a person can have it back.

local json = require "fmcal.json"
local time = require "fmcal.time"

local history = {}

-- A value that gave way, as people read it, and the board takes it.
local function readable(lost)
  if lost.field == "date" and math.type(lost.value) == "integer" then return time.format(lost.value) end
  if lost.value == nil then return json.null end
  return lost.value
end

local function add(run, key, target, step, lost)
  assert(run.state:add_history {
    time = run.now, target = target.name, key = key, field = lost.field, side = lost.side,
    action = lost.action or "overwritten", reason = lost.reason or step.reason,
    value = json.encode(readable(lost)), run = run.number,
  })
end

local function actions_of(decision)
  return decision.plan and decision.plan.actions or {}
end

--- Puts what a decision overwrites into the history, once; called inside a transaction, before anything is overwritten.
function history.keep(run, decision)
  if decision.in_history then return end
  for i, action in ipairs(actions_of(decision)) do
    local target, step = decision.sides[i].target, action.step
    for _, lost in ipairs(step.overwritten) do add(run, decision.key, target, step, lost) end
    for _, lost in ipairs(step.lost) do add(run, decision.key, target, step, lost) end
  end
  decision.in_history = true
end

--- Whether a decision overwrites something that is not in the history yet.
function history.is_due(decision)
  if decision.in_history then return false end
  for _, action in ipairs(actions_of(decision)) do
    if #action.step.lost + #action.step.overwritten > 0 then return true end
  end
  return false
end

return history
