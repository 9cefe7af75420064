-- undo.lua takes the last run back, entry by entry, on both sides; --redo does it again.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local function items()
  return { { id = "X-1", title = "One", description = "old", dueDate = "2027-02-01" },
    { id = "X-2", title = "Two", dueDate = "2027-02-02" }, { id = "X-3", title = "Three", dueDate = "2027-02-03" } }
end

local function synced(options)
  local place = commands.place(commands.board(items(), options or { timeZone = "Europe/Rome" }))
  place:expect(0, "sync.lua -q board.json")
  return place
end

local function edit(place, id, members)
  place:edit(function(board)
    for _, item in ipairs(board.items) do
      if item.id == id then
        for name, value in pairs(members) do item[name] = value or nil end
      end
    end
  end)
end

local function edit_there(place, key, title)
  place:edit_event(key, "SUMMARY:[^\r]*", "SUMMARY:" .. title)
end

-- A board with an item that was made of somebody else's event.
local function adopted()
  local place = synced()
  place:write("rules.lua", "return { adopt = function(event) return { id = 'A-1', title = event.title } end }")
  place:edit(function(board) board.calendarConfig.rules = "rules.lua" end)
  place:write("calendars/academy/other.ics", table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT",
    "UID:other@example.org", "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270301", "SUMMARY:Hearing", "END:VEVENT",
    "END:VCALENDAR", "" }, "\r\n"))
  place:expect(0, "sync.lua -q board.json")
  return place
end

-- Both sides' titles of an entry.
local function titles(place, key)
  local _, text = place:event(key)
  return { place:item(key).title, text and text:match("SUMMARY:([^\r]*)") }
end

-- The next run finds nothing to do.
local function assert_settled(place)
  local before = place:board_and_events()
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:board_and_events(), before)
end

local function undo(place, status, words)
  local out, errors = place:expect(status, "undo.lua board.json " .. (words or ""))
  return out, errors
end

TestUndo = {}

function TestUndo.test_both_sides_get_what_they_had_agreed_on()
  local place <close> = synced()
  edit(place, "X-1", { title = "Here" })
  edit_there(place, "X-2", "There")
  place:expect(0, "sync.lua -q board.json")
  undo(place, 0)
  lu.assertEquals({ titles(place, "X-1"), titles(place, "X-2") }, { { "One", "One" }, { "Two", "Two" } })
  assert_settled(place)
  local lost = assert(json.decode((place:expect(0, "history.lua board.json X-1 --limit 1 --json")))).overwritten[1]
  lu.assertEquals({ lost.value, lost.side, lost.reason }, { "Here", "local", "run 2 taken back" })
  undo(place, 0, "--redo")
  lu.assertEquals({ titles(place, "X-1"), titles(place, "X-2") }, { { "Here", "Here" }, { "There", "There" } })
  assert_settled(place)
end

function TestUndo.test_a_settled_conflict()
  local place <close> = synced { conflictResolution = "external-wins" }
  edit(place, "X-1", { title = "Here" })
  edit_there(place, "X-1", "There")
  place:expect(0, "sync.lua -q board.json")
  undo(place, 0)
  lu.assertEquals(titles(place, "X-1"), { "One", "One" })
  assert_settled(place)
end

function TestUndo.test_again_goes_further_back()
  local place <close> = synced()
  for _, title in ipairs { "A", "B" } do
    edit(place, "X-1", { title = title })
    place:expect(0, "sync.lua -q board.json")
  end
  undo(place, 0)
  lu.assertEquals(titles(place, "X-1"), { "A", "A" })
  undo(place, 0)
  lu.assertEquals(titles(place, "X-1"), { "One", "One" })
  undo(place, 0, "--redo")
  undo(place, 0, "--redo")
  lu.assertEquals(titles(place, "X-1"), { "B", "B" })
  lu.assertStrContains(select(2, undo(place, 2, "--redo")), "no run was taken back")
end

-- The events that a run has made go; their entries keep their dates, and get no event until they are edited.
function TestUndo.test_the_first_run()
  local place <close> = synced()
  undo(place, 0)
  lu.assertEquals(place:count_events(), 0)
  lu.assertEquals({ place:item("X-1").dueDate, place:item("X-1").calendarSync.syncStatus }, { "2027-02-01", "deleted" })
  assert_settled(place)
  edit(place, "X-1", { title = "Wanted" })
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(titles(place, "X-1"), { "Wanted", "Wanted" })
end

function TestUndo.test_what_was_deleted_comes_back()
  local place <close> = synced()
  place:edit_event("X-1", "END:VEVENT", "LOCATION:Room 4\r\nEND:VEVENT")
  place:expect(0, "sync.lua -q board.json")
  edit(place, "X-1", { dueDate = false })
  place:expect(0, "sync.lua -q board.json")
  lu.assertNil(place:event("X-1"))
  undo(place, 0)
  lu.assertEquals(place:item("X-1").dueDate, "2027-02-01")
  lu.assertStrContains(select(2, place:event("X-1")), "LOCATION:Room 4")
  assert_settled(place)
  undo(place, 0, "--redo")
  lu.assertEquals(place:item("X-1").dueDate, json.null)
  lu.assertNil(place:event("X-1"))
  assert_settled(place)
end

function TestUndo.test_a_date_that_a_deletion_cleared_comes_back_with_its_event()
  local place <close> = synced()
  os.remove((place:event "X-1"))
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("X-1").dueDate, json.null)
  undo(place, 0)
  lu.assertEquals(titles(place, "X-1"), { "One", "One" })
  lu.assertEquals(place:item("X-1").dueDate, "2027-02-01")
  assert_settled(place)
end

function TestUndo.test_the_event_of_an_item_that_is_gone_comes_back_as_an_orphan()
  local place <close> = synced()
  place:edit(function(board) table.remove(board.items, 1) end)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:count_events(), 2)
  undo(place, 0)
  lu.assertEquals(place:count_events(), 3)
  lu.assertStrContains(place:expect(0, "events.lua board.json"), "orphan")
  assert_settled(place)
  undo(place, 0, "--redo")
  lu.assertEquals(place:count_events(), 2)
  assert_settled(place)
end

function TestUndo.test_a_parents_title_takes_its_subitems_events_along()
  local item = { id = "P-1", title = "Parent", dueDate = "2027-02-01", subitems = { { id = "S-1", title = "Child",
    dueDate = "2027-02-02" } } }
  local place <close> = commands.place(commands.board { item })
  place:expect(0, "sync.lua -q board.json")
  edit(place, "P-1", { title = "Renamed" })
  place:expect(0, "sync.lua -q board.json")
  lu.assertStrContains(select(2, place:event("S-1")), "SUMMARY:Renamed > Child")
  undo(place, 0)
  lu.assertStrContains(select(2, place:event("S-1")), "SUMMARY:Parent > Child")
  assert_settled(place)
end

function TestUndo.test_several_calendars()
  local board = commands.board(items())
  board.calendarConfig = { enabled = true, one = { provider = "vdir", endpoint = "calendars", calendarId = "academy" },
    two = { provider = "vdir", endpoint = "calendars", calendarId = "second" } }
  local place <close> = commands.place(board)
  os.execute("mkdir -p " .. place:file "calendars/second")
  place:expect(0, "sync.lua -q board.json")
  edit_there(place, "X-1", "There")
  edit(place, "X-2", { title = "Here" })
  edit(place, "X-3", { dueDate = false })
  place:expect(0, "sync.lua -q board.json")
  local count = "cat " .. place:file "calendars" .. "/*/*.ics | grep -c '^SUMMARY:%s'"
  local function summaries(title) return tonumber((require("shell").run(count:format(title)))) end
  lu.assertEquals({ summaries "There", summaries "Here", summaries "Three" }, { 2, 2, 0 })
  undo(place, 0)
  lu.assertEquals({ summaries "One", summaries "Two", summaries "Three" }, { 2, 2, 2 })
  lu.assertEquals(place:item("X-3").dueDate, "2027-02-03")
  assert_settled(place)
  undo(place, 0, "--redo")
  lu.assertEquals({ summaries "There", summaries "Here", summaries "Three" }, { 2, 2, 0 })
  assert_settled(place)
end

function TestUndo.test_an_item_that_was_an_event()
  local place <close> = adopted()
  lu.assertStrContains(undo(place, 0), "taken off the board")
  lu.assertEquals(#place:board().items, 3)
  lu.assertStrContains(place:expect(0, "events.lua board.json"), "Hearing")
  assert_settled(place)
  undo(place, 0, "--redo")
  lu.assertEquals(place:item("A-1").title, "Hearing")
  assert_settled(place)
end

TestRefused = {}

function TestRefused.test_what_was_edited_since_stays_and_the_others_go_on()
  local place <close> = synced()
  edit(place, "X-1", { title = "Here" })
  edit(place, "X-2", { title = "Too" })
  place:expect(0, "sync.lua -q board.json")
  edit(place, "X-1", { title = "Later" })
  place:expect(0, "sync.lua -q board.json")
  local out, errors = undo(place, 1, "--run 2")
  lu.assertStrContains(errors, 'X-1 stays as it is: title was edited since: the board says "Later", the calendar "Later", and the '
    .. 'run had made it "Here"')
  lu.assertStrContains(out, "undone")
  lu.assertEquals({ titles(place, "X-1"), titles(place, "X-2") }, { { "Later", "Later" }, { "Two", "Two" } })
  lu.assertNotStrContains(place:read("board.json"), '"syncStatus": "error"')
  assert_settled(place)
end

function TestRefused.test_an_edit_that_is_not_synced_yet()
  local place <close> = synced()
  edit(place, "X-1", { title = "Here" })
  place:expect(0, "sync.lua -q board.json")
  edit(place, "X-1", { description = "new" })
  lu.assertStrContains(select(2, undo(place, 1)), 'description was edited since and is not in step: the board says "new", '
    .. 'the calendar "old"')
  place:expect(0, "sync.lua -q board.json")
  undo(place, 0, "--run 2")
  lu.assertEquals(titles(place, "X-1"), { "One", "One" })
  lu.assertEquals(place:item("X-1").description, "new")
  assert_settled(place)
end

function TestRefused.test_the_event_that_a_run_made_was_edited()
  local place <close> = synced()
  edit_there(place, "X-1", "Theirs")
  place:expect(0, "sync.lua -q board.json")
  local result = assert(json.decode((undo(place, 1, "--run 1 --json"))))
  lu.assertEquals({ result.reverted.run, result.reverted.kind }, { 1, "undo" })
  local by_key = {}
  for _, entry in ipairs(result.entries) do by_key[entry.key] = entry.reason end
  lu.assertEquals(by_key, { ["X-1"] = "undo_refused", ["X-2"] = "undone", ["X-3"] = "undone" })
  assert_settled(place)
end

function TestRefused.test_what_the_rules_do_not_select()
  local place <close> = synced()
  place:write("rules.lua", "return { select = function(entry) return entry.id ~= 'X-1' end }")
  place:expect(0, "sync.lua -q board.json --rules rules.lua")
  lu.assertStrContains(select(2, undo(place, 1, "--rules rules.lua")), "X-1 stays as it is: the rules do not select it")
end

function TestRefused.test_an_item_that_was_an_event_and_was_edited()
  local place <close> = adopted()
  edit(place, "A-1", { status = "done" })
  lu.assertStrContains(select(2, undo(place, 1, "--run 2")), "A-1 stays as it is: status was edited since it was made of an event: "
    .. "remove the item, and the event is external again")
  lu.assertEquals(place:item("A-1").status, "done")
end

TestWords = {}

function TestWords.test_a_dry_run_touches_nothing()
  local place <close> = synced()
  edit(place, "X-1", { title = "Here" })
  place:expect(0, "sync.lua -q board.json")
  local before = place:snapshot()
  local out = undo(place, 0, "--dry-run")
  lu.assertStrContains(out, 'title: "Here" → "One"')
  lu.assertStrContains(out, "1 to undo")
  lu.assertEquals(place:snapshot(), before)
end

function TestWords.test_one_entry_alone()
  local place <close> = synced()
  edit(place, "X-1", { title = "Here" })
  edit(place, "X-2", { title = "Too" })
  place:expect(0, "sync.lua -q board.json")
  undo(place, 0, "--only X-1")
  lu.assertEquals({ titles(place, "X-1"), titles(place, "X-2") }, { { "One", "One" }, { "Too", "Too" } })
  lu.assertStrContains(select(2, undo(place, 2, "--run 2 --only X-9")), "run 2 changed nothing of what --only names")
  undo(place, 0, "--redo")
  lu.assertEquals(titles(place, "X-1"), { "Here", "Here" })
end

function TestWords.test_the_guard()
  local list = {}
  for i = 1, 10 do list[i] = { id = "X-" .. i, title = "T", dueDate = "2027-02-01" } end
  local place <close> = commands.place(commands.board(list))
  place:expect(0, "sync.lua -q board.json")
  undo(place, 5)
  lu.assertEquals(place:count_events(), 10)
  undo(place, 0, "--allow-mass-delete")
  lu.assertEquals(place:count_events(), 0)
end

function TestWords.test_nothing_to_take_back()
  local place <close> = commands.place(commands.board {})
  lu.assertStrContains(select(2, undo(place, 2)), "no run that changed something is left")
  place:expect(0, "sync.lua -q board.json")
  lu.assertStrContains(select(2, undo(place, 2, "--run 7")), "run 7 changed nothing")
  lu.assertStrContains(select(2, undo(place, 2, "--run 7 --redo")), "do not go together")
end

function TestWords.test_a_copy_of_before_is_an_edit_afterwards()
  local place <close> = synced()
  edit_there(place, "X-1", "There")
  local stale = place:read("board.json")
  place:expect(0, "sync.lua -q board.json")
  local pulled = place:read("board.json")
  undo(place, 0)
  place:write("board.json", pulled)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(titles(place, "X-1"), { "There", "There" })
  lu.assertNotEquals(stale, pulled)
end

os.exit(lu.LuaUnit.run())
