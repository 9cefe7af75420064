-- External events that become items, where a team's rules say so. Adopting changes nothing on the event: what the item lacks
-- comes from it, and what the item says otherwise is how both sides agree to differ.

local adopted = require "fmcal.place.adopted"
local attempt = require "fmcal.util.attempt"
local board = require "fmcal.board"
local calendar_sync = require "fmcal.model.calendar_sync"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local own_fields = require "fmcal.model.own_fields"

local adopt = {}

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

-- Where something is in the way of a declared member, the item is refused: nothing of it may be written over.
local function complete(item, members, own)
  complete_date(item, members)
  for _, field in ipairs(fields.TEXTS) do
    local member = fields.MEMBER[field]
    local value = members[member]
    if lacks(item, member) and value and #value > 0 then item[member] = type(value) == "table" and json.array(value) or value end
  end
  for _, field in ipairs(own) do
    local value = members[field.member]
    if own_fields.get(item, field.member) == nil and value ~= nil and not own_fields.refusal(item, field.member) then
      own_fields.put(item, field.member, type(value) == "table" and json.array(value) or value)
    end
  end
end

-- Whether the board has the item already: because it was adopted in an earlier run, or in this one from another calendar.
local function is_on_board(run, target, item, event)
  if run.adopted[item.id] == event.uid then
    target.adopted[item.id] = event.uid
    return true
  end
  local entry = attempt.found(run.board:entry(item.id))
  return entry ~= nil and calendar_sync.names_event(calendar_sync.read(entry), event.uid)
end

-- ---------------------------------------------------------------- what a board can hold

local function is_taken(run, key)
  if attempt.found(run.board:entry(key)) then return true end
  for _, problem in ipairs(run.board:problems()) do
    if problem.key == key then return true end
  end
  return false
end

local function problem_of_entry(run, target, entry)
  if is_taken(run, entry.key) then
    return ("id: the board has another entry %s; give each item an id of its own"):format(entry.key)
  end
  if calendar_sync.read(entry) then return ("calendarSync of %s: fmcal writes it; leave it out"):format(entry.key) end
  local view, sentence = entries.view(entry, target.options.timeZone, target.rules.mapped)
  return not view and (sentence:gsub(" %(line %d+%)", "", 1)) or nil
end

-- Why the board cannot take an item with all its subitems, or nil. It is tried on one that holds nothing else.
local function problem_of(run, target, item)
  local alone <close> = assert(board.parse(assert(json.encode { items = json.array { item } })))
  local problem = alone:problems()[1]
  if problem then return (problem.message:gsub("^.-, line %d+: ", "", 1)) end
  for _, key in ipairs(alone:keys()) do
    local sentence = problem_of_entry(run, target, attempt.found(alone:entry(key)))
    if sentence then return sentence end
  end
  return nil
end

-- ---------------------------------------------------------------- asking

-- The event of a row, where the rule is to be asked about it.
local function offered(run, target, row)
  if row.gone or row.unread or not row.uid or target:key(row.uid) then return nil end
  local full = attempt.found(target.state:remote(row.href))
  local event = full and not full.gone and target.provider:decode(full.text)
  if not event or event.deleted or not target:is_of_team(event) then return nil end
  event.uid, event.eventId, event.etag = row.uid, row.href, row.etag
  return not adopted.is_released(run, target, event) and event or nil
end

-- A rule that wants an event without a date, or fails because there is none.
local function no_date(target, event)
  return target.rules:complaint("adopt", event.uid, ("the event stays external, for its date is not understood: %s. "
    .. "Choose another zone in the calendar"):format(event.unknownDate))
end

-- @return the item's key, or nil and perhaps a sentence
local function adopt_event(run, target, event)
  local item, members, sentence, problem
  item, sentence = target.rules:adopt(event)
  if event.unknownDate and (item or sentence) then item, sentence = nil, no_date(target, event) end
  if not item or run.only and not run.only[item.id] then return nil, sentence end
  if is_on_board(run, target, item, event) then return nil end
  local shown = { eventType = item.type == "epic" and "epic" or "item" }
  for name, value in pairs(item) do shown[name] = value end
  members, sentence = target.rules:to_entry(item.id, event, shown)
  if not members then return nil, sentence end
  complete(item, members, target.rules.mapped.own)
  problem = problem_of(run, target, item)
  if problem then return nil, target.rules:complaint("adopt", event.uid, problem) end
  assert(run.board:append({ "items" }, item))
  run.adopted[item.id], target.adopted[item.id], run.external_moved = event.uid, event.uid, true
  return item.id
end

--- Asks the rules about external events; adopted ones become items of the board (in memory).
-- @return list of keys, list of failures { uid, title, target, sentence }
function adopt.events(run)
  local keys, failures = {}, {}
  run.adopted = {}
  for _, target in ipairs(run.targets) do
    target.adopted = {}
    for _, row in ipairs(adopted.is_asked(target) and adopted.rows(run, target) or {}) do
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

return adopt
