-- A value in a sentence: texts in quotes and shortened, the rest as JSON.

local json = require "fmcal.json"

local LONGEST = 60

local function shortened(text)
  if #text <= LONGEST then return text end
  return text:sub(1, (utf8.offset(text, 0, LONGEST) or LONGEST) - 1) .. "…"
end

--- @return string
local function shown(value)
  if value == nil or value == json.null then return "nothing" end
  if type(value) == "string" then value = shortened(value) end
  return type(value) == "string" and json.encode(value) or shortened(json.encode(value, { sort = true }) or tostring(value))
end

return shown
