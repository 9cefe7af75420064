local json = require "fmcal.json"
local lu = require "luaunit"
local sync_view = require "fmcal.cli.sync.view"

local PLAIN = { colour = false }

local function result(members)
  local made = { success = true, team = "academy", direction = "both", board = "/boards/b.json", exit = 0, warnings = {},
    targets = { { name = "apple", calendar = "Cases" } }, conflicts = 0,
    result = { outbound = { created = 0, updated = 0, deleted = 0, unchanged = 0, skipped = 0, errors = 0,
      error_messages = {} }, inbound = { stats = { pulled = 0, conflicts = 0, errors = 0, externalEvents = 0, deleted = 0 } } },
    actions = {} }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

TestSummary = {}

function TestSummary.test_counts()
  local r = result()
  lu.assertEquals(sync_view.summary(r), "nothing to do")
  r.result.outbound.created, r.result.outbound.unchanged, r.result.outbound.skipped = 2, 40, 1
  r.result.inbound.stats.pulled, r.result.inbound.stats.deleted, r.result.inbound.stats.externalEvents = 3, 1, 1
  lu.assertEquals(sync_view.summary(r), "2 created, 3 pulled from the calendar, 1 date cleared, 40 unchanged, "
    .. "1 without a date or not selected, 1 external event")
  r.result.inbound.stats.conflicts, r.result.outbound.errors = 2, 1
  lu.assertStrContains(sync_view.summary(r), "2 conflicts wait, 1 error")
end

function TestSummary.test_one_way_runs()
  local r = result { result = { inbound = { stats = { pulled = 1, conflicts = 0, errors = 2, externalEvents = 0, deleted = 0 } } } }
  lu.assertEquals(sync_view.summary(r), "1 pulled from the calendar, 2 errors")
end

TestLines = {}

local function action(kind, key)
  return { action = kind, key = key, title = "T", target = "apple", detail = "why" }
end

function TestLines.test_what_needs_a_person_comes_first()
  local lines = sync_view.lines(PLAIN, result { actions = { action("create", "A"), action("conflict", "B"), action("error", "C") },
    exit = 1, success = false })
  lu.assertEquals(lines[1], "academy  /boards/b.json  ↔  apple (Cases)")
  lu.assertStrMatches(lines[3], "error +C .*")
  lu.assertStrMatches(lines[4], "conflict +B .*")
  lu.assertStrMatches(lines[5], "created +A .*")
end

function TestLines.test_long_runs_are_cut_and_dry_runs_are_not()
  local actions = {}
  for i = 1, 45 do actions[i] = action("create", "A" .. i) end
  local lines = sync_view.lines(PLAIN, result { actions = actions })
  lu.assertEquals(lines[#lines - 1], "… and 5 more")
  lines = sync_view.lines(PLAIN, result { actions = actions, dry_run = true, message = "Dry run", result = false })
  lu.assertEquals(#lines, 1 + 1 + 45 + 1)
  lu.assertStrMatches(lines[3], "%+ create +A1 .*")
end

function TestLines.test_conflicts_say_what_to_do()
  local lines = sync_view.lines(PLAIN, result { exit = 4 })
  lu.assertStrContains(lines[#lines], "conflicts.lua BOARD resolve ID keep_local")
end

function TestLines.test_a_run_that_never_began()
  lu.assertEquals(sync_view.lines(PLAIN, { success = false, error = "x", exit = 3, targets = {} }), {})
end

TestComplaints = {}

function TestComplaints.test_warnings_errors_and_entries()
  local r = result { warnings = { "w" }, error = "e" }
  r.error_messages = { "A-1: failed" }
  lu.assertEquals(sync_view.complaints(r), { "warning: w", "e", "A-1: failed" })
end

function TestComplaints.test_an_inbound_run_names_its_entries()
  local r = result { result = { inbound = { stats = {} } }, error_messages = { "A-1: why" } }
  lu.assertEquals(sync_view.complaints(r), { "A-1: why" })
end

function TestComplaints.test_entries_that_failed_alike_share_a_sentence()
  local r = result { error_messages = {} }
  for i = 1, 5 do r.error_messages[i] = ("A-%d: the server is down"):format(i) end
  table.insert(r.error_messages, 2, "B-1: something else")
  table.insert(r.error_messages, 3, "A-1: the server is down") -- in its other calendar
  table.insert(r.error_messages, "a sentence without a key")
  lu.assertEquals(sync_view.complaints(r), { "A-1, A-2, A-3 and 2 more: the server is down", "B-1: something else",
    "a sentence without a key" })
end

TestPrograms = {}

function TestPrograms.test_the_object_of_the_api()
  local shown = sync_view.for_programs(result { actions = { action("create", "A") } })
  lu.assertNil(shown.actions)
  lu.assertEquals(json.encode(shown.warnings), "[]")
  lu.assertEquals(shown.result.outbound.created, 0)
  lu.assertEquals(#sync_view.for_programs(result { dry_run = true, actions = { action("create", "A") } }).actions, 1)
end

os.exit(lu.LuaUnit.run())
