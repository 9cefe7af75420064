local args = require "fmcal.cli.args"
local lu = require "luaunit"

local function parser()
  local made = args.parser { name = "try.lua", summary = "Tries.", exits = { 0, 2 }, examples = { "try.lua x" } }
  made:argument("boards"):args("*")
  made:option("--direction"):convert(args.one_of { "both", "inbound" })
  made:option("--jobs"):convert(args.whole_number(1))
  made:option("--port"):convert(args.whole_number(0, 65535))
  made:option("--only"):count("*")
  made:flag("--dry-run")
  return made
end

local function refused(...)
  local values, sentence, what = args.read(parser(), { ... })
  lu.assertNil(values)
  lu.assertEquals(what, "usage")
  return sentence
end

TestArgs = {}

function TestArgs.test_values()
  local values = args.read(parser(), { [0] = "try.lua", "a", "--only", "1", "--only=2", "b", "--dry-run", "--jobs", "3" })
  lu.assertEquals(values.boards, { "a", "b" })
  lu.assertEquals(values.only, { "1", "2" })
  lu.assertEquals(values.jobs, 3)
  lu.assertTrue(values.dry_run)
end

function TestArgs.test_words_after_two_dashes_are_no_options()
  lu.assertEquals(args.read(parser(), { "--", "--help" }).boards, { "--help" })
end

function TestArgs.test_help_names_options_exit_statuses_and_an_example()
  local values, text, what = args.read(parser(), { "--no-such-option", "--help" })
  lu.assertNil(values)
  lu.assertEquals(what, "help")
  for _, part in ipairs { "Usage: try.lua", "Tries.", "--dry-run", "Exit status:", "2  usage", "fmcal-lua try.lua x" } do
    lu.assertStrContains(text, part)
  end
end

function TestArgs.test_did_you_mean()
  lu.assertEquals(refused("--dryrun"), "unknown option '--dryrun': did you mean '--dry-run'?")
  lu.assertEquals(refused("--directoin", "both"), "unknown option '--directoin': did you mean '--direction'?")
  lu.assertEquals(refused("--direction", "inbuond"),
    "'inbuond' is not one of both, inbound: did you mean 'inbound'?")
  lu.assertEquals(refused("--qqqqqqqqqqqq"), "unknown option '--qqqqqqqqqqqq'")
end

function TestArgs.test_numbers()
  for _, word in ipairs { "0", "x", "1.5", "" } do
    lu.assertStrContains(refused("--jobs", word), "whole number of at least 1")
  end
  lu.assertStrContains(refused("--port", "65536"), "whole number of at least 0 and at most 65535")
  lu.assertEquals(args.read(parser(), { "--port", "65535" }).port, 65535)
end

function TestArgs.test_missing_value()
  lu.assertStrContains(refused("--jobs"), "'--jobs' requires an argument")
end

os.exit(lu.LuaUnit.run())
