-- connect.lua google, end to end: a person signs in with a browser, here or elsewhere; what is stored; a clear sentence
-- for each way it can fail; no secret in any output.
local lu = require "luaunit"
local commands = require "commands"
local credentials = require "fmcal.credentials"
local crypto = require "fmcal.crypto"
local json = require "fmcal.json"
local servers = require "servers"
local shell = require "shell"
local sign_in = require "sign_in"
local time = require "fmcal.time"

local KEY = ("0"):rep(63) .. "1"
local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. KEY
local IDS = { team = "academy", provider = "google" }
local KANBAN = "kanban@group.calendar.example"
local SCOPE = "https://www.googleapis.com/auth/"

local server
local keyring = assert(credentials.keyring { key = KEY })

-- A place with a board that leads to the scripted server, and the client's file.
local function place_of(members)
  local config = { google = { connected = false, endpoint = { api = server.api, auth = server.auth, token = server.token,
    revoke = server.revoke } } }
  for name, value in pairs(members or {}) do config.google[name] = value end
  local place = commands.place { team = "academy", teamName = "ACADEMY", calendarConfig = config,
    items = json.array { { id = "A-1", title = "One", dueDate = "2026-12-15" } } }
  place:write("client.json", { installed = { client_id = server.client_id, client_secret = server.client_secret,
    redirect_uris = { "http://localhost" } } })
  return place
end

local function google(words)
  words = words or "--create Academy"
  return ("connect.lua google board.json --client client.json %s%s"):format(words, words:find("--wait", 1, true) and ""
    or " --wait 60")
end

-- Connects with the desktop's browser. @return output, errors
local function connect(place, status, words, options)
  options = options or {}
  local env = sign_in.desktop(place, options.browser) .. " " .. (options.env or WITH_KEY)
  return place:expect(status, google(words), { env = env })
end

local function section(place)
  return place:board().calendarConfig.google
end

local function calendars(name)
  local found = {}
  for _, calendar in ipairs(server:control("GET", "_calendar")) do
    if calendar.summary == name then found[#found + 1] = calendar end
  end
  return found
end

local function assert_no_secrets(...)
  local known = server:control("GET", "_secrets")
  local text = table.concat({ ... }, "\n")
  for _, list in pairs(known) do
    for _, secret in ipairs(list) do lu.assertNotStrContains(text, secret) end
  end
  lu.assertNotStrContains(text, server.client_secret)
end

TestSignIn = {}

function TestSignIn.setUp()
  server:clear()
  server:set { grant_life_s = json.null, ungranted = json.array {}, keep_refresh = false }
end

function TestSignIn.testACalendarOfItsOwn()
  local place <close> = place_of { syncOptions = { timeZone = "Europe/Rome" } }
  local out, errors = connect(place, 0, "--create 'Team calendar'")
  lu.assertStrContains(out, 'board.json: connected with the calendar "Team calendar" of Google Calendar')
  lu.assertStrContains(out, "A test event was written, read back and removed.")
  lu.assertStrContains(out, "The credentials are stored encrypted.")
  lu.assertStrContains(errors, "A browser should open with it now.")
  lu.assertStrContains(place:read("page"), "You can close this window")
  local made = calendars("Team calendar")
  lu.assertEquals({ #made, made[1].zone }, { 1, "Europe/Rome" })
  local config = section(place)
  lu.assertEquals({ config.connected, config.selectedCalendarId, config.calendarName, config.provider },
    { true, made[1].id, "Team calendar" })
  lu.assertEquals(config.endpoint.api, server.api)
  lu.assertEquals(config.credentials.expiresAt, json.null)
  local members = assert(credentials.open(config.credentials.encrypted, IDS, keyring))
  lu.assertEquals(members.clientId, server.client_id)
  lu.assertTrue(crypto.equal(members.clientSecret, server.client_secret))
  lu.assertTrue(credentials.is_secret(members.refreshToken))
  for name in pairs(members) do lu.assertNotEquals(name, "accessToken") end
  lu.assertEquals(server:control("GET", "_events/" .. made[1].id)[1].status, "cancelled")
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  lu.assertEquals(#server:control("GET", "_events/" .. made[1].id), 2)
end

-- Everything that RFC 7636 and Google's page for installed apps ask of the link, and no right more than is needed.
function TestSignIn.testTheLink()
  local place <close> = place_of()
  local waiting = sign_in.start(place, google "--create X", WITH_KEY)
  local first = waiting:parameters()
  lu.assertEquals({ first.response_type, first.client_id, first.code_challenge_method, first.access_type, first.prompt },
    { "code", server.client_id, "S256", "offline", "consent" })
  lu.assertEquals(first.scope, SCOPE .. "calendar.app.created")
  lu.assertStrMatches(first.redirect_uri, "http://127%.0%.0%.1:%d+/")
  lu.assertEquals({ #first.state, #first.code_challenge }, { 43, 43 })
  sign_in.browse(waiting.link, "--deny")
  waiting:finish()
  waiting = sign_in.start(place, google "--calendar Kanban", WITH_KEY)
  local second = waiting:parameters()
  lu.assertEquals(second.scope, SCOPE .. "calendar.events " .. SCOPE .. "calendar.calendarlist.readonly")
  lu.assertNotEquals(second.state, first.state)
  lu.assertNotEquals(second.code_challenge, first.code_challenge)
  sign_in.browse(waiting.link, "--deny")
  waiting:finish()
end

function TestSignIn.testACalendarThatIsThere()
  local place <close> = place_of()
  local out = connect(place, 0, "--calendar Kanban --json")
  local result = json.decode(out)
  lu.assertEquals({ result.success, result.verified, result.encrypted, result.account, result.calendar.id },
    { true, true, true, "alice@example.com", KANBAN })
  lu.assertEquals(section(place).accountId, "alice@example.com")
  lu.assertItemsEquals(section(place).availableCalendars, result.calendars and (function()
    local list = {}
    for i, calendar in ipairs(result.calendars) do list[i] = { id = calendar.id, name = calendar.name } end
    return list
  end)())
  local read_only <close> = place_of()
  lu.assertStrContains((connect(read_only, 0, "--calendar Reader")), "The calendar is read only")
  local _, errors = connect(place, 2, "--json")
  lu.assertStrContains(errors, 'the account has several calendars; name one with --calendar: "alice@example.com"')
end

function TestSignIn.testTheSingleForm()
  local place <close> = place_of()
  place:edit(function(board)
    board.calendarConfig = { enabled = true, provider = "google", calendarId = "gone@group.calendar.example",
      endpoint = board.calendarConfig.google.endpoint }
  end)
  lu.assertStrContains((connect(place, 0, "--create Single")),
    "It replaces what the board was connected with before (google).")
  local config = place:board().calendarConfig
  lu.assertEquals({ config.provider, config.calendarId }, { "google", calendars("Single")[1].id })
  lu.assertEquals(config.endpoint.token, server.token)
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
end

function TestSignIn.testBesideAnother()
  local place <close> = place_of { connected = true, selectedCalendarId = KANBAN }
  local config = place:board().calendarConfig
  config.work = { provider = "google", connected = false, endpoint = config.google.endpoint }
  place:edit(function(board) board.calendarConfig = config end)
  connect(place, 0, "--name work --create Work")
  local after = place:board().calendarConfig
  lu.assertEquals(after.google, config.google)
  lu.assertEquals({ after.work.connected, after.work.provider, after.work.calendarName }, { true, "google", "Work" })
end

-- After the seven days of a project in "Testing": neither the client's file nor a second calendar is needed.
function TestSignIn.testConnectingAgain()
  local place <close> = place_of()
  server:set { grant_life_s = 604799 }
  local out = connect(place, 0, "--create Again")
  lu.assertStrContains(out, 'the OAuth project is in "Testing". Publish the app and connect again.')
  local ends = time.parse(section(place).credentials.expiresAt).epoch - time.epoch()
  lu.assertTrue(ends > 600000 and ends < 604800, ends)
  local before = section(place).selectedCalendarId
  server:control("POST", "_revoke")
  local _, errors = place:run("sync.lua board.json", { env = WITH_KEY })
  lu.assertStrContains(errors, "invalid_grant")
  server:set { grant_life_s = json.null }
  place:expect(0, "connect.lua google board.json --create Again", { env = sign_in.desktop(place) .. " " .. WITH_KEY })
  lu.assertEquals(section(place).selectedCalendarId, before)
  lu.assertEquals(section(place).credentials.expiresAt, json.null)
  lu.assertEquals(#calendars("Again"), 1)
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
end

function TestSignIn.testTheClientFromTheEnvironment()
  local place <close> = place_of()
  local env = sign_in.desktop(place) .. " " .. WITH_KEY .. " GOOGLE_CLIENT_SECRET=" .. server.client_secret
  place:expect(0, "connect.lua google board.json --create A --client-id " .. server.client_id, { env = env })
  place:expect(0, "connect.lua google board.json --create A", { env = env .. " GOOGLE_CLIENT_ID=" .. server.client_id })
  lu.assertStrContains(place:read("environment"), "DISPLAY=:0")
  assert_no_secrets(place:read("environment"))
  lu.assertNotStrContains(place:read("environment"), KEY)
end

function TestSignIn.testWithoutEncryption()
  local place <close> = place_of()
  local _, errors = connect(place, 2, "--create X", { env = "A=b" })
  lu.assertStrContains(errors, "CALENDAR_ENCRYPTION_KEY is not set, so the sign-in could not be stored safely")
  local out
  out, errors = connect(place, 0, "--create Plain --plain", { env = "A=b FMCAL_LOG=trace" })
  assert_no_secrets(out, errors)
  local stored = section(place).credentials
  lu.assertEquals({ stored.clientId, stored.clientSecret, stored.encrypted }, { server.client_id, server.client_secret })
  lu.assertStrMatches(stored.refreshToken, "1//.+")
  place:expect(0, "sync.lua board.json", { env = "A=b" })
end

-- ---------------------------------------------------------------- the answer

-- What one request to the listener is answered with.
local function knock(address)
  local out = shell.run("curl -sS -o /dev/null -w '%{http_code}' " .. shell.quote(address))
  return math.tointeger(out)
end

function TestSignIn.testOnlyTheRightAnswerCounts()
  local place <close> = place_of()
  local waiting = sign_in.start(place, google(), WITH_KEY)
  local listener = waiting:parameters().redirect_uri
  local _, answer = sign_in.browse(waiting.link, "--stay")
  local code = answer:match("code=([^&]+)")
  lu.assertEquals(knock(listener .. "favicon.ico"), 404)
  lu.assertEquals(knock(listener), 400)
  lu.assertEquals(knock(listener .. "?code=" .. code), 400)
  lu.assertEquals(knock(listener .. "?code=" .. code .. "&state=" .. ("x"):rep(43)), 400)
  lu.assertEquals(knock(listener .. "?error=access_denied&state=x"), 400)
  lu.assertEquals(knock(answer .. "&code=other"), 400)
  lu.assertEquals(knock((answer:gsub("^http://127.0.0.1", "http://127.0.0.2"))), 0)
  lu.assertEquals(knock(answer), 200)
  local _, errors, status = waiting:finish()
  lu.assertEquals(status, 0, errors)
  lu.assertStrContains(errors, "refused: this answer belongs to another sign-in")
  lu.assertStrContains(errors, "refused: this is no answer of Google's sign-in page")
  lu.assertNotEquals(knock(answer), 200)
end

-- ---------------------------------------------------------------- failures

-- Ends with a status and one sentence; the board stays as it is.
local function fails(status, sentence, words, options, members)
  local place <close> = place_of(members)
  local before = place:read("board.json")
  local out, errors = connect(place, status, words, options)
  local last = errors:match("([^\n]*)\n$")
  lu.assertStrContains(last, sentence)
  lu.assertTrue(#last < 450, last)
  lu.assertNotStrContains(errors, "traceback")
  lu.assertEquals({ out, place:read("board.json") }, { "", before })
  assert_no_secrets(errors)
end

function TestSignIn.testAccessDenied()
  fails(3, "access was refused on Google's page", nil, { browser = "--deny" })
  fails(3, "access was refused on Google's page", nil, { browser = "--untick calendar.app.created" })
end

function TestSignIn.testUntickedScopes()
  fails(3, "Google did not grant calendar.events: connect again and leave the boxes on Google's page ticked",
    "--calendar Kanban", { browser = "--untick calendar.events" })
  fails(3, "did not grant calendar.calendarlist.readonly", "--calendar Kanban",
    { browser = "--untick calendar.calendarlist.readonly" })
  server:set { ungranted = { SCOPE .. "calendar.app.created" } }
  fails(3, "did not grant calendar.app.created")
end

function TestSignIn.testNoRefreshToken()
  server:set { keep_refresh = true }
  fails(3, "Google gave no refresh token: take the access of the app back on https://myaccount.google.com/connections")
end

function TestSignIn.testTheClientIsNotKnown()
  local place <close> = place_of()
  place:write("client.json", { installed = { client_id = server.client_id, client_secret = "not-the-secret" } })
  local _, errors = connect(place, 3)
  lu.assertStrContains(errors, "Google does not know the OAuth client (invalid_client): check the client id and the client secret")
  lu.assertNotStrContains(errors, "not-the-secret")
  place:write("client.json", { installed = { client_id = "nobody", client_secret = "x" } })
  _, errors = connect(place, 3, "--create X --wait 1")
  lu.assertStrContains(errors, "no answer came from the browser within 1 seconds")
  lu.assertStrContains(errors, '(redirect_uri_mismatch, invalid_client), the OAuth client is not of the type "Desktop app"')
end

function TestSignIn.testTheTokenEndpointFails()
  local function fault(code, body)
    server:fault { kind = "status", path = "/token", times = 1, code = code, body = body }
  end
  fault(400, '{"error": "redirect_uri_mismatch"}')
  fails(3, 'not made for a program on this machine (redirect_uri_mismatch): create one of the type "Desktop app"')
  fault(400, '{"error": "invalid_grant"}')
  fails(3, "does not accept the answer of the sign-in (invalid_grant)")
  fault(500, "<html>")
  fails(3, "signing in: Google answered with HTTP status 500")
  fault(200, '{"access_token": ""')
  fails(3, "signing in: the answer of Google holds no access token")
  server:fault { kind = "drop", path = "/token", times = 5 }
  fails(3, "signing in: ")
  fails(3, "signing in: ", nil, nil, { endpoint = { api = server.api, auth = server.auth, token = "http://127.0.0.1:1/" } })
end

function TestSignIn.testTheCalendarCannotBeMade()
  server:fault { kind = "google", path = "/calendar/v3/calendars", code = 403, reason = "quotaExceeded", times = 1 }
  fails(3, 'making the calendar "Academy": Google answered with HTTP status 403 (quotaExceeded)')
  server:fault { kind = "lose", path = "/calendar/v3/calendars", times = 1 }
  fails(3, "look whether it is there before you try again", "--create Lost")
  lu.assertEquals(#calendars("Lost"), 1)
end

function TestSignIn.testUsage()
  fails(2, "--create and --calendar exclude each other", "--create A --calendar B")
  fails(2, "--username is not for google", "--username alice")
  fails(2, "--service-account goes with --calendar CALENDAR alone", "--service-account key.json")
  fails(2, "'70000' is not a whole number of at least 1 and at most 65535", "--listen-port 70000")
  local place <close> = place_of()
  local function refused(sentence, words)
    local _, errors = place:expect(2, "connect.lua google board.json " .. words, { env = WITH_KEY })
    lu.assertStrContains(errors, sentence)
  end
  refused("the OAuth client is missing", "--create X")
  refused("the secret of the OAuth client is missing", "--create X --client-id a")
  refused("cannot read the client's file none.json", "--create X --client none.json")
  place:write("client.json", "[")
  refused("client.json is no JSON object", "--create X --client client.json")
  place:write("client.json", { web = { client_id = "a", client_secret = "b" } })
  refused('is of the type "Web application": create one of the type "Desktop app"', "--create X --client client.json")
  place:write("client.json", { type = "service_account" })
  refused("give it with --service-account", "--create X --client client.json")
  local _, errors = place:expect(2, "connect.lua vdir board.json --endpoint calendars --create X", {})
  lu.assertStrContains(errors, "--create is for google, not for vdir")
end

-- ---------------------------------------------------------------- secrets

-- With everything logged: the code, the verifier, the tokens and the client's secret are nowhere to be seen.
function TestSignIn.testNoSecretIsShown()
  local place <close> = place_of()
  local out, errors = connect(place, 0, nil, { env = WITH_KEY .. " FMCAL_LOG=trace" })
  lu.assertStrContains(errors, "POST " .. server.token)
  assert_no_secrets(out, errors, place:read("board.json"))
  lu.assertStrContains(errors, "code_verifier=[secret]")
  local synced, log = place:expect(0, "sync.lua board.json", { env = WITH_KEY .. " FMCAL_LOG=trace" })
  assert_no_secrets(synced, log, place:read("board.json"), (shell.run("cat " .. place:file(".fmcal") .. "/*")))
end

server = servers.google()
server:control("POST", "_calendar", { id = KANBAN, summary = "Kanban" })
server:control("POST", "_calendar", { id = "reader@group.calendar.example", summary = "Reader", role = "reader" })
local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
