-- A Google account after the sign-in: doctor.lua says in plain words what it is worth, disconnect.lua revokes it and
-- removes what fmcal made; a service account needs no sign-in.
local lu = require "luaunit"
local commands = require "commands"
local json = require "fmcal.json"
local servers = require "servers"
local shell = require "shell"
local sign_in = require "sign_in"
local time = require "fmcal.time"

local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. ("0"):rep(63) .. "1"
local KANBAN = "kanban@group.calendar.example"
local SCOPE = "https://www.googleapis.com/auth/"
local CONNECTIONS = "https://myaccount.google.com/connections"

local server

local function endpoint()
  return { api = server.api, auth = server.auth, token = server.token, revoke = server.revoke }
end

-- A board that leads to the scripted server.
local function place_of(google)
  google.endpoint = google.endpoint or endpoint()
  local place = commands.place { team = "academy", calendarConfig = { google = google, syncOptions = { timeZone = "Europe/Rome" } },
    items = json.array { { id = "A-1", title = "One", dueDate = "2026-12-15" },
      { id = "A-2", title = "Two", dueDate = "2026-12-16" } } }
  place:write("client.json", { installed = { client_id = server.client_id, client_secret = server.client_secret } })
  return place
end

local function run(place, status, words, environment)
  return place:expect(status, words, { env = environment or WITH_KEY })
end

-- A place that is connected with the calendar "Kanban", or otherwise.
local function connected(words)
  local place = place_of { connected = false }
  run(place, 0, "connect.lua google board.json --client client.json " .. (words or "--calendar Kanban"),
    sign_in.desktop(place) .. " " .. WITH_KEY)
  return place
end

local function section(place)
  return place:board().calendarConfig.google
end

-- The events that are there, by their ids' UIDs.
local function events(calendar)
  local found = {}
  for _, event in ipairs(server:control("GET", "_events/" .. (calendar or KANBAN))) do
    local private = event.extendedProperties and event.extendedProperties.private or {}
    if event.status ~= "cancelled" then found[private.uid or event.summary] = event end
  end
  return found
end

local function names(map)
  local list = {}
  for name in pairs(map) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function sign_ins()
  return #server:control("GET", "_secrets").valid
end

-- ---------------------------------------------------------------- disconnect.lua

TestDisconnect = {}

function TestDisconnect.setUp()
  server:clear()
  server:set { grant_life_s = json.null, date = json.null }
  server:control("POST", "_revoke")
end

function TestDisconnect.testTheSignInIsRevoked()
  local place <close> = connected()
  lu.assertEquals(sign_ins(), 1)
  local out, errors = run(place, 0, "disconnect.lua board.json")
  lu.assertEquals(out, 'board.json: the sign-in to "google" was revoked\nboard.json: disconnected from "google"\n')
  lu.assertEquals({ errors, sign_ins(), section(place).credentials, section(place).connected }, { "", 0, nil, false })
  out, errors = run(place, 0, "disconnect.lua board.json --name google")
  lu.assertEquals({ out, errors }, { 'board.json: there were no credentials of "google"\n', "" })
end

function TestDisconnect.testWhatCannotBeRevokedIsAWarning()
  local place <close> = connected()
  server:fault { kind = "status", path = "/revoke", times = -1, code = 403, body = "{}" }
  local out, errors = run(place, 0, "disconnect.lua board.json")
  lu.assertStrContains(errors, "the sign-in to Google was not revoked: ")
  lu.assertStrContains(errors, "Take it back by hand on " .. CONNECTIONS)
  lu.assertEquals(out, 'board.json: disconnected from "google"\n')
  lu.assertNil(section(place).credentials)
  local other <close> = connected()
  out, errors = run(other, 0, "disconnect.lua board.json", "A=b")
  lu.assertStrContains(errors, "CALENDAR_ENCRYPTION_KEY is not set")
  lu.assertStrContains(out, "disconnected")
end

-- A token that Google does not know any more needs no revoking.
function TestDisconnect.testASignInThatHasEnded()
  local place <close> = connected()
  server:control("POST", "_revoke")
  local _, errors = run(place, 0, "disconnect.lua board.json")
  lu.assertEquals(errors, "")
end

function TestDisconnect.testASignInThatOthersNeed()
  local place <close> = connected()
  run(place, 0, "disconnect.lua board.json --no-revoke")
  lu.assertEquals(sign_ins(), 1)
  run(place, 0, "connect.lua google board.json --client client.json --calendar Kanban", sign_in.desktop(place) .. " " .. WITH_KEY)
  place:edit(function(board)
    board.calendarConfig.other = board.calendarConfig.google
    board.calendarConfig.other.provider = "google"
  end)
  local _, errors = run(place, 0, "disconnect.lua board.json --name other")
  lu.assertStrContains(errors, 'not revoked: the calendar "google" is signed in with the same OAuth client')
  lu.assertEquals(sign_ins(), 2)
end

function TestDisconnect.testExactlyWhatFmcalMadeIsRemoved()
  local place <close> = connected()
  run(place, 0, "sync.lua board.json")
  server:control("POST", "_events/" .. KANBAN, { summary = "Theirs", start = { date = "2027-01-01" }, ["end"] = { date = "2027-01-02" } })
  local ours = events()["A-1@fleetmonitor"]
  server:control("POST", "_events/" .. KANBAN, { id = "othert3am", summary = "Another team's", start = ours.start, ["end"] = ours["end"],
    extendedProperties = { private = { uid = "B-1@fleetmonitor", team = "other", kanbanId = "B-1", source = "fleet-monitor" } } })
  local out = run(place, 0, "disconnect.lua board.json --remove-events --yes")
  lu.assertStrContains(out, '2 events deleted from "google"')
  lu.assertEquals(names(events()), { "B-1@fleetmonitor", "Theirs" })
  lu.assertEquals({ sign_ins(), place:item("A-1").dueDate, place:item("A-1").calendarSync }, { 0, "2026-12-15" })
end

-- ---------------------------------------------------------------- doctor.lua

local function checks(place, status, environment)
  local found, rank = {}, { ok = 1, warning = 2, problem = 3 }
  for _, check in ipairs(json.decode((run(place, status, "doctor.lua board.json --json", environment))).checks) do
    local before = found[check.check]
    if not before or rank[check.status] > rank[before.status] then found[check.check] = check end
  end
  return found
end

local function assert_check(found, name, status, message, advice)
  lu.assertNotNil(found[name], name)
  lu.assertEquals(found[name].status, status, found[name].message)
  lu.assertStrContains(found[name].message, message)
  if advice then lu.assertStrContains(found[name].advice or "", advice) end
end

TestDoctor = { setUp = TestDisconnect.setUp }

function TestDoctor.testAllIsWell()
  local place <close> = connected()
  local found = checks(place, 0)
  for _, name in ipairs { "key", "server", "clock", "scopes", "sign-in", "rights", "round trip" } do
    lu.assertEquals((found[name] or {}).status, "ok", name)
  end
  assert_check(found, "scopes", "ok", "calendar.calendarlist.readonly, calendar.events")
  assert_check(found, "sign-in", "ok", 'alice@example.com, calendar "Kanban"')
  assert_check(found, "round trip", "ok", "private properties and a reminder came back as it was")
  lu.assertEquals(events(), {})
  local own <close> = connected "--create Mine"
  assert_check(checks(own, 0), "scopes", "ok", "calendar.app.created")
end

function TestDoctor.testASignInThatHasEnded()
  local place <close> = connected()
  server:control("POST", "_revoke")
  local found = checks(place, 3)
  assert_check(found, "sign-in", "problem", 'in "Testing", where a sign-in ends after 7 days',
    'run: connect.lua google; "Publishing status: In production" in Google\'s console makes it last')
  lu.assertStrContains(found["sign-in"].message, "(invalid_grant)")
  lu.assertNil(found.scopes)
end

function TestDoctor.testASignInThatWillEnd()
  server:set { grant_life_s = 604799 }
  local place <close> = connected()
  local day = time.format(time.epoch() + 604799):sub(1, 10)
  assert_check(checks(place, 0), "sign-in", "warning", ('the sign-in ends on %s: the OAuth project is in "Testing"'):format(day),
    'publish the app ("In production")')
  place:edit(function(board) board.calendarConfig.google.credentials.expiresAt = "2025-01-01T00:00:00Z" end)
  assert_check(checks(place, 0), "sign-in", "warning", "the sign-in ended on 2025-01-01")
end

function TestDoctor.testScopes()
  local place <close> = connected()
  server:set { scopes = SCOPE .. "calendar.calendarlist.readonly" }
  server:control("POST", "_scopes")
  local found = checks(place, 3)
  assert_check(found, "scopes", "problem", "Google granted no right to write events (granted: calendar.calendarlist.readonly)",
    "leave the boxes on Google's page ticked")
end

function TestDoctor.testClock()
  local place <close> = connected()
  server:set { date = "Thu, 01 Jan 2026 00:00:00 GMT" }
  assert_check(checks(place, 0), "clock", "warning", "seconds ahead of the server's", "timedatectl set-ntp true")
end

function TestDoctor.testRights()
  local place <close> = connected "--calendar Reader"
  local found = checks(place, 0)
  assert_check(found, "rights", "warning", 'the calendar "Reader" is read only')
  lu.assertNil(found["round trip"])
end

function TestDoctor.testACalendarThatIsGone()
  local place <close> = connected()
  place:edit(function(board) board.calendarConfig.google.selectedCalendarId = "gone@group.calendar.example" end)
  assert_check(checks(place, 3), "sign-in", "problem", 'there is no calendar "gone@group.calendar.example"')
end

-- ---------------------------------------------------------------- service accounts

TestServiceAccount = { setUp = TestDisconnect.setUp }

-- The JSON key that Google gives out; its private key is the one of RFC 7515, appendix A.2.
local function key()
  return { type = "service_account", client_email = "robot@project.example", private_key_id = "1",
    private_key = shell.read(os.getenv("TESTS_DIR") .. "/fixtures/crypto/rfc7515_a2.pem") }
end

local function assert_syncs(place, environment)
  run(place, 0, "sync.lua board.json", environment or "A=b")
  lu.assertEquals(names(events()), { "A-1@fleetmonitor", "A-2@fleetmonitor" })
  server:control("POST", "_events/" .. KANBAN, { id = events()["A-1@fleetmonitor"].id, start = { date = "2026-12-24" },
    ["end"] = { date = "2026-12-25" } })
  run(place, 0, "sync.lua board.json", environment or "A=b")
  lu.assertEquals(place:item("A-1").dueDate, "2026-12-24")
end

function TestServiceAccount.testAKeyFileOnTheBoard()
  local place <close> = place_of { selectedCalendarId = KANBAN, credentials = { serviceAccountFile = "key.json" } }
  place:write("key.json", key())
  shell.lines("chmod 600 " .. place:file("key.json"))
  assert_syncs(place)
  lu.assertEquals(section(place).credentials, { serviceAccountFile = "key.json" })
  local _, errors, code = shell.run(("cd / && %s sync.lua %s"):format(shell.quote(os.getenv("FMCAL_LUA")),
    place:file("board.json")))
  lu.assertEquals(code, 0, errors)
  local found = checks(place, 0, "A=b")
  assert_check(found, "round trip", "ok", "came back as it was")
  lu.assertNil(found.scopes)
  lu.assertEquals((run(place, 0, "disconnect.lua board.json", "A=b")), 'board.json: disconnected from "google"\n')
end

function TestServiceAccount.testAKeyFromTheEnvironment()
  local place <close> = place_of { selectedCalendarId = KANBAN, credentials = { serviceAccount = { env = "ROBOT" } } }
  assert_syncs(place, "ROBOT=" .. shell.quote(assert(json.encode(key()))))
  lu.assertStrContains(select(2, run(place, 2, "sync.lua board.json", "ROBOT='{}'")), "is no JSON key of a service account")
end

-- A key written out on the board is a secret like any other: it is encrypted at the next write.
function TestServiceAccount.testAKeyOnTheBoardIsEncrypted()
  local place <close> = place_of { selectedCalendarId = KANBAN, credentials = { serviceAccount = assert(json.encode(key())) } }
  assert_syncs(place, WITH_KEY)
  lu.assertStrContains(section(place).credentials.encrypted, "fmcal:v1:")
  lu.assertNil(section(place).credentials.serviceAccount)
  assert_syncs(place, WITH_KEY)
end

function TestServiceAccount.testConnect()
  local place <close> = place_of { connected = false }
  place:write("key.json", key())
  shell.lines("chmod 640 " .. place:file("key.json"))
  local out = run(place, 0, "connect.lua google board.json --service-account key.json --calendar " .. KANBAN, "A=b")
  lu.assertStrContains(out, 'connected with the calendar "Kanban" of Google Calendar')
  lu.assertStrContains(out, "A test event was written, read back and removed.")
  lu.assertEquals(section(place).credentials.serviceAccountFile, "key.json")
  assert_syncs(place)
  assert_check(checks(place, 0, "A=b"), "file modes", "warning", "key.json can be read by other users (mode 640)", "chmod 600")
  place:write("key.json", "{}")
  local _, errors = run(place, 2, "connect.lua google board.json --service-account key.json --calendar " .. KANBAN, "A=b")
  lu.assertStrContains(errors, "is no JSON key of a service account")
  _, errors = run(place, 2, "connect.lua google board.json --service-account none.json --calendar " .. KANBAN, "A=b")
  lu.assertStrContains(errors, "none.json")
end

function TestServiceAccount.testWhatToDo()
  local place <close> = place_of { selectedCalendarId = "unshared@group.calendar.example",
    credentials = { serviceAccountFile = "key.json" } }
  place:write("key.json", key())
  assert_check(checks(place, 3, "A=b"), "sign-in", "problem", "there is no calendar",
    "share the calendar with the address of the service account (client_email in its key)")
  server:fault { kind = "status", path = "/token", times = -1, code = 400, body = '{"error": "invalid_grant"}' }
  assert_check(checks(place, 3, "A=b"), "sign-in", "problem", "does not accept the key of the service account (invalid_grant)",
    "make a new key for the service account")
end

server = servers.google()
server:control("POST", "_calendar", { id = KANBAN, summary = "Kanban" })
server:control("POST", "_calendar", { id = "reader@group.calendar.example", summary = "Reader", role = "reader" })
local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
