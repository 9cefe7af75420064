local commands = require "commands"
local lu = require "luaunit"
local served = require "served"

TestStatus = {}

function TestStatus.test_before_the_first_run()
  local place <close> = served.place(commands.board { { id = "A", title = "One", dueDate = "2027-01-01" } })
  local answer = place:see("status")
  lu.assertEquals({ answer.syncCount, answer.lastSync, answer.entries, answer.pending.board }, { 0, nil, 1, 1 })
  lu.assertEquals({ answer.syncEnabled, answer.autoSync, answer.syncInterval }, { true, true, 15 })
end

function TestStatus.test_what_waits_and_what_failed()
  local place <close> = served.place(commands.board { { id = "A", title = "One", dueDate = "2027-01-01" },
    { id = "B", title = "Two", dueDate = "never" }, { id = "C", title = 5, dueDate = {} } })
  place:sync(1)
  place:edit(function(board) board.items[1].title = "Uno" end)
  local answer = place:see("status")
  lu.assertEquals({ answer.errorCount, #answer.errors, answer.pending, answer.syncCount },
    { 2, 2, { board = 3, calendar = 0 }, 1 }) -- what failed is looked at again
  lu.assertEquals({ answer.errors[1].id, answer.errors[1].calendar, answer.errors[1].retries }, { "B", "vdir", 1 })
  lu.assertStrContains(answer.errors[1].error, "never")
  lu.assertEquals(answer.calendars[1].entries.synced, 1)
  lu.assertStrContains(answer.lastError.message, "never")
end

function TestStatus.test_conflicts_are_counted()
  local place <close> = served.in_conflict()
  local answer = place:see("status")
  lu.assertEquals({ answer.conflicts, answer.calendars[1].entries.conflict }, { 1, 1 })
end

-- At most fifty are named.
function TestStatus.test_many_errors()
  local items = {}
  for i = 1, 60 do items[i] = { id = "A-" .. i, title = "One", dueDate = "never" } end
  local place <close> = served.place(commands.board(items))
  place:sync(1)
  local answer = place:see("status")
  lu.assertEquals({ #answer.errors, answer.errorCount }, { 50, 60 })
end

function TestStatus.test_a_board_that_is_not_there()
  local place <close> = served.place()
  local err = place:refused("status")
  lu.assertEquals(err.code, "notfound")
  lu.assertNotStrContains(err.message, place.path)
end

os.exit(lu.LuaUnit.run())
