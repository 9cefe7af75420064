-- What programs get: one line of JSON for each thing, lists that are lists also when they are empty, failures too.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local LISTS = { "tags", "warnings", "actions", "targets", "problems", "errors", "error_messages", "calendars", "pulled", "rules",
  "board_edits", "calendar_edits", "conflicts", "checks", "reminders", "entries" }

local function place_of_one()
  local place = commands.place(commands.board { { id = "A", title = "A", dueDate = "2027-03-10", tags = json.array {} } })
  place:write("calendars/academy/lunch.ics", table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Someone//EN",
    "BEGIN:VEVENT", "UID:lunch@example.org", "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270301", "SUMMARY:Lunch",
    "END:VEVENT", "END:VCALENDAR", "" }, "\r\n"))
  return place
end

local function lines_of(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = assert(json.decode(line), line) end
  return list
end

TestLists = {}

function TestLists.test_empty_ones_are_lists()
  local place <close> = place_of_one()
  for _, words in ipairs { "sync.lua board.json --dry-run --json", "sync.lua board.json --json", "sync.lua board.json --json",
    "status.lua board.json --json", "events.lua board.json --json", "history.lua board.json --json", "conflicts.lua board.json --json",
    "explain.lua board.json A --json", "doctor.lua board.json --json", "sync.lua board.json --plan plan.json --json" } do
    local out = place:expect(0, words)
    lines_of(out)
    for _, name in ipairs(LISTS) do
      lu.assertNil(out:find('"' .. name .. '":{}', 1, true), words .. ": " .. name)
    end
  end
  lu.assertEquals(lines_of((place:expect(0, "events.lua board.json --json")))[1].title, "Lunch")
end

TestFailures = {}

function TestFailures.test_a_missing_board_and_a_broken_one()
  local place <close> = place_of_one()
  place:write("broken.json", "{ broken")
  for _, name in ipairs { "missing.json", "broken.json", "calendars" } do
    for _, command in ipairs { "sync.lua %s", "status.lua %s", "events.lua %s", "history.lua %s", "conflicts.lua %s", "explain.lua %s A",
      "doctor.lua %s" } do
      local words = command:format(name) .. " --json"
      local out, errors, status = place:run(words)
      lu.assertEquals(status, 3, words)
      lu.assertStrContains(errors .. out, name)
      local list = lines_of(out)
      lu.assertEquals(#list, 1, words)
      if command:find("sync", 1, true) then
        lu.assertEquals(list[1].board, place.path .. "/" .. name)
        lu.assertEquals({ list[1].success, list[1].exit }, { false, 3 })
      end
      if not command:find("doctor", 1, true) then lu.assertStrContains(list[1].error, name) end
    end
  end
end

-- One bad board costs that board.
function TestFailures.test_the_other_boards_are_synced()
  for _, jobs in ipairs { "", " --jobs 2" } do
    local place <close> = place_of_one()
    local out, errors = place:expect(3, "sync.lua missing.json board.json --json" .. jobs)
    lu.assertStrContains(errors, "there is no board missing.json")
    local list = lines_of(out)
    lu.assertEquals(#list, 2)
    table.sort(list, function(a, b) return a.board < b.board end)
    lu.assertEquals({ list[1].exit, list[2].exit }, { 0, 3 })
    lu.assertEquals(place:count_events(), 2)
  end
end

function TestFailures.test_several_boards_and_none_named()
  local place <close> = place_of_one()
  place:write("other.json", commands.board({}, nil, "other"))
  for _, command in ipairs { "sync", "status", "events", "history", "conflicts", "export", "doctor" } do
    local _, errors = place:expect(2, command .. ".lua")
    lu.assertStrContains(errors, "several: board.json, other.json; name one")
  end
  lu.assertEquals(shell.run("ls -A " .. place.path):find("fmcal", 1, true), nil)
end

os.exit(lu.LuaUnit.run())
