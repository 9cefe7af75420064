local lu = require "luaunit"
local served = require "served"

local function only(answer)
  lu.assertEquals(#answer.conflicts, 1)
  return answer.conflicts[1]
end

TestConflicts = {}

function TestConflicts.test_the_fields_in_conflict_alone()
  local place <close> = served.in_conflict()
  local conflict = only(place:see("conflicts"))
  lu.assertEquals({ conflict.id, conflict.title, conflict.type, conflict.calendar }, { "A", "Board", "item", "vdir" })
  lu.assertEquals(conflict.fields, { { field = "title", base = "First", ["local"] = "Board", external = "Calendar" } })
  lu.assertStrMatches(conflict.since, "%d+%-%d%d%-%d%dT.*Z")
  lu.assertStrMatches(conflict.changed["local"], "%d+%-%d%d%-%d%dT.*Z")
end

function TestConflicts.test_both_dates()
  local place <close> = served.synced({ { id = "A", title = "One", dueDate = "2027-01-01T10:00:00" } },
    { conflictResolution = "manual", timeZone = "Europe/Rome" })
  place:edit(function(board) board.items[1].dueDate = "2027-01-02T10:00:00" end)
  place:edit_event("A", "20270101T1", "20270103T1")
  place:sync(4)
  local conflict = only(place:see("conflicts"))
  lu.assertEquals(conflict.zone, "Europe/Rome")
  lu.assertEquals(conflict.fields, { { field = "dueDate", base = "2027-01-01T10:00:00",
    ["local"] = "2027-01-02T10:00:00", external = "2027-01-03T10:00:00" } })
end

-- The tag is of what is shown: it changes with either side, and with nothing else.
function TestConflicts.test_the_tag()
  local place <close> = served.in_conflict()
  local before = only(place:see("conflicts")).etag
  lu.assertStrMatches(before, "[0-9a-f]+")
  place:edit(function(board) board.items[1].estimate = 5 end)
  lu.assertEquals(only(place:see("conflicts")).etag, before)
  place:edit(function(board) board.items[1].title = "Board again" end)
  local after = only(place:see("conflicts"))
  lu.assertNotEquals(after.etag, before)
  lu.assertEquals(after.fields[1]["local"], "Board again")
  place:edit_event("A", "SUMMARY:Calendar", "SUMMARY:Calendar again")
  place:sync(4)
  lu.assertNotEquals(only(place:see("conflicts")).etag, after.etag)
end

function TestConflicts.test_the_court_date_of_an_epic()
  local place <close> = served.place { team = "academy", items = {}, epics = { { id = "E", type = "epic", title = "Smith v. Jones",
    metadata = { courtDate = "2027-03-20" } } }, calendarConfig = { provider = "vdir", endpoint = "calendars",
    calendarId = "academy" } }
  place:sync()
  place:edit_event("E.court-date", "DATE:20270320", "DATE:20270322")
  place:sync(4)
  local conflict = only(place:see("conflicts"))
  lu.assertEquals({ conflict.id, conflict.type }, { "E.court-date", "court-date" })
  lu.assertEquals(conflict.fields, { { field = "dueDate", base = "2027-03-20", ["local"] = "2027-03-20", external = "2027-03-22" } })
  lu.assertEquals(#place:see("conflicts", { id = "E" }).conflicts, 0)
  lu.assertEquals(#place:see("conflicts", { id = "E.court-date", calendar = "vdir" }).conflicts, 1)
end

os.exit(lu.LuaUnit.run())
