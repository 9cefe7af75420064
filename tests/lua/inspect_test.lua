local inspect = require "fmcal.inspect"
local json = require "fmcal.json"
local lu = require "luaunit"

TestInspect = {}

function TestInspect.test_plain_values()
  lu.assertEquals(inspect(1), "1")
  lu.assertEquals(inspect(1.5), "1.5")
  lu.assertEquals(inspect(nil), "nil")
  lu.assertEquals(inspect(true), "true")
  lu.assertEquals(inspect("text"), '"text"')
  lu.assertEquals(inspect({ error = json.null }), "{ error = json.null }")
  lu.assertStrContains(inspect(print), "function")
end

function TestInspect.test_strings_stay_on_one_line()
  lu.assertEquals(inspect('a\n"b"\\\t\0\27é'), [["a\n\"b\"\\\t\x00\x1Bé"]])
end

function TestInspect.test_keys_are_sorted()
  lu.assertEquals(inspect({ b = 1, a = 2, [3] = "x", [true] = "y", ["not a name"] = 4, ["end"] = 5 }),
    '{ [3] = "x", a = 2, b = 1, ["end"] = 5, ["not a name"] = 4, [true] = "y" }')
end

function TestInspect.test_lists()
  lu.assertEquals(inspect({}), "{}")
  lu.assertEquals(inspect({ 1, { 2 }, n = 3 }), "{ 1, { 2 }, n = 3 }")
  lu.assertEquals(inspect({ 1, nil, 3 }), "{ 1, [3] = 3 }")
end

function TestInspect.test_wide_tables_are_broken_into_lines()
  lu.assertEquals(inspect({ first = ("x"):rep(30), second = { ("y"):rep(30), "z" } }, { width = 60 }),
    '{\n  first = "' .. ("x"):rep(30) .. '",\n  second = { "' .. ("y"):rep(30) .. '", "z" }\n}')
end

function TestInspect.test_cycles_end_but_repetition_is_shown()
  local t = { name = "t" }
  t.self = t
  lu.assertEquals(inspect(t), '{ name = "t", self = <cycle> }')
  local shared = { 1 }
  lu.assertEquals(inspect({ shared, shared }), "{ { 1 }, { 1 } }")
end

function TestInspect.test_limits()
  lu.assertEquals(inspect({ { { {} } } }, { depth = 2 }), "{ { {…} } }")
  lu.assertEquals(inspect({ 1, 2, 3, 4, 5 }, { entries = 3 }), "{ 1, 2, 3, … 2 more }")
  lu.assertEquals(inspect({ 1, 2, a = 1, b = 2 }, { entries = 3 }), "{ 1, 2, a = 1, … 1 more }")
  lu.assertEquals(inspect({ ("é"):rep(10) }, { text = 5 }), '{ "éé" … 16 bytes more }')
end

function TestInspect.test_deep_nesting_does_not_overflow()
  local t = {}
  for _ = 1, 100000 do t = { t } end
  lu.assertStrContains(inspect(t), "{…}")
end

function TestInspect.test_values_that_know_their_text()
  local err = setmetatable({ code = "auth" }, { __tostring = function() return "sign-in refused" end })
  lu.assertEquals(inspect({ err = err }), "{ err = <sign-in refused> }")
end

function TestInspect.test_metamethods_of_others_are_not_run()
  local t = setmetatable({ 1 }, { __index = function() error("must not run") end, __pairs = function() error("nor this") end })
  lu.assertEquals(inspect(t), "{ 1 }")
end

os.exit(lu.LuaUnit.run())
