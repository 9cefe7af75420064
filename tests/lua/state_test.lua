local lu = require "luaunit"
local state = require "fmcal.state"

local PRINT = ("f"):rep(32)

local function memory()
  local st = assert(state.open(":memory:"))
  return st, assert(st:target("academy:mock"))
end

local function folder()
  local pipe = assert(io.popen("mktemp -d"))
  local path = pipe:read("l")
  pipe:close()
  return path
end

local function remove(path)
  os.execute("rm -rf '" .. path .. "'")
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

TestState = {}

function TestState.test_named_values()
  local st = memory()
  lu.assertNil(st:get("board"))
  lu.assertTrue(st:set("board", "a\0b"))
  lu.assertEquals(st:get("board"), "a\0b")
  st:set("board", "")
  lu.assertEquals(st:get("board"), "")
  st:set("board", nil)
  lu.assertNil(st:get("board"))
  st:set_replaced("X-1", PRINT)
  lu.assertEquals(st:replaced("X-1"), PRINT)
  st:set_replaced("X-1", nil)
  lu.assertNil(st:replaced("X-1"))
end

function TestState.test_transactions()
  local st, t = memory()
  lu.assertTrue(st:begin())
  local ok, err = st:begin()
  lu.assertNil(ok)
  lu.assertEquals(err.code, "invalid")
  t:put_base { key = "X-1" }
  st:set("a", "1")
  lu.assertTrue(st:rollback())
  lu.assertNil(t:base("X-1"))
  lu.assertNil(st:get("a"))
  st:begin()
  t:put_base { key = "X-1" }
  lu.assertTrue(st:commit())
  lu.assertNotNil(t:base("X-1"))
  ok, err = st:commit()
  lu.assertNil(ok)
  lu.assertEquals(err.code, "invalid")
end

function TestState.test_history_is_newest_first_and_filtered()
  local st = memory()
  for i = 1, 4 do
    lu.assertTrue(st:add_history { time = "2026-01-25T12:30:0" .. i .. "Z", target = "t", key = "X-" .. i % 2,
      field = "title", side = "local", action = "pull", reason = "external-wins", value = "v" .. i, run = i // 2 })
  end
  local function values(filter)
    local found = {}
    for _, row in ipairs(st:history(filter)) do found[#found + 1] = row.value end
    return found
  end
  lu.assertEquals(values(), { "v4", "v3", "v2", "v1" })
  lu.assertEquals(values { key = "X-0" }, { "v4", "v2" })
  lu.assertEquals(values { run = 1 }, { "v3", "v2" })
  lu.assertEquals(values { key = "X-1", run = 1 }, { "v3" })
  lu.assertEquals(values { limit = 1 }, { "v4" })
  lu.assertEquals(st:history { limit = 1 }[1], { time = "2026-01-25T12:30:04Z", target = "t", key = "X-0",
    field = "title", side = "local", action = "pull", reason = "external-wins", value = "v4", run = 2 })
end

function TestState.test_runs_and_what_they_changed()
  local st = memory()
  for i = 1, 3 do
    lu.assertTrue(st:put_run { number = i, time = ("2026-01-2%dT00:00:00Z"):format(i), kind = "sync", who = "kim@desk",
      command = "sync.lua", version = "0.1.0", rules = "r", status = 0, message = "m" })
    lu.assertTrue(st:put_change { run = i, target = "t", key = "X-" .. i % 2, reason = "pushed", decided_by = "merge",
      doc = "\0" .. i })
    st:add_history { time = ("2026-01-2%dT00:00:00Z"):format(i), key = "X-1", run = i, cause = "pushed", decided_by = "merge" }
  end
  lu.assertTrue(st:put_run { number = 3, time = "2026-01-23T00:00:00Z", kind = "undo", undoes = 2 })
  lu.assertTrue(st:put_change { run = 3, target = "t", key = "X-1", reason = "undone" })
  lu.assertEquals(st:runs()[1], { number = 3, time = "2026-01-23T00:00:00Z", kind = "undo", undoes = 2, status = -1 })
  lu.assertEquals(st:runs()[2].who, "kim@desk")
  lu.assertEquals(st:changes { key = "X-1" }, { { run = 3, target = "t", key = "X-1", reason = "undone" },
    { run = 1, target = "t", key = "X-1", reason = "pushed", decided_by = "merge", doc = "\0" .. 1 } })
  lu.assertEquals({ #st:changes { run = 2 }, #st:changes { run = 2, key = "X-1" }, #st:changes() }, { 1, 0, 3 })
  lu.assertEquals(st:history { run = 1 }[1].cause, "pushed")
  lu.assertEquals(st:prune("2026-01-23T00:00:00Z", 2), 1)
  lu.assertEquals({ #st:runs(), #st:changes(), #st:history() }, { 2, 2, 2 })
  lu.assertErrorMsgContains("'time'", st.put_run, st, { number = 4 })
  lu.assertErrorMsgContains("'key'", st.put_change, st, { run = 4, target = "t" })
end

function TestState.test_binding()
  local st, t = memory()
  local binding = { provider = "caldav", account = "/me/", calendar_id = "/me/work/", endpoint = "http://localhost",
    name = "Work", discovery = "{}" }
  lu.assertNil(t:binding())
  lu.assertEquals(t:bind(binding), "new")
  lu.assertEquals(t:binding(), binding)
  t:set_token("t1")
  t:put_base { key = "X-1" }
  t:put_remote { href = "h" }
  t:add_intent { key = "X-1" }
  binding.name = "Renamed"
  lu.assertEquals(t:bind(binding), "same")
  lu.assertEquals(t:binding().name, "Renamed")
  lu.assertEquals(t:token(), "t1")
  lu.assertEquals(t:count(), 1)
  local other = assert(st:target("other"))
  other:bind(binding)
  other:put_base { key = "X-1" }
  for _, member in ipairs { "provider", "endpoint", "account", "calendar_id" } do
    t:set_token("t1")
    t:put_base { key = "X-1" }
    binding[member] = binding[member] .. "2"
    lu.assertEquals(t:bind(binding), "changed", member)
    lu.assertNil(t:token())
    lu.assertEquals({ t:count(), #t:remotes(), #t:intents() }, { 0, 0, 0 })
  end
  lu.assertEquals(other:count(), 1)
  lu.assertEquals(st:targets(), { "academy:mock", "other" })
  t:set_discovery(nil)
  lu.assertNil(t:binding().discovery)
end

function TestState.test_rows_that_no_base_names()
  local s, t = memory()
  t:put_remote { href = "h1", uid = "u1", text = "x" }
  t:put_remote { href = "h2", uid = "u2", text = "x" }
  t:put_remote { href = "h3", text = "x" }
  t:put_remote { href = "h4", uid = "u4", pending = true, gone = true }
  t:put_base { key = "k", uid = "u1" }
  s:target("other"):put_base { key = "k", uid = "u2" }
  lu.assertEquals(t:unbased(), { { href = "h2", uid = "u2", pending = false, gone = false },
    { href = "h3", pending = false, gone = false } })
end

function TestState.test_remote_rows()
  local _, t = memory()
  lu.assertNil(t:remote("h1"))
  lu.assertTrue(t:put_remote { href = "h1", uid = "u", etag = '"1"', text = "a\0b", pending = true })
  lu.assertTrue(t:put_remote { href = "h2", uid = "u", text = "" })
  lu.assertEquals(t:remote("h1"),
    { href = "h1", uid = "u", etag = '"1"', text = "a\0b", pending = true, gone = false })
  lu.assertEquals(t:remote("h2").text, "")
  lu.assertEquals(#t:remote_by_uid("u"), 2)
  lu.assertEquals(t:remotes()[2], { href = "h2", uid = "u", pending = false, gone = false })
  lu.assertEquals(t:pending(), { { href = "h1", uid = "u", etag = '"1"', pending = true, gone = false } })
  t:put_remote { href = "h1", uid = "u", etag = '"2"', pending = true, gone = true }
  lu.assertEquals(t:remote("h1").text, "a\0b")
  lu.assertTrue(t:settle("h1"))
  lu.assertNil(t:remote("h1"))
  t:put_remote { href = "h2", uid = "u", pending = true }
  t:settle("h2")
  lu.assertFalse(t:remote("h2").pending)
  t:delete_remote("h2")
  lu.assertEquals(t:remotes(), {})
  lu.assertTrue(t:settle("never seen"))
end

function TestState.test_base_rows()
  local _, t = memory()
  local row = { key = "X-1", uid = "u1", href = "h1", status = "synced", fingerprint = PRINT, day = "2026-01-25",
    doc = "{\0}" }
  lu.assertTrue(t:put_base(row))
  t:put_base { key = "X-2", status = "conflict" }
  lu.assertEquals(t:base("X-1"), row)
  lu.assertEquals(t:base_by_uid("u1"), row)
  lu.assertEquals(t:base("X-2"), { key = "X-2", status = "conflict" })
  lu.assertEquals(t:bases(), { "X-1", "X-2" })
  lu.assertEquals(t:bases("conflict"), { "X-2" })
  lu.assertEquals(t:count(), 2)
  t:put_base { key = "X-1", uid = "u2" }
  lu.assertEquals(t:base("X-1"), { key = "X-1", uid = "u2" })
  lu.assertNil(t:base_by_uid("u1"))
  t:delete_base("X-1")
  lu.assertNil(t:base("X-1"))
  lu.assertNil(t:base_by_uid("u2"))
  lu.assertEquals(t:count(), 1)
end

function TestState.test_intents_keep_their_order_and_numbers()
  local st, t = memory()
  local first = t:add_intent { key = "X-1", kind = "create", uid = "u", href = "h", etag = "e", doc = "d" }
  local second = t:add_intent { key = "X-2", kind = "delete" }
  lu.assertEquals(t:intents(), {
    { id = first, key = "X-1", kind = "create", uid = "u", href = "h", etag = "e", doc = "d" },
    { id = second, key = "X-2", kind = "delete" },
  })
  lu.assertEquals(st:target("other"):intents(), {})
  lu.assertTrue(t:drop_intent(second))
  lu.assertEquals(#t:intents(), 1)
  lu.assertNotEquals(t:add_intent { key = "X-3" }, second)
end

function TestState.test_misuse_raises_and_names_the_member()
  local st, t = memory()
  lu.assertErrorMsgContains("'pending'", t.put_remote, t, { href = "h", pending = 1 })
  lu.assertErrorMsgContains("'href'", t.put_remote, t, {})
  lu.assertErrorMsgContains("'key'", t.put_base, t, { key = 5 })
  lu.assertErrorMsgContains("'key' holds a zero byte", t.put_base, t, { key = "a\0b" })
  lu.assertErrorMsgContains("'fingerprint'", t.put_base, t, { key = "a", fingerprint = "short" })
  lu.assertErrorMsgContains("zero byte", t.base, t, "a\0b")
  lu.assertErrorMsgContains("'provider'", t.bind, t, {})
  lu.assertErrorMsgContains("'run'", st.add_history, st, { run = 1.5 })
  lu.assertError(st.get, st)
  lu.assertError(t.base, st, "x")
  lu.assertError(state.open)
end

function TestState.test_use_after_close()
  local st, t = memory()
  lu.assertStrContains(tostring(st), "open")
  lu.assertStrContains(tostring(t), "academy:mock")
  st:begin()
  st:close()
  st:close()
  lu.assertErrorMsgContains("closed", st.get, st, "a")
  lu.assertErrorMsgContains("closed", t.count, t)
  lu.assertStrContains(tostring(st), "closed")
  lu.assertStrContains(tostring(t), "closed")
end

function TestState.test_handles_are_collected()
  local weak = setmetatable({}, { __mode = "k" })
  do
    local st <close>, t = memory()
    weak[st], weak[t] = true, true
    t:put_base { key = "X-1" }
  end
  collectgarbage()
  collectgarbage()
  lu.assertNil(next(weak))
end

function TestState.test_a_target_keeps_its_state()
  local _, t = memory()
  _ = nil
  collectgarbage()
  collectgarbage()
  lu.assertEquals(t:count(), 0)
end

TestFile = {}

function TestFile:setUp()
  self.folder = folder()
  self.path = self.folder .. "/.fmcal/academy.db"
end

function TestFile:tearDown()
  remove(self.folder)
end

function TestFile:test_it_is_there_after_reopening()
  local st = assert(state.open(self.path))
  assert(st:target("a")):put_base { key = "X-1" }
  st:close()
  lu.assertFalse(exists(self.path .. "-wal"))
  st = assert(state.open(self.path))
  lu.assertEquals(st:target("a"):bases(), { "X-1" })
  st:close()
end

function TestFile:test_read_only_makes_nothing()
  local st = assert(state.open(self.path, { read_only = true }))
  assert(st:target("a")):put_base { key = "X-1" }
  lu.assertEquals(st:target("a"):count(), 1)
  st:close()
  lu.assertFalse(exists(self.folder .. "/.fmcal"))
end

function TestFile:test_a_damaged_file_is_set_aside()
  local st = assert(state.open(self.path))
  st:close()
  local file = assert(io.open(self.path, "wb"))
  file:write(("not a database "):rep(1000))
  file:close()
  local fresh, warning = state.open(self.path)
  lu.assertNotNil(fresh)
  lu.assertStrContains(warning, "set aside as " .. self.path .. ".damaged-")
  lu.assertTrue(exists(warning:match("set aside as (%S+),")))
  fresh:close()
end

function TestFile:test_a_board_is_not_taken_for_a_state()
  local path = self.folder .. "/board.json"
  local file = assert(io.open(path, "wb"))
  file:write('\n{"team": "academy"}')
  file:close()
  for _, read_only in ipairs { false, true } do
    local st, err = state.open(path, { read_only = read_only })
    lu.assertNil(st)
    lu.assertEquals(err.code, "invalid")
    lu.assertStrContains(err.message, "JSON")
  end
  lu.assertTrue(exists(path))
end

function TestFile:test_a_missing_folder_is_named()
  local st, err = state.open(self.folder .. "/a/b/c.db")
  lu.assertNil(st)
  lu.assertEquals(err.code, "notfound")
  lu.assertStrContains(err.message, self.folder .. "/a/b")
end

function TestFile:test_a_second_process_waits_and_says_so()
  local one = assert(state.open(self.path))
  local two = assert(state.open(self.path, { busy_timeout_ms = 20 }))
  assert(one:begin())
  local ok, err = two:begin()
  lu.assertNil(ok)
  lu.assertEquals(err.code, "locked")
  lu.assertTrue(one:commit())
  lu.assertTrue(two:begin())
  two:close()
  one:close()
end

TestPlace = {}

function TestPlace.test_a_state_knows_where_it_lies()
  local place = folder()
  local path = place .. "/a.db"
  lu.assertFalse(state.exists(path))
  lu.assertNil(state.mode(path))
  local st <close> = assert(state.open(path))
  lu.assertTrue(state.exists(path))
  lu.assertEquals(state.mode(path), tonumber("600", 8))
  lu.assertEquals(st:path(), path)
  lu.assertEquals(st:beside("previous-board"), path .. ".previous-board")
  remove(place)
end

function TestPlace.test_one_run_holds_the_lock()
  local place = folder()
  local st <close> = assert(state.open(place .. "/a.db"))
  local other <close> = assert(state.open(place .. "/a.db"))
  local lock = assert(st:lock())
  local none, err = other:lock(0)
  lu.assertNil(none)
  lu.assertEquals(err.code, "locked")
  lock:release()
  local second <close> = assert(other:lock(0))
  lu.assertStrContains(tostring(second), "held")
  remove(place)
end

function TestPlace.test_one_in_memory_lies_nowhere()
  local st <close> = memory()
  lu.assertNil(st:path())
  lu.assertNil(st:beside("previous-board"))
  local none, err = st:lock()
  lu.assertNil(none)
  lu.assertEquals(err.code, "unsupported")
  lu.assertErrorMsgContains("milliseconds out of range", st.lock, st, -1)
end

os.exit(lu.LuaUnit.run())
