-- What a person is told, and what a program is counted out: boards and calendars in odd shapes, conflicts taken back,
-- entries that fail again and again.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"
local shell = require "shell"

local function items(n)
  local list = {}
  for i = 1, n do list[i] = { id = "X-" .. i, title = "Title " .. i, dueDate = ("2027-02-%02d"):format(i) } end
  return list
end

-- A board in step with its calendar folder.
local function synced(n, options)
  local place = commands.place(commands.board(items(n), options))
  place:expect(0, "sync.lua board.json")
  return place
end

local function result_of(place, status, words)
  return assert(json.decode((place:expect(status, "sync.lua board.json --json " .. (words or "")))))
end

local function assert_sum(result)
  local out = result.result.outbound
  lu.assertEquals(out.synced, out.created + out.updated + out.unchanged)
  lu.assertEquals(out.total_items, out.synced + out.skipped + out.errors + result.conflicts)
  return out
end

TestGuard = {}

function TestGuard.test_a_stopped_run_lists_what_it_would_delete_and_clear()
  local place <close> = synced(10)
  place:edit(function(b)
    for i = 1, 4 do b.items[i].dueDate = nil end
  end)
  for i = 7, 9 do os.remove((place:event("X-" .. i))) end
  local before = place:board_and_events()
  local out = place:expect(5, "sync.lua board.json")
  lu.assertStrMatches(out:match("[^\n]*X%-1 [^\n]*"), "%- delete +X%-1 .*")
  lu.assertStrMatches(out:match("[^\n]*X%-7 [^\n]*"), "%- clear +X%-7 .*deleted in the calendar.*")
  lu.assertEquals(place:board_and_events(), before)
end

TestBoard = {}

-- A list that is none is a board gone wrong, not one whose entries are all gone.
function TestBoard.test_items_that_are_no_list()
  for wrong, part in pairs { ['{ "a": 1 }'] = "are arrays", ["5"] = "are arrays", ['"x"'] = "are arrays", ["true"] = "are arrays",
    ["[null]"] = "hold objects", ['[{ "id": "X-1" }, 5]'] = "hold objects", ["[[]]"] = "hold objects" } do
    local place <close> = synced(2)
    local text = place:read("board.json"):gsub('"items": %b[]', function() return '"items": ' .. wrong end)
    place:write("board.json", text)
    local _, errors = place:expect(2, "sync.lua board.json")
    lu.assertStrContains(errors, "items and epics of a board " .. part)
    lu.assertStrContains(errors, "line ")
    lu.assertEquals(place:count_events(), 2)
  end
end

function TestBoard.test_a_dry_run_names_entries_that_cannot_be_synced()
  local board = commands.board(items(3))
  board.items[2].id = "X-1"
  board.items[3].id = nil
  local place <close> = commands.place(board)
  local out, errors = place:expect(1, "sync.lua board.json --dry-run")
  lu.assertStrMatches(out:match("[^\n]*X%-1[^\n]*"), "! error +X%-1 +Title 1 .*")
  lu.assertStrContains(errors, "more than one entry has the id X-1")
  lu.assertStrContains(errors, "the entry has a date but no id")
end

-- The board says once that a run failed, and once that the next one did not.
function TestBoard.test_the_status_of_the_last_run()
  local place <close> = synced(2)
  place:edit(function(b) b.items[3] = { id = "X-2", title = "A copy", dueDate = "2027-03-01" } end)
  place:expect(1, "sync.lua board.json")
  local config = place:board().calendarConfig
  lu.assertEquals(config.lastSyncStatus, "error")
  lu.assertStrContains(config.lastSyncError, "more than one entry has the id X-2")
  local before = place:read("board.json")
  place:expect(1, "sync.lua board.json")
  lu.assertEquals(place:read("board.json"), before)
  place:edit(function(b) b.items[3] = nil end)
  place:expect(0, "sync.lua board.json")
  config = place:board().calendarConfig
  lu.assertEquals(config.lastSyncStatus, "success")
  lu.assertEquals(config.lastSyncError, json.null)
end

TestCounts = {}

function TestCounts.test_a_run_confined_to_one_entry_counts_all()
  local place <close> = commands.place(commands.board(items(4)))
  local out = assert_sum(result_of(place, 0, "--only X-1"))
  lu.assertEquals({ out.total_items, out.created, out.skipped }, { 4, 1, 3 })
  place:expect(0, "sync.lua board.json")
  place:edit(function(b)
    for i = 1, 3 do b.items[i].title = "New " .. i end
  end)
  out = assert_sum(result_of(place, 0, "--only X-2"))
  lu.assertEquals({ out.total_items, out.updated, out.unchanged }, { 4, 1, 3 })
end

-- An epic's court date counts while there is one, whatever becomes of its event.
function TestCounts.test_court_dates_that_are_not_there_do_not_count()
  local board = commands.board(items(1))
  board.epics = { { id = "E", title = "Smith", metadata = { courtDate = "2027-03-20" } } }
  local place <close> = commands.place(board)
  lu.assertEquals(assert_sum(result_of(place, 0)).total_items, 3)
  local function set(date)
    place:edit(function(b) b.epics[1].metadata.courtDate = date end)
  end
  set(nil)
  local out = assert_sum(result_of(place, 0))
  lu.assertEquals({ out.total_items, out.deleted, out.skipped }, { 2, 1, 1 })
  set("2027-03-21")
  lu.assertEquals(assert_sum(result_of(place, 0)).total_items, 3)
  place:edit_event("E.court-date", "20270321", "20270322")
  place:edit_event("E.court-date", "20270322\r\nTRANSP", "20270323\r\nTRANSP")
  set(nil)
  lu.assertEquals(assert_sum(result_of(place, 0, "--only X-1")).total_items, 2)
  lu.assertEquals(assert_sum(result_of(place, 0, "--direction outbound")).total_items, 2)
end

TestEvents = {}

function TestEvents.test_an_event_that_cannot_be_read_is_an_error_of_its_entry()
  local place <close> = synced(2)
  shell.write(place:event("X-1"), "")
  place:edit(function(b) b.items[1].title = "Edited" end)
  local out = assert_sum(result_of(place, 1))
  lu.assertEquals(out.errors, 1)
  lu.assertStrContains(out.error_messages[1], "the event of X-1 cannot be read")
  lu.assertEquals(place:item("X-1").calendarSync.syncStatus, "error")
end

function TestEvents.test_an_id_that_another_team_uses_in_the_same_calendar()
  local place <close> = synced(2)
  place:edit_event("X-1", "X%-TEAM:academy", "X-TEAM:medical")
  local out = assert_sum(result_of(place, 1))
  lu.assertStrContains(out.error_messages[1], "belongs to team medical: give X-1 another id, or remove that event")
  lu.assertStrContains((place:expect(0, "events.lua board.json")), "X-1@fleetmonitor")
  lu.assertStrContains(select(2, place:event("X-1")), "X-TEAM:medical")
  -- Once that event is out of the way the entry is synced without further ado.
  os.remove((place:event("X-1")))
  place:edit(function(b) b.items[1].title = "Edited" end)
  place:expect(0, "sync.lua board.json")
  lu.assertStrContains(select(2, place:event("X-1")), "SUMMARY:Edited")
end

function TestEvents.test_a_copy_of_an_event_is_external()
  local place <close> = synced(2)
  local _, text = place:event("X-1")
  place:write("calendars/academy/copy.ics", text)
  local result = result_of(place, 0)
  lu.assertEquals(result.result.inbound.stats.externalEvents, 1)
  local row = json.decode((place:expect(0, "events.lua board.json --json")))
  lu.assertEquals({ row.kind, row.eventId }, { "external", "copy.ics" })
end

TestConflicts = {}

local function conflict()
  local place = synced(1, { conflictResolution = "manual" })
  place:edit(function(b) b.items[1].title = "Mine" end)
  place:edit_event("X-1", "SUMMARY:[^\r\n]*", "SUMMARY:Theirs")
  place:expect(4, "sync.lua board.json")
  return place
end

function TestConflicts.test_taking_the_edit_of_one_side_back_ends_it()
  local place <close> = conflict()
  place:edit(function(b) b.items[1].title = "Title 1" end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("X-1").title, "Theirs")
  local other <close> = conflict()
  other:edit_event("X-1", "SUMMARY:[^\r\n]*", "SUMMARY:Title 1")
  other:expect(0, "sync.lua board.json")
  lu.assertStrContains(select(2, other:event("X-1")), "SUMMARY:Mine")
end

-- What was never agreed on stays in conflict, also where one side has nothing there.
function TestConflicts.test_a_conflict_without_a_base_stays()
  local place <close> = synced(1, { conflictResolution = "manual" })
  os.execute("rm -r " .. place:file(".fmcal"))
  place:edit(function(b) b.items[1].calendarSync = nil end)
  place:edit_event("X-1", "SUMMARY", "DESCRIPTION:There\r\nSUMMARY")
  for _ = 1, 2 do
    place:expect(4, "sync.lua board.json")
    lu.assertNil(place:item("X-1").description)
  end
end

function TestConflicts.test_a_moved_court_date_is_explained_as_what_it_is()
  local board = commands.board({}, { conflictResolution = "external-wins" })
  board.epics = { { id = "E", title = "Smith", metadata = { courtDate = "2027-03-20" } } }
  local place <close> = commands.place(board)
  place:expect(0, "sync.lua board.json")
  place:edit_event("E.court-date", "20270320", "20270322")
  place:edit_event("E.court-date", "20270321", "20270323")
  local out = place:expect(4, "sync.lua board.json")
  lu.assertStrContains(out, "moved in the calendar: dueDate")
  out = place:expect(0, "explain.lua board.json E")
  lu.assertStrContains(out, "strategy manual says manual")
end

function TestConflicts.test_nobody_waits_for_what_is_not_synced_any_more()
  local place <close> = conflict()
  place:edit(function(b) b.calendarConfig.syncOptions.syncItems = false end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals((place:expect(0, "conflicts.lua board.json --json")), "")
end

TestRetries = {}

function TestRetries.test_an_entry_that_is_left_alone_is_still_named()
  local board = commands.board(items(2))
  board.items[2].dueDate = "2027-02-30"
  local place <close> = commands.place(board)
  for _ = 1, 5 do place:expect(1, "sync.lua board.json") end
  local before = place:read("board.json")
  local out, errors = place:expect(1, "sync.lua board.json -q")
  lu.assertEquals(out, "")
  lu.assertStrMatches(errors, 'sync.lua: X%-2 %(line %d+%): dueDate "2027%-02%-30" is not a date.*left alone.*%-%-retry%-failed%)\n')
  lu.assertEquals(place:read("board.json"), before)
  lu.assertEquals(assert_sum(result_of(place, 1)).errors, 1)
end

function TestRetries.test_a_deletion_that_the_server_refuses()
  local server <close> = servers.scripted()
  local board = commands.board(items(2))
  board.calendarConfig.provider, board.calendarConfig.endpoint, board.calendarConfig.calendarId = "caldav", server.url, "kanban"
  board.calendarConfig.credentials = { username = "alice", password = "secret" }
  local place <close> = commands.place(board)
  place:expect(0, "sync.lua board.json")
  server:fault { kind = "status", method = "DELETE", times = 1000, code = 422 }
  place:edit(function(b) table.remove(b.items, 2) end)
  for _ = 1, 5 do
    local out = assert_sum(result_of(place, 1))
    lu.assertEquals({ out.total_items, out.delete_errors }, { 1, 1 })
  end
  server:control("DELETE", "_log")
  local out = assert_sum(result_of(place, 1))
  lu.assertStrContains(out.error_messages[1], "left alone")
  lu.assertEquals(server:count("DELETE"), 0)
  lu.assertStrContains((place:expect(0, "explain.lua board.json X-2")), "the next run would leave the entry alone")
  server:control("DELETE", "_fault")
  lu.assertEquals(assert_sum(result_of(place, 0, "--retry-failed")).deleted, 1)
end

TestCalendars = {}

-- Two calendars in one account of a server that takes a UID only once in it: `home` and `work`.
local function two_calendars(server, options)
  local account = { username = "alice", password = "secret" }
  local function calendar(id)
    return { provider = "caldav", endpoint = server.url, selectedCalendarId = id, credentials = account }
  end
  local board = commands.board(items(1), options)
  board.calendarConfig = { syncOptions = board.calendarConfig.syncOptions, home = calendar("second"), work = calendar("kanban") }
  return board
end

local function account()
  local server = servers.scripted('uid_scope="account"')
  server:add_calendar('{"name": "second", "display_name": "Second"}')
  return server
end

local function uids(server)
  local found = {}
  for name, objects in pairs(server:control("GET", "_objects")) do
    found[name] = {}
    for _, object in pairs(objects) do table.insert(found[name], object.uid) end
    table.sort(found[name])
  end
  return found
end

local function add_item(place, id)
  place:edit(function(b) table.insert(b.items, { id = id, title = id, dueDate = "2027-03-01" }) end)
end

-- Another server, though account and calendar are called the same, is another calendar: nothing counts as deleted there.
function TestCalendars.test_a_board_pointed_at_another_server()
  local one <close> = servers.scripted()
  local other <close> = servers.scripted()
  local board = two_calendars(one)
  board.calendarConfig.home = nil
  local place <close> = commands.place(board)
  place:expect(0, "sync.lua board.json")
  place:edit(function(b) b.calendarConfig.work.endpoint = other.url end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("X-1").dueDate, "2027-02-01")
  lu.assertEquals({ #uids(one).kanban, #uids(other).kanban }, { 1, 1 })
end

-- Names that were given stay, whichever calendar comes first; without the state the events tell.
function TestCalendars.test_a_calendar_added_before_another_in_its_account()
  local server <close> = account()
  local board = two_calendars(server)
  local home = board.calendarConfig.home
  board.calendarConfig.home = nil
  local place <close> = commands.place(board)
  place:expect(0, "sync.lua board.json")
  place:edit(function(b) b.calendarConfig.home = home end)
  place:expect(0, "sync.lua board.json")
  local expected = { kanban = { "X-1@fleetmonitor" }, second = { "X-1.home@fleetmonitor" } }
  lu.assertEquals(uids(server), expected)
  os.execute("rm -r " .. place:file(".fmcal"))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(uids(server), expected)
  place:edit(function(b) b.calendarConfig.work.connected = false end)
  add_item(place, "X-2")
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(uids(server).second, { "X-1.home@fleetmonitor", "X-2.home@fleetmonitor" })
  place:edit(function(b) b.calendarConfig.work.connected = true end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(uids(server).kanban, { "X-1@fleetmonitor", "X-2@fleetmonitor" })
end

function TestCalendars.test_the_first_calendar_fails()
  local server <close> = account()
  local place <close> = commands.place(two_calendars(server))
  place:expect(0, "sync.lua board.json")
  add_item(place, "X-2")
  place:edit(function(b) b.items[1].title = "Edited" end)
  local before = place:item("X-1").calendarSync
  server:fault { kind = "status", path = "second", times = 1000, code = 403 }
  place:expect(3, "sync.lua board.json")
  lu.assertEquals(uids(server).kanban, { "X-1.work@fleetmonitor", "X-2.work@fleetmonitor" })
  local sync = place:item("X-1").calendarSync
  lu.assertEquals(sync.externalEventId, before.externalEventId)
  lu.assertEquals(sync.lastSyncedAt, before.lastSyncedAt)
  lu.assertEquals(sync.others.work.externalEventId, "X-1.work@fleetmonitor")
  lu.assertEquals(place:item("X-2").calendarSync.others.work.syncStatus, "synced")
  server:control("DELETE", "_fault")
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(uids(server).second, { "X-1@fleetmonitor", "X-2@fleetmonitor" })
  lu.assertEquals(place:item("X-2").calendarSync.externalEventId, "X-2@fleetmonitor")
end

-- "keep": which of two calendars the event was deleted in is known without the state too.
function TestCalendars.test_a_deletion_that_is_kept_in_one_of_two()
  local server <close> = account()
  local place <close> = commands.place(two_calendars(server, { onEventDeleted = "keep" }))
  place:expect(0, "sync.lua board.json")
  server:control("DELETE", "_objects/kanban/X--1-2Ework-40fleetmonitor.ics")
  place:expect(0, "sync.lua board.json")
  os.execute("rm -r " .. place:file(".fmcal"))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(uids(server), { kanban = {}, second = { "X-1@fleetmonitor" } })
end

TestConfiguration = {}

-- docs/configuration.md: a wrong type or value ends the command with status 2 before anything is read or written.
function TestConfiguration.test_wrong_types_and_values()
  local place <close> = commands.place(commands.board(items(1)))
  local good = place:board().calendarConfig
  local function refuses(sentence, change)
    place:edit(function(b)
      b.calendarConfig = json.decode(json.encode(good))
      change(b.calendarConfig, b.calendarConfig.syncOptions)
    end)
    local _, errors = place:expect(2, "sync.lua board.json")
    lu.assertStrContains(errors, sentence)
  end
  for _, reminder in ipairs { "1 day", "P", "PT", "-P1DT", "P1W2D", "PT5X" } do
    refuses("syncOptions.reminders must be a list of durations", function(_, o) o.reminders = { "-P1D", reminder } end)
  end
  refuses("syncOptions.reminders must be a list of texts", function(_, o) o.reminders = { "-P1D", 30 } end)
  refuses("syncOptions.syncInterval must be", function(_, o) o.syncInterval = 0 end)
  refuses("enabled must be true or false", function(c) c.enabled = "yes" end)
  refuses("calendarId must be a text, not a number", function(c) c.calendarId = 5 end)
  refuses("syncOptions must be an object, not a text", function(c) c.syncOptions = "x" end)
  lu.assertEquals(place:count_events(), 0)
  place:edit(function(b)
    b.calendarConfig = good
    b.calendarConfig.syncOptions.reminders = { "-P1D", "PT0S", "-P1DT2H30M", "P2W", "-PT15M" }
  end)
  place:expect(0, "sync.lua board.json")
  place:write("config.json", "5")
  local _, errors = place:expect(2, "sync.lua board.json --config config.json")
  lu.assertStrContains(errors, "config.json: it must be an object")
end

local PREFIX = [[
return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = "[%s] " .. event.title
    return event
  end,
  to_entry = function(event, entry, ctx)
    local members = ctx.defaults.to_entry(event, entry, ctx)
    members.title = members.title:gsub("^%%[%s%%] ", "")
    return members
  end,
}]]

-- Another prefix changes how events read; nobody has edited them.
function TestConfiguration.test_rules_with_another_prefix()
  local board = commands.board(items(3))
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", PREFIX:format("A", "A"))
  place:expect(0, "sync.lua board.json")
  lu.assertStrContains(select(2, place:event("X-1")), "SUMMARY:[A] Title 1")
  place:write("rules.lua", PREFIX:format("B", "B"))
  place:edit(function(b) b.items[2].title = "Edited" end)
  place:edit_event("X-3", "20270203", "20270210")
  place:edit_event("X-3", "20270204", "20270211")
  place:expect(0, "sync.lua board.json")
  for i, title in ipairs { "Title 1", "Edited", "Title 3" } do
    lu.assertEquals(place:item("X-" .. i).title, title)
    lu.assertStrContains(select(2, place:event("X-" .. i)), "SUMMARY:[B] " .. title)
  end
  lu.assertEquals(place:item("X-3").dueDate, "2027-02-10")
  place:edit(function(b) b.calendarConfig.rules = nil end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("X-1").title, "Title 1")
  lu.assertStrContains(select(2, place:event("X-1")), "SUMMARY:Title 1")
end

os.exit(lu.LuaUnit.run())
