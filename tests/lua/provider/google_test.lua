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
    if row.method:find(method) and row.path:find(path) then list[#list + 1] = row end
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

local function target() return assert(assert(state.open(":memory:")):target("t")) end

local function setup()
  server:clear()
  server:set { access_ttl_s = 3600, revive_forbidden = false, page = 0, delay_ms = 0, empty_pages = false }
end

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

-- ------------------------------------------------------------------ writes

TestWrites = { setUp = setup }

function TestWrites.test_an_insert_answered_409_is_recognised_as_ours()
  local p = opened()
  local first = create(p)
  local again = create(p)
  lu.assertEquals({ again.outcome, again.href, again.etag }, { "done", first.href, first.etag })
  lu.assertEquals(requests("POST", "/events$")[2].status, 409)
end

function TestWrites.test_a_lost_insert_is_recognised()
  local p = opened()
  server:fault { kind = "lose", method = "POST", path = "/events$" }
  local result = create(p)
  lu.assertEquals(result.outcome, "done")
  lu.assertEquals(#server:control("GET", "_events/" .. CALENDAR), 1)
end

-- Whether it was carried out before the error or not.
function TestWrites.test_a_server_error_is_looked_into()
  local p = opened()
  server:fault { kind = "google", code = 500, reason = "backendError", method = "POST", path = "/events$" }
  forget()
  local href = create(p).href
  local sent = {}
  for i, row in ipairs(requests("", "/events")) do sent[i] = row.method .. " " .. row.status end
  lu.assertEquals(sent, { "POST 500", "GET 404", "POST 200" })
  for _, fault in ipairs { { kind = "google", code = 500, reason = "backendError" }, { kind = "lose" },
    { kind = "status", code = 200, body = "<html>" } } do
    local row = read(p, href)
    fault.method = "PATCH"
    server:fault(fault)
    local result = write(p, { kind = "update", uid = row.uid, href = href, etag = row.etag,
      text = assert(p:encode(event { title = fault.kind }, row.text)) })
    lu.assertEquals(result.outcome, "done")
    lu.assertEquals(p:decode(read(p, href).text).title, fault.kind)
  end
end

-- Google's answer says it all: nothing is looked up.
function TestWrites.test_deleting_what_is_gone_or_never_was_is_done()
  local p = opened()
  local href = create(p).href
  forget()
  for _, id in ipairs { href, href, "neverwas" } do
    lu.assertEquals(write(p, { kind = "delete", uid = "a@fleetmonitor", href = id }).outcome, "done")
  end
  local statuses = {}
  for i, row in ipairs(requests("DELETE", "/events/")) do statuses[i] = row.status end
  lu.assertEquals(statuses, { 204, 410, 404 })
  lu.assertEquals(server:count(), 3)
end

-- Every further write would fare the same.
function TestWrites.test_without_a_calendar_or_a_sign_in_the_rest_is_not_tried()
  local p = opened()
  for code, name in pairs { [404] = "notfound", [401] = "auth" } do
    forget()
    server:fault { kind = "google", code = code, reason = "x", path = "/events$", times = 99 }
    local jobs = {}
    for i = 1, 40 do jobs[i] = { kind = "create", uid = i .. "@x", text = assert(p:encode(event { uid = i .. "@x" })) } end
    local _, err = p:apply(jobs)
    lu.assertEquals(err and err.code, name)
    lu.assertEquals(#requests("GET", "/events/"), 0)
    server:control("DELETE", "_fault")
  end
end

-- 404 is what Google says of each event of a calendar that is gone or no longer shared.
function TestWrites.test_events_are_not_gone_because_the_calendar_is()
  local p = opened()
  local row = read(p, create(p).href)
  server:fault { kind = "google", code = 404, reason = "notFound", path = "/events", times = 99 }
  local rows, err = p:fetch { row.href, row.href }
  lu.assertEquals({ rows, err.code }, { nil, "notfound" })
  local results
  results, err = p:apply { { kind = "update", uid = row.uid, href = row.href, etag = row.etag, text = row.text } }
  lu.assertEquals(err.code, "notfound")
  lu.assertNil(results[1].gone)
end

function TestWrites.test_an_update_of_what_never_was_is_of_something_gone()
  local p = opened()
  local row = read(p, create(p).href)
  local result = write(p, { kind = "update", uid = row.uid, href = "neverwas", etag = row.etag, text = row.text })
  lu.assertEquals({ result.outcome, result.gone }, { "changed", true })
end

function TestWrites.test_an_update_that_meets_a_deleted_event_is_of_something_gone()
  local p = opened()
  local row = read(p, create(p).href)
  server:fault { kind = "status", code = 200, body = json.encode { id = row.href, status = "cancelled" }, method = "PATCH" }
  local result = write(p, { kind = "update", uid = row.uid, href = row.href, etag = row.etag, text = row.text })
  lu.assertEquals({ result.outcome, result.gone }, { "changed", true })
end

-- Somebody made the same edit: the next one of theirs must not be taken for known.
function TestWrites.test_an_update_that_was_refused_is_not_ours_however_alike()
  local p, other = opened(), opened()
  local row = read(p, create(p).href)
  local job = { kind = "update", uid = row.uid, href = row.href, etag = row.etag,
    text = assert(p:encode(event { title = "Same" }, row.text)) }
  lu.assertEquals(write(other, job).outcome, "done")
  local late = write(p, job)
  lu.assertEquals({ late.outcome, p:decode(late.text).title }, { "changed", "Same" })
end

-- Places, guests and the like of others would be sent back as they were read, over what was written meanwhile.
function TestWrites.test_a_patch_names_nothing_that_is_not_ours()
  local p = opened()
  local href = create(p).href
  server:control("POST", "_events/" .. CALENDAR, { id = href, location = "Room 5", attendees = { { email = "b@example.org" } },
    extendedProperties = { private = { ["their.own"] = "kept" } } })
  local row = read(p, href)
  server:control("POST", "_events/" .. CALENDAR, { id = href, location = "Room 6", attendees = { { email = "c@example.org" } },
    extendedProperties = { private = { ["their.own"] = "newer" } } })
  local result = write(p, { kind = "update", uid = row.uid, href = href, text = assert(p:encode(event { title = "New" }, row.text)) })
  lu.assertEquals(result.outcome, "done")
  local now = json.decode(read(p, href).text)
  lu.assertEquals({ now.summary, now.location, now.attendees[1].email, now.extendedProperties.private["their.own"] },
    { "New", "Room 6", "c@example.org", "newer" })
end

function TestWrites.test_nobody_is_notified()
  local p = opened()
  local href = create(p).href
  write(p, { kind = "update", uid = "a@fleetmonitor", href = href, text = assert(p:encode(event { title = "New" }, read(p, href).text)) })
  write(p, { kind = "delete", uid = "a@fleetmonitor", href = href })
  create(p)
  for _, method in ipairs { "POST", "PATCH", "DELETE", "PUT" } do
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

function TestWrites.test_texts_change_and_go()
  local p = opened()
  local href = create(p, { description = "Text", tags = { "a" }, reminders = { "-P1D" } }).href
  for _, members in ipairs { { title = "Other", description = "Other text", tags = { "b" }, reminders = { "-PT1H" } }, {} } do
    local row = read(p, href)
    local made = event(members)
    lu.assertEquals(write(p, { kind = "update", uid = row.uid, href = href, etag = row.etag,
      text = assert(p:encode(made, row.text)) }).outcome, "done")
    local now = p:decode(read(p, href).text)
    lu.assertEquals({ now.title, now.description, now.tags, now.reminders },
      { made.title, made.description, made.tags or {}, made.reminders })
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

-- Its sequence must not be lower than that of the event it was.
function TestWrites.test_a_revived_event_keeps_its_sequence()
  local p = opened()
  local href = create(p).href
  server:control("POST", "_events/" .. CALENDAR, { id = href, sequence = 7 })
  write(p, { kind = "delete", uid = "a@fleetmonitor", href = href })
  lu.assertEquals(create(p, { title = "Again" }).href, href)
  lu.assertEquals(json.decode(read(p, href).text).sequence, 7)
end

function TestWrites.test_a_revival_that_is_no_good_leads_to_the_next_id()
  for _, code in ipairs { 400, 403 } do
    setup()
    local p = opened()
    local first = create(p).href
    write(p, { kind = "delete", uid = "a@fleetmonitor", href = first })
    server:fault { kind = "google", code = code, reason = "invalid", method = "PUT" }
    local second = create(p)
    lu.assertEquals(second.outcome, "done")
    lu.assertNotEquals(second.href, first)
  end
end

-- It replaces what is there, and another program may be doing the same.
function TestWrites.test_a_revival_is_of_the_tombstone_that_was_seen()
  local p = opened()
  local href = create(p).href
  write(p, { kind = "delete", uid = "a@fleetmonitor", href = href })
  local tombstone = server:control("GET", "_events/" .. CALENDAR)[1]
  server:fault { kind = "google", code = 412, reason = "conditionNotMet", method = "PUT" }
  lu.assertEquals(create(p, { title = "Again" }).href, href)
  local sent = {}
  for i, row in ipairs(requests("PUT", "/events/")) do sent[i] = row.if_match end
  lu.assertEquals(sent, { tombstone.etag, tombstone.etag })
end

-- An old text is written again: what Google gives to an event, another must not claim.
function TestWrites.test_id_and_icaluid_are_not_both_sent()
  local p = opened()
  local href = create(p).href
  local text = read(p, href).text
  lu.assertStrContains(text, "iCalUID")
  server:control("DELETE", "_all")
  lu.assertEquals(write(p, { kind = "create", uid = "a@fleetmonitor", text = text }).outcome, "done")
end

function TestWrites.test_a_calendar_id_is_encoded()
  local id = "en.usa#holiday/1?@group.v.calendar.example"
  server:control("POST", "_calendar", { id = id, summary = "Odd" })
  local p = opened { calendar_id = id }
  lu.assertEquals(p:binding().calendar_id, id)
  lu.assertEquals(create(p).outcome, "done")
  lu.assertEquals(#server:control("GET", "_events/" .. id:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)), 1)
end

function TestWrites.test_writers_and_owners_may_write()
  for role, writable in pairs { writer = true, owner = true, reader = false, freeBusyReader = false } do
    local id = role:lower() .. "@group.calendar.example"
    server:control("POST", "_calendar", { id = id, role = role })
    local p = opened { calendar_id = id }
    lu.assertEquals(p:binding().writable, writable, role)
    forget()
    lu.assertEquals(create(p).outcome, writable and "done" or "refused", role)
    lu.assertEquals(server:count(), writable and 1 or 0, role)
  end
end

function TestWrites.test_an_id_of_ours_that_another_program_took_is_left_alone()
  local p = opened()
  local href = create(p).href
  server:control("POST", "_events/" .. CALENDAR, { id = href, summary = "Theirs", extendedProperties = json.null })
  local result = create(p)
  lu.assertEquals({ result.outcome, result.error.code }, { "refused", "exists" })
  lu.assertStrContains(result.error.message, href)
  lu.assertEquals(p:decode(read(p, href).text).title, "Theirs")
end

function TestWrites.test_an_api_that_is_not_enabled_is_said_to_be()
  local p = opened()
  server:fault { kind = "google", code = 403, reason = "accessNotConfigured", path = "/events$" }
  lu.assertStrContains(create(p).error.message, "enable it")
end

function TestWrites.test_a_refusal_is_no_rate_limit()
  local p = opened()
  for _, reason in ipairs { "forbiddenForNonOrganizer", "insufficientPermissions", "somethingNew" } do
    forget()
    server:fault { kind = "google", code = 403, reason = reason, method = "POST", times = 1 }
    local result = create(p)
    lu.assertEquals({ result.outcome, result.error.code }, { "refused", "access" })
    lu.assertEquals(#requests("POST", "/events$"), 1)
  end
end

-- A box that was unticked on Google's page.
function TestWrites.test_a_missing_scope_says_what_to_do()
  local other <close> = servers.google()
  local options = google_world.of(other).options
  other:set { scopes = "https://www.googleapis.com/auth/calendar.calendarlist.readonly" }
  other:control("POST", "_scopes")
  local p = assert(core.new("google", options))
  assert(p:open())
  local result = create(p)
  lu.assertEquals({ result.outcome, result.error.code }, { "refused", "access" })
  lu.assertStrContains(result.error.message, "connect again")
end

function TestWrites.test_rate_limits_are_waited_for()
  local p = opened()
  for _, reason in ipairs { "rateLimitExceeded", "userRateLimitExceeded", "calendarUsageLimitsExceeded" } do
    server:fault { kind = "google", code = 403, reason = reason, method = "POST" }
  end
  lu.assertEquals(create(p).outcome, "done")
  lu.assertEquals(#requests("POST", "/events$"), 4)
  local new_shape = json.encode { error = { code = 403, details = { { reason = "RATE_LIMIT_EXCEEDED" } } } }
  server:fault { kind = "status", code = 429, path = "/events$", method = "GET" }
  server:fault { kind = "status", code = 403, body = new_shape, path = "/events$", method = "GET" }
  assert(p:changes(target()))
  lu.assertEquals(#requests("GET", "/events$"), 3)
end

function TestWrites.test_a_used_up_quota_is_not_pressed()
  for reason, words in pairs { dailyLimitExceeded = "tomorrow", quotaExceeded = "in some hours" } do
    setup()
    server:fault { kind = "google", code = 403, reason = reason, method = "POST", path = "/events$", times = 9 }
    local result = create(opened())
    lu.assertEquals({ result.outcome, result.error.code }, { "failed", "throttled" })
    lu.assertStrContains(result.error.message, words)
    lu.assertEquals(#requests("POST", "/events$"), 1)
  end
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

local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
