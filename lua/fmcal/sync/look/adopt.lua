-- External events that become items, where a team's rules say so, and events that are external again because their item is
-- gone. Adopting changes nothing on the event: what the item lacks comes from it, and what the item says otherwise is how
-- both sides agree to differ. What has been released is offered again once a person has edited it.

local attempt = require "fmcal.util.attempt"
local crypto = require "fmcal.crypto"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"

local adopt = {}

local function is_asked(target)
  return target.rules.functions.adopt ~= nil and target.direction ~= "outbound"
end

-- ---------------------------------------------------------------- notes in the state

local function note_of_rules(target)
  return "adopt." .. target.name
end

local function note_of_release(target, uid)
  return ("released.%s.%s"):format(target.name, uid)
end

local function is_released(run, target, event)
  return attempt.found(run.state:get(note_of_release(target, event.uid))) == target:content_hash(event)
end

--- Notes that an event is external again; called inside the transaction that drops its base.
-- @param seen hash of its content as both sides last agreed on it
function adopt.release(run, target, uid, seen)
  run.external_moved = true
  assert(run.state:set(note_of_release(target, uid), seen))
end

-- ---------------------------------------------------------------- the item of an event

local function lacks(item, member)
  return item[member] == nil or item[member] == json.null
end

-- A local time means nothing without the event's zone; another date needs none.
local function complete_date(item, members)
  if lacks(item, "dueDate") then item.dueDate = members.dueDate end
  local ok, version = attempt.pcall(fields.version, item)
  local kind = ok and fields.date_kind(version)
  if kind == "floating" and lacks(item, "timeZone") then item.timeZone = members.timeZone end
  local has_length = members.durationMinutes and members.durationMinutes ~= fields.DEFAULT_DURATION
  if kind ~= "day" and lacks(item, "durationMinutes") and has_length then item.durationMinutes = members.durationMinutes end
end

local function complete(item, members)
  complete_date(item, members)
  for _, member in ipairs { "title", "description", "priority" } do
    if lacks(item, member) and members[member] ~= "" then item[member] = members[member] end
  end
  if lacks(item, "tags") and members.tags and #members.tags > 0 then item.tags = json.array(members.tags) end
end

local function is_of(sync, uid)
  if type(sync) ~= "table" then return false end
  if sync.externalEventId == uid then return true end
  for _, other in pairs(type(sync.others) == "table" and sync.others or {}) do
    if type(other) == "table" and other.externalEventId == uid then return true end
  end
  return false
end

-- Whether the board has the item already: because it was adopted in an earlier run, or in this one from another calendar.
-- @return boolean, or nil and a sentence where the id is another entry's
local function is_on_board(run, target, item, event)
  if run.adopted[item.id] == event.uid then
    target.adopted[item.id] = event.uid
    return true
  end
  local entry = attempt.found(run.board:entry(item.id))
  if not entry then return false end
  if is_of(entries.member(entry, "calendarSync"), event.uid) then return true end
  return nil, target.rules:complaint("adopt", event.uid, ("id: the board has another entry %s; give each item an id of its own")
    :format(item.id))
end

-- ---------------------------------------------------------------- asking

-- The event of a row, where the rule is to be asked about it.
local function offered(run, target, row)
  if row.gone or row.unread or not row.uid or target:key(row.uid) then return nil end
  local full = attempt.found(target.state:remote(row.href))
  local event = full and not full.gone and target.provider:decode(full.text)
  if not event or event.deleted or not target:is_of_team(event) then return nil end
  event.uid, event.eventId, event.etag = row.uid, row.href, row.etag
  return not is_released(run, target, event) and event or nil
end

-- A rule that wants an event without a date, or fails because there is none.
local function no_date(target, event)
  return target.rules:complaint("adopt", event.uid, ("the event stays external, for its date is not understood: %s. "
    .. "Choose another zone in the calendar"):format(event.unknownDate))
end

-- @return the item's key, or nil and perhaps a sentence
local function adopt_event(run, target, event)
  local item, members, there, sentence
  item, sentence = target.rules:adopt(event)
  if event.unknownDate and (item or sentence) then item, sentence = nil, no_date(target, event) end
  if not item or run.only and not run.only[item.id] then return nil, sentence end
  there, sentence = is_on_board(run, target, item, event)
  if there ~= false then return nil, sentence end
  local shown = { eventType = item.type == "epic" and "epic" or "item" }
  for name, value in pairs(item) do shown[name] = value end
  members, sentence = target.rules:to_entry(item.id, event, shown)
  if not members then return nil, sentence end
  complete(item, members)
  assert(run.board:append({ "items" }, item))
  run.adopted[item.id], target.adopted[item.id], run.external_moved = event.uid, event.uid, true
  return item.id
end

local function rules_hash(target)
  return crypto.encode("hex", crypto.sha256(target.rules.source))
end

-- The rows to ask about: what is new or changed; where the rules have changed, all.
local function rows_of(run, target)
  local known = attempt.found(run.state:get(note_of_rules(target)))
  return known == rules_hash(target) and target.state:pending() or target.state:unbased()
end

--- Asks the rules about external events; adopted ones become items of the board (in memory).
-- @return list of keys, list of failures { uid, title, target, sentence }
function adopt.events(run)
  local keys, failures = {}, {}
  run.adopted = {}
  for _, target in ipairs(run.targets) do
    target.adopted = {}
    for _, row in ipairs(is_asked(target) and rows_of(run, target) or {}) do
      local event = offered(run, target, row)
      local key, sentence
      if event then key, sentence = adopt_event(run, target, event) end
      keys[#keys + 1] = key
      if sentence then
        failures[#failures + 1] = { uid = event.uid, title = event.title, target = target.name, sentence = sentence }
        target.adopt_failed = true
      end
    end
  end
  return keys, failures
end

--- Notes which external events need not be asked about again; called inside the transaction that ends a run. Where the
-- rule failed all are asked about in the next run.
function adopt.settle(run)
  for _, target in ipairs(run.targets) do
    local is_passed_over = target.rules.functions.adopt ~= nil and not is_asked(target)
    for _, row in ipairs(is_passed_over and {} or target.external_news or {}) do
      if row.gone and row.uid then assert(run.state:set(note_of_release(target, row.uid), nil)) end
      assert(target.state:settle(row.href))
    end
    if is_asked(target) and not run.only then
      assert(run.state:set(note_of_rules(target), not target.adopt_failed and rules_hash(target) or nil))
    end
  end
end

return adopt
