-- disconnect.lua: credentials leave the board; with --remove-events exactly what fmcal made leaves the calendar.
local lu = require("luaunit")
local commands = require("commands")
local json = require("fmcal.json")
local servers = require("servers")

local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. ("0"):rep(63) .. "1"
local BOARD = [[
{ "team": "academy", "rate": 1.10,
  "items": [
    {"id":"A-1", "title": "One", "dueDate": "2026-12-15"},
    {"id":"A-2", "title": "Two", "dueDate": "2026-12-16"}
  ],
  "epics": [ {"id": "E-1", "title": "Smith v. Jones", "metadata": {"courtDate": "2026-12-20"}} ] }
]]

local server

local function run(place, status, words)
  return place:expect(status, words, { env = WITH_KEY, input = "secret\n" })
end

local function connected(board, more)
  local place = commands.place(board or BOARD)
  run(place, 0, ("connect.lua caldav board.json --endpoint %s --username alice --password-stdin %s"):format(
    server.url, more or ""))
  run(place, 0, "sync.lua board.json")
  return place
end

local function uids()
  local list = {}
  for _, object in pairs(server:control("GET", "_objects").kanban) do list[#list + 1] = object.uid end
  table.sort(list)
  return list
end

local function put(name, ...)
  local lines = { "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y", "BEGIN:VEVENT", "DTSTAMP:20260101T000000Z",
    "DTSTART;VALUE=DATE:20270101", "SUMMARY:Theirs" }
  for _, line in ipairs { ... } do lines[#lines + 1] = line end
  lines[#lines + 1] = "END:VEVENT\r\nEND:VCALENDAR\r\n"
  local _, status = server:request("PUT", server.cal .. name .. ".ics", table.concat(lines, "\r\n"),
    "Content-Type: text/calendar")
  lu.assertEquals(status, 201)
end

TestDisconnect = {}

function TestDisconnect.setUp()
  server:clear()
end

-- What a board says that has lost its credentials, in each command that signs in.
function TestDisconnect.test_not_connected_is_what_is_said_then()
  local place <close> = connected(nil)
  run(place, 0, "disconnect.lua board.json")
  local sentence = "the board is not connected with this calendar: run connect.lua caldav ("
  for _, words in ipairs { "sync.lua board.json", "sync.lua board.json --dry-run", "explain.lua board.json A-1" } do
    lu.assertStrContains(select(2, run(place, 3, words)), sentence, false, words)
  end
  lu.assertStrContains(run(place, 3, "doctor.lua board.json"), "not connected")
  local _, errors = run(place, 2, "disconnect.lua board.json --name other")
  lu.assertStrContains(errors, "other")
end

function TestDisconnect.testCredentialsAlone()
  local place <close> = connected(nil, "--name work")
  local before = place:board()
  lu.assertStrContains(run(place, 0, "disconnect.lua board.json"), 'board.json: disconnected from "work"')
  local after = place:board()
  lu.assertEquals({ after.calendarConfig.work.connected, after.calendarConfig.work.credentials }, { false })
  before.calendarConfig.work.connected, before.calendarConfig.work.credentials = false, nil
  lu.assertEquals(after, before)
  lu.assertEquals(#uids(), 3)
end

function TestDisconnect.testSingleForm()
  local place <close> = connected()
  run(place, 0, "disconnect.lua board.json")
  local config = place:board().calendarConfig
  lu.assertEquals({ config.provider, config.credentials }, { "caldav" })
  lu.assertStrContains(run(place, 0, "disconnect.lua board.json"), 'there were no credentials of "caldav"')
end

function TestDisconnect.testExactlyWhatFmcalMadeIsRemoved()
  local place <close> = connected()
  put("foreign", "UID:foreign@example.org")
  put("other-team", "UID:B-1@fleetmonitor", "X-TEAM:law")
  put("nameless", "UID:B-2@fleetmonitor")
  put("claims", "UID:claims@example.org", "X-TEAM:academy")
  put("orphan", "UID:A-9@fleetmonitor", "X-TEAM:academy")
  put("invites", "UID:A-8@fleetmonitor", "X-TEAM:academy", "ORGANIZER:mailto:a@example.org", "ATTENDEE:mailto:b@example.org")
  local out = run(place, 0, "disconnect.lua board.json --remove-events --yes")
  lu.assertStrContains(out, 'board.json: 4 events deleted from "caldav"')
  lu.assertStrContains(out, "kept, because people are invited: Theirs")
  lu.assertEquals(uids(), { "A-8@fleetmonitor", "B-1@fleetmonitor", "B-2@fleetmonitor", "claims@example.org",
    "foreign@example.org" })
  local board = place:board()
  local original = json.decode(BOARD)
  board.calendarConfig = nil
  lu.assertEquals(board, original)
end

function TestDisconnect.testALaterRunTakesNothingForDeletedByAPerson()
  local place <close> = connected()
  run(place, 0, "disconnect.lua board.json --remove-events --yes")
  run(place, 0, ("connect.lua caldav board.json --endpoint %s --username alice --password-stdin"):format(server.url))
  run(place, 0, "sync.lua board.json")
  lu.assertEquals(#uids(), 3)
  lu.assertEquals(place:item("A-1").dueDate, "2026-12-15")
end

function TestDisconnect.testAfterARunThatBrokeOffNoDateIsCleared()
  local place <close> = connected()
  server:fault { kind = "status", method = "DELETE", code = 401, skip = 1, times = 100 }
  run(place, 3, "disconnect.lua board.json --remove-events --yes")
  lu.assertTrue(#uids() < 3)
  server:control("DELETE", "_fault")
  run(place, 0, "sync.lua board.json")
  lu.assertEquals(place:item("A-1").dueDate, "2026-12-15")
  lu.assertEquals(place:item("A-2").dueDate, "2026-12-16")
  lu.assertEquals(#uids(), 3)
end

function TestDisconnect.testItIsConfirmed()
  local place <close> = connected()
  local before = place:read("board.json")
  local _, errors = run(place, 2, "disconnect.lua board.json --remove-events")
  lu.assertStrContains(errors, '3 events of "caldav" would be deleted: confirm with --yes')
  lu.assertEquals(#uids(), 3)
  lu.assertEquals(place:read("board.json"), before)
end

function TestDisconnect.testARefusedDeletionKeepsTheCredentials()
  local place <close> = connected()
  server:fault { kind = "status", method = "DELETE", code = 403 }
  local out, errors = run(place, 1, "disconnect.lua board.json --remove-events --yes")
  lu.assertStrContains(out, "2 events deleted")
  lu.assertStrContains(errors, "1 event could not be deleted; the credentials are kept")
  lu.assertNotNil(place:board().calendarConfig.credentials)
  run(place, 0, "disconnect.lua board.json --remove-events --yes")
  lu.assertEquals(uids(), {})
  lu.assertNil(place:board().calendarConfig.credentials)
end

function TestDisconnect.testOneOfSeveral()
  local place <close> = connected(nil, "--name work")
  run(place, 0, "connect.lua vdir board.json --endpoint calendars --name backup")
  run(place, 0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 3)
  local _, errors = run(place, 2, "disconnect.lua board.json")
  lu.assertStrContains(errors, "several calendars; say which with --name: work, backup")
  _, errors = run(place, 2, "disconnect.lua board.json --name wrok")
  lu.assertStrContains(errors, 'no calendar "wrok"; it has work, backup')
  run(place, 0, "disconnect.lua board.json --name work --remove-events --yes")
  lu.assertEquals(uids(), {})
  lu.assertEquals(place:count_events(), 3)
  lu.assertNotNil(place:item("A-1").calendarSync)
  lu.assertNil((place:item("A-1").calendarSync.others or {}).work)
  run(place, 0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 3)
  lu.assertEquals(place:item("A-1").dueDate, "2026-12-15")
end

function TestDisconnect.testAWrongKeyIsExitStatus2()
  local place <close> = connected()
  local before = place:read("board.json")
  local _, errors = place:expect(2, "disconnect.lua board.json --remove-events --yes",
    { env = "CALENDAR_ENCRYPTION_KEY=" .. ("2"):rep(64) })
  lu.assertStrContains(errors, "the stored credentials cannot be decrypted")
  lu.assertEquals(place:read("board.json"), before)
  lu.assertEquals(#uids(), 3)
end

server = servers.scripted()
local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
