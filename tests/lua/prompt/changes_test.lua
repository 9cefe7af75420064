local changes = require "fmcal.prompt.changes"
local lu = require "luaunit"

local plain = { colour = false }

TestChanges = {}

function TestChanges.test_members_of_two_tables()
  local text = changes(plain, { title = "a", tags = { "x" }, gone = 1 }, { title = "b", tags = { "x" }, new = true })
  lu.assertEquals(text, table.concat({ "- gone = 1", "+ new = true", '  tags = { "x" }', '- title = "a"', '+ title = "b"' }, "\n"))
end

function TestChanges.test_other_values()
  lu.assertEquals(changes(plain, true, false), "- true\n+ false")
  lu.assertEquals(changes(plain, "keep", "keep"), '  "keep"')
  lu.assertEquals(changes(plain, nil, { a = 1 }), "+ { a = 1 }")
  lu.assertEquals(changes(plain, { "a" }, { "b" }), '- { "a" }\n+ { "b" }')
end

function TestChanges.test_colours()
  lu.assertEquals(changes({ colour = true }, 1, 2), "\27[31m- 1\27[0m\n\27[32m+ 2\27[0m")
end

os.exit(lu.LuaUnit.run())
