-- Turns a decision into writes: the event of an entry, its text, and whether the calendar has it already.

local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local inverse = require "fmcal.rules.inverse"
local untouched = require "fmcal.sync.act.untouched"

local outgoing = {}

-- The event as the rules make it, and a print of all that goes out with it.
local function event_of(target, decision, side, version)
  local raw = entries.with_version(decision.view, version)
  local event, sentence = target.rules:to_event(decision.key, raw)
  if not event then return nil, sentence end
  event.uid = side.uid
  side.lost, sentence = inverse.lost(target, decision.view, version, event)
  if not side.lost then return nil, sentence end
  event.uid = nil
  local out, err = untouched.print(event)
  if not out then return nil, ("the event of %s: %s"):format(decision.key, err.message) end
  event.uid = side.uid
  return event, out
end

local function held_back(target, side)
  return side.remote and side.remote.event.hasAttendees and not target.options.pushInvitations
end

local function encode(decision, side, action, event)
  local old = side.remote and side.remote.row or side.tomb
  if side.remote then untouched.keep(decision, side, action, event) end
  return side.target.provider:encode(event, old and old.text)
end

-- Whether an event needs nothing of what only goes out: it has it, or it is one of somebody else's that has nothing of ours
-- yet, because nobody has edited its item.
local function is_refreshed(target, side, out)
  if side.base and side.base.out == out then return true end
  return target:is_foreign(side.uid) and side.remote ~= nil and side.remote.event.kanbanId == nil
end

-- What an event says that no edit of a field asks for, by name.
local ONLY_OUT = { "title", "description", "dueDate", "endDate", "timeZone", "tags", "priority", "status", "epicId", "caseNumber",
  "eventType", "kanbanId", "team" }

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return fields.equal("tags", a, b)
end

-- The members in which the event that is to be written differs from the one that is there.
local function renewed(side, text)
  local there, now, names = side.remote.event, side.target.provider:decode(text), {}
  for _, name in ipairs(now and ONLY_OUT or {}) do
    if not is_same(there[name], now[name]) then names[#names + 1] = name end
  end
  if #names == 0 and now and there.footer ~= now.footer then names[1] = "footer" end
  return names
end

local function event_write(target, decision, side, action, direction)
  local event, out = event_of(target, decision, side, action.version)
  if not event then return nil, out end
  action.out = out
  if action.kind == "refresh" and is_refreshed(target, side, out) then return nil end
  local text, err = encode(decision, side, action, event)
  if not text then return nil, target.rules:blame("to_event", decision.key, err.message) end
  local row = side.remote and side.remote.row or (side.tomb and not side.tomb.gone and side.tomb) or nil
  if row and side.remote and row.text == text then return nil end
  if action.kind == "refresh" then action.renewed = renewed(side, text) end
  if held_back(target, side) then
    action.held = true
    return nil
  end
  if direction == "inbound" then
    action.kind = "wait"
    return nil
  end
  return { kind = row and "update" or "create", uid = event.uid, href = row and row.href, etag = row and row.etag,
    text = text }
end

local function delete_write(target, side, action)
  if held_back(target, side) then
    action.held = true
    return nil
  end
  local row = side.remote.row
  return { kind = "delete", uid = row.uid, href = row.href, etag = row.etag }
end

--- The write an action needs, or nil where there is nothing to write.
-- @return write, or nil and (where it failed) a sentence
function outgoing.write(decision, index, direction)
  local side, action = decision.sides[index], decision.plan.actions[index]
  local target = side.target
  if action.kind == "delete" then return delete_write(target, side, action) end
  if action.kind == "create" or action.kind == "update" or action.kind == "refresh" then
    return event_write(target, decision, side, action, direction)
  end
  return nil
end

return outgoing
