-- The example programs do what they say; no server is needed.
local lu = require "luaunit"
local rules = require "fmcal.rules"
local shell = require "shell"

local examples = os.getenv("SOURCE_DIR") .. "/examples/"

local function run(name, words)
  local out, errors, status = shell.run(("env -u LUA_PATH_5_4 %s %s %s"):format(
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(examples .. name), words or ""))
  return out, errors, status
end

local function assert_prints(name, expected)
  lu.assertEquals({ run(name) }, { expected, "", 0 })
end

TestExamples = {}

function TestExamples.test_mock_provider()
  assert_prints("mock_provider.lua", [[
created mock-event-0001
mock-event-0001  2027-02-20  File initial motion
0 events left
]])
end

function TestExamples.test_outbound_sync()
  assert_prints("outbound_sync.lua", [[
4 entries: 3 created, 1 without a date
2027-02-15  File initial motion
2027-03-15  📊 [EPIC] Smith v. Jones
2027-03-20  ⚖️ COURT: Smith v. Jones
XACA-0040: synced
XACA-0042: not in the calendar
EACA-0001: synced
court date: synced
second run: 0 created, 0 updated, 3 unchanged
]])
end

function TestExamples.test_update_synced_item()
  assert_prints("update_synced_item.lua", [[
in the calendar: File initial motion on 2027-02-15 (mock-event-0001)
after an edit here: 1 updated, 0 created; the event says File the amended motion
after an edit there: 1 pulled; the item is due on 2027-02-22
]])
end

function TestExamples.test_entry_in_error()
  assert_prints("entry_in_error.lua", [[
created 1, errors 1
  XACA-0040 (line 1): dueDate "2027-02-30" is not a date: write 2026-02-15, 2026-02-15T10:00:00 or 2026-02-15T10:00:00Z
XACA-0040: error, tried 1 times
after the repair: created 1, errors 0; XACA-0040 is synced
]])
end

function TestExamples.test_caldav_direct_says_what_it_needs()
  local out, errors, status = run("caldav_direct.lua")
  lu.assertEquals({ out, status }, { "", 2 })
  lu.assertStrContains(errors, "usage:")
end

function TestExamples.test_caldav_direct_without_a_server()
  local out, errors, status = shell.run(("CALDAV_USERNAME=a CALDAV_PASSWORD=b %s %scaldav_direct.lua http://127.0.0.1:9/"):format(
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(examples)))
  lu.assertEquals({ out, status }, { "", 3 })
  lu.assertStrContains(errors, "127.0.0.1")
end

-- ---------------------------------------------------------------- rules

local NOW = { team = "academy", provider = "mock", config = {} }

local function load_rules(name)
  return assert(rules.load(examples .. name, NOW))
end

-- What comes back from a calendar that keeps what it is given.
local function round_trip(loaded, entry)
  local event = assert(loaded:to_event(entry.id, entry))
  return event, assert(loaded:to_entry(entry.id, event, entry))
end

local function conflict(entry, fields)
  return { entry = entry, event = {}, fields = fields, local_time = 1, external_time = 2 }
end

TestRules = {}

function TestRules.test_rules()
  local loaded = load_rules("rules.lua")
  local entry = { id = "A-1", eventType = "item", title = "[X] Motion", dueDate = "2027-02-15", status = "todo" }
  local event, back = round_trip(loaded, entry)
  lu.assertEquals(event.title, "[ACADEMY] [X] Motion")
  lu.assertEquals(back.title, entry.title)
  lu.assertTrue(loaded:select("A-1", entry))
  lu.assertFalse(loaded:select("A-1", { eventType = "item", status = "archived" }))
  lu.assertEquals(loaded:on_conflict("A-1", conflict({ tags = { "legal" } }, {})), "local")
  lu.assertEquals(loaded:on_conflict("A-1", conflict({}, {})), "external")
  lu.assertEquals(loaded:on_deleted("A-1", { status = "in-progress" }), "recreate")
  lu.assertEquals(loaded:on_deleted("A-1", { status = "todo" }), "clear-due-date")
end

function TestRules.test_only_high_priority()
  local loaded = load_rules("rules/only_high_priority.lua")
  lu.assertTrue(loaded:select("A", { eventType = "item", priority = "high" }))
  lu.assertFalse(loaded:select("A", { eventType = "item", priority = "low" }))
  lu.assertTrue(loaded:select("A", { eventType = "court-date" }))
end

function TestRules.test_done_leaves_calendar()
  local loaded = load_rules("rules/done_leaves_calendar.lua")
  local function selected(date, status)
    return loaded:select("A", { eventType = "item", dueDate = date, status = status })
  end
  lu.assertFalse(selected("2020-01-01", "done"))
  lu.assertTrue(selected("2020-01-01", "todo"))
  lu.assertTrue(selected("2999-01-01", "done"))
  local _, _, reads_clock = loaded:watching_clock(function() return selected("2020-01-01", "done") end)
  lu.assertTrue(reads_clock)
end

function TestRules.test_case_number_in_title()
  local loaded = load_rules("rules/case_number_in_title.lua")
  local epic = { id = "E-1", eventType = "epic", title = "Smith v. Jones", dueDate = "2027-03-15",
    metadata = { caseNumber = "2025-CV-1234" } }
  local event, back = round_trip(loaded, epic)
  lu.assertEquals(event.title, "2025-CV-1234 · 📊 [EPIC] Smith v. Jones")
  lu.assertEquals(back.title, "Smith v. Jones")
  back = select(2, round_trip(loaded, { id = "A-1", eventType = "item", title = "No case", dueDate = "2027-03-15" }))
  lu.assertEquals(back.title, "No case")
end

function TestRules.test_merge_texts()
  local loaded = load_rules("rules/merge_texts.lua")
  local both = { description = { ["local"] = "ours", external = "theirs" } }
  lu.assertEquals(loaded:on_conflict("A", conflict({}, both)), { description = "ours\n\ntheirs" })
  both.title = { ["local"] = "a", external = "b" }
  lu.assertEquals(loaded:on_conflict("A", conflict({}, both)), "manual")
end

function TestRules.test_adopt_tagged()
  local loaded = load_rules("rules/adopt_tagged.lua")
  lu.assertNil(loaded:adopt { uid = "x@y", title = "Lunch", tags = { "private" } })
  local item = loaded:adopt { uid = "x@y", title = "Hearing", dueDate = "2027-02-15", tags = { "Kanban" } }
  lu.assertEquals(item, { id = "CAL-x-y", status = "todo" })
end

os.exit(lu.LuaUnit.run())
