-- What a run did, or would do, to each entry, for people and programs: what `actions` of a result lists.

local fields = require "fmcal.sync.fields"

local actions = {}

local HELD = "people are invited to it: set syncOptions.pushInvitations to change it"
local ADOPTED = "an event of the calendar that rule adopt made an item of"
local READ_ONLY = "the calendar is read-only"

-- What the entry is called once the run is over; of one that is gone, what it was called.
local function title_of(decision)
  if decision.view then
    local version = decision.plan and decision.plan.cur.version or decision.view.version
    return version.title or ""
  end
  for _, side in ipairs(decision.sides) do
    if side.base and side.base.l.title then return side.base.l.title end
  end
  return ""
end

-- Fields as the members of the board that they are.
local function member_list(list)
  local names = {}
  for i, field in ipairs(list) do names[i] = fields.MEMBER[field] end
  table.sort(names)
  return table.concat(names, ", ")
end

local function pulled_members(decision)
  local list = {}
  for field in pairs(decision.plan.pulled) do list[#list + 1] = field end
  return member_list(list)
end

local function why_written(action)
  if action.kind == "update" and #action.push > 0 then return member_list(action.push) end
  if action.kind == "refresh" then return "what only goes out: status, counts, prefix, …" end
  return action.step.reason
end

-- What becomes of one side: the action's name and a detail, or nil where nothing does.
local function of_side(decision, i)
  local side, action = decision.sides[i], decision.plan and decision.plan.actions[i]
  local job, outcome = decision.jobs and decision.jobs[i], decision.outcomes and decision.outcomes[i]
  local failed = decision.error or (action and action.error) or (outcome and outcome.failed and outcome.error)
  if failed then return "error", failed end
  if next(action.step.open) then return "conflict", action.step.reason end
  if job then return job.write.kind, why_written(action) end
  if action.held then return "hold", HELD end
  if action.released then return "release", action.step.reason end
  if action.kind == "wait" then return "wait", side.target.read_only and READ_ONLY or action.step.reason end
  if action.step.presence == "orphan" then return "orphan", action.step.reason end
  return nil
end

--- Adds what becomes of a decided entry to a list: { key, title, action, target (nil for the board), detail }.
-- `action`: "pull", "create", "update", "delete", "conflict", "error", "hold", "wait", "orphan", "adopt",
-- "release" (an adopted event that is external again).
function actions.add(list, decision)
  local key, title = decision.key, title_of(decision)
  if decision.patched and decision.plan then
    list[#list + 1] = { key = key, title = title, action = "pull", detail = pulled_members(decision) }
  end
  if decision.adopted then
    list[#list + 1] = { key = key, title = title, action = "adopt", detail = ADOPTED }
  end
  for i, side in ipairs(decision.sides) do
    local action, detail = of_side(decision, i)
    if action then
      list[#list + 1] = { key = key, title = title, action = action, target = side.target.name, detail = detail }
    end
  end
end

return actions
