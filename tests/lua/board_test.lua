local lu = require "luaunit"
local board = require "fmcal.board"
local json = require "fmcal.json"
local state = require "fmcal.state"

local TEXT = [[
{
  "team": "academy", "calendarConfig": { "credentials": { "appPassword": "hunter2", "expiresAt": null }, "stats": {} },
  "items": [
    { "id": "A", "title": "One", "dueDate": "2026-02-15", "epicId": "E", "status": "done", "big": 12345678901234567890,
      "subitems": [ { "id": "S", "title": "Sub" }, { "id": "T", "title": "Other", "parentTitle": "Own" } ] },
    { "id": "B", "title": "Two", "epicId": "E" },
    { "title": "nameless", "dueDate": "2026-02-15" },
    { "id": "C" }, { "id": "C" }
  ],
  "epics": [ { "id": "E", "title": "Epic", "metadata": { "courtDate": "2026-03-20" } } ]
}
]]

local function temporary_folder()
  local name = os.tmpname()
  os.remove(name)
  assert(os.execute(("mkdir '%s'"):format(name)))
  return name
end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

TestRead = {}

function TestRead:setUp()
  self.board = assert(board.parse(TEXT, "test.json"))
end

function TestRead:test_the_board()
  local b = self.board
  lu.assertNil(b:path())
  lu.assertEquals(b:mtime(), 0)
  lu.assertEquals(b:text(), TEXT)
  lu.assertEquals(b:member("team"), "academy")
  lu.assertEquals(#b:member("items"), 5)
  lu.assertNil(b:member("none"))
  lu.assertIsFalse(b:dirty())
  lu.assertEquals(tostring(b), "fmcal.board (test.json)")
end

function TestRead:test_credentials_are_opaque()
  local credentials = self.board:member("calendarConfig").credentials
  lu.assertEquals(tostring(credentials.appPassword), "[secret]")
  lu.assertEquals(type(credentials.appPassword), "userdata")
  lu.assertEquals(credentials.expiresAt, json.null)
end

function TestRead:test_keys_and_problems()
  lu.assertEquals(self.board:keys(), { "A", "S", "T", "B", "E", "E.court-date" })
  local problems = self.board:problems()
  lu.assertEquals(#problems, 3)
  lu.assertNil(problems[1].key)
  lu.assertEquals({ problems[1].line, problems[2].key, problems[2].line }, { 7, "C", 8 })
  lu.assertEquals(problems[1].message, "test.json, line 7: the entry has a date but no id; give it one")
end

function TestRead:test_entries()
  local a, s, t = self.board:entry("A"), self.board:entry("S"), self.board:entry("T")
  lu.assertEquals({ a.key, a.id, a.kind, a.line, a.parent, a.counts }, { "A", "A", "item", 4 })
  lu.assertEquals(a.value.title, "One")
  lu.assertEquals({ s.kind, s.line, s.parent, s.parent_title }, { "subitem", 5, "A", "One" })
  lu.assertEquals(t.parent_title, "Own")
  local epic, court = self.board:entry("E"), self.board:entry("E.court-date")
  lu.assertEquals({ epic.kind, epic.counts }, { "epic", { total = 2, done = 1 } })
  lu.assertEquals({ court.kind, court.id, court.counts }, { "court-date", "E", { total = 2, done = 1 } })
  lu.assertEquals(court.value.metadata.courtDate, "2026-03-20")
  lu.assertNil(self.board:entry("C"))
  lu.assertNil(self.board:entry("none"))
end

function TestRead:test_fingerprints_and_snapshots()
  local b = self.board
  lu.assertEquals(#b:fingerprint("A", "x"), 32)
  lu.assertNotEquals(b:fingerprint("A", "x"), b:fingerprint("A", "y"))
  lu.assertNotEquals(b:fingerprint("E", "x"), b:fingerprint("E.court-date", "y"))
  lu.assertEquals(#b:snapshot("A"), 32)
  local _, err = b:fingerprint("none", "x")
  lu.assertEquals(err.code, "notfound")
  lu.assertStrContains(err.message, "none")
  lu.assertEquals(select(2, b:snapshot("C")).code, "notfound")
end

function TestRead.test_broken_boards()
  local b, err = board.parse('{"items": [}', "x.json")
  lu.assertNil(b)
  lu.assertEquals({ err.code, err.line, err.column }, { "parse", 1, 12 })
  lu.assertStrContains(err.message, "x.json: line 1, column 12")
  lu.assertEquals(select(2, board.parse("[]")).code, "parse")
  lu.assertEquals(select(2, board.open("/no/such/board.json")).code, "notfound")
end

function TestRead.test_misuse_raises()
  local b = board.parse("{}")
  lu.assertErrorMsgContains("string expected", b.entry, b)
  lu.assertErrorMsgContains("path", b.set, b, "A", { {} }, 1)
  lu.assertErrorMsgContains("table expected", b.set, b, "A", "title", 1)
  lu.assertError(b.set, b, "A", { "title" })
  lu.assertErrorMsgContains("fmcal.board", b.text, {})
  b:close()
  b:close()
  lu.assertErrorMsgContains("closed", b.text, b)
  lu.assertEquals(tostring(b), "fmcal.board (closed)")
end

TestEdit = {}

function TestEdit.test_edits_show_in_what_is_read()
  local b = assert(board.parse(TEXT))
  local before = { a = b:snapshot("A"), s = b:fingerprint("S", "x"), b = b:fingerprint("B", "x") }
  lu.assertIsTrue(b:set("A", { "title" }, "Changed"))
  lu.assertEquals(b:entry("S").parent_title, "Changed")
  lu.assertNotEquals(b:snapshot("A"), before.a)
  lu.assertNotEquals(b:fingerprint("S", "x"), before.s)
  lu.assertEquals(b:fingerprint("B", "x"), before.b)
  lu.assertIsTrue(b:dirty())
  lu.assertIsTrue(b:set("A", { "title" }, "One"))
  lu.assertIsFalse(b:dirty())
  lu.assertEquals(b:text(), TEXT)
end

function TestEdit.test_everything_else_keeps_its_bytes()
  local b = assert(board.parse(TEXT))
  b:set("B", { "calendarSync" }, { syncStatus = "synced", retryCount = 0, syncError = json.null })
  b:set("T", { "dueDate" }, "2026-01-01")
  b:remove("B", { "epicId" })
  b:set(nil, { "calendarConfig", "stats", "pendingChanges" }, 3)
  b:set(nil, { "calendarConfig", "lastSyncAt" }, "now")
  b:append({ "epics" }, { id = "F", tags = json.array {} })
  local expected = TEXT:gsub('"Two", "epicId": "E" }',
      '"Two", "calendarSync": { "retryCount": 0, "syncError": null, "syncStatus": "synced" } }')
    :gsub('"parentTitle": "Own" }', '"parentTitle": "Own", "dueDate": "2026-01-01" }')
    :gsub('"stats": {} }', '"stats": {"pendingChanges": 3}, "lastSyncAt": "now" }')
    :gsub('"2026%-03%-20" } } %]', '"2026-03-20" } }, { "id": "F", "tags": [] } ]')
  lu.assertEquals(b:text(), expected)
  lu.assertEquals(b:entry("F").kind, "epic")
end

function TestEdit.test_an_entry_is_taken_off()
  local b = assert(board.parse(TEXT))
  lu.assertIsTrue(b:remove("A", {}))
  lu.assertEquals({ (b:entry("A")), (b:entry("S")) }, {})
  lu.assertEquals(b:entry("B").id, "B")
  lu.assertIsTrue(b:dirty())
end

function TestEdit.test_failures_are_returned()
  local b = assert(board.parse(TEXT, "test.json"))
  local function fails(code, words, ok, err)
    lu.assertNil(ok)
    lu.assertEquals(err.code, code)
    lu.assertStrContains(err.message, words)
  end
  fails("notfound", "none", b:set("none", { "title" }, 1))
  fails("notfound", "C", b:remove("C", { "title" }))
  fails("invalid", "test.json, line 4: A: member 'title' is not an object", b:set("A", { "title", "x" }, 1))
  fails("invalid", "test.json: x: JSON has neither NaN", b:set("A", { "title" }, { x = 0 / 0 }))
  fails("invalid", "line 5: S: only an entry of items or epics can be taken off", b:remove("S", {}))
  fails("invalid", "by their keys", b:set(nil, { "items", 1, "title" }, "x"))
  fails("invalid", "not a list", b:append({ "team" }, 1))
  fails("invalid", "no file", b:save())
  lu.assertEquals(select(2, b:set("A", { "title", "x" }, 1)).line, 4)
  lu.assertIsFalse(b:dirty())
end

TestCompare = {}

local function remember(target, b, context)
  for _, key in ipairs(b:keys()) do
    assert(target:put_base { key = key, status = "synced", fingerprint = b:fingerprint(key, context), doc = "{}" })
  end
end

function TestCompare:setUp()
  self.state = assert(state.open(":memory:"))
  self.target = self.state:target("caldav")
  self.board = assert(board.parse(TEXT))
end

function TestCompare:tearDown()
  self.state:close()
end

function TestCompare:test_all_changed_then_none()
  local first = self.board:compare(self.target, "x", "2026-01-01")
  lu.assertEquals(first, { changed = self.board:keys(), gone = {}, total = 6, counts = {} })
  remember(self.target, self.board, "x")
  local second = self.board:compare(self.target, "x", "2026-01-01")
  lu.assertEquals(second, { changed = {}, gone = {}, total = 6, counts = { synced = 6 } })
  lu.assertEquals(#self.board:compare(self.target, "y", "2026-01-01").changed, 6)
end

function TestCompare:test_what_changed_and_what_is_gone()
  remember(self.target, self.board, "x")
  assert(self.target:put_base { key = "old", status = "synced", doc = "{}" })
  assert(self.target:put_base { key = "C", status = "synced", doc = "{}" })
  assert(self.target:put_base { key = "B", status = "error", fingerprint = self.board:fingerprint("B", "x"), doc = "",
    day = "2026-01-01" })
  self.board:set("A", { "title" }, "New")
  local found = self.board:compare(self.target, "x", "2026-01-01")
  lu.assertEquals(found, { changed = { "A", "S", "T" }, gone = { "old" }, total = 6, counts = { synced = 2, error = 1 } })
  lu.assertEquals(self.board:compare(self.target, "x", "2026-01-02").changed, { "A", "S", "T", "B" })
end

function TestCompare:test_item_counts_change_their_epic()
  remember(self.target, self.board, "x")
  self.board:set("B", { "status" }, "done")
  lu.assertEquals(self.board:compare(self.target, "x", "").changed, { "B", "E", "E.court-date" })
end

function TestCompare:test_a_cleared_court_date_is_an_entry_but_not_counted()
  self.board:set("E.court-date", { "metadata", "courtDateSync" }, { syncStatus = "synced" })
  remember(self.target, self.board, "x")
  self.board:set("E.court-date", { "metadata", "courtDate" }, json.null)
  local found = self.board:compare(self.target, "x", "")
  lu.assertEquals({ found.changed, found.gone, found.total }, { { "E", "E.court-date" }, {}, 5 })
end

function TestCompare:test_misuse()
  lu.assertError(self.board.compare, self.board, {}, "x", "")
end

TestSave = {}

function TestSave:setUp()
  self.folder = temporary_folder()
  self.path = self.folder .. "/board.json"
  write(self.path, TEXT)
end

function TestSave:tearDown()
  os.execute(("rm -r '%s'"):format(self.folder))
end

function TestSave:test_save_and_keep()
  local b = assert(board.open(self.path))
  lu.assertTrue(b:mtime() > 0)
  b:set("A", { "title" }, "New")
  lu.assertEquals(b:save { keep = self.folder .. "/previous" }, { skipped = {} })
  lu.assertEquals(read(self.path), (TEXT:gsub('"One"', '"New"')))
  lu.assertEquals(read(self.folder .. "/previous"), (TEXT:gsub('("credentials": )%b{}', "%1null")))
  lu.assertIsFalse(b:dirty())
  lu.assertEquals(b:text(), read(self.path))
end

function TestSave:test_another_program_wrote_meanwhile()
  local b = assert(board.open(self.path))
  b:set("A", { "title" }, "Ours")
  b:set("B", { "title" }, "Ours")
  b:set("B", { "calendarSync" }, { x = 1 })
  write(self.path, (TEXT:gsub('"Two"', '"Theirs"')))
  lu.assertEquals(b:save(), { skipped = { { key = "B", path = { "title" } } } })
  lu.assertEquals(b:entry("B").value.title, "Theirs")
  lu.assertEquals(b:entry("B").value.calendarSync, { x = 1 })
  lu.assertEquals(b:entry("A").value.title, "Ours")
  lu.assertEquals(read(self.path), b:text())
end

function TestSave:test_a_folder_that_cannot_be_written()
  local b = assert(board.open(self.path))
  b:set("A", { "title" }, "Ours")
  local ok, err = b:save { keep = self.folder .. "/no/previous" }
  lu.assertNil(ok)
  lu.assertEquals(err.code, "notfound")
  lu.assertStrContains(err.message, self.path)
  lu.assertEquals(read(self.path), TEXT)
  lu.assertIsTrue(b:dirty())
end

TestLock = {}

function TestLock.test_lock()
  local folder = temporary_folder()
  local path = folder .. "/board.json"
  local lock = assert(board.lock(path, 0))
  lu.assertEquals(tostring(lock), "fmcal.lock (held)")
  local second, err = board.lock(path, 10)
  lu.assertNil(second)
  lu.assertEquals(err.code, "locked")
  lu.assertStrMatches(err.message, "another process %(pid %d+%) holds the lock .*board%.json%.lock")
  lock:release()
  lock:release()
  lu.assertEquals(tostring(lock), "fmcal.lock (released)")
  do
    local closing <close> = assert(board.lock(path))
    lu.assertNil((board.lock(path)))
    lu.assertNotNil(closing)
  end
  assert(board.lock(path)):release()
  os.execute(("rm -r '%s'"):format(folder))
end

os.exit(lu.LuaUnit.run())
