-- Converters of declared fields whose inverse is known: they need no function of a team's.

local event_values = require "fmcal.rules.event_values"

local converters = {}

local function each(value, fn)
  if type(value) ~= "table" then return fn(value) end
  local list = {}
  for i, element in ipairs(value) do list[i] = fn(element) end
  return list
end

-- ---------------------------------------------------------------- map

--- The event's value for the board's; one that is not in the map passes through.
function converters.mapped(map, value)
  if not map or value == nil then return value end
  return each(value, function(one)
    local other = map[one]
    if other == nil then return one end
    return other
  end)
end

--- The board's value for the event's, which says values of any type as texts.
-- @return value, whether it was in the map
function converters.unmapped(map, value)
  if not map or value == nil then return value, false end
  local inverse, is_mapped = {}, false
  for here, there in pairs(map) do inverse[event_values.text(there)] = here end
  local unmapped = each(value, function(one)
    local here = inverse[event_values.text(one)]
    if here == nil then return one end
    is_mapped = true
    return here
  end)
  return unmapped, is_mapped
end

-- ---------------------------------------------------------------- prefix, suffix

--- A text with what a declaration puts round it.
function converters.wrapped(field, text)
  return (field.prefix or "") .. text .. (field.suffix or "")
end

--- The same without it; where a person took some of it off, the rest is the text.
function converters.unwrapped(field, text)
  local prefix, suffix = field.prefix or "", field.suffix or ""
  if prefix ~= "" and text:sub(1, #prefix) == prefix then text = text:sub(#prefix + 1) end
  if suffix ~= "" and text:sub(-#suffix) == suffix then text = text:sub(1, -#suffix - 1) end
  return text
end

return converters
