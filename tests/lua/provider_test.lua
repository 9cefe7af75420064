local lu = require "luaunit"
local json = require "fmcal.json"
local mock = require "fmcal.mock"
local provider = require "fmcal.provider"

local function item(members)
  local event = { kanbanId = "XACA-1", title = "File motion", dueDate = "2026-02-15", eventType = "item",
    description = "text", tags = { "legal" } }
  for name, value in pairs(members or {}) do event[name] = value end
  return event
end

TestProvider = {}

function TestProvider.setUp()
  TestProvider.server = mock.server()
  TestProvider.client = assert(provider.new("mock", { calendarId = "primary" }, TestProvider.server))
end

function TestProvider.test_unknown_kinds_say_which_there_are()
  local made, err = provider.new("outlook")
  lu.assertNil(made)
  lu.assertEquals(err.code, "invalid")
  lu.assertStrContains(err.message, "outlook")
  for _, name in ipairs(provider.names()) do lu.assertStrContains(err.message, name) end
end

function TestProvider.test_options_are_taken_in_both_spellings()
  for _, name in ipairs { "calendarId", "calendar_id" } do
    local p = assert(provider.new("mock", { [name] = "nowhere" }, mock.server()))
    local result = p:verify_connection()
    lu.assertFalse(result.success)
    lu.assertEquals(result.code, "notfound")
    lu.assertStrContains(result.error, "nowhere")
  end
end

function TestProvider.test_signing_in()
  TestProvider.server:set { account = "alice", password = "right" }
  local p = TestProvider.client
  local result = p:authenticate { username = "alice", appPassword = "wrong" }
  lu.assertFalse(result.success)
  lu.assertEquals(result.code, "auth")
  lu.assertNil(result.error:find("wrong", 1, true))
  result = p:authenticate { username = "alice", appPassword = "right" }
  lu.assertTrue(result.success)
  lu.assertStrContains(result.message, "alice")
  lu.assertTrue(p:verify_connection().success)
end

function TestProvider.test_a_mock_keeps_its_events_over_a_sign_in()
  local p = assert(provider.new("mock"))
  lu.assertTrue(p:create_event(item()).success)
  lu.assertTrue(p:authenticate { username = "a", password = "b" }.success)
  lu.assertEquals(p:fetch_events().total_count, 1)
end

function TestProvider.test_life_of_an_event()
  local p = TestProvider.client
  local created = p:create_event(item())
  lu.assertEquals({ created.success, created.event_id }, { true, "mock-event-0001" })
  local fetched = p:fetch_events()
  lu.assertEquals({ fetched.success, fetched.total_count }, { true, 1 })
  local event = fetched.events[1]
  lu.assertEquals({ event.eventId, event.etag, event.uid, event.title, event.tags },
    { "mock-event-0001", created.etag, "XACA-1@fleetmonitor", "File motion", { "legal" } })
  local updated = p:update_event(created.event_id, { title = "New title", description = json.null })
  lu.assertTrue(updated.success)
  lu.assertNotEquals(updated.etag, created.etag)
  event = p:fetch_events().events[1]
  lu.assertEquals({ event.title, event.description, event.kanbanId, event.dueDate },
    { "New title", nil, "XACA-1", "2026-02-15" })
  lu.assertTrue(p:delete_event(created.event_id).success)
  lu.assertEquals(p:fetch_events().total_count, 0)
end

function TestProvider.test_moving_an_event_moves_its_end()
  local p = TestProvider.client
  local id = p:create_event(item { endDate = "2026-02-18" }).event_id
  lu.assertTrue(p:update_event(id, { dueDate = "2026-03-01" }).success)
  local event = p:fetch_events().events[1]
  lu.assertEquals({ event.dueDate, event.endDate }, { "2026-03-01", "2026-03-02" })
end

function TestProvider.test_an_update_keeps_what_others_put_there()
  local p, server = TestProvider.client, TestProvider.server
  local id = p:create_event(item()).event_id
  local text = server:object(id).text:gsub("END:VEVENT", "LOCATION:Room 4\r\nX-OTHER:1\r\nEND:VEVENT")
  server:put(id, text)
  lu.assertTrue(p:update_event(id, { title = "New" }).success)
  text = server:object(id).text
  lu.assertStrContains(text, "LOCATION:Room 4\r\nX-OTHER:1\r\n")
  lu.assertStrContains(text, "SUMMARY:New")
end

function TestProvider.test_creating_twice_is_a_conflict()
  local p = TestProvider.client
  p:create_event(item())
  local result = p:create_event(item { title = "Another" })
  lu.assertEquals({ result.success, result.conflict_detected, result.event_id }, { false, true, "mock-event-0001" })
  lu.assertEquals(TestProvider.server:event("mock-event-0001").title, "File motion")
end

function TestProvider.test_court_dates_have_a_uid_of_their_own()
  local p = TestProvider.client
  lu.assertTrue(p:create_event(item()).success)
  lu.assertTrue(p:create_event(item { eventType = "court-date" }).success)
  lu.assertNotNil(TestProvider.server:object("XACA-1.court-date@fleetmonitor"))
  lu.assertErrorMsgContains("neither uid nor kanbanId", p.create_event, p, { title = "x" })
end

function TestProvider.test_edits_of_others_are_conflicts()
  local p, server = TestProvider.client, TestProvider.server
  local created = p:create_event(item())
  server:edit(created.event_id, { title = "Theirs" })
  local result = p:update_event(created.event_id, item { etag = created.etag })
  lu.assertEquals({ result.success, result.conflict_detected }, { false, true })
  for _, kind in ipairs { "update", "delete" } do
    server:fault { kind = "stale", on = kind }
    result = p[kind .. "_event"](p, created.event_id, item())
    lu.assertEquals({ result.success, result.conflict_detected }, { false, true }, kind)
  end
  lu.assertEquals(server:event(created.event_id).title, "Theirs")
end

function TestProvider.test_what_is_gone()
  local p = TestProvider.client
  local result = p:update_event("mock-event-0009", item())
  lu.assertFalse(result.success)
  lu.assertStrContains(result.error, "mock-event-0009")
  for _, id in ipairs { "mock-event-0009", "XACA-9@fleetmonitor" } do
    result = p:delete_event(id)
    lu.assertFalse(result.success)
    lu.assertStrContains(result.error, id)
  end
end

function TestProvider.test_the_uid_is_an_event_id_too()
  local p = TestProvider.client
  p:create_event(item())
  lu.assertTrue(p:update_event("XACA-1@fleetmonitor", { title = "By its UID" }).success)
  lu.assertEquals(p:fetch_events().events[1].title, "By its UID")
  lu.assertTrue(p:delete_event("XACA-1@fleetmonitor").success)
  lu.assertEquals(p:fetch_events().total_count, 0)
end

function TestProvider.test_the_mock_has_the_calendar_that_is_asked_for()
  local p = assert(provider.new("mock", { calendar_id = "test-calendar" }))
  lu.assertTrue(p:authenticate {}.success)
  lu.assertTrue(p:create_event(item()).success)
  lu.assertEquals(p:binding().calendar_id, "test-calendar")
end

function TestProvider.test_names_are_taken_in_both_spellings_and_slips_refused()
  local p = TestProvider.client
  local result = p:create_event { kanban_id = "XACA-7", title = "T", due_date = "2027-01-01" }
  lu.assertTrue(result.success)
  lu.assertEquals(p:fetch_events().events[1].dueDate, "2027-01-01")
  lu.assertErrorMsgContains("event member 'duedate' is not known: did you mean 'dueDate'?", p.create_event, p, { duedate = "x" })
  lu.assertErrorMsgContains("provider_test.lua", function() local made = p:create_event() return made end)
  lu.assertErrorMsgContains("an event id is a string, not nil", p.delete_event, p)
  lu.assertErrorMsgContains("event member 'titel'", p.update_event, p, result.event_id, { titel = "x" })
  lu.assertErrorMsgContains("option 'endpiont' is not known: did you mean 'endpoint'?", provider.new, "vdir", { endpiont = "x" })
  lu.assertErrorMsgContains("option 'user_name' is not known: did you mean 'username'?", p.authenticate, p, { user_name = "x" })
end

-- Each provider once had its own meaning of "".
function TestProvider.test_an_empty_setting_counts_as_absent()
  assert(provider.new("apple", { endpoint = "", calendar_id = "", proxy = "" }))
  assert(provider.new("google", { endpoint = { api = "" }, calendar_id = "" }))
  for _, name in ipairs { "caldav", "vdir" } do
    local _, err = provider.new(name, { endpoint = "" })
    lu.assertEquals(err.code, "invalid", name)
    lu.assertStrContains(err.message, "endpoint", false, false, name)
  end
  local empty, absent = assert(provider.new("mock", { endpoint = "", calendar_id = "" })), assert(provider.new("mock", {}))
  lu.assertEquals(empty:open().calendar_id, absent:open().calendar_id)
end

function TestProvider.test_failures_are_results()
  local p, server = TestProvider.client, TestProvider.server
  p:create_event(item())
  local calls = {
    create = { p.create_event, item { kanbanId = "XACA-2" } },
    update = { p.update_event, "mock-event-0001", item() },
    delete = { p.delete_event, "mock-event-0001" },
    changes = { p.fetch_events },
    list = { p.list_calendars },
    open = { p.verify_connection },
  }
  for request, call in pairs(calls) do
    for _, fault in ipairs { "refuse", "throttle", "auth", "timeout" } do
      server:fault { kind = fault, on = request }
      local result = call[1](p, table.unpack(call, 2))
      lu.assertFalse(result.success, request .. " " .. fault)
      lu.assertIsString(result.error)
    end
  end
  local result = p:create_event(item { kanbanId = "XACA-2", dueDate = "someday" })
  lu.assertEquals({ result.success, result.code }, { false, "invalid" })
end

function TestProvider.test_fetching_since()
  local p, server = TestProvider.client, TestProvider.server
  p:create_event(item())
  local old = server:object("mock-event-0001").text:gsub("LAST%-MODIFIED:%d+T%d+Z", "LAST-MODIFIED:20200101T000000Z")
  server:put("mock-event-0001", old)
  p:create_event(item { kanbanId = "XACA-2" })
  lu.assertEquals(p:fetch_events().total_count, 2)
  local recent = p:fetch_events("2024-01-01T00:00:00Z")
  lu.assertEquals({ recent.total_count, recent.events[1].kanbanId }, { 1, "XACA-2" })
  lu.assertEquals(p:fetch_events(1577836800).total_count, 2)
  lu.assertErrorMsgContains("fetch_events", p.fetch_events, p, "yesterday")
end

function TestProvider.test_an_object_that_cannot_be_read_is_a_warning()
  local p, server = TestProvider.client, TestProvider.server
  p:create_event(item())
  server:put("broken.ics", "BEGIN:VCALENDAR\r\n")
  local result = p:fetch_events()
  lu.assertEquals({ result.success, result.total_count }, { true, 1 })
  lu.assertStrContains(result.warning, "broken.ics")
end

function TestProvider.test_calendars_and_read_only_ones()
  local server = mock.server { calendars = { { id = "feed", writable = false, primary = true }, { id = "work" } } }
  local p = assert(provider.new("mock", {}, server))
  local result = p:list_calendars()
  lu.assertEquals({ result.total_count, result.calendars[2].id }, { 2, "work" })
  lu.assertStrContains(p:verify_connection().warning, "read-only")
  result = p:create_event(item())
  lu.assertEquals({ result.success, result.code }, { false, "access" })
end

os.exit(lu.LuaUnit.run())
