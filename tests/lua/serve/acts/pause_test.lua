local commands = require "commands"
local lu = require "luaunit"
local served = require "served"

local function two_calendars()
  local board = commands.board { { id = "A", title = "First", dueDate = "2027-01-01" } }
  board.calendarConfig = { enabled = true,
    team = { connected = true, provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy",
      availableCalendars = { { id = "academy", name = "Academy" }, { id = "other", name = "Other" } } },
    public = { connected = true, provider = "vdir", endpoint = "elsewhere", selectedCalendarId = "public" } }
  local place = served.place(board)
  os.execute(("mkdir -p %s %s"):format(place:file "elsewhere/public", place:file "calendars/other"))
  place:sync()
  return place
end

TestPause = {}

function TestPause.test_and_resume()
  local place <close> = two_calendars()
  local answer = place:done("pause", { provider = "public" })
  lu.assertEquals({ answer.public.paused, answer.team.paused }, { true, false })
  place:edit(function(board) board.items[1].title = "Second" end)
  place:sync()
  lu.assertStrContains(place:read "elsewhere/public/A.ics", "SUMMARY:First")
  lu.assertFalse(place:done("resume", { provider = "public" }).public.paused)
  place:sync()
  lu.assertStrContains(place:read "elsewhere/public/A.ics", "SUMMARY:Second")
end

function TestPause.test_resume_one_of_all_that_are_paused()
  local place <close> = two_calendars()
  place:edit(function(board) board.calendarConfig.syncOptions = { paused = true } end)
  local answer = place:done("resume", { provider = "public" })
  lu.assertEquals({ answer.public.paused, answer.team.paused }, { false, true })
end

function TestPause.test_the_single_form()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  lu.assertTrue(place:done("pause", { provider = "vdir" }).vdir.paused)
  lu.assertFalse(place:done("resume", { provider = "vdir" }).vdir.paused)
end

TestSelect = {}

function TestSelect.test_another_calendar_of_the_account()
  local place <close> = two_calendars()
  local answer = place:done("select", { provider = "team", calendarId = "other" })
  lu.assertEquals({ answer.team.selectedCalendarId, answer.team.calendarName }, { "other", "Other" })
  place:sync()
  lu.assertStrContains(place:read "calendars/other/A.ics", "SUMMARY:First")
  lu.assertStrContains(place:read "calendars/academy/A.ics", "SUMMARY:First")
end

TestWrong = {}

function TestWrong.test_no_such_calendar()
  local place <close> = two_calendars()
  local text = place:read "board.json"
  for _, act in ipairs { "pause", "resume" } do
    lu.assertEquals(place:not_done(act, { provider = "tema" }).code, "notfound")
    lu.assertEquals(place:not_done(act, {}).member, "provider")
  end
  lu.assertEquals(place:not_done("select", { provider = "team", calendarId = "othr" }).member, "calendarId")
  lu.assertEquals(place:not_done("select", { provider = "team" }).member, "calendarId")
  lu.assertEquals(place:read "board.json", text)
end

os.exit(lu.LuaUnit.run())
