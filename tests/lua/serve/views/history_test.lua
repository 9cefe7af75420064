local lu = require "luaunit"
local served = require "served"
local undo = require "fmcal.sync.undo"

-- Three runs: made, nothing, edited in the calendar; and a fourth that takes the third back.
local function place_with_runs()
  local place = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" },
    { id = "B", title = "Other", dueDate = "2027-01-01" } }
  place:sync()
  place:edit_event("A", "SUMMARY:First", "SUMMARY:Second")
  place:sync()
  lu.assertEquals(undo.run({ board = place:file("board.json"), who = "kim" }).exit, 0)
  return place
end

TestHistory = {}

function TestHistory.test_what_runs_changed()
  local place <close> = place_with_runs()
  local runs = place:see("history").runs
  lu.assertEquals({ runs[1].number, runs[1].kind, runs[1].undoes, runs[1].who }, { 4, "undo", 3, "kim" })
  lu.assertEquals({ runs[2].number, runs[2].takenBack, runs[2].changeCount }, { 3, true, 1 })
  local change = runs[2].changes[1]
  lu.assertEquals({ change.id, change.calendar, change.reason, change.fields },
    { "A", "vdir", "pulled", { { field = "title", before = "First", after = "Second" } } })
  lu.assertStrContains(change.sentence, "calendar")
  local lost = runs[2].overwritten[1]
  lu.assertEquals({ lost.id, lost.field, lost.side, lost.value, lost.cause }, { "A", "title", "local", "First", "pulled" })
end

function TestHistory.test_one_run_and_one_entry()
  local place <close> = place_with_runs()
  local runs = place:see("history", { run = 1 }).runs
  lu.assertEquals({ #runs, runs[1].changeCount }, { 1, 2 })
  lu.assertEquals(#place:see("history", { id = "B" }).runs, 1)
  lu.assertEquals(place:see("history", { run = 77 }).runs, {})
end

function TestHistory.test_pages()
  local place <close> = place_with_runs()
  local first = place:see("history", { limit = 2 })
  lu.assertEquals({ #first.runs, first.next }, { 2, 3 })
  local second = place:see("history", { limit = 2, before = first.next })
  lu.assertEquals({ #second.runs, second.runs[1].number, second.next }, { 1, 1, nil })
end

function TestHistory.test_runs_that_changed_nothing_are_counted()
  local place <close> = place_with_runs()
  place:sync()
  place:sync()
  local answer = place:see("runs")
  local found = {}
  for i, run in ipairs(answer.runs) do found[i] = { run.number, run.unchangedSince } end
  lu.assertEquals(found, { { 4, 2 }, { 3, 0 }, { 1, 1 } })
  lu.assertEquals(answer.last, 6)
end

function TestHistory.test_what_is_asked_is_checked()
  local place <close> = served.synced {}
  for member, value in pairs { run = 1.5, limit = 0, before = "x" } do
    lu.assertEquals(place:refused("history", { [member] = value }).member, member)
  end
end

os.exit(lu.LuaUnit.run())
