-- The names of rules, as they are typed.
local did_you_mean = require "fmcal.util.did_you_mean"

local rule_names = {}

-- The rules that are called for one entry, and all.
rule_names.OF_ENTRIES = { "select", "to_event", "to_entry", "on_conflict", "on_deleted" }
rule_names.ALL = { "select", "to_event", "to_entry", "on_conflict", "on_deleted", "adopt" }

--- What is wrong with the name of a rule, or nil.
-- @param known list of names that it may be
function rule_names.complaint(name, known)
  for _, rule in ipairs(known) do
    if rule == name then return nil end
  end
  return ("there is no rule %s here: %s%s"):format(name, table.concat(known, ", "),
    did_you_mean(name, known, "; did you mean %s?"))
end

return rule_names
