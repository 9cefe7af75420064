-- Boards that live in Lua tables: the calls of the original, over the mock provider.
local event = require "fmcal.event"
local json = require "fmcal.json"
local lu = require "luaunit"
local provider = require "fmcal.provider"
local shell = require "shell"
local sync = require "fmcal.sync"

local function mock()
  local calendar = assert(provider.new("mock"))
  lu.assertTrue(calendar:authenticate { username = "demo", password = "demo" }.success)
  return calendar
end

local function service(...)
  local made = sync.service()
  for _, calendar in ipairs { ... } do made:register("academy:apple:primary", calendar) end
  return made
end

local function board(options)
  return { team = "academy", calendarConfig = { syncOptions = options }, epics = {}, items = {
    { id = "X-1", title = "File", dueDate = "2027-02-01" },
    { id = "X-2", title = "Call", dueDate = "2027-02-02T10:00:00Z" },
    { id = "X-3", title = "Undated" },
  } }
end

-- An edit of an event by a person.
local function edit(calendar, id, changes)
  for _, there in ipairs(calendar:fetch_events().events) do
    if there.kanbanId == id then
      for name, value in pairs(changes) do there[name] = value end
      lu.assertTrue(calendar:update_event(there.eventId, there).success)
      return
    end
  end
  error("there is no event of " .. id)
end

local function conflict()
  local calendar, given = mock(), board { conflictResolution = "manual" }
  local s = service(calendar)
  s:sync(given)
  given.items[1].title = "Mine"
  edit(calendar, "X-1", { title = "Theirs" })
  lu.assertEquals(s:sync(given).exit, 4)
  return s, given, calendar
end

TestService = {}

function TestService.test_declared_fields()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/rules.lua", 'return { fields = { room = "location", ["metadata.seats"] = "x:SEATS" } }')
  local calendar, given = mock(), board()
  given.calendarConfig.rules = folder.path .. "/rules.lua"
  given.items[1].room, given.items[1].metadata = "4", { seats = 5 }
  local s, subitems = service(calendar), {}
  given.items[1].subitems = subitems
  s:sync(given)
  edit(calendar, "X-1", { location = "5", ["x:SEATS"] = "6" })
  lu.assertEquals(s:sync(given).exit, 0)
  lu.assertEquals({ given.items[1].room, given.items[1].metadata.seats }, { "5", 6 })
  lu.assertIs(given.items[1].subitems, subitems)
end

function TestService.test_outbound_and_inbound()
  local calendar, given = mock(), board()
  local s = service(calendar)
  local out = s:sync_outbound("academy", given.items)
  lu.assertEquals({ out.success, out.total_items, out.created, out.skipped }, { true, 3, 2, 1 })
  lu.assertEquals(given.items[1].calendarSync.syncStatus, "synced")
  edit(calendar, "X-1", { title = "Renamed" })
  local inbound = s:sync_inbound(given)
  lu.assertEquals({ inbound.success, inbound.stats.pulled }, { true, 1 })
  lu.assertEquals({ given.items[1].title, given.items[2].title }, { "Renamed", "Call" })
end

function TestService.test_an_id_that_is_no_text_costs_its_entry_alone()
  local given = board()
  given.items[1].id, given.items[3].subitems = 7, { { id = true, title = "Part", dueDate = "2027-02-03" } }
  local out = service(mock()):sync_outbound("academy", given.items)
  lu.assertEquals({ out.success, out.created, out.errors }, { false, 1, 2 })
  lu.assertStrContains(out.error_messages[1], "the id of the entry is no usable string")
end

-- Whatever an id is, no call raises, and nothing is taken from the entry.
function TestService.test_ids_and_members_of_any_type()
  local waits = { syncStatus = "conflict" }
  for _, id in ipairs { true, 7, {}, json.null, { "X-9" } } do
    local given = { team = "academy", items = { { id = id, title = "Odd", dueDate = "2027-02-01", calendarSync = waits },
      { id = "X-2", title = "Text", calendarSync = waits, metadata = "none", subitems = "none" },
      { id = "X-1", title = "Text", calendarSync = waits } },
      epics = { { id = id, title = "Odd", metadata = { courtDate = "2027-02-01", courtDateSync = waits } } } }
    local ids = {}
    for i, waiting in ipairs(service():get_conflicts(given)) do ids[i] = waiting.id end
    lu.assertEquals(ids, { "X-1", "X-2" })
    local s = service(mock())
    lu.assertFalse(s:sync_outbound("academy", given.items).success)
    lu.assertFalse(s:sync(given).success)
    lu.assertEquals({ given.items[1].title, given.epics[1].title }, { "Odd", "Odd" })
  end
end

-- The state of a service outlives a call; what one call complains of is no other's concern.
function TestService.test_a_call_says_nothing_of_what_another_was_given()
  local s = service(mock())
  local bad, other = { id = "X-1", title = "Bad", dueDate = "2027-02-31" }, { id = "X-3", title = "Worse", dueDate = 7 }
  lu.assertStrContains(s:sync_outbound("academy", { bad }).error_messages[1], "2027-02-31")
  lu.assertEquals(s:sync_outbound("academy", { { id = "X-2", title = "Good", dueDate = "2027-02-01" } }).error_messages, {})
  local out
  for _ = 1, 6 do out = s:sync_outbound("academy", { other }) end
  lu.assertEquals({ #out.error_messages, out.errors }, { 1, 1 })
  lu.assertStrContains(out.error_messages[1], "it failed too often")
end

-- Another process goes on from calendarSync: no duplicates, and what was edited since is still an edit.
function TestService.test_a_new_service_goes_on_where_another_ended()
  local calendar, given = mock(), board()
  service(calendar):sync(given)
  given.items[1].title = "Edited"
  lu.assertEquals(service(calendar):sync(given).exit, 0)
  local titles = {}
  for _, there in ipairs(calendar:fetch_events().events) do titles[#titles + 1] = there.title end
  table.sort(titles)
  lu.assertEquals(titles, { "Call", "Edited" })
end

function TestService.test_external_events()
  local calendar = mock()
  calendar:create_event { uid = "foreign", title = "Theirs", dueDate = "2027-03-01" }
  calendar:create_event { uid = "M-1@fleetmonitor", title = "Another team's", dueDate = "2027-03-02", team = "medical" }
  local s = service(calendar)
  s:sync(board())
  local titles = {}
  for _, there in ipairs(s:get_external_events("academy")) do titles[#titles + 1] = there.title end
  table.sort(titles)
  lu.assertEquals(titles, { "Another team's", "Theirs" })
  lu.assertEquals(s:get_external_events("nobody"), {})
end

-- The second calendar of an account names its events apart: one with a plain name is not ours.
function TestService.test_an_event_with_the_name_of_another_calendar_is_external()
  local first, second = mock(), mock()
  local s = service(first)
  s:register("academy:apple:second", second)
  s:sync(board())
  second:create_event { uid = "X-9@fleetmonitor", title = "Copied", dueDate = "2027-03-01" }
  s:sync(board())
  local there = s:get_external_events("academy")
  lu.assertEquals({ #there, there[1] and there[1].title, there[1] and there[1].calendar }, { 1, "Copied", "apple2" })
end

function TestService.test_conflicts()
  local s, given, calendar = conflict()
  local list = s:get_conflicts(given)
  lu.assertEquals({ #list, list[1].id, list[1].conflictData.localVersion.title, list[1].conflictData.externalVersion.title },
    { 1, "X-1", "Mine", "Theirs" })
  lu.assertTrue(s:resolve_conflict(given, "X-1", "merge", { title = "Both" }).success)
  lu.assertEquals({ given.items[1].title, #s:get_conflicts(given) }, { "Both", 0 })
  lu.assertEquals(service(calendar):sync(given).exit, 0)
  local other
  other, given = conflict()
  lu.assertTrue(other:resolve_conflict(given, "X-1", "keep_external").success)
  lu.assertEquals(given.items[1].title, "Theirs")
end

function TestService.test_what_is_in_no_conflict_cannot_be_resolved()
  local s, given = conflict()
  for _, id in ipairs { "X-2", "X-9" } do
    lu.assertEquals(s:resolve_conflict(given, id, "keep_local"), { success = false, error = id .. " has no conflict" })
  end
  lu.assertErrorMsgContains("resolution must be", s.resolve_conflict, s, given, "X-1", "mine")
  lu.assertErrorMsgContains("no provider is registered", s.sync_outbound, s, "nobody", {})
end

-- Of two calendars the second one's conflicts are listed too.
function TestService.test_a_conflict_in_a_second_calendar()
  local one, two = mock(), mock()
  local s, given = service(one, two), board { conflictResolution = "manual" }
  s:sync(given)
  edit(one, "X-1", { title = "One" })
  edit(two, "X-1", { title = "Two" })
  lu.assertEquals(s:sync(given).exit, 4)
  lu.assertEquals(s:get_conflicts(given)[1].conflictData.externalVersion.title, "Two")
  lu.assertTrue(s:resolve_conflict(given, "X-1", "keep_external").success)
  lu.assertEquals(given.items[1].title, "Two")
end

TestEvent = {}

function TestEvent.test_items_epics_and_court_dates()
  local epic = { id = "E", title = "Smith", dueDate = "2027-01-01", metadata = { courtDate = "2027-01-02" } }
  lu.assertEquals(event.from_kanban_item({ id = "X", title = "T", dueDate = "2027-01-01" }).uid, "X@fleetmonitor")
  lu.assertEquals(event.from_epic(epic).title, "📊 [EPIC] Smith")
  local court = event.from_epic(epic, true)
  lu.assertEquals({ court.uid, court.dueDate }, { "E.court-date@fleetmonitor", "2027-01-02" })
  lu.assertNil(event.from_epic({ id = "E" }, true))
end

function TestEvent.test_an_entry_without_an_id_has_no_event()
  lu.assertErrorMsgContains("has no id", event.from_kanban_item, { title = "T", dueDate = "2027-01-01" })
  lu.assertErrorMsgContains("has no id", event.from_epic, { title = "T", dueDate = "2027-01-01" })
end

os.exit(lu.LuaUnit.run())
