-- Why what happened to an entry happened, in the words of fmcal.model.reasons: what `entries` of a result lists.

local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local reasons = require "fmcal.model.reasons"
local spelled = require "fmcal.sync.tell.spelled"
local title_of = require "fmcal.sync.tell.title_of"

local why = {}

local MERGE = "merge"

-- What gave way, as a program is told.
local function shown_lost(decision, side, lost)
  local there = lost.side == "external" and side.remote and side.remote.version
  local value = lost.value
  if fields.MEMBER[lost.field] and decision.view then
    value = spelled(decision.view, lost.field, lost.value, there or decision.view.version)
  end
  return { side = lost.side, field = fields.MEMBER[lost.field] or lost.field, value = value }
end

-- ---------------------------------------------------------------- fields

-- A collector of fields, each with the most severe of its reasons.
local function collector()
  local found = {}
  return found, function(field, reason, more)
    local known = found[field]
    if known and reasons.RANK[known.reason] > reasons.RANK[reason] then return end
    found[field] = { reason = reason, decided_by = more and more.decided_by or MERGE, lost = more and more.lost }
  end
end

local function add_settled(add, decision, side, step)
  local is_settled = {}
  for _, settled in ipairs(step.settled) do
    is_settled[settled.lost] = true
    add(settled.field, "conflict_settled", { decided_by = settled.decided_by, lost = shown_lost(decision, side, settled.lost) })
  end
  return is_settled
end

local REVERTED = { undone = "undone", redone = "redone" }

local function add_lost(add, decision, side, step, is_settled)
  local reason = step.presence ~= "sync" and step.cause or REVERTED[step.cause] or decision.rewound and "rewound" or "pushed"
  for _, lost in ipairs(step.lost) do
    local more = { decided_by = step.decided_by, lost = shown_lost(decision, side, lost) }
    -- What the event of a gone entry said is kept, and was no edit.
    if not is_settled[lost] and lost.action ~= "deleted" then add(lost.field, reason, more) end
  end
end

-- Of most entries no field has a story of its own: their event is made.
local function concerns_fields(side, action)
  local step = action.step
  return action.kind == "update" or #step.lost > 0 or next(step.pulled) or next(step.waits) or next(step.open)
    or side.aside and #side.aside > 0
end

local NONE = {}

-- What happened to the fields of an entry in one calendar: {[field] = { reason, decided_by, lost }}.
local function of_fields(decision, i)
  local side, action = decision.sides[i], decision.plan.actions[i]
  if not concerns_fields(side, action) then return NONE end
  local found, add = collector()
  local step, effect = action.step, decision.effects[i]
  local reverted = REVERTED[step.cause]
  local function by_person() return reverted and { decided_by = step.decided_by } or nil end
  local before, after = decision.view and decision.view.version or {}, decision.plan.cur.version
  for field in pairs(step.pulled) do
    local differs = not fields.equal(field, before[field], after[field])
    local reason = reverted or step.cause == "cleared" and "cleared" or decision.rewound and "rewound" or "pulled"
    if differs then add(field, reason, by_person()) end
  end
  for _, field in ipairs(effect.write and action.kind == "update" and action.push or {}) do
    add(field, reverted or "pushed", by_person())
  end
  for field in pairs(step.waits) do add(field, "direction_held") end
  add_lost(add, decision, side, step, add_settled(add, decision, side, step))
  for field, sides in pairs(step.open) do add(field, "conflict_waits", { decided_by = sides.decided_by }) end
  for _, aside in ipairs(side.aside or {}) do
    add(aside.field, "direction_held", { lost = shown_lost(decision, side, aside) })
  end
  return found
end

-- The same as a list for programs, in the order of the fields.
local function listed(found)
  local list = json.array {}
  if found == NONE then return list end
  for _, field in ipairs(fields.in_order(found)) do
    local about = found[field]
    list[#list + 1] = { field = fields.MEMBER[field], reason = about.reason, decided_by = about.decided_by, lost = about.lost }
  end
  return list
end

-- ---------------------------------------------------------------- entries

local IS_OF_FIELDS = { pushed = true, pulled = true }

-- The reason of all fields together, and who decided the field that it is of.
local function of_all(found)
  if found == NONE then return nil end
  local worst, decided_by, has
  has = {}
  for _, field in ipairs(fields.in_order(found)) do
    local about = found[field]
    has[about.reason] = true
    local now = reasons.worse(worst, about.reason)
    if now ~= worst then worst, decided_by = now, about.decided_by end
  end
  if IS_OF_FIELDS[worst] and has.pushed and has.pulled then return "merged", MERGE end
  return worst, decided_by
end

-- What a calendar's action itself is a reason of, nil where nothing was done.
local function of_action(decision, i)
  local side, action, effect = decision.sides[i], decision.plan.actions[i], decision.effects[i]
  if effect.restrained == "hold" then return "invitation_held" end
  if effect.restrained == "wait" then return action.awaits and "unreached" or "direction_held" end
  local step = action.step
  local does = effect.write or action.released or next(step.pulled) or step.presence == "orphan" and side.base
    or action.deleted_mark and not side.base.deleted
  local meets = step.cause == "adopted" and not side.base or decision.adopted and side.target.adopted[decision.key]
  if not does and not meets then return nil end
  if meets and decision.adopted then return REVERTED[step.cause] or "adopted" end
  return step.cause or effect.write and action.kind ~= "delete" and "pushed" or nil
end

-- Who decided that the event of an entry is wanted, or not.
local function decider_of(decision, i, reason)
  local step, side = decision.plan.actions[i].step, decision.sides[i]
  if step.decided_by and step.cause == reason then return step.decided_by end
  local name = reason == "deselected" and side.unwanted_by
  local place = name and side.target.rules:place(name)
  return place and ("rule:%s (%s)"):format(name, place:match("[^/]*$")) or MERGE
end

local function failed(decision, i)
  local effect, outcome = decision.effects[i], decision.outcomes and decision.outcomes[i]
  if decision.error then return decision.reason end
  if effect and effect.error then return effect.reason end
  return outcome and outcome.failed and outcome.reason or nil
end

-- @return reason, decided_by, {[field] = about}
local function of_side(decision, i)
  local reason = failed(decision, i)
  if not decision.plan then return reason, nil, NONE end
  local found = of_fields(decision, i)
  local whole, decided_by = of_all(found)
  local of_event = of_action(decision, i)
  if reason then return reason, nil, found end
  local worst = reasons.worse(whole, of_event)
  if worst == whole then return whole, decided_by, found end
  return of_event, decider_of(decision, i, of_event), found
end

--- Why something happens to a decided entry in one of its calendars: { key, title, calendar, reason, decided_by, fields =
-- {{ field, reason, decided_by, lost = { side, field, value } }, …} }, or nil where nothing does.
-- @param i which calendar
-- @param is_held whether the guard has stopped the run because of the entry
function why.of(decision, i, is_held)
  local reason, decided_by, found = of_side(decision, i)
  if is_held then reason, decided_by = "guard_held", nil end
  if not reason then return nil end
  return { key = decision.key, title = title_of(decision), calendar = decision.sides[i].target.name, reason = reason,
    decided_by = decided_by, fields = listed(found) }
end

--- Says why what happens to an entry happens: fills decision.told, one a calendar in which something does.
function why.tell(decision, is_held)
  decision.told = {}
  for i in ipairs(decision.sides) do decision.told[i] = why.of(decision, i, is_held) end
end

--- Adds what was told of an entry to a list.
function why.add(list, decision)
  for i in ipairs(decision.sides) do list[#list + 1] = decision.told[i] end
end

--- What nothing was decided about: an entry that cannot be used, or that is left alone.
-- @param calendar string|nil
function why.without_decision(key, title, calendar, reason)
  return { key = key, title = title, calendar = calendar, reason = reason, fields = json.array {} }
end

return why
