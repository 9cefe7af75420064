-- What is said of a provider that does not exist.

local did_you_mean = require "fmcal.util.did_you_mean"

--- @param name string
-- @param known list of the names there are
-- @return string a sentence
local function unknown_provider(name, known)
  return ("there is no provider %q%s; there are %s"):format(name, did_you_mean(name, known, " (did you mean %q?)"),
    table.concat(known, ", "))
end

return unknown_provider
