-- rules.lua new: the files that a team's rules begin with.

local cli = require "fmcal.cli"
local files = require "fmcal.cli.files"
local sys = require "fmcal.sys"
local templates = require "fmcal.trial.templates"

local command = {}

--- Its parser.
function command.parser()
  local parser = cli.parser {
    name = "rules.lua new",
    summary = "Writes rules.lua, rules_test.lua, .luarc.json and fmcal_meta.lua into this folder: rules to begin with, their "
      .. "tests, and what the Lua language server needs. Overwrites nothing.",
    exits = { 0, 1, 2 },
    meanings = { [0] = "written", [1] = "a file could not be written", [2] = "usage; one of the files is there already" },
    examples = { "rules.lua new", "rules.lua new --list", "rules.lua new --example only_high_priority" },
  }
  parser:option("--example", "Begin with this recipe of the manual."):argname("RECIPE")
  parser:flag("--list", "List the recipes and write nothing.")
  return parser
end

local function list()
  local names, width = templates.names(), 0
  for _, name in ipairs(names) do width = math.max(width, #name) end
  for _, name in ipairs(names) do
    cli.print(("%s%s  %s"):format(name, (" "):rep(width - #name), templates.summary(name)))
  end
  return cli.exits.OK
end

--- The command. @return exit status
function command.run(values)
  if values.list then return list() end
  local written = cli.check(templates.files(values.example))
  for _, file in ipairs(written) do
    if sys.stat(file.path) then cli.fail(file.path .. " is there already: move it away, or go to another folder") end
  end
  for _, file in ipairs(written) do files.write(file.path, file.text, "file", "^") end
  cli.print("rules.lua has the rules, rules_test.lua their tests: fmcal-lua rules.lua test",
    'the board names the rules: "calendarConfig": { "rules": "rules.lua", … }')
  return cli.exits.OK
end

return command
