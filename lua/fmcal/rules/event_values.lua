-- Values of declared fields as members of an event hold them, and back in the type of the board's value.

local json = require "fmcal.json"

local event_values = {}

--- A value as a text of an event holds it: what is no text, as JSON.
function event_values.text(value)
  if type(value) == "string" then return value end
  return assert(json.encode(value))
end

local ENCODE = {
  text = event_values.text,
  any = event_values.text,
  boolean = function(value) return value end,
  texts = function(value) return value end,
  durations = function(value) return value end,
}

--- What an event says for a value.
-- @param kind of own_fields.KINDS
-- @param is_day whether the event is all day
-- @return value of the event's member; for nothing what takes away what is there
function event_values.encode(kind, value, is_day)
  if value ~= nil then return ENCODE[kind](value) end
  if kind == "boolean" then return not is_day end
  return (kind == "text" or kind == "any") and "" or json.array {}
end

--- The value that an event's member says, in the type of another one where it can be.
-- @param value nil for nothing
-- @param like the board's value, or nil
function event_values.decode(value, like)
  if type(value) ~= "string" or like == nil or type(like) == "string" then return value end
  local read = json.decode(type(like) == "boolean" and value:lower() or value) -- iCalendar says TRUE
  if type(read) == type(like) then return read end
  return value
end

--- Whether two members of events say the same; the order of a list does not count.
function event_values.same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if #a ~= #b then return false end
  local left, right = { table.unpack(a) }, { table.unpack(b) }
  table.sort(left)
  table.sort(right)
  return table.concat(left, "\0") == table.concat(right, "\0")
end

return event_values
