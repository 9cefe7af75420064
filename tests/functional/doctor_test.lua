-- doctor.lua: one line for each link of the chain, the right exit status, and nothing left behind.
local lu = require("luaunit")
local commands = require("commands")
local json = require("fmcal.json")
local servers = require("servers")
local shell = require("shell")

local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. ("0"):rep(63) .. "1"
local BOARD = [[
{ "team": "academy", "items": [ {"id":"A-1", "title": "One", "dueDate": "2026-12-15"} ] }
]]

local server

local function run(place, status, words, options)
  options = options or {}
  return place:expect(status, words, { env = options.env or WITH_KEY, input = "secret\n" })
end

local function connected(more)
  local place = commands.place(BOARD)
  run(place, 0, ("connect.lua caldav board.json --endpoint %s --username alice --password-stdin %s"):format(
    server.url, more or "--calendar kanban"))
  return place
end

-- The checks by "target check" or "check": the worst of each.
local function checks(place, status, words, options)
  local out = run(place, status, "doctor.lua board.json --json " .. (words or ""), options)
  local found, rank = {}, { ok = 1, warning = 2, problem = 3 }
  local result = json.decode(out)
  lu.assertEquals(result.usable, status == 0)
  for _, check in ipairs(result.checks) do
    local before = found[check.check]
    if not before or rank[check.status] > rank[before.status] then found[check.check] = check end
  end
  return found
end

local function assert_all_ok(found, ...)
  for _, name in ipairs { ... } do lu.assertEquals((found[name] or {}).status, "ok", name) end
end

local function assert_check(found, name, status, message, advice)
  lu.assertNotNil(found[name], name)
  lu.assertEquals(found[name].status, status, found[name].message)
  lu.assertStrContains(found[name].message, message)
  if advice then lu.assertStrContains(found[name].advice or "", advice) end
end

local function objects()
  return server:control("GET", "_objects").kanban
end

TestDoctor = {}

function TestDoctor.setUp()
  server:clear()
  server:set { date = "" }
end

function TestDoctor.testAllIsWell()
  local place <close> = connected("--calendar kanban --name work")
  run(place, 0, "sync.lua board.json")
  local before, count = place:snapshot(), #json.encode(objects())
  local found = checks(place, 0)
  assert_all_ok(found, "board", "file modes", "key", "configuration", "state", "server", "clock", "sign-in", "rights",
    "round trip")
  lu.assertNil(found["last run"])
  lu.assertEquals(place:snapshot(), before)
  lu.assertEquals(#json.encode(objects()), count)
  local out = run(place, 0, "doctor.lua")
  lu.assertStrContains(out, "ok       work: round trip: an event with emoji, long lines, X- properties and an alarm came back")
  lu.assertNotStrContains(out, "secret\n")
end

function TestDoctor.testBeforeTheFirstRun()
  local place <close> = connected()
  local before = place:snapshot()
  assert_check(checks(place, 0), "state", "ok", "no run yet")
  lu.assertEquals(place:snapshot(), before)
end

function TestDoctor.testNoWrite()
  local place <close> = connected("--calendar kanban --no-verify")
  lu.assertNil(checks(place, 0, "--no-write")["round trip"])
  lu.assertEquals(server:count("PUT"), 0)
end

function TestDoctor.testKey()
  local place <close> = connected()
  local found = checks(place, 2, "", { env = "CALENDAR_ENCRYPTION_KEY=" .. ("2"):rep(64) })
  assert_check(found, "key", "problem", "the stored credentials cannot be decrypted", "connect again")
  assert_check(checks(place, 2, "", { env = "A=b" }), "key", "problem", "CALENDAR_ENCRYPTION_KEY is not set")
  assert_check(checks(place, 2, "", { env = "CALENDAR_ENCRYPTION_KEY=short" }), "key", "problem", "no usable key",
    "openssl rand -hex 32")
end

function TestDoctor.testPlainPasswordAndFileModes()
  local place <close> = commands.place(BOARD)
  run(place, 0, ("connect.lua caldav board.json --endpoint %s --username alice --password-stdin --calendar kanban --plain"):format(server.url),
    { env = "A=b" })
  shell.lines("chmod 666 " .. place:file("board.json"))
  local found = checks(place, 0, "", { env = "A=b" })
  assert_check(found, "key", "warning", "a password unencrypted", "openssl rand -hex 32")
  assert_check(found, "file modes", "warning", "can be written by other users (mode 666)", "chmod 600")
  shell.lines("chmod 644 " .. place:file("board.json"))
  assert_check(checks(place, 0, "", { env = "A=b" }), "file modes", "warning", "can be read by other users (mode 644)")
end

function TestDoctor.testBoard()
  local place <close> = connected()
  place:edit(function(board)
    board.items[2] = { id = "A-1", title = "Again", dueDate = "2026-12-16" }
  end)
  assert_check(checks(place, 0), "board", "warning", "A-1")
  place:write("board.json", "{")
  assert_check(checks(place, 3), "board", "problem", "board.json")
end

function TestDoctor.testRules()
  local place <close> = connected()
  place:edit(function(board) board.calendarConfig.rules = "rules.lua" end)
  place:write("rules.lua", "return {")
  assert_check(checks(place, 2), "rules", "problem", "rules.lua:1", "mend the rules file")
  place:write("rules.lua", "return {}")
  assert_all_ok(checks(place, 0), "rules")
end

function TestDoctor.testClock()
  local place <close> = connected()
  server:set { date = "Thu, 01 Jan 2015 00:00:00 GMT" }
  assert_check(checks(place, 0), "clock", "warning", "seconds ahead of the server's", "timedatectl")
end

function TestDoctor.testServer()
  local place <close> = connected()
  local good <close> = servers.tls(server, "good")
  place:edit(function(board)
    board.calendarConfig.endpoint, board.calendarConfig.caFile = good.url, good.ca
  end)
  assert_check(checks(place, 0), "server", "ok", "answers over TLS")
  place:edit(function(board) board.calendarConfig.caFile = nil end)
  assert_check(checks(place, 3), "server", "problem", "is not trusted", "certificate")
end

-- Each link of the chain in turn is the one that hangs.
function TestDoctor.testTheTimeoutIsForEverything()
  local place <close> = connected()
  for method, check in pairs { OPTIONS = "server", PROPFIND = "sign-in", PUT = "round trip" } do
    server:fault { kind = "hang", method = method, times = -1 }
    assert_check(checks(place, 3, "--timeout 2"), check, "problem", "did not answer in time", "the server does not answer")
    server:control("DELETE", "_fault")
  end
end

function TestDoctor.testSignIn()
  local place <close> = connected()
  server:fault { kind = "status", method = "PROPFIND", code = 401, times = 100 }
  assert_check(checks(place, 3), "sign-in", "problem", "not let in", "connect.lua caldav")
  server:clear()
  place:edit(function(board) board.calendarConfig.calendarId = "/cal/alice/gone/" end)
  local found = checks(place, 3)
  assert_check(found, "sign-in", "problem", "connect.lua caldav chooses another calendar")
  lu.assertNil(found["sign-in"].advice) -- the message has it
  place:edit(function(board) board.calendarConfig.credentials = nil end)
  found = checks(place, 3)
  assert_check(found, "sign-in", "problem", "run connect.lua caldav")
  lu.assertNil(found["sign-in"].advice)
end

function TestDoctor.testReadOnlyCalendar()
  server:control("POST", "_calendar", { name = "ro", display_name = "Read me", writable = false })
  local place <close> = connected("--calendar ro")
  local found = checks(place, 0)
  assert_check(found, "rights", "warning", '"Read me" is read only')
  lu.assertNil(found["round trip"])
end

function TestDoctor.testACalendarThatLosesThings()
  local place <close> = connected()
  server:set { strips = "(?s)X-FMCAL-CHECK:[^\r]*\r\n|X-CASE-NUMBER:[^\r]*\r\n|BEGIN:VALARM.*END:VALARM\r\n" }
  local found = checks(place, 0)
  server:set { strips = "" }
  assert_check(found, "round trip", "warning", "the calendar does not keep the X- property for caseNumber, the reminder, "
    .. "X- properties of other programs")
  server:set { strips = "👩|DTEND[^\r]*\r\n" }
  found = checks(place, 0)
  server:set { strips = "" }
  assert_check(found, "round trip", "warning", "the description (long lines, line breaks)")
  lu.assertEquals(objects(), {})
end

function TestDoctor.testARoundTripThatFailsLeavesNothing()
  local place <close> = connected()
  server:fault { kind = "status", method = "REPORT", code = 403, times = 1 }
  assert_check(checks(place, 3), "round trip", "problem", "403")
  lu.assertEquals(objects(), {})
end

function TestDoctor.testStateOfAnotherBoardAndCalendar()
  local place <close> = connected()
  run(place, 0, "sync.lua board.json")
  place:write("other.json", place:read("board.json"))
  local out = run(place, 2, "doctor.lua other.json")
  lu.assertStrContains(out, "belongs to the board")
  server:control("POST", "_calendar", { name = "second", display_name = "Second" })
  place:edit(function(board) board.calendarConfig.calendarId = "/cal/alice/second/" end)
  assert_check(checks(place, 0), "state", "warning", "the next sync starts afresh in \"Second\"")
end

function TestDoctor.testDamagedState()
  local place <close> = connected()
  run(place, 0, "sync.lua board.json")
  place:write(".fmcal/academy.db", "no database")
  local found = checks(place, 0)
  lu.assertEquals(found.state.status, "warning")
  lu.assertEquals(place:read(".fmcal/academy.db"), "no database")
end

function TestDoctor.testLastErrors()
  local place <close> = connected()
  server:fault { kind = "status", method = "PUT", code = 403 }
  run(place, 1, "sync.lua board.json")
  assert_check(checks(place, 0), "last run", "warning", "A-1")
end

server = servers.scripted()
local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
