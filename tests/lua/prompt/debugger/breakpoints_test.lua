local breakpoints = require "fmcal.prompt.debugger.breakpoints"
local lu = require "luaunit"

TestBreakpoints = {}

function TestBreakpoints.tearDown()
  for _, breakpoint in ipairs(breakpoints.all()) do breakpoints.remove(breakpoint.number) end
end

function TestBreakpoints.test_on_a_rule()
  local number = breakpoints.on_rule("to_event").number
  lu.assertEquals(breakpoints.at_rule("to_event", "A-1"), ("breakpoint %d: to_event"):format(number))
  lu.assertNil(breakpoints.at_rule("select", "A-1"))
end

function TestBreakpoints.test_on_a_rule_for_one_entry()
  breakpoints.on_rule("to_event", "A-1")
  lu.assertStrContains(breakpoints.at_rule("to_event", "A-1"), "to_event of A-1")
  lu.assertNil(breakpoints.at_rule("to_event", "A-12"))
end

function TestBreakpoints.test_on_a_line()
  lu.assertFalse(breakpoints.has_lines())
  breakpoints.on_line("rules.lua", 3)
  lu.assertTrue(breakpoints.has_lines())
  lu.assertNotNil(breakpoints.at_line("@rules.lua", 3))
  lu.assertNotNil(breakpoints.at_line("@/home/kim/rules.lua", 3))
  lu.assertNil(breakpoints.at_line("@/home/kim/my_rules.lua", 3))
  lu.assertNil(breakpoints.at_line("@rules.lua", 4))
  lu.assertNil(breakpoints.at_line("=rules.lua", 3))
end

function TestBreakpoints.test_numbers_are_not_used_twice()
  local first = breakpoints.on_rule("select").number
  lu.assertTrue(breakpoints.remove(first))
  lu.assertFalse(breakpoints.remove(first))
  lu.assertTrue(breakpoints.on_rule("select").number > first)
end

os.exit(lu.LuaUnit.run())
