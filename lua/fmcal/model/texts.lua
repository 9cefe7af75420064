-- Texts of events as both sides agreed on them. Rules that come to read events another way, with another prefix for
-- example, edit nothing: a text that is still the same says what it said then.

local fields = require "fmcal.model.fields"

local texts = {}

-- Calls fn(field, member of an event that says it) for each field that an event says in one member.
local function each(own, fn)
  for _, field in ipairs(fields.TEXTS) do fn(field, field) end
  for _, one in ipairs(own or fields.PLAIN.own) do
    if one.event then fn(one.field, one.event) end
  end
end

--- The texts of an event that differ from what its entry got out of them.
-- @param own the fields that a team declares beside the built-in ones
-- @return { [field] = text }, or nil where there are none
function texts.of(event, version, own)
  local found = {}
  each(own, function(field, member)
    local text = event[member]
    if not fields.equal(field, text, version[field]) then found[field] = text end
  end)
  return next(found) and found or nil
end

--- Lets the texts of an event that have not changed say what they said.
-- @param remote { event, version }
-- @param base with `r` and, of fmcal.model.texts.of, `texts`
function texts.hold(remote, base, own)
  each(own, function(field, member)
    local text, agreed = remote.event[member], base.texts and base.texts[field]
    if agreed == nil then agreed = base.r[field] end
    if text ~= nil and fields.equal(field, text, agreed) then remote.version[field] = base.r[field] end
  end)
end

local function sorted(list)
  local copy = { table.unpack(list or {}) }
  table.sort(copy)
  return copy
end

local function same(field, a, b)
  if type(a) == "table" or type(b) == "table" then return fields.equal(field, sorted(a), sorted(b)) end
  return (a or "") == (b or "")
end

--- Lets texts that are as they were written say what they were written for.
-- @param remote { event, version }
-- @param written event that the rules make of the entry
-- @param version of the entry
function texts.hold_written(remote, written, version, own)
  each(own, function(field, member)
    if same(field, remote.event[member], written[member]) then remote.version[field] = version[field] end
  end)
end

return texts
