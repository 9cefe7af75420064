-- What a run changed of one entry in one calendar, as the state keeps it. Undo and the history read it.
--
--   did      "create", "update", "delete": what was done to the event; nil: nothing
--   title    of the entry
--   fields   {[field] = { before, after }} as both sides agreed on them, or { before, after, there_before, there_after } where
--            the calendar's differ from the board's
--   before   { l, r } the versions that were agreed on, of an event that went
--   text     the event that was deleted
--   seen     hash of what a person can edit in the event that was made
--   cleared  true: the date went because the event was gone
--   adopted  true: the item was made of the event
--   released UID of the event of an item that was taken off the board again, because its adoption was taken back
--   item     of either: the item as text (see change.item)

local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"

local change = {}

local function out(value)
  if value == nil then return json.null end
  return type(value) == "table" and json.array { table.unpack(value) } or value
end

local function back(value)
  if value == json.null then return nil end
  return value
end

--- The fields in which what was agreed on has changed.
-- @param before, after bases { l, r }
function change.fields(list, before, after)
  local found = {}
  for _, field in ipairs(list) do
    local here, there = before.l[field], before.r[field]
    local here_now, there_now = after.l[field], after.r[field]
    if not fields.equal(field, here, here_now) or not fields.equal(field, there, there_now) then
      local is_one = fields.equal(field, here, there) and fields.equal(field, here_now, there_now)
      found[field] = is_one and { here, here_now, n = 2 } or { here, here_now, there, there_now, n = 4 }
    end
  end
  return found
end

local function encoded(values)
  local list = json.array {}
  for i = 1, values.n do list[i] = out(values[i]) end
  return list
end

--- A change as text.
function change.encode(doc)
  local copy = {}
  for name, value in pairs(doc) do copy[name] = value end
  copy.fields = {}
  for field, values in pairs(doc.fields) do copy.fields[field] = encoded(values) end
  return assert(json.encode(copy))
end

--- A change out of its text.
function change.decode(text)
  local doc = assert(json.decode(text))
  for _, values in pairs(doc.fields) do
    values.n = #values
    for i = 1, values.n do values[i] = back(values[i]) end
  end
  if doc.before then doc.before.r = doc.before.r or doc.before.l end
  return doc
end

--- Whether there is anything to take back: not where only what goes out with an event was renewed.
function change.is_undoable(doc)
  return doc.did == "create" or doc.did == "delete" or doc.cleared or doc.adopted or doc.released ~= nil
    or next(doc.fields) ~= nil
end

--- An item as people and programs have written it, as text.
function change.item(members)
  return assert(json.encode(calendar_sync.without(members), { sort = true }))
end

--- What a field of a change was and became: on the board and in the calendar.
-- @return here_before, here_after, there_before, there_after
function change.values(values)
  if values.n == 4 then return table.unpack(values, 1, 4) end
  return values[1], values[2], values[1], values[2]
end

return change
