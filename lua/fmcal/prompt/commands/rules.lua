-- Commands that run a team's rules on an entry of the open board.
local look = require "fmcal.prompt.commands.look"
local rule_names = require "fmcal.prompt.commands.rule_names"

local list = {}

-- What a rule answered about an entry in a run that writes nothing; or nil and a sentence.
local function answer_of(session, name, key, rules)
  local answers = {}
  local result, err = look.run(session, key, function(run)
    for _, target in ipairs(run.targets) do
      for _, call in ipairs(target.rules.trace or {}) do
        if call.name == name and call.key == key then answers[#answers + 1] = call.answer end
      end
    end
  end, rules)
  if not result then return nil, err end
  if #answers == 0 then return nil, ("a sync would not call %s for %s now"):format(name, key) end
  return answers[#answers]
end

-- "NAME ID" taken apart; or nil and a sentence.
local function name_and_key(argument)
  local name, key = argument:match("^(%S+)%s+(%S+)$")
  local unknown = name and rule_names.complaint(name, rule_names.OF_ENTRIES)
  if unknown then return nil, unknown end
  return name, key
end

list.rule = {
  usage = "NAME ID",
  help = ("run one rule (%s) on an entry and show what it answers"):format(table.concat(rule_names.OF_ENTRIES, ", ")),
  words = function(session, _, number) return number == 1 and rule_names.OF_ENTRIES or look.ids(session) end,
  run = function(session, argument)
    local name, key = name_and_key(argument)
    if not name then return nil, key end
    return answer_of(session, name, key)
  end,
}

return list
