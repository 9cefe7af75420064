-- The names of rules, as they are typed.
local did_you_mean = require "fmcal.util.did_you_mean"
local schema = require "fmcal.rules.schema"
local sorted_names = require "fmcal.util.sorted_names"

local rule_names = {}

-- The rules that are called for one entry: all but this one.
local OF_EVENTS = { adopt = true }

rule_names.ALL = sorted_names(schema.ANSWERS)
rule_names.OF_ENTRIES = {}
for _, name in ipairs(rule_names.ALL) do
  if not OF_EVENTS[name] then table.insert(rule_names.OF_ENTRIES, name) end
end

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
