-- A member of a JSON object that is there and says something: null says nothing.

local json = require "fmcal.json"

--- @return the value, nil for json.null
local function given(value)
  if value == json.null then return nil end
  return value
end

return given
