-- Commands that run a team's rules on an entry of the open board.
local changes = require "fmcal.prompt.changes"
local files = require "fmcal.prompt.commands.files"
local look = require "fmcal.prompt.commands.look"
local rule_names = require "fmcal.prompt.commands.rule_names"
local rules_in_use = require "fmcal.prompt.rules_in_use"
local trial = require "fmcal.prompt.trial"

local list = {}

-- What a rule answered about an entry in a run that writes nothing; or nil and a sentence.
-- @param rules sources (fmcal.rules.sources) to use instead, or nil
local function answer_of(session, name, key, rules)
  local calls = {}
  local result, err = look.run(session, key, function(run)
    for _, target in ipairs(run.targets) do
      for _, call in ipairs(target.rules.trace or {}) do
        if call.name == name and call.key == key then calls[#calls + 1] = call end
      end
    end
  end, rules)
  if not result then return nil, err end
  local last = calls[#calls]
  if not last then return nil, ("a sync would not call %s for %s now"):format(name, key) end
  if last.failure then return nil, tostring(last.failure) end
  return last.answer
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

list.try = {
  usage = "NAME ID",
  help = "edit one rule in $EDITOR, run it on an entry, and show the old answer and the new one; the file stays as it is",
  words = list.rule.words,
  run = function(session, argument)
    local name, key = name_and_key(argument)
    if not name then return nil, key end
    if not session.board then return nil, look.NO_BOARD end
    local old, unanswered = answer_of(session, name, key)
    local tried, err = trial.edit(session, name)
    if not tried then return nil, err end
    local new, failed = answer_of(session, name, key, tried)
    if failed then return nil, failed .. trial.hint(session, name) end
    if unanswered then session:complain("the old one: " .. unanswered) end
    return changes(session.view, old, new) .. "\n" .. trial.hint(session, name)
  end,
}

list.reload = {
  usage = "[FILE]",
  help = "load the rules file again, or another one; what does not load leaves the last version that did",
  words = function(_, typed) return files(typed) end,
  run = function(session, argument)
    if not session.board then return nil, look.NO_BOARD end
    return rules_in_use.reload(session, argument ~= "" and argument or nil)
  end,
}

return list
