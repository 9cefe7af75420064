-- The command rules.lua: everything for those who write rules, each action with options and a --help of its own.

local cli = require "fmcal.cli"
local did_you_mean = require "fmcal.util.did_you_mean"

local command = {}

local ACTIONS = { "check", "diff", "new", "record", "test" }

local function overview()
  local parser = cli.parser {
    name = "rules.lua",
    summary = "Helps to write the rules of a team: rules.lua ACTION --help shows how.\n\n"
      .. "check    find what is wrong with a rules file\n"
      .. "diff     say what a change of the rules would do to a board\n"
      .. "new      write rules to begin with, and their tests\n"
      .. "record   keep a board and its events, masked, for tests\n"
      .. "test     run tests of rules",
    actions = ACTIONS,
    exits = { 0, 1, 2, 3 },
    meanings = { [1] = "findings, failed tests, differences" },
    examples = { "rules.lua check rules.lua board.json", "rules.lua test" },
  }
  parser:argument("action", table.concat(ACTIONS, " | "))
  return parser
end

local function refuse(values)
  cli.fail(("'%s' is not one of %s%s"):format(values.action, table.concat(ACTIONS, ", "),
    did_you_mean(values.action, ACTIONS)))
end

--- The parser and the body of what a command line asks for; takes the action off it.
-- @param words list of arguments
function command.of(words)
  for _, name in ipairs(ACTIONS) do
    if words[1] == name then
      table.remove(words, 1)
      local action = require("fmcal.cli.rules." .. name)
      return action.parser(), action.run
    end
  end
  return overview(), refuse
end

return command
