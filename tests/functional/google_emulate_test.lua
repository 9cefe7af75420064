-- The sign-in against an account that is not ours: the npm package `emulate`, version 0.11.2 (see
-- support/emulate_server.py). Its OAuth is checked whole. Of the calendar it knows six routes; what follows from that:
--   no events.get, patch, update; no ETag, If-Match, sync token, tombstones: no sync is tried, and no test event
--   no calendarList.get, and events.list tells no access role: each calendar looks read-only
--   no calendars.insert: a calendar of one's own cannot be made
--   ids given by clients are ignored, any bearer token passes, scopes are not looked at
--   the token's address is /oauth2/token, and only a redirect URI that was registered to the port is accepted
local lu = require "luaunit"
local commands = require "commands"
local core = require "fmcal.provider.core"
local credentials = require "fmcal.credentials"
local google = require "fmcal.accounts.google"
local json = require "fmcal.json"
local servers = require "servers"
local sign_in = require "sign_in"
local state = require "fmcal.state"

local KEY = ("0"):rep(63) .. "1"
local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. KEY
local KANBAN = "kanban@group.calendar.google.com"

local server

local function endpoint()
  return { api = server.api, auth = server.auth, token = server.token, revoke = server.revoke }
end

local function client(secret)
  return { id = server.client_id, secret = secret or server.client_secret }
end

-- A sign-in begun, and the code that the browser brings back.
local function signed_in()
  local request = assert(google.begin("existing", server.client_id, server.listen_port, google.endpoints(endpoint())))
  local _, address = sign_in.browse(request.url, "--stay --email " .. server.user)
  return request, assert(google.pasted(request, address))
end

local function exchange(request, code, secret)
  return google.exchange(request, client(secret), code, google.endpoints(endpoint()), {})
end

local function refused(message, ...)
  local grant, err = exchange(...)
  lu.assertNil(grant)
  lu.assertEquals(err.code, "auth")
  lu.assertStrContains(err.message, message)
end

TestEmulate = {}

function TestEmulate.testConnectAndDisconnect()
  local place <close> = commands.place { team = "academy", items = json.array {},
    calendarConfig = { google = { connected = false, endpoint = endpoint() } } }
  place:write("client.json", { installed = { client_id = server.client_id, client_secret = server.client_secret } })
  local out = place:expect(0, ("connect.lua google board.json --client client.json --calendar Kanban --json --listen-port %s")
    :format(server.listen_port), { env = sign_in.desktop(place, "--email " .. server.user) .. " " .. WITH_KEY })
  local result = json.decode(out)
  lu.assertEquals({ result.success, result.encrypted, result.calendar.id, #result.calendars }, { true, true, KANBAN, 2 })
  lu.assertStrContains(place:read("page"), "You can close this window")
  local section = place:board().calendarConfig.google
  lu.assertEquals({ section.connected, section.selectedCalendarId }, { true, KANBAN })
  local members = assert(credentials.open(section.credentials.encrypted, { team = "academy", provider = "google" },
    credentials.keyring { key = KEY }))
  local grant = assert(google.refresh(members, google.endpoints(endpoint()), {}))
  lu.assertEquals(google.scope_names(grant.scopes), { "calendar.calendarlist.readonly", "calendar.events" })
  place:expect(0, "disconnect.lua board.json", { env = WITH_KEY })
  local none, err = google.refresh(members, google.endpoints(endpoint()), {})
  lu.assertNil(none)
  lu.assertStrContains(err.message, "Google does not accept the sign-in any more (invalid_grant)")
end

function TestEmulate.testACodeIsForOneExchange()
  local request, code = signed_in()
  local grant = assert(exchange(request, code))
  lu.assertTrue(credentials.is_secret(grant.refresh_token))
  refused("(invalid_grant)", request, code)
end

function TestEmulate.testTheVerifierOfTheLinkIsNeeded()
  local request, code = signed_in()
  request.verifier = signed_in().verifier
  refused("(invalid_grant)", request, code)
end

function TestEmulate.testAWrongClient()
  local request, code = signed_in()
  refused("Google does not know the OAuth client (invalid_client)", request, code, "wrong")
end

-- A listing without a token, and an answer that names another event than the one that was written, count for nothing.
function TestEmulate.testWhatIsNoGoogleCalendarIsNotBelieved()
  local request, code = signed_in()
  local grant = assert(exchange(request, code))
  local provider = assert(core.new("google", { endpoint = endpoint(), calendar_id = "Kanban", client_id = server.client_id,
    client_secret = server.client_secret, refresh_token = grant.refresh_token }))
  assert(provider:open())
  local text = assert(provider:encode { uid = "A-1@fleetmonitor", kanbanId = "A-1", title = "One", dueDate = "2026-12-15" })
  local results = assert(provider:apply { { kind = "create", uid = "A-1@fleetmonitor", text = text } })
  lu.assertEquals(results[1].outcome, "failed")
  local memory <close> = assert(state.open(":memory:"))
  local listed, err = provider:changes(memory:target("all"))
  lu.assertNil(listed)
  lu.assertEquals(err.code, "network")
end

server = servers.emulate()
local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
