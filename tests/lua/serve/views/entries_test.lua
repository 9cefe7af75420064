local commands = require "commands"
local lu = require "luaunit"
local served = require "served"

local function ids(answer)
  local list = {}
  for i, entry in ipairs(answer.entries) do list[i] = entry.id end
  return list
end

local ITEMS = {
  { id = "C", title = "Third", dueDate = "2027-03-03T10:00:00" }, { id = "A", title = "First", dueDate = "2027-03-01" },
  { id = "B", title = "Second", dueDate = "2027-03-03", priority = "high", tags = { "x" }, status = "todo",
    subitems = { { id = "B1", title = "Part", dueDate = "2027-04-01" } } },
  { id = "N", title = "No date" },
}

TestEntries = {}

function TestEntries.test_what_an_entry_is()
  local place <close> = served.synced(ITEMS)
  local answer = place:see("entries")
  lu.assertEquals(ids(answer), { "A", "B", "C", "B1", "N" })
  local entry = answer.entries[2]
  lu.assertEquals({ entry.title, entry.type, entry.date, entry.allDay, entry.status, entry.boardStatus, entry.priority, entry.tags },
    { "Second", "item", "2027-03-03", true, "synced", "todo", "high", { "x" } })
  lu.assertEquals(entry.calendars, { { calendar = "vdir", status = "synced" } })
  lu.assertEquals({ entry.last.run, entry.last.reason, entry.last.did }, { 1, "created", "create" })
  lu.assertEquals({ answer.entries[4].type, answer.entries[4].parent }, { "subitem", { id = "B", title = "Second" } })
  lu.assertEquals({ answer.entries[5].status, answer.total }, { "undated", 5 })
end

function TestEntries.test_the_epic_and_the_zone_of_an_item()
  local board = commands.board({ { id = "A", title = "One", epicId = "E" }, { id = "B", epicId = "gone" } })
  board.epics = { { id = "E", title = "Big" } }
  local place <close> = served.place(board)
  local answer = place:see("entries")
  local by_id = {}
  for _, entry in ipairs(answer.entries) do by_id[entry.id] = entry end
  lu.assertEquals({ by_id.A.epic, by_id.B.epic, by_id.A.zone }, { { id = "E", title = "Big" }, nil, "Europe/Rome" })
end

function TestEntries.test_a_window()
  local place <close> = served.synced(ITEMS)
  local function within(from, to) return ids(place:see("entries", { from = from, to = to })) end
  lu.assertEquals(within("2027-03-01", "2027-03-03"), { "A" })
  lu.assertEquals(within("2027-03-03", nil), { "B", "C", "B1" })
  lu.assertEquals(within("2027-03-03T10:00:00", "2027-03-03T10:00:01"), { "B", "C" })
  lu.assertEquals(within("2027-03-03T10:00:01+01:00", "2027-03-03T12:00:00Z"), { "B" })
end

-- A time belongs to the day that it is in the board's zone.
function TestEntries.test_days_of_the_boards_zone()
  local place <close> = served.place(commands.board({ { id = "A", title = "Late", dueDate = "2027-03-01T23:30:00Z" } }))
  lu.assertEquals(#place:see("entries", { from = "2027-03-01", to = "2027-03-02" }).entries, 0)
  lu.assertEquals(#place:see("entries", { from = "2027-03-02", to = "2027-03-03" }).entries, 1)
end

function TestEntries.test_pages()
  local place <close> = served.synced(ITEMS)
  local seen, after = {}, nil
  repeat
    local answer = place:see("entries", { limit = 2, after = after })
    for _, id in ipairs(ids(answer)) do seen[#seen + 1] = id end
    after = answer.next
  until not after
  lu.assertEquals(seen, { "A", "B", "C", "B1", "N" })
end

function TestEntries.test_by_status_and_text()
  local place <close> = served.synced(ITEMS)
  place:edit(function(board) board.items[1].title = "Edited" end)
  lu.assertEquals(ids(place:see("entries", { status = "pending" })), { "C" })
  lu.assertEquals(ids(place:see("entries", { status = "undated" })), { "N" })
  lu.assertEquals(ids(place:see("entries", { q = "SECOND" })), { "B" })
  lu.assertEquals(ids(place:see("entries", { q = "b1" })), { "B1" })
end

function TestEntries.test_an_entry_that_failed()
  local place <close> = served.place(commands.board { { id = "A", title = "One", dueDate = "never" } })
  place:sync(1)
  local entry = place:see("entries", { status = "error" }).entries[1]
  lu.assertStrContains(entry.calendars[1].error, "never")
  lu.assertEquals(entry.calendars[1].retries, 1)
end

-- A conflict of dates is there on both days.
function TestEntries.test_both_dates_of_a_conflict()
  local place <close> = served.synced({ { id = "A", title = "One", dueDate = "2027-01-01" } },
    { conflictResolution = "manual", timeZone = "Europe/Rome" })
  place:edit(function(board) board.items[1].dueDate = "2027-02-01" end)
  place:edit_event("A", "DATE:20270101", "DATE:20270301")
  place:sync(4)
  for _, month in ipairs { { "2027-02-01", "2027-02-28" }, { "2027-03-01", "2027-03-31" } } do
    local entry = place:see("entries", { from = month[1], to = month[2] }).entries[1]
    lu.assertEquals({ entry.status, entry.conflict.dates, entry.conflict.fields },
      { "conflict", { board = "2027-02-01", calendar = "2027-03-01" }, { "dueDate" } })
  end
  lu.assertEquals(#place:see("entries", { from = "2027-01-01", to = "2027-01-31" }).entries, 0)
end

-- One that spans days is there on each of them.
function TestEntries.test_a_span()
  local place <close> = served.synced({ { id = "A", title = "One", startDate = "2027-01-30", dueDate = "2027-03-02" } },
    { spans = true, timeZone = "Europe/Rome" })
  local entry = place:see("entries", { from = "2027-02-01", to = "2027-02-28" }).entries[1]
  lu.assertEquals({ entry.start, entry.date }, { "2027-01-30", "2027-03-02" })
end

function TestEntries.test_what_cannot_be_an_entry_is_told()
  local place <close> = served.place(commands.board { { id = "A", title = "One", dueDate = "2027-01-01" },
    { id = "A", title = "Twice", dueDate = "2027-01-01" } })
  local answer = place:see("entries")
  lu.assertEquals(#answer.entries, 0)
  lu.assertEquals(#answer.problems, 2)
  lu.assertNotStrContains(answer.problems[1].message, place.path)
end

function TestEntries.test_members_of_wrong_types_are_no_reason_to_fail()
  local place <close> = served.place(commands.board { { id = "A", title = 5, dueDate = {}, tags = "x", priority = { 1 } } })
  lu.assertEquals(ids(place:see("entries", { from = "2027-01-01" })), {})
  lu.assertEquals(ids(place:see("entries", { q = "a" })), { "A" })
end

function TestEntries.test_what_is_asked_is_checked()
  local place <close> = served.place(commands.board {})
  for member, value in pairs { from = "tomorrow", to = "2027-02-30", status = "good", limit = 0, q = {} } do
    local err = place:refused("entries", { [member] = value })
    lu.assertEquals({ err.code, err.member }, { "invalid", member })
  end
  lu.assertEquals(place:refused("entries", { from = "2027-02-01", to = "2027-02-01" }).member, "to")
end

os.exit(lu.LuaUnit.run())
