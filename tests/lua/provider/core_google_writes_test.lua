-- What Google's reference says of writes and limits, rule by rule, against the scripted account.
local lu = require "luaunit"
local account = require "google_account"
local core = require "fmcal.provider.core"
local google_world = require "google_world"
local json = require "fmcal.json"
local servers = require "servers"

local server, CALENDAR = account.server, account.calendar
local opened, requests, forget, event, write = account.opened, account.requests, account.forget, account.event, account.write
local create, read, target, setup = account.create, account.read, account.target, account.setup

TestWrites = { setUp = setup }

-- Reading each event again would double the requests that the quota counts.
function TestWrites.test_what_google_made_of_a_write_is_in_its_answer()
  local p = opened()
  local made = create(p)
  lu.assertEquals(made.text, read(p, made.href).text)
  local row = read(p, made.href)
  local changed = write(p, { kind = "update", uid = row.uid, href = row.href, etag = row.etag,
    text = assert(p:encode(event { title = "New" }, row.text)) })
  lu.assertEquals(changed.text, read(p, made.href).text)
  write(p, { kind = "delete", uid = row.uid, href = row.href })
  local revived = create(p, { title = "Again" })
  lu.assertEquals(revived.text, read(p, made.href).text)
end

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
  for _, members in ipairs { { title = "Other", description = "Other text", tags = { "b" } }, {} } do
    local row = read(p, href)
    local made = event(members)
    lu.assertEquals(write(p, { kind = "update", uid = row.uid, href = href, etag = row.etag,
      text = assert(p:encode(made, row.text)) }).outcome, "done")
    local now = p:decode(read(p, href).text)
    lu.assertEquals({ now.title, now.description, now.tags, now.reminders },
      { made.title, made.description, made.tags or {}, { "-P1D" } })
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

os.exit(account.run())
