local lu = require "luaunit"
local core = require "fmcal.provider.core"
local mock = require "fmcal.mock"
local shell = require "shell"
local state = require "fmcal.state"

local function target()
  return assert(assert(state.open(":memory:")):target("t"))
end

local function client(server, options)
  local p = assert(core.new("mock", options or {}, server))
  assert(p:open())
  return p
end

local function text_of(p, uid, title, members)
  local event = { uid = uid, title = title, dueDate = "2026-02-15" }
  for name, value in pairs(members or {}) do event[name] = value end
  return assert(p:encode(event))
end

local function create(p, uid, title)
  return assert(p:apply { { kind = "create", uid = uid, text = text_of(p, uid, title or uid) } })[1]
end

local function titles(server)
  local found = {}
  for _, object in ipairs(server:objects()) do found[#found + 1] = server:event(object.href).title end
  return found
end

TestServer = {}

function TestServer.test_two_providers_see_one_calendar()
  local server = mock.server()
  local one, two = client(server), client(server)
  lu.assertEquals(create(one, "a@x", "A").href, "mock-event-0001")
  lu.assertEquals(create(two, "b@x", "B").href, "mock-event-0002")
  lu.assertEquals(titles(server), { "A", "B" })
  lu.assertEquals(one:fetch({ "mock-event-0002" })[1].uid, "b@x")
end

function TestServer.test_a_provider_without_server_has_one_of_its_own()
  local one, two = client(nil), client(nil)
  create(one, "a@x")
  lu.assertTrue(two:fetch({ "mock-event-0001" })[1].deleted)
end

function TestServer.test_edits_of_another_program()
  local server = mock.server()
  local p, t = client(server), target()
  create(p, "a@x", "A")
  p:changes(t)
  lu.assertEquals(server:edit("a@x", { title = "B", tags = { "x" } }), "mock-event-0001")
  lu.assertEquals(server:event("mock-event-0001").title, "B")
  lu.assertEquals(p:changes(t), { changed = 1, deleted = 0, seen = 0, full = false })
  lu.assertEquals(server:put("other.ics", text_of(p, "c@y", "C")), "other.ics")
  lu.assertEquals(server:put("d@y", text_of(p, "d@y", "D")), "mock-event-0002")
  lu.assertEquals(server:put("d@y", text_of(p, "d@y", "D2")), "mock-event-0002")
  lu.assertEquals(titles(server), { "B", "D2", "C" })
  server:delete("other.ics")
  lu.assertNil(server:object("other.ics"))
  lu.assertEquals(p:changes(t), { changed = 1, deleted = 0, seen = 0, full = false })
  server:delete("a@x")
  lu.assertEquals(p:changes(t), { changed = 0, deleted = 1, seen = 0, full = false })
  lu.assertError(server.delete, server, "a@x")
  lu.assertError(server.edit, server, "a@x", {})
end

function TestServer.test_calendars()
  local server = mock.server { account = "me", calendars = {
    { id = "work", name = "Work", color = "#ff0000", primary = true },
    { id = "feed", writable = false },
    { id = "tasks", events = false },
  } }
  local p = client(server)
  lu.assertEquals(p:binding(), { account = "me", calendar_id = "work", name = "Work", writable = true })
  lu.assertEquals(p:list(), {
    { id = "work", name = "Work", color = "#ff0000", primary = true, writable = true, events = true },
    { id = "feed", name = "feed", primary = false, writable = false, events = true },
    { id = "tasks", name = "tasks", primary = false, writable = true, events = false },
  })
  local feed = client(server, { calendarId = "feed" })
  lu.assertFalse(feed:binding().writable)
  local result = create(feed, "a@x")
  lu.assertEquals({ result.outcome, result.error.code, result.error.status }, { "refused", "access", 403 })
  create(p, "a@x")
  lu.assertEquals({ #server:objects(), #server:objects("feed") }, { 1, 0 })
  local _, err = core.new("mock", { calendar_id = "nowhere" }, server):open()
  lu.assertEquals(err.code, "notfound")
  lu.assertStrContains(err.message, "nowhere")
end

function TestServer.test_a_calendar_that_vanishes_is_unreachable_not_empty()
  local server = mock.server()
  local p, t = client(server), target()
  create(p, "a@x")
  p:changes(t)
  lu.assertTrue(server:remove_calendar("mock-calendar"))
  local summary, err = p:changes(t)
  lu.assertNil(summary)
  lu.assertEquals({ err.code, err.status }, { "notfound", 404 })
  lu.assertEquals(#t:pending(), 1)
  lu.assertFalse(t:remote("mock-event-0001").gone)
  server:add_calendar { id = "mock-calendar", primary = true }
  lu.assertTrue(p:changes(t).full)
  lu.assertTrue(t:remote("mock-event-0001").gone)
end

function TestServer.test_passwords()
  local server = mock.server { password = "right" }
  local _, err = core.new("mock", { password = "wrong" }, server):open()
  lu.assertEquals(err.code, "auth")
  lu.assertNil(err.message:find("wrong", 1, true))
  lu.assertNotNil(core.new("mock", { password = "right" }, server):open())
end

function TestServer.test_it_rewrites_texts()
  local server = mock.server { drop = "X-EPIC-ID", reverse = true }
  local p = client(server)
  local text = text_of(p, "a@x", "A long " .. ("title "):rep(30), { epicId = "EACA-1", reminders = { "-P1D" } })
  p:apply { { kind = "create", uid = "a@x", text = text } }
  local kept = server:object("a@x").text
  lu.assertNotEquals(kept, text)
  lu.assertStrContains(text, "X-EPIC-ID")
  lu.assertNil(kept:find("X-EPIC-ID", 1, true))
  lu.assertTrue(kept:find("\nSUMMARY", 1, true) < kept:find("\nUID", 1, true))
  local event = server:event("a@x")
  lu.assertEquals({ event.title, event.dueDate, event.epicId }, { p:decode(text).title, "2026-02-15", nil })
  server:set { etag_on_write = false }
  lu.assertNil(create(p, "b@x").etag)
end

function TestServer.test_counts()
  local server = mock.server()
  local p, t = client(server), target()
  create(p, "a@x")
  p:changes(t)
  p:fetch { "mock-event-0001", "gone" }
  local counts = server:counts()
  lu.assertEquals({ counts.open, counts.create, counts.changes, counts.fetch, counts.bodies, counts.total },
    { 1, 1, 1, 1, 2, 4 })
  server:reset_counts()
  lu.assertEquals(server:counts().total, 0)
end

function TestServer.test_misuse_raises()
  local server = mock.server()
  lu.assertErrorMsgContains("'tea'", server.fault, server, { kind = "tea" })
  lu.assertErrorMsgContains("'spill'", server.fault, server, { kind = "lost", on = "spill" })
  lu.assertErrorMsgContains("'page_size'", mock.server, { page_size = "many" })
  lu.assertErrorMsgContains("'id'", mock.server, { calendars = { {} } })
  lu.assertErrorMsgContains("no such calendar", server.objects, server, "nowhere")
  lu.assertErrorMsgContains("zero byte", server.put, server, "a", "b\0c")
end

TestTokens = {}

function TestTokens.setUp()
  TestTokens.server = mock.server()
  TestTokens.client = client(TestTokens.server)
  TestTokens.target = target()
  for i = 1, 5 do create(TestTokens.client, i .. "@x") end
  assert(TestTokens.client:changes(TestTokens.target))
end

function TestTokens.test_nothing_new_delivers_no_bodies()
  TestTokens.server:reset_counts()
  lu.assertEquals(TestTokens.client:changes(TestTokens.target), { changed = 0, deleted = 0, seen = 0, full = false })
  lu.assertEquals(TestTokens.server:counts().bodies, 0)
end

function TestTokens.test_without_tokens_everything_is_listed()
  TestTokens.server:set { tokens = false }
  TestTokens.server:delete("3@x")
  TestTokens.server:edit("4@x", { title = "new" })
  TestTokens.server:reset_counts()
  lu.assertEquals(TestTokens.client:changes(TestTokens.target), { changed = 1, deleted = 1, seen = 3, full = true })
  lu.assertEquals(TestTokens.server:counts().bodies, 1)
  lu.assertNil(TestTokens.target:token())
end

function TestTokens.test_old_tokens_expire()
  TestTokens.server:set { max_token_age = 2 }
  TestTokens.server:delete("3@x")
  TestTokens.server:edit("4@x", { title = "1" })
  lu.assertFalse(TestTokens.client:changes(TestTokens.target).full)
  TestTokens.server:delete("1@x")
  for i = 1, 2 do TestTokens.server:edit("4@x", { title = "again " .. i }) end
  lu.assertEquals(TestTokens.client:changes(TestTokens.target), { changed = 1, deleted = 1, seen = 2, full = true })
end

function TestTokens.test_tokens_of_others_are_not_accepted()
  for _, token in ipairs { "mock-token-99", "mock-token-1x", "mock-token--1", "", "t" } do
    TestTokens.target:set_token(token)
    lu.assertTrue(TestTokens.client:changes(TestTokens.target).full, token)
  end
end

function TestTokens.test_pages_are_kept_when_a_later_one_fails()
  for i = 1, 5 do TestTokens.server:edit(i .. "@x", { title = "new" }) end
  TestTokens.server:set { page_size = 1 }
  TestTokens.server:fault { kind = "truncate", on = "changes" }
  for i = 1, 5 do TestTokens.target:settle(("mock-event-%04d"):format(i)) end
  local summary, err = TestTokens.client:changes(TestTokens.target)
  lu.assertNil(summary)
  lu.assertEquals(err.code, "network")
  lu.assertEquals(#TestTokens.target:pending(), 1) -- two of five came, one page of them was whole
  lu.assertEquals(TestTokens.client:changes(TestTokens.target).changed, 4)
end

TestFaults = {}

function TestFaults.setUp()
  TestFaults.server = mock.server()
  TestFaults.client = client(TestFaults.server)
end

local function write(kind, fault, members)
  local server, p = TestFaults.server, TestFaults.client
  if not server:object("a@x") and kind ~= "create" then create(p, "a@x", "old") end
  local object = server:object("a@x")
  local job = { kind = kind, uid = "a@x", text = text_of(p, "a@x", "new") }
  if object then job.href, job.etag = object.href, object.etag end
  fault.on = fault.on or kind
  for name, value in pairs(members or {}) do fault[name] = value end
  server:fault(fault)
  local results, err = p:apply { job }
  return results[1], err
end

function TestFaults.test_a_lost_answer_is_settled_by_reading()
  for _, kind in ipairs { "create", "update", "delete" } do
    local result = write(kind, { kind = "lost" })
    lu.assertEquals(result.outcome, "done", kind)
    lu.assertEquals(TestFaults.server:counts().read, kind == "create" and 1 or kind == "update" and 2 or 3)
  end
  lu.assertEquals(#TestFaults.server:objects(), 0)
end

function TestFaults.test_without_answer_nothing_was_done()
  for _, fault in ipairs { "timeout", "network", "server" } do
    for _, kind in ipairs { "create", "update", "delete" } do
      local result = write(kind, { kind = fault })
      lu.assertEquals(result.outcome, "failed", fault .. " " .. kind)
      lu.assertEquals(result.error.code, fault)
      if kind == "create" then create(TestFaults.client, "a@x", "old") end
    end
    lu.assertEquals(titles(TestFaults.server), { "old" })
    TestFaults.server:delete("a@x")
  end
end

function TestFaults.test_an_outcome_that_cannot_be_settled_ends_the_operation()
  TestFaults.server:fault { kind = "network", on = "read" }
  local result, err = write("create", { kind = "lost" })
  lu.assertEquals(result.outcome, "none")
  lu.assertEquals(err.code, "network")
  lu.assertEquals(#TestFaults.server:objects(), 1)
end

function TestFaults.test_a_lost_answer_to_a_text_that_is_rewritten_is_planned_again()
  TestFaults.server:set { reverse = true }
  local result = write("create", { kind = "lost" })
  lu.assertEquals({ result.outcome, result.href }, { "changed", "mock-event-0001" })
  lu.assertEquals(result.text, TestFaults.server:object("a@x").text)
end

function TestFaults.test_refusals_and_throttling()
  local result = write("create", { kind = "refuse" })
  lu.assertEquals({ result.outcome, result.error.code, result.error.status }, { "refused", "access", 403 })
  result = write("create", { kind = "throttle", retry_after_s = 7 })
  lu.assertEquals({ result.outcome, result.error.code, result.error.retry_after_s }, { "failed", "throttled", 7.0 })
  lu.assertEquals(#TestFaults.server:objects(), 0)
end

function TestFaults.test_a_stale_etag_comes_with_the_object()
  for _, kind in ipairs { "update", "delete" } do
    local result = write(kind, { kind = "stale" })
    lu.assertEquals(result.outcome, "changed", kind)
    lu.assertEquals(result.etag, TestFaults.server:object("a@x").etag)
    lu.assertEquals(TestFaults.client:decode(result.text).title, "old")
  end
end

function TestFaults.test_auth_and_a_vanished_calendar_end_the_operation()
  for _, fault in ipairs { "auth", "gone" } do
    local jobs = {}
    for i = 1, 4 do
      local uid = fault .. i
      jobs[i] = { kind = "create", uid = uid, text = text_of(TestFaults.client, uid, uid) }
    end
    TestFaults.server:fault { kind = fault, on = "write", at = 3 }
    local results, err = TestFaults.client:apply(jobs)
    lu.assertEquals(err.code, fault == "auth" and "auth" or "notfound")
    local outcomes = {}
    for i, result in ipairs(results) do outcomes[i] = result.outcome end
    lu.assertEquals(outcomes, { "done", "done", "none", "none" })
  end
end

function TestFaults.test_when_a_fault_strikes()
  local server, p = TestFaults.server, TestFaults.client
  server:fault { kind = "refuse", on = { "create", "update" }, at = 2, times = 2 }
  server:fault { kind = "throttle", on = "any", uid = "5@x" }
  local outcomes = {}
  for i = 1, 5 do outcomes[i] = create(p, i .. "@x").outcome end
  lu.assertEquals(outcomes, { "done", "refused", "refused", "done", "failed" })
  server:fault { kind = "auth", times = 100 }
  server:clear_faults()
  lu.assertNotNil(p:list())
end

function TestFaults.test_reading_fails_whole()
  local server, p, t = TestFaults.server, TestFaults.client, target()
  for _, request in ipairs { "open", "list", "changes", "fetch" } do
    server:fault { kind = "timeout", on = request }
    local arguments = { changes = t, fetch = { "x" } }
    local result, err = p[request](p, arguments[request])
    lu.assertNil(result, request)
    lu.assertEquals(err.code, "timeout")
  end
end

function TestFaults.test_an_expired_token_lists_everything()
  local server, p, t = TestFaults.server, TestFaults.client, target()
  create(p, "a@x")
  p:changes(t)
  server:fault { kind = "expired", on = "changes" }
  lu.assertEquals(p:changes(t), { changed = 0, deleted = 0, seen = 1, full = true })
end

function TestFaults.test_a_truncated_listing_deletes_nothing()
  local server, p, t = TestFaults.server, TestFaults.client, target()
  for i = 1, 4 do create(p, i .. "@x") end
  p:changes(t)
  server:set { tokens = false }
  server:fault { kind = "truncate", on = "changes" }
  local summary, err = p:changes(t)
  lu.assertNil(summary)
  lu.assertEquals(err.code, "network")
  for _, row in ipairs(t:remotes()) do lu.assertFalse(row.gone) end
end

TestFile = {}

function TestFile.test_the_calendar_is_there_in_the_next_run()
  local dir <close> = shell.folder()
  local path = dir.path .. "/calendar.mock"
  local one, two = client(nil, { file = path }), client(nil, { endpoint = path })
  create(one, "a@x", "A")
  create(two, "b@x", "B")
  local href = create(one, "c@x", "emoji 📊, separators; \\").href
  lu.assertEquals(href, "mock-event-0003")
  one:apply { { kind = "delete", uid = "b@x", href = "mock-event-0002" } }
  local t = target()
  lu.assertEquals(two:changes(t).changed, 2)
  lu.assertEquals(two:decode(t:remote(href).text).title, "emoji 📊, separators; \\")
  local token = t:token()
  local three = client(nil, { file = path })
  lu.assertEquals(three:changes(t), { changed = 0, deleted = 0, seen = 0, full = false })
  lu.assertEquals(t:token(), token)
  lu.assertEquals(create(three, "d@x").href, "mock-event-0004")
end

function TestFile.test_a_line_cut_by_a_crash_is_written_over()
  local dir <close> = shell.folder()
  local path = dir.path .. "/calendar.mock"
  create(client(nil, { file = path }), "a@x")
  local whole = shell.read(path)
  for _, cut in ipairs { 1, 20, #whole - 1 } do
    shell.write(path, whole .. whole:sub(1, cut))
    local p = client(nil, { file = path })
    lu.assertEquals(create(p, "b@x").href, "mock-event-0002")
    local server = mock.server { file = path }
    lu.assertEquals(#server:objects(), 2)
  end
end

function TestFile.test_a_file_of_another_kind_is_refused_and_kept()
  local dir <close> = shell.folder()
  local path = dir.path .. "/board.json"
  shell.write(path, '{"team": "academy"}\n')
  local _, err = core.new("mock", { file = path }):open()
  lu.assertEquals(err.code, "parse")
  lu.assertStrContains(err.message, path)
  lu.assertEquals(shell.read(path), '{"team": "academy"}\n')
  lu.assertNil((mock.server { file = path }))
  lu.assertNotNil(core.new("mock", { file = dir.path .. "/not yet there" }):open())
end

os.exit(lu.LuaUnit.run())
