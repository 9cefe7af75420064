-- A calendar that a person has paused: a run reads and writes nothing there, and the next one after it catches up.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local function place_of_two()
  local board = commands.board { { id = "A", title = "First", dueDate = "2027-01-01" } }
  board.calendarConfig = { enabled = true, syncOptions = { timeZone = "Europe/Rome" },
    team = { connected = true, provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy" },
    public = { connected = true, provider = "vdir", endpoint = "elsewhere", selectedCalendarId = "public" } }
  local place = commands.place(board)
  os.execute("mkdir -p " .. place:file "elsewhere/public")
  place:expect(0, "sync.lua -q board.json")
  return place
end

local function pause(place, name, paused)
  place:edit(function(board) board.calendarConfig[name].syncOptions = { paused = paused } end)
end

local FILE = { team = "calendars/academy/A.ics", public = "elsewhere/public/A.ics" }

local function title_in(place, name)
  return (place:read(FILE[name]):match("SUMMARY:([^\r]*)"))
end

TestPaused = {}

-- Whichever it is: the first calendar has its part of calendarSync in another place.
function TestPaused.test_one_of_two()
  for paused, other in pairs { team = "public", public = "team" } do
    local place <close> = place_of_two()
    pause(place, paused, true)
    place:edit(function(board) board.items[1].title = "Second" end)
    local out = place:expect(0, "sync.lua board.json")
    lu.assertStrContains(out, "paused")
    lu.assertEquals({ title_in(place, paused), title_in(place, other) }, { "First", "Second" })
    lu.assertEquals(#json.decode((place:expect(0, "sync.lua --json board.json"))).entries, 0)
    pause(place, paused, false)
    place:expect(0, "sync.lua -q board.json")
    lu.assertEquals({ title_in(place, paused), title_in(place, other) }, { "Second", "Second" })
    lu.assertEquals(place:item("A").calendarSync.syncStatus, "synced")
  end
end

-- What is edited there meanwhile is an edit once it is seen, and what is deleted a deletion.
function TestPaused.test_what_happens_meanwhile()
  local place <close> = place_of_two()
  pause(place, "public", true)
  local text = place:read(FILE.public)
  place:write(FILE.public, (text:gsub("SUMMARY:First", "SUMMARY:There")))
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("A").title, "First")
  pause(place, "public", false)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").title, title_in(place, "team") }, { "There", "There" })
end

function TestPaused.test_all_of_them()
  local place <close> = place_of_two()
  place:edit(function(board)
    board.calendarConfig.syncOptions.paused = true
    board.items[1].title = "Second"
  end)
  local before = place:board_and_events()
  local _, errors = place:expect(2, "sync.lua board.json")
  lu.assertEquals(errors, "sync.lua: all calendars of team academy are paused: set syncOptions.paused to false\n")
  lu.assertEquals(place:board_and_events(), before)
  pause(place, "team", false) -- what a calendar says of itself counts
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ title_in(place, "team"), title_in(place, "public") }, { "Second", "First" })
end

os.exit(lu.LuaUnit.run())
