local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local served = require "served"

local function field_of(answer, name)
  for _, about in ipairs(answer.calendars[1].fields) do
    if about.field == name then return about end
  end
  return nil
end

TestEntry = {}

function TestEntry.test_an_entry_in_step()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  local answer = place:see("entry", { id = "A" })
  local calendar = answer.calendars[1]
  lu.assertEquals({ answer.entry.id, answer.entry.status, answer.board.title }, { "A", "synced", "First" })
  lu.assertEquals({ calendar.calendar, calendar.isThere, calendar.uid, calendar.next.action },
    { "vdir", true, "A@fleetmonitor", "none" })
  lu.assertEquals({ calendar.last.run, calendar.last.reason, calendar.last.did }, { 1, "created", "create" })
  lu.assertEquals(field_of(answer, "title"), { field = "title", base = "First", board = "First", calendar = "First" })
  lu.assertEquals({ #answer.runs, answer.now.pulled }, { 1, {} })
end

-- What the next run would do, from what is known: nothing is asked and nothing written.
function TestEntry.test_an_edit_on_the_board()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  place:edit(function(board) board.items[1].title = "Second" end)
  os.execute("rm -r " .. place:file("calendars"))
  local before = place:snapshot()
  local answer = place:see("entry", { id = "A" })
  lu.assertEquals(place:snapshot(), before)
  lu.assertEquals(field_of(answer, "title"),
    { field = "title", base = "First", board = "Second", calendar = "First", edited = "board" })
  local following = answer.calendars[1].next
  lu.assertEquals({ following.action, following.reason, following.after.title }, { "update", "pushed", "Second" })
  lu.assertEquals(answer.entry.status, "pending")
end

function TestEntry.test_a_conflict()
  local place <close> = served.in_conflict()
  local answer = place:see("entry", { id = "A" })
  lu.assertEquals(field_of(answer, "title"),
    { field = "title", base = "First", board = "Board", calendar = "Calendar", edited = "both" })
  local following = answer.calendars[1].next
  lu.assertEquals({ following.reason, following.conflicts, following.strategy }, { "conflict_waits", { "title" }, "manual" })
end

function TestEntry.test_before_the_first_run()
  local place <close> = served.place(commands.board { { id = "A", title = "First", dueDate = "2027-01-01" } })
  local answer = place:see("entry", { id = "A" })
  lu.assertEquals({ answer.calendars[1].next.action, answer.calendars[1].isThere, #answer.runs, answer.seen },
    { "create", false, 0, nil })
end

function TestEntry.test_an_entry_that_is_gone()
  local place <close> = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" },
    { id = "B", title = "Other", dueDate = "2027-01-01" } }
  place:edit(function(board) table.remove(board.items, 1) end)
  local answer = place:see("entry", { id = "A" })
  lu.assertNil(answer.entry)
  lu.assertEquals({ answer.calendars[1].next.action, answer.calendars[1].next.reason }, { "delete", "removed" })
  place:sync()
  answer = place:see("entry", { id = "A" })
  lu.assertEquals(#answer.runs, 2)
end

function TestEntry.test_an_entry_that_failed()
  local place <close> = served.place(commands.board { { id = "A", title = "One", dueDate = "never" } })
  place:sync(1)
  local answer = place:see("entry", { id = "A" })
  lu.assertStrContains(answer.now.error, "never")
  lu.assertNotStrContains(json.encode(answer), place.path)
end

function TestEntry.test_what_is_no_entry()
  local place <close> = served.place(commands.board { { id = "A", title = "One", dueDate = "2027-01-01" },
    { id = "D", title = "Twice", dueDate = "2027-01-01" }, { id = "D", title = "Twice", dueDate = "2027-01-01" } })
  lu.assertEquals(place:refused("entry", { id = "X" }).code, "notfound")
  lu.assertEquals(place:refused("entry").member, "id")
  lu.assertStrContains(place:see("entry", { id = "D" }).problem, "D")
end

-- Of a board that is switched off it is told what is there.
function TestEntry.test_nothing_is_synced()
  local place <close> = served.place { team = "academy", items = { { id = "A", title = "One", dueDate = "2027-01-01" } } }
  local answer = place:see("entry", { id = "A" })
  lu.assertEquals({ answer.entry.title, answer.calendars }, { "One", {} })
  lu.assertStrContains(answer.now.error, "names no calendar")
end

os.exit(lu.LuaUnit.run())
