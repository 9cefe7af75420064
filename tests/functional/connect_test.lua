-- connect.lua as scripts use it: what it stores, and a clear sentence for each way it can fail.
local lu = require("luaunit")
local commands = require("commands")
local credentials = require("fmcal.credentials")
local crypto = require("fmcal.crypto")
local json = require("fmcal.json")
local servers = require("servers")

local KEY = ("0"):rep(63) .. "1"
local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. KEY
local PASSWORD = "secret"
local IDS = { team = "academy", provider = "caldav" }
local keyring = assert(credentials.keyring { key = KEY })

-- A board whose spelling a rewrite would not keep.
local BOARD = [[
{ "team": "academy",
    "rate": 1.10, "big": 12345678901234567890,
  "items": [ {"id":"A-1", "title": "Caf\u00e9", "dueDate": "2026-12-15"} ] }
]]
local SINGLE = [[
{ "team": "academy", "rate": 1.10,
  "calendarConfig": { "enabled": true, "provider": "caldav", "endpoint": "http://127.0.0.1:1/",
    "calendarId": "old", "credentials": { "username": "bob", "env": "NOWHERE" }, "stats": {"pendingChanges": 7e0} },
  "items": [ ] }
]]

local server

local function connect(place, status, words, options)
  options = options or {}
  return place:expect(status, "connect.lua " .. words, { env = options.env or WITH_KEY,
    input = options.input or PASSWORD .. "\n" })
end

local function words_for(url)
  return ("caldav board.json --endpoint %s --username alice --password-stdin"):format(url or server.url)
end

local function opened(section)
  return assert(credentials.open(section.encrypted, IDS, keyring))
end

local function objects()
  return server:control("GET", "_objects").kanban
end

TestConnect = {}

function TestConnect.test_the_primary_calendar()
  local place <close> = commands.place(BOARD)
  lu.assertStrContains(connect(place, 0, words_for() .. " --calendar primary"), "connected with the calendar")
end

-- Of several calendars of one account the one that can be used: what is chosen, what the board names then, and what a board
-- means that names none by itself.
function TestConnect.test_the_primary_calendar_of_several()
  local function make(name, members)
    members.name = name
    server:control("POST", "_calendar", members)
  end
  make("a-tasks", { components = json.array { "VTODO" } })
  make("b-holidays", { writable = false })
  make("z-other", {})
  local place <close> = commands.place(BOARD)
  local result = json.decode((connect(place, 0, words_for() .. " --calendar primary --json")))
  lu.assertEquals(#result.calendars, 4)
  lu.assertEquals(place:board().calendarConfig.calendarId, "/cal/alice/kanban/")
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  place:edit(function(board) board.calendarConfig.calendarId = "primary" end)
  lu.assertStrContains(place:expect(0, "sync.lua board.json", { env = WITH_KEY }), "1 unchanged")
  local there = server:control("GET", "_objects")
  lu.assertNotNil(next(there.kanban))
  lu.assertEquals({ there["a-tasks"], there["b-holidays"], there["z-other"] }, { {}, {}, {} })
  for _, name in ipairs { "a-tasks", "b-holidays", "z-other" } do server:control("DELETE", "_calendar/" .. name) end
end

-- Refused before a password is read, and told where it is allowed.
function TestConnect.test_clear_text()
  local place <close> = commands.place(BOARD)
  local url = "http://dav.invalid/"
  local words = ("caldav board.json --endpoint %s --username alice"):format(url)
  local _, errors = connect(place, 2, words)
  lu.assertStrContains(errors, url .. " is not encrypted: give an address with https://")
  _, errors = connect(place, 3, words_for(url) .. " --allow-http")
  lu.assertStrContains(errors, "warning: --allow-http: the password and all events go to " .. url .. " unencrypted")
  place:write("board.json", SINGLE:gsub("http://127.0.0.1:1/", url):gsub('"enabled"', '"allowHttp": true, "enabled"'))
  _, errors = place:expect(3, "sync.lua board.json", { env = "NOWHERE=x" })
  lu.assertStrContains(errors, "warning: allowHttp: the password and all events go to " .. url)
end

function TestConnect.setUp()
  server:clear()
end

function TestConnect.testSingleForm()
  local place <close> = commands.place(SINGLE)
  local out, errors = connect(place, 0, words_for())
  lu.assertStrContains(out, 'board.json: connected with the calendar "Kanban" of CalDAV (alice)')
  lu.assertStrContains(out, "A test event was written, read back and removed.")
  lu.assertStrContains(out, "It replaces what the board was connected with before (caldav).")
  lu.assertEquals(errors, "")
  local config = place:board().calendarConfig
  lu.assertEquals({ config.provider, config.endpoint, config.calendarId },
    { "caldav", server.url, "/cal/alice/kanban/" })
  lu.assertEquals(config.credentials.expiresAt, json.null)
  lu.assertStrMatches(config.credentials.lastVerified, "%d+%-%d+%-%d+T%d+:%d+:%d+Z")
  lu.assertNil(config.credentials.username)
  lu.assertNil(config.credentials.env)
  local members = opened(config.credentials)
  lu.assertEquals(members.username, "alice")
  lu.assertTrue(crypto.equal(members.appPassword, PASSWORD))
  lu.assertStrContains(place:read("board.json"), '"rate": 1.10')
  lu.assertStrContains(place:read("board.json"), '{"pendingChanges": 7e0}')
  lu.assertEquals(objects(), {})
end

function TestConnect.testPerProviderFormLeavesTheRestByteForByte()
  local place <close> = commands.place(BOARD)
  local out = connect(place, 0, words_for() .. " --name work --json")
  local result = json.decode(out)
  lu.assertEquals({ result.success, result.verified, result.encrypted, result.name }, { true, true, true, "work" })
  lu.assertEquals(result.calendars[1], { id = "/cal/alice/kanban/", name = "Kanban", events = true, primary = true,
    writable = true })
  local member = place:board().calendarConfig.work
  lu.assertEquals({ member.connected, member.provider, member.accountName, member.selectedCalendarId, member.calendarName },
    { true, "caldav", "alice", "/cal/alice/kanban/", "Kanban" })
  lu.assertEquals(member.availableCalendars, { { id = "/cal/alice/kanban/", name = "Kanban" } })
  lu.assertNotNil(member.accountId)
  local text = place:read("board.json")
  lu.assertEquals(text:sub(1, #BOARD - 4), BOARD:sub(1, -5))
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  lu.assertNotNil(next(objects()))
end

function TestConnect.testASecondOneGoesBesideTheFirst()
  local place <close> = commands.place(BOARD)
  connect(place, 0, words_for() .. " --name work")
  local first = place:board().calendarConfig.work
  connect(place, 0, words_for())
  lu.assertEquals(place:board().calendarConfig.work, first)
  lu.assertTrue(place:board().calendarConfig.caldav.connected)
end

function TestConnect.testAgainChangesOnlyTheCredentials()
  local place <close> = commands.place(BOARD)
  connect(place, 0, words_for())
  local before = place:board()
  connect(place, 0, words_for())
  local after = place:board()
  lu.assertNotEquals(after.calendarConfig.credentials.encrypted, before.calendarConfig.credentials.encrypted)
  before.calendarConfig.credentials, after.calendarConfig.credentials = nil, nil
  lu.assertEquals(after, before)
end

function TestConnect.testSourcesAreStoredAsSources()
  local place <close> = commands.place(BOARD)
  local command = ("caldav board.json --endpoint %s --username alice"):format(server.url)
  connect(place, 0, command .. " --password-command printf secret", { env = "A=b" })
  lu.assertEquals(place:board().calendarConfig.credentials.command, { "printf", "secret" })
  connect(place, 0, command .. " --password-env DAV_PASSWORD", { env = "DAV_PASSWORD=secret" })
  local section = place:board().calendarConfig.credentials
  lu.assertEquals({ section.username, section.env, section.command }, { "alice", "DAV_PASSWORD" })
  local _, errors = connect(place, 2, command .. " --password-env DAV_PASSWORD")
  lu.assertStrContains(errors, "DAV_PASSWORD, which the credentials name, is not set")
  _, errors = connect(place, 2, command .. " --password-env A --password-stdin")
  lu.assertStrContains(errors, "exclude each other")
end

function TestConnect.testWithoutAKey()
  local place <close> = commands.place(BOARD)
  local _, errors = connect(place, 2, words_for(), { env = "A=b" })
  lu.assertStrContains(errors, "export CALENDAR_ENCRYPTION_KEY=$(openssl rand -hex 32)")
  lu.assertEquals(place:read("board.json"), BOARD)
  lu.assertEquals(server:count(), 0)
  connect(place, 0, words_for() .. " --plain", { env = "A=b" })
  local section = place:board().calendarConfig.credentials
  lu.assertEquals({ section.username, section.appPassword, section.encrypted }, { "alice", PASSWORD })
end

function TestConnect.testAnotherKeyThanTheBoardsIsRefused()
  local place <close> = commands.place(BOARD)
  connect(place, 0, words_for() .. " --name work")
  local before = place:read("board.json")
  local _, errors = connect(place, 2, words_for() .. " --name home",
    { env = "CALENDAR_ENCRYPTION_KEY=" .. ("2"):rep(64) })
  lu.assertStrContains(errors, "the credentials of work on this board do not open")
  _, errors = connect(place, 2, words_for() .. " --name home", { env = "CALENDAR_ENCRYPTION_KEY=hunter2" })
  lu.assertStrContains(errors, "CALENDAR_ENCRYPTION_KEY is no usable key")
  lu.assertEquals(place:read("board.json"), before)
end

function TestConnect.testSecretsAreShownNowhere()
  local canary = "kanarienvogel-4711"
  local place <close> = commands.place(BOARD)
  local out, errors = connect(place, 3, words_for(), { input = canary, env = WITH_KEY .. " FMCAL_LOG=trace" })
  lu.assertStrContains(errors, "PROPFIND")
  local basic = crypto.encode("base64", "alice:" .. canary)
  for _, text in ipairs { canary, basic, KEY } do lu.assertNotStrContains(out .. errors, text) end
  lu.assertEquals(place:read("board.json"), BOARD)
end

-- ---------------------------------------------------------------- choosing

function TestConnect.testChoosing()
  local own <close> = servers.scripted()
  for _, calendar in ipairs {
    { name = "ro", display_name = "Read me", writable = false }, { name = "todo", display_name = "Tasks", components = { "VTODO" } },
  } do own:control("POST", "_calendar", calendar) end
  local place <close> = commands.place(BOARD)
  local _, errors = connect(place, 2, words_for(own.url))
  lu.assertStrContains(errors, "several calendars; name one with --calendar: ")
  lu.assertStrContains(errors, '"Read me"')
  _, errors = connect(place, 2, words_for(own.url) .. " --calendar Tasks")
  lu.assertStrContains(errors, '"Tasks" holds tasks only, no events')
  _, errors = connect(place, 2, words_for(own.url) .. " --calendar nothing")
  lu.assertStrContains(errors, 'there is no calendar "nothing"; there are "Kanban"')
  lu.assertEquals(place:read("board.json"), BOARD)
  local out = connect(place, 0, words_for(own.url) .. " --calendar 'Read me'")
  lu.assertStrContains(out, "The calendar is read only: events come to the board")
  lu.assertEquals(place:board().calendarConfig.calendarId, "/cal/alice/ro/")
  connect(place, 0, words_for(own.url) .. " --calendar kanban")
  lu.assertEquals(place:board().calendarConfig.calendarId, "/cal/alice/kanban/")
end

-- ---------------------------------------------------------------- the test event

function TestConnect.testTheTestEventIsRemovedWhateverHappens()
  local place <close> = commands.place(BOARD)
  server:fault { kind = "status", method = "PUT", code = 403 }
  local _, errors = connect(place, 3, words_for())
  lu.assertStrContains(errors, 'the calendar "Kanban" takes no events')
  server:clear()
  server:fault { kind = "status", method = "REPORT", code = 403, times = 1 }
  local _, unread = connect(place, 3, words_for())
  lu.assertStrContains(unread, 'a test event in "Kanban" could not be read back')
  lu.assertEquals(objects(), {})
  lu.assertEquals(place:read("board.json"), BOARD)
end

function TestConnect.testATestEventOfUnknownFateIsRemovedToo()
  local place <close> = commands.place(BOARD)
  server:fault { kind = "lose", method = "PUT", times = 1 }
  connect(place, 0, words_for())
  lu.assertEquals(objects(), {})
  server:fault { kind = "lose", method = "DELETE", times = 1 }
  connect(place, 0, words_for())
  lu.assertEquals(objects(), {})
end

function TestConnect.testATestEventThatCannotBeRemovedIsNamed()
  local place <close> = commands.place(BOARD)
  server:fault { kind = "status", method = "DELETE", code = 403, times = 10 }
  local _, errors = connect(place, 3, words_for())
  lu.assertStrContains(errors, 'a test event ("fmcal check") in "Kanban" could not be removed')
  lu.assertStrContains(errors, "please delete it")
end

function TestConnect.testNoVerifyWritesNothing()
  local place <close> = commands.place(BOARD)
  connect(place, 0, words_for() .. " --no-verify")
  lu.assertEquals(server:count("PUT"), 0)
end

-- ---------------------------------------------------------------- services and servers

function TestConnect.testAnAuthorityOfItsOwn()
  local good <close> = servers.tls(server, "good")
  local place <close> = commands.place(BOARD)
  connect(place, 0, words_for(good.url) .. " --ca-file " .. good.ca)
  lu.assertEquals(place:board().calendarConfig.caFile, good.ca)
end

function TestConnect.testNobodyListens()
  local place <close> = commands.place(BOARD)
  local out, errors = connect(place, 3, words_for("http://127.0.0.1:1/"))
  lu.assertStrContains(errors, "127.0.0.1")
  lu.assertEquals(out, "")
  lu.assertEquals(place:read("board.json"), BOARD)
end

function TestConnect.testUsage()
  local place <close> = commands.place(BOARD)
  local _, errors = connect(place, 2, "fastmial board.json")
  lu.assertStrContains(errors, 'there is no provider "fastmial" (did you mean "fastmail"?)')
  _, errors = connect(place, 2, "caldav board.json --password-stdin")
  lu.assertStrContains(errors, "--endpoint is missing")
  _, errors = connect(place, 2, words_for("http://dav.example.org/"))
  lu.assertStrContains(errors, "http")
  local single <close> = commands.place(SINGLE)
  _, errors = connect(single, 2, words_for() .. " --name work")
  lu.assertStrContains(errors, 'names one calendar (calendarConfig.provider is "caldav")')
end

function TestConnect.testAFolder()
  local place <close> = commands.place(BOARD)
  local out = connect(place, 0, "vdir board.json --endpoint calendars")
  lu.assertStrContains(out, 'connected with the calendar "academy" of Folder of .ics files')
  local config = place:board().calendarConfig
  lu.assertEquals({ config.provider, config.endpoint, config.calendarId, config.credentials },
    { "vdir", "calendars", "academy" })
  lu.assertEquals(place:count_events(), 0)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 1)
end

function TestConnect.testIcloud()
  local icloud <close> = servers.icloud()
  local place <close> = commands.place(BOARD)
  local words = ("apple board.json --endpoint %s --username alice --password-stdin --calendar kanban"):format(icloud.url)
  local _, errors = connect(place, 3, words, { input = "the account's own" })
  lu.assertStrContains(errors, "iCloud wants an app-specific password from https://account.apple.com")
  connect(place, 0, words)
  lu.assertEquals(place:board().calendarConfig.provider, "apple")
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  place:expect(0, "disconnect.lua board.json --remove-events --yes", { env = WITH_KEY })
  lu.assertEquals(icloud:control("GET", "_objects").kanban, {})
end

function TestConnect.testRadicale()
  local radicale <close> = servers.real("radicale")
  local place <close> = commands.place(BOARD)
  local out = place:expect(0, ("connect.lua caldav board.json --endpoint %s --username %s --password-stdin --calendar %s")
    :format(radicale.url, radicale.user, radicale.cal:match("([^/]+)/?$")), { env = WITH_KEY, input = radicale.password })
  lu.assertStrContains(out, "A test event was written, read back and removed.")
  lu.assertNotStrContains(out, "does not keep")
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
end

server = servers.scripted()
local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
