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

-- Actions that the reason of the whole step is the reason of.
local OF_STEP = { cleared = true, deleted = true, ["taken back"] = true }

-- Who decided that a value gives way, and why, by name.
local function cause_of(step, lost)
  for _, settled in ipairs(step.settled) do
    if settled.lost == lost then return "conflict_settled", settled.decided_by end
  end
  if OF_STEP[lost.action] then return step.cause, step.decided_by or "merge" end
  if lost.action == "set aside" then return "direction_held", "merge" end
  return lost.side == "local" and "pulled" or "pushed", "merge"
end

local function add(run, key, target, step, lost)
  local cause, decided_by = cause_of(step, lost)
  assert(run.state:add_history {
    cause = cause, decided_by = decided_by,
    time = run.now, target = target.name, key = key, field = lost.field, side = lost.side,
    action = lost.action or "overwritten", reason = lost.reason or step.reason,
    value = json.encode(readable(lost)), run = run.number,
  })
end

local function actions_of(decision)
  return decision.plan and decision.plan.actions or {}
end

-- What a side had until something was pulled over it, what gave way, and texts that no entry takes.
local function lists_of(side, action)
  return { action.step.overwritten, action.step.lost, side.aside }
end

--- Puts what a decision overwrites into the history, once; called inside a transaction, before anything is overwritten.
function history.keep(run, decision)
  if decision.in_history then return end
  for i, action in ipairs(actions_of(decision)) do
    for _, list in ipairs(lists_of(decision.sides[i], action)) do
      for _, lost in ipairs(list) do add(run, decision.key, decision.sides[i].target, action.step, lost) end
    end
  end
  decision.in_history = true
end

--- Whether a decision overwrites something that is not in the history yet.
function history.is_due(decision)
  if decision.in_history then return false end
  for i, action in ipairs(actions_of(decision)) do
    for _, list in ipairs(lists_of(decision.sides[i], action)) do
      if #list > 0 then return true end
    end
  end
  return false
end

return history
