local json = require "fmcal.json"
local lu = require "luaunit"
local served = require "served"

TestPlan = {}

function TestPlan.test_what_a_run_would_do()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" },
    { id = "B", title = "Other", dueDate = "2027-01-02" } }
  place:edit(function(board)
    board.items[1].title = "Second"
    board.items[3] = { id = "C", title = "New", dueDate = "2027-01-03" }
  end)
  local before = place:board_and_events()
  local answer = place:see "plan"
  lu.assertEquals(place:board_and_events(), before)
  local change = answer.changes[1]
  lu.assertEquals({ #answer.changes, answer.unchanged, change.key, change.calendars[1].action }, { 2, 1, "A", "update" })
  lu.assertEquals(change.calendars[1].event.title, { from = "First", to = "Second" })
  lu.assertNil(change.seals)
  lu.assertNil(answer.guard)
  answer.plan = nil
  lu.assertNil(assert(json.encode(answer)):find(place.path, 1, true))
end

function TestPlan.test_less_than_all()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  place:edit(function(board) board.items[1].title = "Second" end)
  lu.assertEquals(#place:see("plan", { direction = "inbound" }).changes, 0)
  lu.assertEquals(#place:see("plan", { only = { "A" } }).changes, 1)
  for member, asked in pairs { direction = { direction = "up" }, only = { only = "A" } } do
    lu.assertEquals(place:refused("plan", asked).member, member)
  end
end

-- What the guard would stop is shown, and can be allowed just as it is shown.
function TestPlan.test_the_guard()
  local items = { { id = "B", title = "Stays", dueDate = "2027-01-02" } }
  for i = 1, 8 do items[i + 1] = { id = "A" .. i, title = "Item", dueDate = "2027-01-01" } end
  local place <close> = served.synced(items)
  place:edit(function(board) board.items = { board.items[1] } end)
  local answer = place:see "plan"
  lu.assertEquals({ #answer.changes, answer.unchanged }, { 8, 1 })
  lu.assertStrContains(answer.guard.sentence, "8")
  lu.assertEquals(place:count_events(), 9)
  place:done("apply", { plan = answer.plan })
  lu.assertEquals(place:count_events(), 1)
end

function TestPlan.test_a_calendar_that_is_away()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  os.execute("rm -r " .. place:file "calendars")
  local err = place:refused "plan"
  lu.assertNil(err.message:find(place.path, 1, true))
end

os.exit(lu.LuaUnit.run())
