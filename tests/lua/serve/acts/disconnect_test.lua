local commands = require "commands"
local lu = require "luaunit"
local served = require "served"

local function two_calendars()
  local board = commands.board { { id = "A", title = "First", dueDate = "2027-01-01" } }
  board.calendarConfig = { enabled = true,
    team = { connected = true, provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy" },
    public = { connected = true, provider = "vdir", endpoint = "elsewhere", selectedCalendarId = "public" } }
  local place = served.place(board)
  os.execute("mkdir -p " .. place:file "elsewhere/public")
  place:sync()
  return place
end

TestDisconnect = {}

function TestDisconnect.test_with_its_events()
  local place <close> = two_calendars()
  local answer = place:done("disconnect", { name = "public", removeEvents = true })
  lu.assertEquals({ answer.deleted, answer.kept, answer.config.public.connected, answer.config.team.connected }, { 1, {}, false, true })
  lu.assertNil(io.open(place:file "elsewhere/public/A.ics"))
  lu.assertNotNil(io.open(place:file "calendars/academy/A.ics"))
  place:sync()
  lu.assertEquals(place:item("A").dueDate, "2027-01-01")
end

function TestDisconnect.test_without_them()
  local place <close> = two_calendars()
  lu.assertEquals(place:done("disconnect", { name = "public" }).deleted, 0)
  lu.assertNotNil(io.open(place:file "elsewhere/public/A.ics"))
end

function TestDisconnect.test_what_is_asked_wrongly()
  local place <close> = two_calendars()
  lu.assertEquals(place:not_done("disconnect", {}).member, "name")
  local err = place:not_done("disconnect", { name = "tema" })
  lu.assertEquals(err.code, "notfound")
  lu.assertNil(err.message:find(place.path, 1, true))
end

os.exit(lu.LuaUnit.run())
