-- Where two values differ.
local equal = require "fmcal.trial.equal"
local json = require "fmcal.json"
local lu = require "luaunit"

TestEqual = {}

function TestEqual.test_equal_values()
  lu.assertEquals(equal.differences({ a = { 1, 2 }, b = "x" }, { b = "x", a = { 1, 2 } }), {})
end

function TestEqual.test_paths()
  lu.assertEquals(equal.differences({ a = { 1, { b = 2 } } }, { a = { 1, { b = 3 } }, c = true }), {
    { path = "a[2].b", expected = 2, actual = 3 }, { path = "c", expected = nil, actual = true } })
end

function TestEqual.test_only_what_is_expected()
  lu.assertEquals(equal.differences({ a = 1 }, { a = 1, b = 2 }, true), {})
  lu.assertEquals(equal.differences({ a = { 1 } }, { a = { 1, 2 } }, true), { { path = "a[2]", actual = 2 } })
  lu.assertEquals(equal.differences({ a = 1 }, nil, true), { { path = "", expected = { a = 1 } } })
end

function TestEqual.test_null_is_as_good_as_absent()
  lu.assertEquals(equal.differences({ a = 1 }, { a = 1, b = json.null }), {})
  lu.assertEquals(equal.differences(nil, json.null), {})
end

os.exit(lu.LuaUnit.run())
