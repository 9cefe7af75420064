local feed = require "fmcal.feed"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function feed_of(items, config)
  local folder <close> = shell.folder()
  local board = { team = "academy", teamName = "A, B; \\C", items = json.array(items), calendarConfig = config or
    { provider = "caldav", endpoint = "https://dav.example.org", syncOptions = { timeZone = "Europe/Rome", reminders = { "-P1D" } } } }
  shell.write(folder.path .. "/board.json", assert(json.encode(board)))
  return feed.of { board = folder.path .. "/board.json" }
end

local function count(text, wanted)
  local found = 0
  for line in text:gmatch("(.-)\r\n") do found = found + (line == wanted and 1 or 0) end
  return found
end

TestFeed = {}

function TestFeed.test_one_calendar()
  local text, events, problems = feed_of {
    { id = "A-1", title = "BEGIN:VEVENT", description = "x\nEND:VEVENT\nBEGIN:VTIMEZONE", dueDate = "2027-02-15T10:00:00" },
    { id = "A-2", title = ("long "):rep(50) .. "BEGIN:VEVENT", dueDate = "2027-08-15T10:00:00" },
    { id = "A-3", title = "No date" },
  }
  lu.assertEquals(problems, {})
  lu.assertEquals(events, 2)
  lu.assertEquals(count(text, "BEGIN:VCALENDAR"), 1)
  lu.assertEquals(count(text, "END:VCALENDAR"), 1)
  lu.assertEquals(count(text, "BEGIN:VEVENT"), 2)
  lu.assertEquals(count(text, "BEGIN:VALARM"), 2)
  lu.assertEquals(count(text, "BEGIN:VTIMEZONE"), 1)
  lu.assertStrContains(text, "X-WR-CALNAME:A\\, B\\; \\\\C\r\n")
  lu.assertTrue(text:find("END:VTIMEZONE", 1, true) < text:find("BEGIN:VEVENT\r\n", 1, true))
end

function TestFeed.test_what_is_not_in_it_is_named()
  local _, events, problems = feed_of { { id = "A-1", title = "Bad", dueDate = "soon" }, { title = "No id", dueDate = "2027-02-15" } }
  lu.assertEquals(events, 0)
  lu.assertEquals(#problems, 2)
end

function TestFeed.test_a_board_that_cannot_be_read()
  local text, err = feed.of { board = "/no/such/board.json" }
  lu.assertNil(text)
  lu.assertStrContains(err.message, "/no/such/board.json")
end

os.exit(lu.LuaUnit.run())
