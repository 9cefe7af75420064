local json = require "fmcal.json"
local lu = require "luaunit"
local parts = require "fmcal.trial.parts"

local Scene = { __index = {} }
function Scene.__index.entry(_, id) return id == "A" and { title = "x", tags = json.array { "a" } } or nil end
function Scene.__index.sync() error("called once more") end

local VARIABLES = setmetatable({ s = setmetatable({}, Scene), expected = "y", list = { { n = 5 } }, id = "A" }, { __index = _G })

local function under(line)
  return table.concat(parts.under(line, VARIABLES), "\n")
end

TestParts = {}

function TestParts.test_each_value_stands_under_its_part()
  lu.assertEquals(under 't.equal(s:entry("A").title, expected)', [[
          |          |      |
          |          |      "y"
          |          "x"
          {"tags":["a"],"title":"x"}]])
end

function TestParts.test_parts_of_all_kinds()
  lu.assertEquals(parts.under("t.equal(list[1].n, 5)", VARIABLES),
    { "        |   |   |", "        |   |   5", '        |   {"n":5}', '        [{"n":5}]' })
  lu.assertStrContains(under "t.equal({ title = s:entry(id).tags[1] }, { expected })", '"a"')
  lu.assertStrContains(under 't.equal(s:entry "B", 1)', "nothing")
end

-- Wide characters take two columns, and what stands in quotes is no part.
function TestParts.test_columns()
  lu.assertEquals(under 't.equal("日本 expected \\" id", expected)', (" "):rep(31) .. "|\n" .. (" "):rep(31) .. '"y"')
end

function TestParts.test_what_has_no_value_to_show()
  for _, line in ipairs { "s:sync()", "error('expected')", "local function f(", 't.equal(s:entry("A"', "end)", "", "t.none",
    "string.format('%s')", "for _ in pairs {} do" } do
    lu.assertEquals(under(line):match('"x"'), nil, line)
  end
  lu.assertEquals(under "s:sync()", "")
  lu.assertEquals(under "t.equal(s:entry('B').title, 1)", "          |\n          nothing")
end

os.exit(lu.LuaUnit.run())
