-- What Google's reference says of tokens, calendars and listings, rule by rule, against the scripted account.
local lu = require "luaunit"
local account = require "google_account"
local core = require "fmcal.provider.core"
local google_world = require "google_world"
local json = require "fmcal.json"
local servers = require "servers"

local server, CALENDAR = account.server, account.calendar
local new, opened, requests, forget, write = account.new, account.opened, account.requests, account.forget, account.write
local create, read, target, setup = account.create, account.read, account.target, account.setup

-- ------------------------------------------------------------------ tokens

TestTokens = { setUp = setup }

-- Forty requests find that the token has ended, some of them when there is a newer one already: the refresh has a
-- connection of its own.
function TestTokens.test_one_refresh_however_many_requests_want_it()
  local endpoint = { api = server.api, token = server.token:gsub("127%.0%.0%.1", "localhost"), revoke = server.revoke }
  local p = opened { endpoint = endpoint }
  local hrefs = {}
  for i = 1, 40 do hrefs[i] = ("id%05d"):format(i) end
  forget()
  server:control("POST", "_end_access")
  lu.assertEquals(#assert(p:fetch(hrefs)), 40)
  lu.assertEquals(#requests("POST", "^/token"), 1)
  lu.assertTrue(#requests("GET", "/events/") > 41)
end

function TestTokens.test_the_refresh_token_is_kept_where_the_answer_has_none()
  local p = opened()
  for _ = 1, 2 do
    server:control("POST", "_end_access")
    assert(p:changes(target()))
  end
  lu.assertEquals(#requests("POST", "^/token"), 3)
end

function TestTokens.test_a_refused_token_is_renewed_once_and_the_request_sent_again()
  local p = opened()
  forget()
  server:fault { kind = "google", code = 401, reason = "authError", path = "/events$" }
  assert(p:changes(target()))
  lu.assertEquals(#requests("POST", "^/token"), 1)
  server:fault { kind = "google", code = 401, reason = "authError", path = "/events$", times = 9 }
  local _, err = p:changes(target())
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
  assert(p:changes(target()))
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

-- ------------------------------------------------------------------ calendars

TestCalendars = { setUp = setup }

function TestCalendars.test_all_pages_of_the_list()
  local all = #assert(new():list())
  server:set { page = 1 }
  lu.assertTrue(all > 1)
  lu.assertEquals(#assert(new():list()), all)
end

function TestCalendars.test_by_name_on_whichever_page()
  server:control("POST", "_calendar", { id = "named@group.calendar.example", summary = "Deadlines, 2026" })
  server:set { page = 1 }
  lu.assertEquals(opened({ calendar_id = "Deadlines, 2026" }):binding().calendar_id, "named@group.calendar.example")
end

-- One that is shared with a service account is not in its list; a scope that was not granted hides the list.
function TestCalendars.test_one_that_is_in_no_list_is_found_by_its_id()
  for _, code in ipairs { 404, 403 } do
    server:fault { kind = "google", code = code, reason = "x", method = "GET", path = "/calendarList", times = 9 }
    local binding = opened():binding()
    lu.assertEquals({ binding.calendar_id, binding.name, binding.writable }, { CALENDAR, "Kanban", true })
    server:control("DELETE", "_fault")
  end
end

-- What was remembered is of no use to another sign-in, nor for another calendar.
function TestCalendars.test_a_bookmark_is_of_one_sign_in_and_one_calendar()
  local discovery = opened():binding().discovery
  lu.assertEquals(opened({ discovery = discovery, calendar_id = "primary" }):binding().calendar_id, "alice@example.com")
  local _, err = new({ discovery = discovery, refresh_token = "another" }):open()
  lu.assertEquals(err.code, "auth")
  forget()
  opened { discovery = discovery, service_account = service_key() }
  lu.assertTrue(#requests("GET", "/calendarList") > 0)
end

-- ------------------------------------------------------------------ listings

TestListings = { setUp = setup }

-- Both the first request of a token and all later ones; Google's own defaults are 250 events a page and all types.
function TestListings.test_large_pages_of_regular_events_and_series()
  local p, t = opened(), target()
  for _, kind in ipairs { "birthday", "focusTime", "workingLocation" } do
    server:control("POST", "_events/" .. CALENDAR,
      { summary = kind, eventType = kind, start = { date = "2026-02-15" }, ["end"] = { date = "2026-02-16" } })
  end
  lu.assertEquals(assert(p:changes(t)).changed, 0)
  assert(p:changes(t))
  for _, row in ipairs(requests("GET", "/events$")) do
    lu.assertEquals({ row.query.maxResults, row.query.singleEvents, row.query.eventTypes }, { "2500", "false", "default" })
  end
end

function TestListings.test_a_page_without_events_is_not_the_last()
  local p, t = opened(), target()
  create(p)
  server:set { empty_pages = true }
  lu.assertEquals(assert(p:changes(t)).changed, 1)
  lu.assertIsString(t:token())
end

function TestListings.test_pages_that_do_not_end_are_an_error()
  local p, t = opened(), target()
  server:fault { kind = "status", code = 200, body = '{"items":[],"nextPageToken":"again"}', path = "/events$", times = 9 }
  local _, err = p:changes(t)
  lu.assertEquals(err.code, "protocol")
  lu.assertEquals(#requests("GET", "/events$"), 2)
end

function TestListings.test_answers_are_compressed()
  local p, t = opened(), target()
  create(p, { description = ("text "):rep(1000) })
  assert(p:changes(t))
  lu.assertTrue(requests("GET", "/events$")[1].gzip)
end

-- What the pages before had shown is forgotten: the whole listing counts.
function TestListings.test_a_token_that_dies_between_two_pages_lists_everything()
  local p, t = opened(), target()
  local hrefs = {}
  for i = 1, 3 do hrefs[i] = create(p, { uid = i .. "@fleetmonitor" }).href end
  assert(p:changes(t))
  write(p, { kind = "delete", uid = "1@fleetmonitor", href = hrefs[1] })
  write(p, { kind = "delete", uid = "2@fleetmonitor", href = hrefs[2] })
  server:set { page = 1 }
  server:fault { kind = "google", code = 410, reason = "fullSyncRequired", method = "GET", path = "/events$", skip = 1 }
  local summary = assert(p:changes(t))
  lu.assertEquals({ summary.full, summary.seen, summary.changed, summary.deleted }, { true, 1, 0, 2 })
end

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

-- As from a proxy that signs people in, or a server that breaks off.
function TestListings.test_an_answer_that_is_no_json_is_asked_for_again()
  local p, t = opened(), target()
  create(p)
  server:fault { kind = "status", code = 200, body = "<html>", method = "GET", path = "/events$", times = 2 }
  lu.assertEquals(assert(p:changes(t)).changed, 1)
  forget()
  server:fault { kind = "status", code = 200, body = "<html>", method = "GET", path = "/events$", times = 9 }
  local summary, err = p:changes(t)
  lu.assertNil(summary)
  lu.assertEquals(err.code, "network")
  lu.assertEquals(#requests("GET", "/events$"), 3)
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

os.exit(account.run())
