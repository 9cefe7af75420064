-- Conflicts that a person decides: an answer is carried out as a whole, or refused before anything is written.
local commands = require "commands"
local lu = require "luaunit"

-- In conflict about its title.
local function in_conflict()
  local place = commands.place(commands.board({ { id = "A", title = "First", dueDate = "2027-01-01", priority = "high" } },
    { conflictResolution = "manual", timeZone = "Europe/Rome" }))
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(board) board.items[1].title = "Board" end)
  place:edit_event("A", "SUMMARY:First", "SUMMARY:Calendar")
  place:expect(4, "sync.lua -q board.json")
  return place
end

TestMerge = {}

function TestMerge.test_an_impossible_value_is_refused_and_the_conflict_stays()
  for _, words in ipairs { "title=x dueDate=tomorrow", "title=x dueDate=", "title=x dueDate=2027-02-30", "title=x durationMinutes=0",
    "title=x durationMinutes=long", "title=x timeZone=Rome", "titel=x", "" } do
    local place <close> = in_conflict()
    local before = place:board_and_events()
    local _, errors = place:expect(2, "conflicts.lua board.json resolve A merge " .. words)
    lu.assertEquals(select(2, errors:gsub("\n", "")), 1, errors)
    lu.assertEquals(place:board_and_events(), before)
    lu.assertStrContains(place:expect(0, "conflicts.lua board.json"), "A      Board")
    place:expect(0, "conflicts.lua board.json resolve A merge title=x")
  end
end

-- A merge sets what it names, whether both sides differed in it or not.
function TestMerge.test_members_that_were_not_in_conflict()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua board.json resolve A merge title=x dueDate=2027-01-05 priority=low tags=home,legal description=Text")
  local item = place:item("A")
  lu.assertEquals({ item.title, item.dueDate, item.priority, item.description, item.tags },
    { "x", "2027-01-05", "low", "Text", { "home", "legal" } })
  local _, text = place:event("A")
  for _, part in ipairs { "SUMMARY:x", "VALUE=DATE:20270105", "PRIORITY:9", "CATEGORIES:home,legal", "DESCRIPTION:Text" } do
    lu.assertStrContains(text, part)
  end
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "1 unchanged")
end

-- A member of the team's own is read as the board has it.
function TestMerge.test_declared_members()
  local board = commands.board({ { id = "A", title = "First", dueDate = "2027-01-01", seats = 5, metadata = { room = "1" } } },
    { conflictResolution = "manual", timeZone = "Europe/Rome" })
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", 'return { fields = { seats = "x:SEATS", ["metadata.room"] = "location" } }')
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(one) one.items[1].seats, one.items[1].metadata.room = 6, "2" end)
  place:edit_event("A", "X%-SEATS:5", "X-SEATS:7")
  place:edit_event("A", "LOCATION:1", "LOCATION:3")
  place:expect(4, "sync.lua -q board.json")
  lu.assertStrMatches(place:expect(0, "conflicts.lua board.json show A"), ".*metadata.room  2 .*seats .* 6 .*")
  local _, errors = place:expect(2, "conflicts.lua board.json resolve A merge metadata.rom=4")
  lu.assertStrContains(errors, "metadata.room")
  place:expect(2, "conflicts.lua board.json resolve A merge seats=many metadata.room=4")
  place:expect(0, "conflicts.lua board.json resolve A merge seats=8 metadata.room=4")
  lu.assertEquals({ place:item("A").seats, place:item("A").metadata.room }, { 8, "4" })
  local _, text = place:event("A")
  lu.assertStrContains(text, "X-SEATS:8")
  lu.assertStrContains(text, "LOCATION:4")
end

-- A value of its own makes both sides give way, in one conflict.
function TestMerge.test_it_is_one_conflict()
  local place <close> = in_conflict()
  local out = place:expect(0, "conflicts.lua board.json resolve A merge title=x")
  lu.assertStrContains(out, "1 conflict settled")
  lu.assertStrContains(out, 'the board\'s "Board" is in the history')
  lu.assertStrContains(out, 'the calendar\'s "Calendar" is in the history')
end

function TestMerge.test_a_member_that_is_not_in_conflict()
  local place <close> = in_conflict()
  local _, errors = place:expect(2, "conflicts.lua board.json resolve A merge seats=8")
  lu.assertEquals(errors, "conflicts.lua: A is not in conflict in 'seats'; it is in title: edit other members on the board\n")
  _, errors = place:expect(2, "conflicts.lua board.json resolve A merge titel=8")
  lu.assertStrContains(errors, "(did you mean 'title'?)")
end

function TestMerge.test_a_day_becomes_a_time()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua board.json resolve A merge title=x dueDate=2027-01-05T10:00:00 durationMinutes=90")
  lu.assertEquals({ place:item("A").dueDate, place:item("A").durationMinutes }, { "2027-01-05T10:00:00", 90 })
  lu.assertStrContains(select(2, place:event("A")), "DTEND;TZID=Europe/Rome:20270105T113000")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "1 unchanged")
end

-- What a merge leaves out waits on.
function TestMerge.test_what_is_not_decided_stays_in_conflict()
  local place <close> = in_conflict()
  place:edit(function(board) board.items[1].priority = "low" end)
  place:edit_event("A", "X%-PRIORITY:high", "X-PRIORITY:medium")
  place:edit_event("A", "PRIORITY:1", "PRIORITY:5")
  place:expect(4, "sync.lua -q board.json")
  place:expect(4, "conflicts.lua board.json resolve A merge title=x")
  lu.assertEquals({ place:item("A").title, place:item("A").priority }, { "x", "low" })
end

function TestMerge.test_a_court_date_has_but_a_date()
  local board = commands.board({}, { timeZone = "Europe/Rome" })
  board.epics = { { id = "E", type = "epic", title = "Epic", metadata = { courtDate = "2027-02-02" } } }
  local place <close> = commands.place(board)
  place:expect(0, "sync.lua -q board.json")
  place:edit_event("E.court-date", "20270202", "20270203")
  place:edit_event("E.court-date", "20270203\r\n(DTEND.-)20270203", "20270203\r\n%120270204")
  place:expect(4, "sync.lua -q board.json")
  local before = place:board_and_events()
  local _, errors = place:expect(2, "conflicts.lua board.json resolve E.court-date merge title=x dueDate=2027-02-04")
  lu.assertStrContains(errors, "cannot set title of E.court-date")
  lu.assertEquals(place:board_and_events(), before)
  place:expect(0, "conflicts.lua board.json resolve E.court-date merge dueDate=2027-02-04")
  lu.assertEquals(place:board().epics[1].metadata.courtDate, "2027-02-04")
end

os.exit(lu.LuaUnit.run())
