-- A side that is suddenly empty stops the run, however little was there.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local function items()
  return {
    { id = "A", title = "First", dueDate = "2027-01-01" },
    { id = "B", title = "Second", dueDate = "2027-01-02T10:00:00", subitems = json.array {
      { id = "S", title = "Third", dueDate = "2027-01-03" } } },
  }
end

local function synced(change)
  local board = commands.board(items())
  board.epics = json.array { { id = "E", type = "epic", title = "Epic", dueDate = "2027-02-01",
    metadata = { courtDate = "2027-02-02" } } }
  if change then change(board) end
  local place = commands.place(board)
  place:expect(0, "sync.lua -q board.json")
  return place
end

local function assert_stopped(place, part)
  local before = place:board_and_events()
  local _, errors = place:expect(5, "sync.lua board.json")
  lu.assertStrContains(errors, part)
  lu.assertStrContains(errors, "--allow-mass-delete")
  lu.assertEquals(place:board_and_events(), before)
  place:expect(5, "sync.lua board.json --dry-run")
end

TestEmptied = {}

function TestEmptied.test_a_calendar_and_the_way_back()
  local place <close> = synced(function(board) board.epics = nil end)
  local before = place:read("board.json")
  os.execute("rm " .. place:file("calendars/academy/*.ics"))
  assert_stopped(place, "all 3 known events of the calendar vdir are gone at once")
  local _, errors = place:expect(5, "sync.lua board.json -q")
  local kept = errors:match("kept in (%S+)")
  place:expect(0, "sync.lua board.json --allow-mass-delete")
  lu.assertEquals(place:item("A").dueDate, json.null)
  local history = place:expect(0, "history.lua board.json")
  for _, date in ipairs { "2027-01-01", "2027-01-02T09:00:00Z", "2027-01-03" } do lu.assertStrContains(history, date) end
  os.execute(("cp %s %s"):format(kept, place:file("board.json")))
  lu.assertEquals(place:item("B").dueDate, "2027-01-02T10:00:00")
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 3)
  lu.assertStrContains(before, place:item("A").dueDate)
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "3 unchanged")
end

-- One deleted event clears its date; a copy of the board from before brings both back.
function TestEmptied.test_one_cleared_date_is_taken_back_with_an_old_copy()
  local place <close> = synced()
  local before = place:read("board.json")
  os.remove((place:event("A")))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("A").dueDate, json.null)
  place:write("board.json", before)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("A").dueDate, "2027-01-01")
  lu.assertNotNil((place:event("A")))
end

function TestEmptied.test_lists_of_the_board()
  local function without(name, value)
    local place <close> = synced()
    local before = place:read("board.json")
    place:edit(function(board) board[name] = value end)
    assert_stopped(place, ("known entries of the board's %s are gone at once"):format(name))
    place:write("board.json", before)
    lu.assertStrContains(place:expect(0, "sync.lua board.json"), "5 unchanged")
  end
  for _, value in ipairs { json.array {}, json.null, false } do
    without("items", value or nil)
    without("epics", value or nil)
  end
end

-- Epics may stand among the items.
function TestEmptied.test_a_mixed_list()
  local place <close> = synced(function(board)
    board.items = json.array { items()[1], { id = "E", type = "epic", title = "Epic", dueDate = "2027-02-01" } }
    board.epics = nil
  end)
  place:edit(function(board) board.items = json.null end)
  assert_stopped(place, "all 2 known entries of the board are gone at once")
end

-- A failing entry is no sign that the calendar is not empty.
function TestEmptied.test_a_rule_that_fails_does_not_open_the_gate()
  local place <close> = synced(function(board) board.epics = nil end)
  os.execute("rm " .. place:file("calendars/academy/*.ics"))
  place:write("rules.lua", "return { select = function(entry) return entry.id == 'A' and error('x') or true end }")
  assert_stopped(place, "all 3 known events of the calendar vdir are gone at once")
  place:edit(function(board) board.calendarConfig.rules = "rules.lua" end)
  assert_stopped(place, "all 3 known events of the calendar vdir are gone at once")
end

-- Several calendars: the run stops, not the one calendar.
function TestEmptied.test_one_of_two_calendars()
  local place <close> = commands.place()
  os.execute("mkdir -p " .. place:file("calendars/public"))
  local board = commands.board(items())
  board.calendarConfig = { a = { provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy" },
    b = { provider = "vdir", endpoint = "calendars", selectedCalendarId = "public" }, syncOptions = { timeZone = "Europe/Rome" } }
  place:write("board.json", board)
  place:expect(0, "sync.lua -q board.json")
  os.execute("rm " .. place:file("calendars/public/*.ics"))
  assert_stopped(place, "all 3 known events of the calendar b are gone at once")
  lu.assertEquals(place:count_events(), 3)
end

function TestEmptied.test_one_entry_may_go()
  local place <close> = commands.place(commands.board { items()[1] })
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(board) board.items = json.array {} end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 0)
end

os.exit(lu.LuaUnit.run())
