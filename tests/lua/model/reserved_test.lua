local lu = require "luaunit"
local reserved = require "fmcal.model.reserved"
local shell = require "shell"

TestReserved = {}

function TestReserved.test_what_lies_within_and_round_one()
  lu.assertEquals(reserved.reason("id"), "it names the entry")
  lu.assertEquals(reserved.reason("calendarSync.a.b"), "fmcal writes it")
  lu.assertEquals(reserved.reason("metadata"), "metadata.courtDate is in it: it is the date of an entry of its own")
  lu.assertEquals(reserved.reason("tags.a"), "tags holds no members")
end

function TestReserved.test_the_rest_is_a_teams_own()
  for _, member in ipairs { "title", "tags", "metadata.courtroom", "metadata.caseNumber", "metadata.courtDates", "a.id", "ids" } do
    lu.assertNil(reserved.reason(member))
  end
end

function TestReserved.test_the_manual_names_each()
  local text = shell.source("docs/rules.md"):match("\n## Fields\n(.-)\n## ")
  for member in pairs(reserved.MEMBERS) do lu.assertStrContains(text, "`" .. member .. "`") end
end

os.exit(lu.LuaUnit.run())
