-- What a run did, or would do, to each entry, for people and programs: what `actions` of a result lists.

local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local spelled = require "fmcal.sync.tell.spelled"
local sys = require "fmcal.sys"
local title_of = require "fmcal.sync.tell.title_of"

local actions = {}

local HELD = "people are invited to it: set syncOptions.pushInvitations to change it"
local ADOPTED = "an event of the calendar that rule adopt made an item of"
local TAKEN_OFF = "taken off the board"
local MOST_OF_A_VALUE = 60 -- columns
local READ_ONLY = "the calendar is read-only"

-- Fields as the members of the board that they are.
local function member_list(list)
  local names = {}
  for i, field in ipairs(list) do names[i] = fields.MEMBER[field] end
  table.sort(names)
  return table.concat(names, ", ")
end

-- The beginning of a value, for a sentence.
local function quoted(value)
  if value == nil then return "nothing" end
  if type(value) == "table" then value = table.concat(value, ", ") end
  local text = tostring(value)
  local short = sys.fit(text, MOST_OF_A_VALUE)
  return ('"%s%s"'):format(short, #short < #text and "…" or "")
end

-- What the board takes over from its calendars, but for what was in conflict and dates that went with their event.
local function pulled_fields(decision)
  local apart = {}
  for _, action in ipairs(decision.plan.actions) do
    for _, settled in ipairs(action.step.settled) do apart[settled.field] = true end
    for _, field in ipairs(action.step.presence == "cleared" and fields.OF_DATE or {}) do apart[field] = true end
  end
  local list = {}
  for field in pairs(decision.plan.pulled) do
    if not apart[field] then list[#list + 1] = field end
  end
  table.sort(list)
  return list
end

-- Where an edit in the calendar brings a cleared date back, that is why.
local function why_pulled(decision, members)
  for _, action in ipairs(decision.plan.actions) do
    if action.step.edit_wins then return ("%s: %s"):format(members, action.step.reason) end
  end
  return members
end

-- The members of the event that are written though no field was edited.
local function renewed_members(effect)
  local names = {}
  for i, change in ipairs(effect.renewed) do names[i] = change.field end
  return table.concat(names, ", ")
end

local function why_written(action, effect)
  if action.kind == "update" and #action.push > 0 then return member_list(action.push) end
  if effect.renewed and #effect.renewed > 0 then return renewed_members(effect) end
  return action.step.reason
end

local SIDES = { ["local"] = "the board", external = "the calendar" }

-- How a conflict ended: 'title: the calendar wins (last-write-wins); the board's "…" is in the history'.
local function settlement(field, settled, value, planned)
  local who = SIDES[settled.winner] and SIDES[settled.winner] .. " wins" or "a value of its own wins"
  return ("%s: %s (%s); %s's %s %s the history"):format(field, who, settled.decided_by:gsub("^strategy:", ""),
    SIDES[settled.lost.side], quoted(value), planned and "goes into" or "is in")
end

local function add_settled(add, decision, side, step, planned)
  for _, settled in ipairs(step.settled) do
    local field, lost = fields.MEMBER[settled.field], settled.lost
    local there = side.remote and side.remote.version
    local value = spelled(decision.view, settled.field, lost.value, lost.side == "external" and there or decision.view.version)
    add("settle", settlement(field, settled, value, planned), { field = field, winner = settled.winner,
      decided_by = settled.decided_by, lost = { side = lost.side, field = field, value = value } })
  end
end

local function add_cleared(add, decision, step)
  local view = decision.view
  add("clear", ("%s; it was %s"):format(step.reason, tostring(spelled(view, "date", view.version.date, view.version))))
end

-- What fields were and what they become: list of { field, from, to }.
local function changes(view, list, from, to)
  local found = json.array {}
  for i, field in ipairs(list) do
    found[i] = { field = fields.MEMBER[field], from = fields.spell(field, from, view.style),
      to = fields.spell(field, to, view.style) }
  end
  return found
end

-- What became of the event, apart from conflicts: an action's name and a detail, or nil where nothing did.
local function of_event(side, action, effect)
  if effect.write then return effect.write.kind, why_written(action, effect) end
  if effect.restrained == "hold" then return "hold", HELD end
  if action.released then return "release", action.step.reason end
  if effect.restrained == "wait" then return "wait", side.target.read_only and READ_ONLY or action.step.reason end
  if action.step.presence == "orphan" then return "orphan", action.step.reason end
  if action.deleted_mark and not side.base.deleted then return "keep", action.step.reason end
  return nil
end

-- What an action that is still to be done writes into the event, or nil.
local function to_write(decision, side, action, effect)
  if not effect.write then return nil end
  if action.kind ~= "update" then return effect.renewed and { changes = effect.renewed } end
  return { changes = changes(decision.view, action.push, side.remote.version, action.version) }
end

local REVERTS = { undone = "undo", redone = "redo" }

local function add_pulled(add, decision, planned)
  local pulled = decision.patched and decision.plan and pulled_fields(decision) or {}
  if #pulled == 0 then return end
  local view, cur = decision.view, decision.plan.cur.version
  add(nil, REVERTS[decision.plan.actions[1].step.cause] or "pull", why_pulled(decision, member_list(pulled)),
    planned and not decision.adopted and { changes = changes(view, pulled, view.version, cur) } or nil)
end

local function add_side(add, decision, i, planned)
  local side, action = decision.sides[i], decision.plan and decision.plan.actions[i]
  local effect, outcome = decision.effects[i], decision.outcomes and decision.outcomes[i]
  local failed = decision.error or (effect and effect.error) or (outcome and outcome.failed and outcome.error)
  if failed then return add("error", failed) end
  if next(action.step.open) then add("conflict", action.step.reason) end
  add_settled(add, decision, side, action.step, planned)
  if action.step.presence == "cleared" then add_cleared(add, decision, action.step) end
  local kind, detail = of_event(side, action, effect)
  if kind then add(kind, detail, planned and to_write(decision, side, action, effect) or nil) end
end

--- Adds what becomes of a decided entry to a list: { key, title, action, target (nil for the board), detail }; those of a
-- settled conflict have { field, winner, decided_by, lost = { side, field, value } } beside it, what is planned for fields
-- `changes`, a list of { field, from, to }.
-- `action`: "pull", "clear" (the date, as the event was deleted), "create", "update", "delete", "conflict" (waits for a
-- person), "settle" (a conflict that was decided), "error", "hold", "wait", "keep" (deleted there, kept here), "orphan",
-- "undo", "redo" (what the board takes back), "adopt", "release" (an adopted event that is external again).
-- @param planned whether it is still to be done
function actions.add(list, decision, planned)
  local key, title = decision.key, title_of(decision)
  local function add(target, action, detail, more)
    local made = { key = key, title = title, action = action, target = target, detail = detail }
    for name, value in pairs(more or {}) do made[name] = value end
    list[#list + 1] = made
  end
  if decision.adopted then add(nil, "adopt", ADOPTED) end
  if decision.taken_off then add(nil, "undo", TAKEN_OFF) end
  add_pulled(add, decision, planned)
  for i, side in ipairs(decision.sides) do
    add_side(function(...) add(side.target.name, ...) end, decision, i, planned)
  end
end

--- What is held back because people are invited to it, for programs: { key, title, calendar, reason, detail }.
function actions.held(list)
  local held = json.array {}
  for _, told in ipairs(list) do
    if told.action == "hold" then
      held[#held + 1] = { key = told.key, title = told.title, calendar = told.target, reason = "invitation_held",
        detail = told.detail }
    end
  end
  return held
end

--- The settled conflicts among actions, for programs: { key, calendar, field, winner, decided_by, lost }.
function actions.settled(list)
  local settled = json.array {}
  for _, told in ipairs(list) do
    if told.action == "settle" then
      settled[#settled + 1] = { key = told.key, calendar = told.target, field = told.field, winner = told.winner,
        decided_by = told.decided_by, lost = told.lost }
    end
  end
  return settled
end

-- Actions that write nothing, or that another one of the same entry stands for.
local IDLE = { wait = true, error = true, keep = true, orphan = true, hold = true, conflict = true }

--- How many of planned actions write anything.
function actions.writes(list)
  local count = 0
  for _, told in ipairs(list) do
    local is_idle = IDLE[told.action] or told.action == "settle" and told.winner == "local"
    if not is_idle then count = count + 1 end
  end
  return count
end

return actions
