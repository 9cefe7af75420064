-- What Google's reference says of tokens, writes, listings and limits, rule by rule, against the scripted account.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local google_world = require "google_world"
local json = require "fmcal.json"
local servers = require "servers"
local state = require "fmcal.state"

local CALENDAR = "kanban@group.calendar.example"
local server = servers.google()
local world = google_world.of(server)

local function new(extra)
  local options = {}
  for name, value in pairs(world.options) do options[name] = value end
  for name, value in pairs(extra or {}) do options[name] = value end
  return assert(core.new("google", options))
end

local function opened(extra)
  local p = new(extra)
  assert(p:open())
  return p
end

local function requests(method, path)
  local list = {}
  for _, row in ipairs(server:control("GET", "_log").requests) do
    if row.method == method and row.path:find(path) then list[#list + 1] = row end
  end
  return list
end

local function forget() server:control("DELETE", "_log") end

local function event(members)
  local made = { uid = "a@fleetmonitor", title = "Title", dueDate = "2026-02-15" }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

local function write(p, job)
  local results, err = p:apply { job }
  lu.assertNil(err)
  return results[1]
end

local function create(p, members)
  local made = event(members)
  return write(p, { kind = "create", uid = made.uid, text = assert(p:encode(made)) })
end

local function read(p, href) return assert(p:fetch { href })[1] end

local function setup()
  server:clear()
  server:set { access_ttl_s = 3600, revive_forbidden = false, page = 0, delay_ms = 0 }
end

-- ------------------------------------------------------------------ tokens

TestTokens = { setUp = setup }

function TestTokens.test_one_refresh_for_many_requests()
  local p = opened()
  local hrefs = {}
  for i = 1, 40 do hrefs[i] = ("id%05d"):format(i) end
  assert(p:fetch(hrefs))
  lu.assertEquals(#requests("POST", "^/token"), 1)
end

function TestTokens.test_a_refused_token_is_renewed_once_and_the_request_sent_again()
  local p = opened()
  forget()
  server:fault { kind = "google", code = 401, reason = "authError", path = "/events$" }
  assert(p:changes(assert(assert(state.open(":memory:")):target("t"))))
  lu.assertEquals(#requests("POST", "^/token"), 1)
  server:fault { kind = "google", code = 401, reason = "authError", path = "/events$", times = 9 }
  local _, err = p:changes(assert(assert(state.open(":memory:")):target("t")))
  lu.assertEquals(err.code, "auth")
  lu.assertEquals(#requests("POST", "^/token"), 2)
end

function TestTokens.test_invalid_grant_ends_it_in_plain_words()
  local p = new { refresh_token = "1//revoked" }
  local _, err = p:open()
  lu.assertEquals(err.code, "auth")
  for _, word in ipairs { "invalid_grant", "revoked", "6 months", "7 days", "Connect again" } do
    lu.assertStrContains(err.message, word)
  end
  p:open()
  lu.assertEquals(#requests("POST", "^/token"), 1)
end

function TestTokens.test_other_failures_are_tried_again()
  server:fault { kind = "status", code = 503, path = "^/token", times = 2 }
  opened()
  lu.assertEquals(#requests("POST", "^/token"), 3)
end

function TestTokens.test_a_bookmark_needs_nothing_but_a_token()
  local discovery = opened():binding().discovery
  forget()
  local p = opened { discovery = discovery }
  lu.assertEquals(server:count(), 1)
  assert(p:changes(assert(assert(state.open(":memory:")):target("t"))))
  lu.assertEquals(server:count(), 2)
end

-- @return the JSON key of a service account
local function service_key()
  local shell = require "shell"
  return json.encode { type = "service_account", client_email = "robot@project.example", private_key_id = "1",
    private_key = shell.read(os.getenv("TESTS_DIR") .. "/fixtures/crypto/rfc7515_a2.pem") }
end

function TestTokens.test_a_service_account()
  local p = opened { service_account = service_key() }
  lu.assertEquals(requests("POST", "^/token")[1].grant, "urn:ietf:params:oauth:grant-type:jwt-bearer")
  lu.assertEquals(create(p).outcome, "done")
  local _, err = new({ service_account = "{}" }):open()
  lu.assertEquals(err.code, "invalid")
  lu.assertStrContains(err.message, "service_account")
end

-- ------------------------------------------------------------------ writes

TestWrites = { setUp = setup }

function TestWrites.test_a_lost_insert_is_recognised()
  local p = opened()
  server:fault { kind = "lose", method = "POST", path = "/events$" }
  local result = create(p)
  lu.assertEquals(result.outcome, "done")
  lu.assertEquals(#server:control("GET", "_events/" .. CALENDAR), 1)
end

function TestWrites.test_nobody_is_notified()
  local p = opened()
  local href = create(p).href
  write(p, { kind = "update", uid = "a@fleetmonitor", href = href, text = assert(p:encode(event { title = "New" }, read(p, href).text)) })
  write(p, { kind = "delete", uid = "a@fleetmonitor", href = href })
  for _, method in ipairs { "POST", "PATCH", "DELETE" } do
    lu.assertEquals(requests(method, "/events")[1].query.sendUpdates, "none")
  end
end

function TestWrites.test_from_a_day_to_a_time_and_back()
  local p = opened()
  local href = create(p).href
  for _, date in ipairs { "2026-02-16T10:00:00Z", "2026-02-17" } do
    local row = read(p, href)
    local result = write(p, { kind = "update", uid = row.uid, href = href, etag = row.etag,
      text = assert(p:encode(event { dueDate = date }, row.text)) })
    lu.assertEquals(result.outcome, "done", result.error and result.error.message)
    lu.assertEquals(p:decode(read(p, href).text).dueDate, date)
  end
end

function TestWrites.test_a_private_property_goes()
  local p = opened()
  local href = create(p, { status = ("long "):rep(500) }).href
  local row = read(p, href)
  lu.assertEquals(#p:decode(row.text).status, 2500)
  write(p, { kind = "update", uid = row.uid, href = href, etag = row.etag, text = assert(p:encode(event(), row.text)) })
  local private = json.decode(read(p, href).text).extendedProperties.private
  lu.assertEquals(private, { uid = "a@fleetmonitor", version = "1" })
end

function TestWrites.test_a_deleted_id_is_revived_or_replaced()
  local p = opened()
  local first = create(p).href
  write(p, { kind = "delete", uid = "a@fleetmonitor", href = first })
  lu.assertEquals(create(p, { title = "Again" }).href, first)
  write(p, { kind = "delete", uid = "a@fleetmonitor", href = first })
  server:set { revive_forbidden = true }
  local result = create(p, { title = "Third" })
  lu.assertEquals(result.outcome, "done")
  lu.assertNotEquals(result.href, first)
  lu.assertEquals(read(p, result.href).uid, "a@fleetmonitor")
end

function TestWrites.test_a_refusal_is_no_rate_limit()
  local p = opened()
  server:fault { kind = "google", code = 403, reason = "forbiddenForNonOrganizer", method = "POST", times = 9 }
  local result = create(p)
  lu.assertEquals({ result.outcome, result.error.code }, { "refused", "access" })
  lu.assertEquals(#requests("POST", "/events$"), 1)
end

function TestWrites.test_rate_limits_are_waited_for()
  local p = opened()
  for _, reason in ipairs { "rateLimitExceeded", "userRateLimitExceeded", "calendarUsageLimitsExceeded" } do
    server:fault { kind = "google", code = 403, reason = reason, method = "POST" }
  end
  lu.assertEquals(create(p).outcome, "done")
  lu.assertEquals(#requests("POST", "/events$"), 4)
end

function TestWrites.test_a_used_up_quota_is_not_pressed()
  local p = opened()
  server:fault { kind = "google", code = 403, reason = "dailyLimitExceeded", method = "POST", times = 9 }
  local result = create(p)
  lu.assertEquals({ result.outcome, result.error.code }, { "failed", "throttled" })
  lu.assertStrContains(result.error.message, "tomorrow")
  lu.assertEquals(#requests("POST", "/events$"), 1)
end

-- ------------------------------------------------------------------ listings

TestListings = { setUp = setup }

local function target() return assert(assert(state.open(":memory:")):target("t")) end

function TestListings.test_tokens_that_are_too_old_list_everything()
  local p, t = opened(), target()
  create(p)
  assert(p:changes(t))
  server:control("POST", "_expire")
  local summary = assert(p:changes(t))
  lu.assertTrue(summary.full)
  lu.assertEquals({ summary.seen, summary.changed, summary.deleted }, { 1, 0, 0 })
end

function TestListings.test_a_cut_page_is_asked_for_again()
  local p, t = opened(), target()
  create(p)
  server:fault { kind = "cut", bytes = 40, method = "GET", path = "/events$" }
  lu.assertEquals(assert(p:changes(t)).changed, 1)
end

function TestListings.test_copies_are_foreign()
  local p, t = opened(), target()
  local copy = json.decode(read(p, create(p).href).text)
  for _, name in ipairs { "id", "iCalUID", "etag" } do copy[name] = nil end
  local made = server:control("POST", "_events/" .. CALENDAR, copy)
  assert(p:changes(t))
  lu.assertEquals(t:remote(made.id).uid, made.iCalUID)
end

-- ------------------------------------------------------------------ sign-out

TestSignOut = {}

function TestSignOut.test_the_refresh_token_is_revoked()
  local other <close> = servers.google()
  local options = google_world.of(other).options
  assert(assert(core.new("google", options)):disconnect())
  local _, err = assert(core.new("google", options)):open()
  lu.assertEquals(err.code, "auth")
end

local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
