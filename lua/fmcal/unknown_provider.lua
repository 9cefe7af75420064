-- What is said of a provider that does not exist.

local suggest = require "fmcal.suggest"

--- @param name string
-- @param known list of the names there are
-- @return string a sentence
local function unknown_provider(name, known)
  local near = suggest(name, known)
  return ("there is no provider %q%s; there are %s"):format(name, near and (" (did you mean %q?)"):format(near) or "",
    table.concat(known, ", "))
end

return unknown_provider
