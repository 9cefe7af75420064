-- The end of a sentence about a name that is not known: the nearest known one, or nothing.

local suggest = require "fmcal.util.suggest"

--- @param name string
-- @param known list of strings
-- @param form string|nil what the nearest is put into
local function did_you_mean(name, known, form)
  local near = suggest(name, known)
  return near and (form or ": did you mean '%s'?"):format(near) or ""
end

return did_you_mean
