local catalogue = require "fmcal.cli.catalogue"
local cli = require "fmcal.cli"
local lu = require "luaunit"
local shell = require "shell"

TestCatalogue = {}

function TestCatalogue.test_every_script_is_a_command()
  local scripts = {}
  for _, path in ipairs(shell.sources("scripts", "lua")) do scripts[#scripts + 1] = path:match("([^/]+)%.lua$") end
  lu.assertEquals(catalogue.names(), scripts)
  for _, name in ipairs(scripts) do
    local command = catalogue.command(name)
    lu.assertEquals(command.name, name .. ".lua")
    lu.assertStrContains(command.usage, name .. ".lua")
    lu.assertTrue(#command.definition.summary > 0)
  end
end

local function option(command, name)
  for _, about in ipairs(command.options) do
    for _, own in ipairs(about.names) do
      if own == name then return about end
    end
  end
end

function TestCatalogue.test_options_and_arguments()
  local sync = catalogue.command("sync")
  lu.assertEquals(option(sync, "--direction").choices, { "both", "outbound", "inbound" })
  lu.assertEquals(option(sync, "--only").value, "ID")
  lu.assertTrue(option(sync, "--only").may_repeat)
  lu.assertNil(option(sync, "--dry-run").value)
  lu.assertEquals(option(sync, "--quiet").names, { "-q", "--quiet" })
  lu.assertEquals(sync.arguments[1].value, "boards")
  lu.assertTrue(sync.arguments[1].is_many and sync.arguments[1].is_optional)
end

function TestCatalogue.test_what_help_hides_is_hidden()
  local mcp = catalogue.command("mcp")
  lu.assertNotNil(option(mcp, "--read-only"))
  lu.assertNil(option(mcp, "--child"))
end

function TestCatalogue.test_actions()
  for _, name in ipairs { "rules", "tokens" } do
    local actions = catalogue.command(name).actions
    lu.assertTrue(#actions > 1, name)
    for _, action in ipairs(actions) do
      lu.assertEquals(catalogue.command(name, action).name, name .. ".lua " .. action)
    end
  end
  lu.assertEquals(catalogue.command("sync").actions, {})
  lu.assertNotNil(option(catalogue.command("tokens", "new"), "--scope").choices)
  lu.assertNil(catalogue.command("rules", "chekc"))
  lu.assertNil(catalogue.command("no_such_command"))
end

function TestCatalogue.test_nothing_runs_and_nothing_is_left_changed()
  local main, words = cli.main, arg
  catalogue.command("sync")
  lu.assertIs(cli.main, main)
  lu.assertIs(arg, words)
end

os.exit(lu.LuaUnit.run())
