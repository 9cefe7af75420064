-- What the actions of a decision come to: the event of an entry, its text, and whether the calendar has it already.

local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local inverse = require "fmcal.rules.inverse"
local json = require "fmcal.json"
local restrain = require "fmcal.sync.act.restrain"
local sorted_names = require "fmcal.util.sorted_names"
local untouched = require "fmcal.sync.act.untouched"

local outgoing = {}

-- The event as the rules make it, a print of all that goes out with it, and what of it does not come back.
-- @return nil, a sentence and the last, where it fails
local function event_of(target, decision, side, version)
  local event, sentence = target.rules:to_event(decision.key, entries.with_version(decision.view, version))
  if not event then return nil, sentence end
  event.uid = side.uid
  local lost
  lost, sentence = inverse.lost(target, decision.view, version, event)
  if not lost then return nil, sentence end
  event.uid = nil
  local out, err = untouched.print(event)
  if not out then return nil, ("the event of %s: %s"):format(decision.key, err.message), lost end
  event.uid = side.uid
  return event, out, lost
end

local function encode(decision, side, action, event)
  local old = side.remote and side.remote.row or side.tomb
  if side.remote then untouched.keep(decision, side, action, event) end
  return side.target.provider:encode(event, old and old.text or action.template)
end

-- Whether an event needs nothing of what only goes out: it has it, or it is one of somebody else's that has nothing of ours
-- yet, because nobody has edited its item.
local function is_refreshed(target, side, out)
  if side.base and side.base.out == out then return true end
  return target:is_foreign(side.uid) and side.remote ~= nil and side.remote.event.kanbanId == nil
end

-- What an event says that no edit of a field asks for, by name; and properties of the team's own.
local ONLY_OUT = { table.unpack(fields.EVENT_MEMBERS) }
for name in ("status epicId caseNumber eventType kanbanId team location url color busy visibility reminders"):gmatch "%S+" do
  ONLY_OUT[#ONLY_OUT + 1] = name
end

local function own_properties(there, now)
  local found = {}
  for _, event in ipairs { there, now } do
    for name in pairs(event) do found[name] = name:sub(1, 2) == "x:" or nil end
  end
  return sorted_names(found)
end

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return fields.equal("tags", a, b)
end

-- A member of an event for JSON.
local function shown(value)
  if type(value) == "table" then return json.array { table.unpack(value) } end
  return value == nil and json.null or value
end

-- The members in which the event that is to be written differs from the one that is there: { field, from, to }.
local function renewed(side, text)
  local there, now, found = side.remote.event, side.target.provider:decode(text), json.array {}
  local function compare(name)
    if not is_same(there[name], now[name]) then
      found[#found + 1] = { field = name, from = shown(there[name]), to = shown(now[name]) }
    end
  end
  if not now then return found end
  for _, name in ipairs(ONLY_OUT) do compare(name) end
  for _, name in ipairs(own_properties(there, now)) do compare(name) end
  if #found == 0 then compare("footer") end
  return found
end

-- The row of the event that is to be written over, or nil.
local function row_of(side)
  if side.remote then return side.remote.row end
  return side.tomb and not side.tomb.gone and side.tomb or nil
end

local function event_effect(target, decision, side, action)
  local event, out, lost = event_of(target, decision, side, action.version)
  if not event then return { error = out, reason = target:rule_reason("to_event"), lost = lost } end
  local effect = { out = out, lost = lost }
  if action.kind == "refresh" and is_refreshed(target, side, out) then return effect end
  local text, err = encode(decision, side, action, event)
  if not text then
    return { error = target.rules:blame("to_event", decision.key, err.message), reason = target:rule_reason("to_event"),
      lost = lost }
  end
  local row = row_of(side)
  if row and side.remote and row.text == text then return effect end
  if action.kind == "refresh" then effect.renewed = renewed(side, text) end
  effect.restrained = restrain.reason(side, action.kind)
  if not effect.restrained then
    effect.write = { kind = row and "update" or "create", uid = event.uid, href = row and row.href, etag = row and row.etag,
      text = text }
  end
  return effect
end

local function delete_effect(side)
  local row, restrained = side.remote.row, restrain.reason(side, "delete")
  if restrained then return { restrained = restrained } end
  return { write = { kind = "delete", uid = row.uid, href = row.href, etag = row.etag } }
end

local MAKES_EVENT = { create = true, update = true, refresh = true }

--- Lets the rules of a calendar begin with the events that actions will make.
-- @param decisions list of those whose effects will be asked for
-- @param index of the calendar
function outgoing.foresee(target, decisions, index)
  if not target.rules.functions.to_event then return end
  local hints = {}
  for _, decision in ipairs(decisions) do
    local side, action = decision.sides[index], decision.plan.actions[index]
    if MAKES_EVENT[action.kind] then
      hints[#hints + 1] = { name = "to_event", id = decision.key, uid = side.uid,
        entries.with_version(decision.view, action.version) }
    end
  end
  target.rules:foresee(hints)
end

--- What an action comes to:
--   write       what is to be written, nil where nothing is
--   out         print of what goes out with the event (see fmcal.sync.act.untouched)
--   renewed     what a write changes in the event though no field was edited: list of { field, from, to }
--   restrained  "wait" or "hold" where a write was wanted and is not made (see fmcal.sync.act.restrain)
--   error       a sentence, where it failed; reason: its name in fmcal.model.reasons
--   lost        fields that do not come back (see fmcal.rules.inverse), for an event that was made
-- @return effect
function outgoing.effect(decision, index)
  local side, action = decision.sides[index], decision.plan.actions[index]
  if action.kind == "wait" then return { restrained = "wait" } end
  if action.kind == "delete" then return delete_effect(side) end
  if action.text then return { write = { kind = "create", uid = side.uid, text = action.text } } end
  return MAKES_EVENT[action.kind] and event_effect(side.target, decision, side, action) or {}
end

return outgoing
