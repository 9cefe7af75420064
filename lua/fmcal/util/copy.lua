-- A deep copy that owes nothing to what it was made of: no metamethod runs, and lists of JSON stay lists.

local json = require "fmcal.json"

--- @return the value, or a copy of the table with copies of all that it holds
local function copy(value)
  if type(value) ~= "table" then return value end
  local plain = {}
  for name, member in next, value do plain[name] = copy(member) end
  return getmetatable(value) == "fmcal.json.array" and json.array(plain) or plain
end

return copy
