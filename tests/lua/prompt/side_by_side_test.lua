local lu = require "luaunit"
local side_by_side = require "fmcal.prompt.side_by_side"

local plain = { colour = false }

TestSideBySide = {}

function TestSideBySide.test_what_differs_is_marked()
  local lines = side_by_side(plain, { id = "A-1", board = { title = "First", dueDate = "2027-02-15", tags = { "a" } } },
    { name = "team", calendar = { title = "Other", dueDate = "2027-02-15" } })
  lu.assertEquals(lines[1], "A-1 in team")
  local text = table.concat(lines, "\n")
  lu.assertStrMatches(text, ".*\n≠ +title +First +Other.*")
  lu.assertStrMatches(text, ".*\n +dueDate +2027%-02%-15 +2027%-02%-15.*")
  lu.assertStrMatches(text, '.*\n≠ +tags +%["a"%] +–.*')
end

function TestSideBySide.test_no_event()
  lu.assertEquals(side_by_side(plain, { id = "A-1" }, { name = "team" }), { "A-1 in team: there is no event" })
end

os.exit(lu.LuaUnit.run())
