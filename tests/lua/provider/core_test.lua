local lu = require "luaunit"
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local mock = require "fmcal.mock"
local state = require "fmcal.state"

local function opened(server)
  local p = assert(core.new("mock", {}, server))
  assert(p:open())
  return p
end

local function event(uid, members)
  local made = { uid = uid, title = uid, dueDate = "2026-02-15" }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

local function creates(p, count)
  local jobs = {}
  for i = 1, count do
    jobs[i] = { kind = "create", uid = i .. "@x", text = assert(p:encode(event(i .. "@x"))) }
  end
  return jobs
end

TestMaking = {}

function TestMaking.test_options_of_the_wrong_kind_raise_and_name_the_member()
  for name, value in pairs { calendarId = print, ["1.5"] = 1.5, nested = { deep = { a = function() end } },
    list = { "a", {}, 2.5 }, file = "a\0b" } do
    lu.assertErrorMsgContains("option '", core.new, "mock", { [name] = value })
  end
  lu.assertErrorMsgContains("'nested.deep.a'", core.new, "mock", { nested = { deep = { a = print } } })
  lu.assertErrorMsgContains("'calendar_id'", core.new, "mock", { calendarId = print })
  lu.assertErrorMsgContains("names of options", core.new, "mock", { [true] = 1 })
  local loop = {}
  loop.loop = loop
  lu.assertErrorMsgContains("too deeply", core.new, "mock", loop)
  lu.assertErrorMsgContains("too long", core.new, "mock", { a = { [("x"):rep(300)] = 1 } })
  lu.assertError(core.new, "mock", "options")
  lu.assertError(core.new, "mock", {}, "server")
  lu.assertError(core.new)
end

function TestMaking.test_options_that_a_provider_does_not_know_are_left_alone()
  lu.assertNotNil(core.new("mock", { team = "academy", bound = true, endpoint = json.null, number = 7,
    nested = { list = { "a", "b" } } }))
end

function TestMaking.test_names()
  local names = core.names()
  lu.assertNotNil(table.concat(names, " "):find("mock"))
  for _, name in ipairs(names) do lu.assertEquals(assert(core.new(name, { endpoint = "/tmp", username = "a",
    password = "b", calendar_id = "c", refresh_token = "r", client_id = "i", client_secret = "s" })):name(), name) end
end

function TestMaking.test_before_open()
  local p = assert(core.new("mock"))
  lu.assertNil(p:binding())
  local t = assert(assert(state.open(":memory:")):target("t"))
  for _, call in ipairs { { p.changes, t }, { p.fetch, { "a" } }, { p.apply, {} } } do
    local result, err = call[1](p, call[2])
    lu.assertNil(result)
    lu.assertEquals(err.code, "invalid")
    lu.assertStrContains(err.message, "not open")
  end
  lu.assertNotNil(p:list())
  lu.assertTrue(p:disconnect())
end

function TestMaking.test_a_dry_run_of_one_provider()
  local server = mock.server()
  local dry = assert(core.new("mock", { dry_run = true }, server))
  assert(dry:open())
  local p = opened(server)
  local results, err = dry:apply(creates(p, 1))
  lu.assertNil(results)
  lu.assertEquals(err.code, "readonly")
  lu.assertEquals(p:apply(creates(p, 1))[1].outcome, "done")
  lu.assertEquals(dry:fetch({ "mock-event-0001" })[1].uid, "1@x")
end

function TestMaking.test_use_after_close()
  local p = opened()
  lu.assertStrContains(tostring(p), "mock")
  p:close()
  p:close()
  lu.assertStrContains(tostring(p), "closed")
  for _, name in ipairs { "open", "binding", "list", "capabilities", "name" } do
    lu.assertErrorMsgContains("closed", p[name], p)
  end
  lu.assertErrorMsgContains("closed", p.apply, p, {})
end

function TestMaking.test_handles_are_collected()
  local weak = setmetatable({}, { __mode = "k" })
  do
    local server = mock.server()
    local p <close> = opened(server)
    weak[server], weak[p] = true, true
    p:apply(creates(p, 3))
  end
  collectgarbage()
  collectgarbage()
  lu.assertNil(next(weak))
end

TestApply = {}

function TestApply.test_misuse_raises_and_names_the_write()
  local p = opened()
  lu.assertErrorMsgContains("write 2", p.apply, p, { creates(p, 1)[1], "create" })
  lu.assertErrorMsgContains("'kind'", p.apply, p, { { uid = "a" } })
  lu.assertErrorMsgContains("'destroy'", p.apply, p, { { kind = "destroy" } })
  lu.assertErrorMsgContains("'uid'", p.apply, p, { { kind = "create", uid = 7 } })
  lu.assertErrorMsgContains("'uid' holds a zero byte", p.apply, p, { { kind = "create", uid = "a\0b" } })
  lu.assertError(p.apply, p)
  lu.assertError(p.apply, p, {}, "progress")
  local results, err = p:apply { { kind = "update", uid = "a", text = "t" } }
  lu.assertNil(results)
  lu.assertEquals({ err.code, err.message }, { "invalid", "write 1 needs an href" })
end

function TestApply.test_progress()
  local p = opened()
  local seen = {}
  local results = assert(p:apply(creates(p, 3), function(done, total) seen[#seen + 1] = done .. "/" .. total end))
  lu.assertEquals(seen, { "1/3", "2/3", "3/3" })
  lu.assertEquals(#results, 3)
  lu.assertEquals(p:apply({}), {})
end

function TestApply.test_a_progress_function_that_raises_ends_it()
  local server = mock.server()
  local p = opened(server)
  lu.assertErrorMsgContains("enough", p.apply, p, creates(p, 5), function(done)
    if done == 2 then error("enough") end
  end)
  lu.assertEquals(#server:objects(), 2)
  p:close()
end

function TestApply.test_a_progress_function_cannot_pull_the_rug_away()
  local server = mock.server()
  local p = opened(server)
  local jobs, nested = creates(p, 4), nil
  assert(p:apply(jobs, function(done)
    lu.assertErrorMsgContains("under way", p.close, p)
    for _, job in ipairs(jobs) do job.uid, job.text = nil, nil end
    collectgarbage()
    if done == 2 then
      nested = assert(p:apply { { kind = "create", uid = "other@x", text = p:encode(event("other@x")) } })
    end
  end))
  lu.assertEquals(nested[1].outcome, "done")
  local uids = {}
  for _, object in ipairs(server:objects()) do uids[#uids + 1] = object.uid end
  table.sort(uids)
  lu.assertEquals(uids, { "1@x", "2@x", "3@x", "4@x", "other@x" })
end

TestCodec = {}

function TestCodec.test_events_go_both_ways()
  local p = opened()
  local made = event("a@x", { kanbanId = "A", title = "t", description = "d", footer = "Status: open",
    dueDate = "2026-02-15T10:00:00", endDate = "2026-02-15T11:30:00", timeZone = "Europe/Rome", priority = "high",
    status = "open", epicId = "E", team = "academy", eventType = "item", caseNumber = "1-2", source = "fleet-monitor",
    tags = { "b", "a" }, reminders = { "-P1D" } })
  local back = assert(p:decode(assert(p:encode(made))))
  for _, name in ipairs { "uid", "kanbanId", "title", "description", "footer", "dueDate", "endDate", "timeZone", "priority",
    "status", "epicId", "team", "eventType", "caseNumber", "source" } do
    lu.assertEquals(back[name], made[name], name)
  end
  lu.assertEquals(back.tags, { "a", "b" })
  lu.assertNil(back.deleted)
  lu.assertEquals(p:decode(p:encode(event("b@x"))).tags, {})
end

function TestCodec.test_members_of_the_wrong_type_raise_by_name()
  local p = opened()
  for name, value in pairs { title = 7, dueDate = {}, uid = true, deleted = "yes", hasAttendees = 1 } do
    lu.assertErrorMsgContains("'" .. name .. "'", p.encode, p, event("a@x", { [name] = value }))
  end
  lu.assertErrorMsgContains("'tags'", p.encode, p, event("a@x", { tags = "a" }))
  lu.assertErrorMsgContains("'tags'", p.encode, p, event("a@x", { tags = { "a", 2 } }))
  lu.assertError(p.encode, p)
end

function TestCodec.test_null_is_absent_and_zero_bytes_are_left_out()
  local p = opened()
  local text = assert(p:encode(event("a@x", { title = "a\0b\0", tags = { "x\0y" }, description = json.null,
    timeZone = json.null })))
  local back = p:decode(text)
  lu.assertEquals({ back.title, back.tags, back.description }, { "ab", { "xy" }, nil })
end

function TestCodec.test_failures_are_answers()
  local p = opened()
  local text, err = p:encode { uid = "a@x", title = "no date" }
  lu.assertNil(text)
  lu.assertEquals(err.code, "invalid")
  for _, broken in ipairs { "", "x", "BEGIN:VCALENDAR", ("BEGIN:VEVENT\r\n"):rep(1000) } do
    local decoded
    decoded, err = p:decode(broken)
    lu.assertNil(decoded)
    lu.assertIsString(err.code)
  end
end

TestChanges = {}

function TestChanges.test_a_target_takes_one_listing_at_a_time_and_closes()
  local st = assert(state.open(":memory:"))
  local p, t = opened(), assert(st:target("t"))
  lu.assertEquals(p:changes(t), { changed = 0, deleted = 0, seen = 0, full = true })
  st:close()
  lu.assertErrorMsgContains("closed", p.changes, p, t)
  lu.assertErrorMsgContains("closed", p.fetch, p, {}, t)
  lu.assertError(p.changes, p)
  lu.assertError(p.fetch, p, { 1 })
  lu.assertErrorMsgContains("zero byte", p.fetch, p, { "a\0b" })
end

function TestChanges.test_failed_listings_leave_the_target_usable()
  local server = mock.server()
  local p, t = opened(server), assert(assert(state.open(":memory:")):target("t"))
  server:fault { kind = "network", on = { "changes", "fetch" }, times = 2 }
  lu.assertNil((p:changes(t)))
  lu.assertNil((p:fetch({ "a" }, t)))
  lu.assertNotNil(p:changes(t))
  lu.assertEquals(p:fetch({ "a" }, t), { { href = "a", deleted = true } })
end

TestCollector = {}

-- Everything once more while the collector runs as often as it can.
function TestCollector.test_all_of_it_under_an_aggressive_collector()
  for _, mode in ipairs { "incremental", "generational" } do
    collectgarbage(mode, mode == "incremental" and 1 or 5, 1000)
    for _ = 1, 20 do
      local server = mock.server { page_size = 3 }
      local st <close> = assert(state.open(":memory:"))
      local p, t = opened(server), assert(st:target("t"))
      assert(p:apply(creates(p, 10), function() collectgarbage("step") end))
      assert(p:changes(t))
      local hrefs = {}
      for _, row in ipairs(t:remotes()) do hrefs[#hrefs + 1] = row.href end
      lu.assertEquals(#assert(p:fetch(hrefs, t)), 10)
      for _, href in ipairs(hrefs) do
        local row = t:remote(href)
        lu.assertEquals(p:decode(row.text).uid, row.uid)
        t:put_base { key = row.uid, uid = row.uid, href = href, doc = row.text }
      end
      lu.assertEquals(#t:bases(), 10)
    end
  end
  collectgarbage("incremental", 200, 100)
end

os.exit(lu.LuaUnit.run())
