-- The stubs that rules.lua new writes name what there is.
local lib = require "fmcal.rules.lib"
local lu = require "luaunit"
local scene = require "fmcal.trial.scene"
local schema = require "fmcal.rules.schema"
local stubs = require "fmcal.trial.stubs"
local suite = require "fmcal.trial.suite"

local text = stubs.text()

local function assert_named(form, names)
  for name in pairs(names) do
    if type(name) == "string" and not name:find("^_") then lu.assertStrContains(text, form:format(name)) end
  end
end

TestStubs = {}

function TestStubs.test_it_is_lua()
  lu.assertNotNil(load(text))
end

function TestStubs.test_members_and_functions_of_rules()
  assert_named("---@field %s? ", schema.EVENT.members)
  assert_named("---@field %s? ", schema.ENTRY.members)
  assert_named("---@field %s? fun(", schema.ANSWERS)
  assert_named("function lib.%s(", lib)
end

-- The names that a test file sees in `t`.
local function names_of_t()
  local loaded = assert(suite.load("x_test.lua",
    "local t = ... for name in pairs(t) do t.test(name, function() end) end", {}))
  local names = {}
  for _, test in ipairs(loaded.tests) do names[test.name] = true end
  return names
end

local function methods_of(object, hidden)
  local names = {}
  for name in pairs(getmetatable(object).__index) do names[name] = not hidden[name] or nil end
  return names
end

function TestStubs.test_what_tests_get()
  local names = names_of_t()
  lu.assertTrue(names.none and names.equal)
  names.none = nil
  assert_named("function t.%s(", names)
  local s = scene.new {}
  assert_named("function s:%s(", methods_of(s, { close = true, tick = true, fill = true }))
  assert_named("function calendar:%s(", methods_of(s:calendar(), { put = true }))
  s:close()
end

os.exit(lu.LuaUnit.run())
