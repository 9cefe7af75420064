-- The decision table and the strategies, end to end: real runs on a board file and a provider's calendar.
--
-- A provider takes part with a world (see policy_place) and os.exit(policy.run(world)). world.mangles: a text that
-- the server does not keep as it is, for a reason of its own.
local lu = require "luaunit"
local caldav_world = require "caldav_world"
local json = require "fmcal.json"
local Place = require "policy_place"
local policy_dates = require "policy_dates"
local policy_fields = require "policy_fields"
local policy_routes = require "policy_routes"
local policy_undo = require "policy_undo"
local random_entries = require "random_entries"
local undo_check = require "undo_check"

local policy = {}
local world

local DAY, OTHER_DAY, THIRD_DAY = "2026-02-15", "2026-02-16", "2026-02-17"
local RANDOM_SEED, RANDOM_COUNT = 5545, 24
local LEAST_UNDONE = 30 -- runs of this suite that are taken back and done again
local PAST, FUTURE = "2001-01-01T00:00:00Z", "2099-01-01T00:00:00Z"

-- ---------------------------------------------------------------- the cases' ground

local function item(members)
  local made = { id = "X-1", title = "Draft", description = "First line\nsecond line", dueDate = DAY, priority = "high",
    status = "open", tags = json.array { "legal", "filing" }, updatedAt = "2026-01-01T00:00:00Z" }
  for name, value in pairs(members or {}) do made[name] = value or nil end
  return made
end

local function epic(members)
  local made = { id = "E-1", type = "epic", title = "Smith v. Jones", dueDate = "2026-03-15", status = "active",
    metadata = { caseNumber = "2025-CV-1234", courtDate = "2026-03-20" } }
  for name, value in pairs(members or {}) do made[name] = value or nil end
  return made
end

-- A place where board and calendar are in step: `board` as for Place.new, one item unless it says otherwise.
local function in_step(board)
  board = board or {}
  board.items = board.items or { item() }
  local place = Place.new(world, board)
  place:expect(0)
  return place
end

local function status_of(place, id)
  local sync = place:entry(id).calendarSync
  return sync and sync.syncStatus
end

local function values(place, field)
  local found = {}
  for _, row in ipairs(place:history("X-1")) do
    if row.field == field then found[#found + 1] = row.side .. " " .. tostring(json.decode(row.value)) end
  end
  return found
end

local function assert_both(place, title, day)
  local event, entry = place:event("X-1"), place:entry("X-1")
  lu.assertEquals({ event and event.title, event and event.dueDate }, { title, day })
  lu.assertEquals({ entry.title, entry.dueDate }, { title, day })
end

-- ---------------------------------------------------------------- creating

TestCreate = {}

function TestCreate.test_every_kind_of_entry()
  local place <close> = in_step { items = { item { subitems = { { id = "X-2", title = "Part", dueDate = OTHER_DAY } } },
    item { id = "X-3", dueDate = false } }, epics = { epic() } }
  lu.assertEquals(place:event("X-1").title, "Draft")
  lu.assertEquals(place:event("X-2").title, "Draft > Part")
  lu.assertEquals(place:event("E-1").title, "📊 [EPIC] Smith v. Jones")
  lu.assertEquals(place:event("E-1.court-date").title, "⚖️ COURT: Smith v. Jones")
  lu.assertEquals(place:event("E-1.court-date").dueDate, "2026-03-20")
  lu.assertNil(place:event("X-3"))
  lu.assertEquals(#place:objects(), 4)
  lu.assertEquals(status_of(place, "X-1"), "synced")
  lu.assertEquals(place:entry("X-1").calendarSync.externalEventId, "X-1@fleetmonitor")
  lu.assertEquals(place:entry("X-1").calendarSync.retryCount, 0)
  lu.assertEquals(place:entry("E-1").metadata.courtDateSync.syncStatus, "synced")
  place:assert_settled()
end

function TestCreate.test_the_event_holds_the_whole_entry()
  local place <close> = in_step { epics = { epic() } }
  local event = place:event("X-1")
  lu.assertEquals(event.dueDate, DAY)
  lu.assertEquals(event.description, "First line\nsecond line")
  lu.assertEquals(event.tags, { "filing", "legal" })
  lu.assertEquals({ event.priority, event.status, event.team, event.kanbanId, event.eventType },
    { "high", "open", "academy", "X-1", "item" })
  lu.assertStrContains(event.footer, "Status: open")
  lu.assertEquals(place:event("E-1").caseNumber, "2025-CV-1234")
end

function TestCreate.test_times()
  local place <close> = in_step { options = { timeZone = "America/Los_Angeles" }, items = {
    item { dueDate = "2026-02-15T10:00:00", durationMinutes = 90 },
    item { id = "X-2", dueDate = "2026-02-15T10:00:00+01:00" },
    item { id = "X-3", dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome" },
    item { id = "X-4", dueDate = "2026-10-25T02:30:00", timeZone = "Europe/Rome" } } }
  local function dates(key)
    local event = place:event(key)
    return { event.dueDate, event.endDate, event.timeZone }
  end
  lu.assertEquals(dates "X-1", { "2026-02-15T10:00:00", "2026-02-15T11:30:00", "America/Los_Angeles" })
  lu.assertEquals(dates "X-2", { "2026-02-15T09:00:00Z", "2026-02-15T10:00:00Z" })
  lu.assertEquals(dates "X-3", { "2026-02-15T10:00:00", "2026-02-15T11:00:00", "Europe/Rome" })
  place:assert_settled()
end

function TestCreate.test_a_run_without_entries_does_nothing()
  local place <close> = Place.new(world, {})
  place:assert_settled()
end

-- ---------------------------------------------------------------- one side edited

TestPush = {}

function TestPush.test_each_field()
  for member, value in pairs { title = "New", description = "Other", dueDate = OTHER_DAY, priority = "low",
    tags = json.array { "new" }, status = "done" } do
    local place <close> = in_step()
    place:edit("X-1", { [member] = value })
    local result = place:expect(0)
    lu.assertEquals(result.result.outbound.updated, 1, member)
    lu.assertEquals(place:event("X-1")[member] or place:event("X-1").tags, value, member)
    lu.assertEquals(place:entry("X-1")[member], value, member)
    place:assert_settled()
  end
end

function TestPush.test_from_a_day_to_a_time_and_back()
  local place <close> = in_step()
  place:edit("X-1", { dueDate = "2026-02-15T09:00:00Z", durationMinutes = 30 })
  place:expect(0)
  lu.assertEquals({ place:event("X-1").dueDate, place:event("X-1").endDate },
    { "2026-02-15T09:00:00Z", "2026-02-15T09:30:00Z" })
  place:assert_settled()
  place:edit("X-1", { dueDate = DAY })
  place:expect(0)
  lu.assertEquals(place:event("X-1").dueDate, DAY)
  place:assert_settled()
end

function TestPush.test_what_depends_on_other_entries()
  local place <close> = in_step { items = { item { epicId = "E-1",
    subitems = { { id = "X-2", title = "Part", dueDate = OTHER_DAY } } } }, epics = { epic() } }
  place:edit("X-1", { title = "Renamed", status = "done" })
  place:expect(0)
  lu.assertEquals(place:event("X-2").title, "Renamed > Part")
  lu.assertEquals(place:entry("X-2").title, "Part")
  place:assert_settled()
end

TestPull = {}

function TestPull.test_each_field()
  for _, case in ipairs { { "title", "New" }, { "description", "Other" }, { "dueDate", OTHER_DAY }, { "priority", "low" },
    { "tags", { "new" } } } do
    local member, value = table.unpack(case)
    local place <close> = in_step()
    place:edit_event("X-1", { [member] = value })
    local result = place:expect(0)
    lu.assertEquals(result.result.inbound.stats.pulled, 1, member)
    local entry = place:entry("X-1")
    lu.assertEquals(entry[member], value, member)
    lu.assertEquals(entry.status, "open")
    lu.assertEquals(place:event("X-1")[member], value, member)
    place:assert_settled()
  end
end

function TestPull.test_a_cleared_description_and_tags()
  local place <close> = in_step()
  place:edit_event("X-1", { description = false, tags = {}, priority = false })
  place:expect(0)
  local entry = place:entry("X-1")
  lu.assertTrue(entry.description == "" or entry.description == json.null)
  lu.assertEquals(#entry.tags, 0)
  place:assert_settled()
end

function TestPull.test_the_entrys_spelling_stays()
  local place <close> = in_step { items = {
    item { dueDate = "2026-02-15T10:00:00-08:00" },
    item { id = "X-2", dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome" } } }
  place:edit_event("X-1", { dueDate = "2026-02-16T18:00:00Z", endDate = "2026-02-16T19:30:00Z" })
  place:edit_event("X-2", { dueDate = "2026-02-16T11:00:00", endDate = "2026-02-16T12:00:00" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").dueDate, place:entry("X-1").durationMinutes }, { "2026-02-16T10:00:00-08:00", 90 })
  lu.assertEquals({ place:entry("X-2").dueDate, place:entry("X-2").timeZone, place:entry("X-2").durationMinutes },
    { "2026-02-16T11:00:00", "Europe/Rome" })
  place:assert_settled()
end

function TestPull.test_a_local_time_in_utc_stays_one()
  local place <close> = in_step { items = { item { dueDate = "2026-02-15T10:00:00", timeZone = "UTC" } } }
  lu.assertEquals({ place:event("X-1").dueDate, place:event("X-1").timeZone }, { "2026-02-15T10:00:00Z" })
  place:edit_event("X-1", { dueDate = "2026-02-16T11:00:00Z", endDate = "2026-02-16T12:00:00Z" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").dueDate, place:entry("X-1").timeZone }, { "2026-02-16T11:00:00", "UTC" })
  place:assert_settled()
end

function TestPull.test_from_a_day_to_a_time_and_back()
  local place <close> = in_step { options = { timeZone = "Europe/Rome" } }
  place:edit_event("X-1", { dueDate = "2026-02-15T09:00:00", endDate = "2026-02-15T09:30:00", timeZone = "Europe/Rome" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").dueDate, place:entry("X-1").durationMinutes }, { "2026-02-15T09:00:00", 30 })
  place:assert_settled()
  place:edit_event("X-1", { dueDate = OTHER_DAY, endDate = false, timeZone = false })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").dueDate, OTHER_DAY)
  place:assert_settled()
end

function TestPull.test_titles_with_prefixes()
  local place <close> = in_step { items = { item { subitems = { { id = "X-2", title = "Part", dueDate = OTHER_DAY } } } },
    epics = { epic() } }
  place:edit_event("X-2", { title = "Renamed > Part two" })
  place:edit_event("E-1", { title = "Smith against Jones" })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").title, "Draft")
  lu.assertEquals(place:entry("X-2").title, "Part two")
  lu.assertEquals(place:entry("E-1").title, "Smith against Jones")
  lu.assertEquals(place:event("E-1").title, "📊 [EPIC] Smith against Jones")
  lu.assertEquals(place:event("X-2").title, "Draft > Part two")
  local kept = place:history("X-2")
  lu.assertEquals({ #kept, kept[1].field, kept[1].value }, { 2, "title", '"Renamed > Part two"' })
  lu.assertEquals({ kept[2].value, kept[2].reason }, { '"Part"', "edited in the calendar" })
  place:assert_settled()
  lu.assertEquals(#place:history("X-2"), 2)
end

-- ---------------------------------------------------------------- both sides edited

TestMerge = {}

function TestMerge.test_different_fields()
  local place <close> = in_step()
  place:edit("X-1", { title = "From the board", priority = "low" })
  place:edit_event("X-1", { dueDate = OTHER_DAY, endDate = false, tags = { "calendar" } })
  place:expect(0)
  assert_both(place, "From the board", OTHER_DAY)
  lu.assertEquals(place:event("X-1").priority, "low")
  lu.assertEquals(place:entry("X-1").tags, { "calendar" })
  local overwritten = place:history("X-1")
  lu.assertEquals(#overwritten, 2)
  for _, row in ipairs(overwritten) do lu.assertEquals({ row.side, row.reason }, { "local", "edited in the calendar" }) end
  place:assert_settled()
end

function TestMerge.test_equal_edits()
  local place <close> = in_step { options = { conflictResolution = "manual" } }
  place:edit("X-1", { title = "Same", dueDate = OTHER_DAY })
  place:edit_event("X-1", { title = "Same", dueDate = OTHER_DAY })
  place:expect(0)
  assert_both(place, "Same", OTHER_DAY)
  place:assert_settled()
end

-- The title edited on both sides, the date on the calendar alone; what is on both sides afterwards.
local function contested(options, updated_at, rules)
  local place = in_step { options = options, rules = rules }
  place:edit("X-1", { title = "Board's", updatedAt = updated_at })
  place:edit_event("X-1", { title = "Calendar's", dueDate = OTHER_DAY })
  return place
end

function TestMerge.test_strategies()
  for _, case in ipairs {
    { "local-wins", PAST, "Board's", "external Calendar's" }, { "external-wins", FUTURE, "Calendar's", "local Board's" },
    { "last-write-wins", FUTURE, "Board's", "external Calendar's" }, { "last-write-wins", PAST, "Calendar's", "local Board's" },
  } do
    local place <close> = contested({ conflictResolution = case[1] }, case[2])
    place:expect(0)
    assert_both(place, case[3], OTHER_DAY)
    lu.assertEquals(values(place, "title"), { case[4] })
    place:assert_settled()
  end
end

function TestMerge.test_the_last_write_wins_by_default()
  local place <close> = contested(nil, FUTURE)
  place:expect(0)
  assert_both(place, "Board's", OTHER_DAY)
end

function TestMerge.test_a_rule_answers()
  for answer, title in pairs { ['"local"'] = "Board's", ['"external"'] = "Calendar's", ['{ title = "Rule\'s" }'] = "Rule's" } do
    local place <close> = contested(nil, PAST, "return { on_conflict = function() return " .. answer .. " end }")
    place:expect(0)
    assert_both(place, title, OTHER_DAY)
    place:assert_settled()
  end
end

TestManual = {}

-- A conflict that waits: the title in both versions, the other edit synced.
local function waiting()
  local place = contested({ conflictResolution = "manual" }, PAST)
  place:expect(4)
  return place
end

function TestManual.test_the_conflict_is_shown_and_the_rest_syncs()
  local place <close> = waiting()
  local entry = place:entry("X-1")
  lu.assertEquals({ entry.title, entry.dueDate }, { "Board's", OTHER_DAY })
  lu.assertEquals(place:event("X-1").title, "Calendar's")
  local sync = entry.calendarSync
  lu.assertEquals(sync.syncStatus, "conflict")
  lu.assertEquals(sync.conflictData.localVersion.title, "Board's")
  lu.assertEquals(sync.conflictData.externalVersion.title, "Calendar's")
  lu.assertEquals(sync.conflictData.localVersion.dueDate, OTHER_DAY)
  lu.assertNotNil(sync.conflictData.externalVersion.modifiedAt)
  place:assert_settled(4)
  place:edit("X-1", { description = "More" })
  place:expect(4)
  lu.assertEquals({ place:event("X-1").description, place:event("X-1").title }, { "More", "Calendar's" })
  place:edit_event("X-1", { dueDate = THIRD_DAY })
  place:expect(4)
  lu.assertEquals({ place:entry("X-1").dueDate, place:entry("X-1").title }, { THIRD_DAY, "Board's" })
  place:assert_settled(4)
end

-- What a person decides about is as it is now: a date that was merged meanwhile, from either side, is in both versions.
function TestManual.test_the_conflict_has_what_was_merged_since()
  local place <close> = waiting()
  local function assert_dates(day)
    place:expect(4)
    local sync = place:entry("X-1").calendarSync
    lu.assertEquals({ sync.syncStatus, sync.conflictData.localVersion.dueDate, sync.conflictData.externalVersion.dueDate },
      { "conflict", day, day })
    lu.assertEquals({ place:entry("X-1").dueDate, place:event("X-1").dueDate }, { day, day })
    place:assert_settled(4)
  end
  place:edit("X-1", { dueDate = THIRD_DAY })
  assert_dates(THIRD_DAY)
  place:edit_event("X-1", { dueDate = OTHER_DAY })
  assert_dates(OTHER_DAY)
end

function TestManual.test_agreement_by_hand_ends_it()
  for _, side in ipairs { "board", "calendar" } do
    local place <close> = waiting()
    if side == "board" then
      place:edit("X-1", { title = "Calendar's" })
    else
      place:edit_event("X-1", { title = "Board's" })
    end
    place:expect(0)
    assert_both(place, side == "board" and "Calendar's" or "Board's", OTHER_DAY)
    lu.assertEquals(status_of(place, "X-1"), "synced")
    lu.assertNil(place:entry("X-1").calendarSync.conflictData)
    place:assert_settled()
  end
end

function TestManual.test_a_person_decides()
  for answer, title in pairs { ["local"] = "Board's", external = "Calendar's" } do
    local place <close> = waiting()
    place:expect(0, { answers = { ["X-1"] = answer }, only = { "X-1" } })
    assert_both(place, title, OTHER_DAY)
    lu.assertEquals(status_of(place, "X-1"), "synced")
    lu.assertEquals(#values(place, "title"), 1)
    place:assert_settled()
  end
  local place <close> = waiting()
  place:expect(0, { answers = { ["X-1"] = { title = "Merged" } }, only = { "X-1" } })
  assert_both(place, "Merged", OTHER_DAY)
  place:assert_settled()
end

function TestManual.test_editing_one_side_again_does_not_end_it()
  local place <close> = waiting()
  place:edit("X-1", { title = "Board's again" })
  place:expect(4)
  lu.assertEquals(place:event("X-1").title, "Calendar's")
  place:edit_event("X-1", { title = "Calendar's again" })
  place:expect(4)
  lu.assertEquals(place:entry("X-1").title, "Board's again")
  lu.assertEquals(place:entry("X-1").calendarSync.conflictData.externalVersion.title, "Calendar's again")
  place:assert_settled(4)
end

function TestManual.test_the_state_is_lost_while_it_waits()
  local place <close> = waiting()
  place:lose_state()
  place:expect(4)
  lu.assertEquals(place:entry("X-1").title, "Board's")
  lu.assertEquals(place:event("X-1").title, "Calendar's")
  place:assert_settled(4)
end

-- ---------------------------------------------------------------- deleted there

TestDeletedThere = {}

function TestDeletedThere.test_the_date_is_cleared()
  for _, options in ipairs { { onEventDeleted = "clear-due-date" }, {} } do
    local place <close> = in_step { options = options }
    place:delete_event("X-1")
    local result = place:expect(0)
    lu.assertEquals(result.result.inbound.stats.deleted, 1)
    local due = place:entry("X-1").dueDate
    lu.assertTrue(due == nil or due == json.null)
    lu.assertEquals(place:entry("X-1").title, "Draft")
    lu.assertEquals(#place:objects(), 0)
    place:assert_settled()
    place:edit("X-1", { dueDate = OTHER_DAY })
    place:expect(0)
    lu.assertEquals(place:event("X-1").dueDate, OTHER_DAY)
    place:assert_settled()
  end
end

function TestDeletedThere.test_the_event_is_made_again()
  local place <close> = in_step { options = { onEventDeleted = "recreate" } }
  place:delete_event("X-1")
  place:expect(0)
  assert_both(place, "Draft", DAY)
  place:assert_settled()
end

function TestDeletedThere.test_the_date_is_kept()
  local place <close> = in_step { options = { onEventDeleted = "keep" } }
  place:delete_event("X-1")
  place:expect(0)
  lu.assertEquals(place:entry("X-1").dueDate, DAY)
  lu.assertEquals(status_of(place, "X-1"), "deleted")
  lu.assertNotNil(place:entry("X-1").calendarSync.deletedAt)
  lu.assertEquals(#place:objects(), 0)
  place:assert_settled()
  place:lose_state()
  place:expect(0)
  lu.assertEquals(#place:objects(), 0)
  place:assert_settled()
  place:edit("X-1", { title = "Edited" })
  place:expect(0)
  assert_both(place, "Edited", DAY)
  lu.assertNil(place:entry("X-1").calendarSync.deletedAt)
  place:assert_settled()
end

function TestDeletedThere.test_an_edit_here_wins()
  for _, deleted in ipairs { "clear-due-date", "recreate", "keep" } do
    local place <close> = in_step { options = { onEventDeleted = deleted } }
    place:edit("X-1", { title = "Edited" })
    place:delete_event("X-1")
    place:expect(0)
    assert_both(place, "Edited", DAY)
    place:assert_settled()
  end
end

function TestDeletedThere.test_a_rule_answers()
  local place <close> = in_step {
    rules = 'return { on_deleted = function(entry) return entry.title == "Draft" and "recreate" or "keep" end }' }
  place:delete_event("X-1")
  place:expect(0)
  assert_both(place, "Draft", DAY)
  place:assert_settled()
end

-- ---------------------------------------------------------------- not wanted here

TestUnwanted = {}

local SELECT_RULE = 'return { select = function(entry) return entry.status ~= "archived" end }'

-- Ways in which an entry stops being wanted: fn(place), and whether the entry is still there to get its date back.
local UNWANTED = {
  cleared = { act = function(place) place:edit("X-1", { dueDate = json.null }) end, back = true },
  ["without the member"] = { act = function(place) place:edit("X-1", { dueDate = false }) end, back = true },
  deselected = { act = function(place) place:edit("X-1", { status = "archived" }) end },
  gone = { act = function(place) place:remove("X-1") end },
}

function TestUnwanted.test_an_untouched_event_is_deleted()
  for name, case in pairs(UNWANTED) do
    local place <close> = in_step { rules = SELECT_RULE }
    case.act(place)
    local result = place:expect(0)
    lu.assertEquals(result.result.outbound.deleted, 1, name)
    lu.assertEquals(#place:objects(), 0, name)
    place:assert_settled()
  end
end

function TestUnwanted.test_an_edited_event_wins()
  for name, case in pairs(UNWANTED) do
    local place <close> = in_step { rules = SELECT_RULE }
    case.act(place)
    place:edit_event("X-1", { title = "Edited there" })
    place:expect(0)
    lu.assertEquals(place:event("X-1").title, "Edited there", name)
    if case.back then assert_both(place, "Edited there", DAY) end
    place:assert_settled()
  end
end

function TestUnwanted.test_gone_on_both_sides()
  for _, case in pairs(UNWANTED) do
    local place <close> = in_step { rules = SELECT_RULE }
    case.act(place)
    place:delete_event("X-1")
    place:expect(0)
    lu.assertEquals(#place:objects(), 0)
    place:assert_settled()
  end
end

function TestUnwanted.test_an_entry_wanted_again()
  for _, name in ipairs { "cleared", "deselected" } do
    local place <close> = in_step { rules = SELECT_RULE }
    UNWANTED[name].act(place)
    place:expect(0)
    place:edit("X-1", { dueDate = OTHER_DAY, status = "open" })
    place:expect(0)
    assert_both(place, "Draft", OTHER_DAY)
    place:assert_settled()
  end
end

function TestUnwanted.test_switched_off_kinds()
  local place <close> = in_step { epics = { epic() } }
  place:edit_board(function(board)
    board.calendarConfig.syncOptions = { syncEpics = false, syncCourtDates = false }
  end)
  place:expect(0)
  lu.assertEquals(#place:objects(), 1)
  place:assert_settled()
end

function TestUnwanted.test_a_select_that_fails_is_never_a_no()
  local place <close> = in_step {
    rules = 'return { select = function(entry) if entry.status == "bad" then error("no") end return true end }' }
  place:edit("X-1", { status = "bad" })
  place:expect(1)
  lu.assertEquals(#place:objects(), 1)
  lu.assertEquals(status_of(place, "X-1"), "error")
  lu.assertEquals(place:entry("X-1").calendarSync.retryCount, 1)
end

-- ---------------------------------------------------------------- without a base

TestWithoutBase = {}

function TestWithoutBase.test_equal_events_are_adopted()
  local place <close> = in_step { items = { item { subitems = { { id = "X-2", title = "Part", dueDate = OTHER_DAY } } } },
    epics = { epic() } }
  local before = place:contents()
  place:lose_state()
  local result = place:expect(0)
  lu.assertEquals({ result.result.outbound.created, result.result.outbound.updated, result.result.outbound.deleted }, { 0, 0, 0 })
  lu.assertEquals(place:contents(), before)
  place:assert_settled()
  place:edit("X-1", { title = "After" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").title, "After")
end

function TestWithoutBase.test_different_events_are_conflicts()
  for strategy, title in pairs { ["local-wins"] = "Here", ["external-wins"] = "There" } do
    local place <close> = in_step { options = { conflictResolution = strategy } }
    place:edit("X-1", { title = "Here" })
    place:edit_event("X-1", { title = "There" })
    place:lose_state()
    place:expect(0)
    assert_both(place, title, DAY)
    lu.assertEquals(#place:objects(), 1)
    lu.assertEquals(#values(place, "title"), 1)
    place:assert_settled()
  end
end

function TestWithoutBase.test_a_conflict_without_a_base_waits()
  local place <close> = in_step { options = { conflictResolution = "manual" } }
  place:edit("X-1", { title = "Here" })
  place:lose_state()
  place:expect(4)
  lu.assertEquals({ place:entry("X-1").title, place:event("X-1").title }, { "Here", "Draft" })
  place:assert_settled(4)
end

function TestWithoutBase.test_nothing_is_deleted()
  local place <close> = in_step { items = { item(), item { id = "X-2" }, item { id = "X-3" } } }
  place:edit("X-1", { dueDate = json.null })
  place:remove("X-2")
  place:lose_state()
  place:expect(0)
  lu.assertEquals(#place:objects(), 3)
  place:assert_settled()
end

-- What comes back of an entry's texts.
local function texts_of(entry)
  local tags = table.move(entry.tags or {}, 1, #(entry.tags or {}), 1, {})
  table.sort(tags)
  return { entry.title, entry.description or "", tags, entry.priority or json.null }
end

-- Without a base there is only the event: an entry that is equal was mapped there and back unchanged.
function TestWithoutBase.test_random_entries_come_back_unchanged()
  local made = random_entries(RANDOM_SEED, RANDOM_COUNT, world.mangles)
  local place <close> = in_step { items = made.items, epics = made.epics, options = { conflictResolution = "external-wins" } }
  place:lose_state()
  for _, action in ipairs(place:expect(0).actions) do
    lu.fail(("%s is not as its event says: %s %s"):format(action.key, action.action, tostring(action.detail)))
  end
  place:lose_state()
  place:edit_board(function(board)
    for _, blank in ipairs(board.items) do blank.title, blank.description, blank.tags, blank.priority = "", nil, nil, nil end
  end)
  place:expect(0)
  for _, was in ipairs(made.items) do lu.assertEquals(texts_of(place:entry(was.id)), texts_of(was)) end
end

-- ---------------------------------------------------------------- court dates

TestCourtDate = {}

function TestCourtDate.test_a_deleted_one_is_made_again()
  local place <close> = in_step { items = {}, epics = { epic() } }
  place:delete_event("E-1.court-date")
  place:expect(0)
  lu.assertEquals(place:event("E-1.court-date").dueDate, "2026-03-20")
  lu.assertEquals(place:entry("E-1").metadata.courtDate, "2026-03-20")
  place:assert_settled()
end

function TestCourtDate.test_a_moved_one_waits_for_a_person()
  for answer, day in pairs { ["local"] = "2026-03-20", external = "2026-03-27" } do
    local place <close> = in_step { items = {}, epics = { epic() }, options = { conflictResolution = "external-wins" } }
    place:edit_event("E-1.court-date", { dueDate = "2026-03-27", endDate = "2026-03-28" })
    place:expect(4)
    local sync = place:entry("E-1").metadata.courtDateSync
    lu.assertEquals(sync.syncStatus, "conflict")
    lu.assertEquals({ sync.conflictData.localVersion.dueDate, sync.conflictData.externalVersion.dueDate },
      { "2026-03-20", "2026-03-27" })
    lu.assertEquals(place:entry("E-1").metadata.courtDate, "2026-03-20")
    -- An entry without a time of its own was edited when the board file was, which our own writing changes.
    os.execute("touch -d 2031-01-01 " .. place.board_path)
    place:assert_settled(4)
    place:expect(0, { answers = { ["E-1.court-date"] = answer }, only = { "E-1.court-date" } })
    lu.assertEquals(place:entry("E-1").metadata.courtDate, day)
    lu.assertEquals(place:event("E-1.court-date").dueDate, day)
    place:assert_settled()
  end
end

function TestCourtDate.test_moved_here_it_is_pushed()
  local place <close> = in_step { items = {}, epics = { epic() } }
  place:edit("E-1", { metadata = { caseNumber = "2025-CV-1234", courtDate = "2026-04-01" } })
  place:expect(0)
  lu.assertEquals(place:event("E-1.court-date").dueDate, "2026-04-01")
  place:assert_settled()
end

function TestCourtDate.test_only_its_date_comes_back()
  local place <close> = in_step { items = {}, epics = { epic() } }
  place:edit_event("E-1.court-date", { title = "⚖️ COURT: postponed?", description = "see mail" })
  place:expect(0)
  lu.assertEquals(place:entry("E-1").title, "Smith v. Jones")
  local kept = place:history("E-1.court-date")
  lu.assertEquals({ kept[1].value, kept[2].value }, { '"see mail"', '"⚖️ COURT: postponed?"' })
  place:assert_settled()
end

-- ---------------------------------------------------------------- one way

TestDirections = {}

function TestDirections.test_outbound()
  local place <close> = in_step { items = { item(), item { id = "X-2" }, item { id = "X-3" }, item { id = "X-4" } } }
  place:edit("X-1", { title = "Pushed" })
  place:edit_event("X-2", { title = "Not pulled" })
  place:delete_event("X-3")
  place:edit("X-4", { title = "Board's" })
  place:edit_event("X-4", { title = "Calendar's" })
  place:expect(0, { direction = "outbound" })
  lu.assertEquals(place:event("X-1").title, "Pushed")
  lu.assertEquals({ place:entry("X-2").title, place:event("X-2").title }, { "Draft", "Not pulled" })
  lu.assertEquals(place:entry("X-3").dueDate, DAY)
  lu.assertEquals({ place:entry("X-4").title, place:event("X-4").title }, { "Board's", "Calendar's" })
  place:assert_settled(0, { direction = "outbound" })
  place:edit("X-4", { updatedAt = FUTURE })
  place:expect(0)
  lu.assertEquals(place:entry("X-2").title, "Not pulled")
  lu.assertEquals(place:entry("X-3").dueDate, json.null)
  lu.assertEquals({ place:entry("X-4").title, place:event("X-4").title }, { "Board's", "Board's" })
  place:assert_settled()
end

function TestDirections.test_inbound()
  local place <close> = in_step { items = { item(), item { id = "X-2" }, item { id = "X-3" }, item { id = "X-4" } } }
  place:edit("X-1", { title = "Not pushed" })
  place:edit_event("X-2", { title = "Pulled" })
  place:edit("X-3", { dueDate = json.null })
  place:edit_event("X-4", { dueDate = OTHER_DAY })
  place:edit("X-4", { title = "Not pushed either" })
  place:edit_board(function(board) table.insert(board.items, item { id = "X-5" }) end)
  place:expect(0, { direction = "inbound" })
  lu.assertEquals(place:event("X-1").title, "Draft")
  lu.assertEquals(place:entry("X-2").title, "Pulled")
  lu.assertEquals(#place:objects(), 4)
  lu.assertEquals({ place:entry("X-4").dueDate, place:event("X-4").title }, { OTHER_DAY, "Draft" })
  place:assert_settled(0, { direction = "inbound" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").title, "Not pushed")
  lu.assertEquals(place:event("X-4").title, "Not pushed either")
  lu.assertNil(place:event("X-3"))
  lu.assertNotNil(place:event("X-5"))
  place:assert_settled()
end

-- ---------------------------------------------------------------- what is not ours

TestForeign = {}

function TestForeign.test_external_events_are_never_touched()
  local place <close> = in_step()
  place:create_event { uid = "somebody@elsewhere", title = "Dentist", dueDate = DAY }
  place:create_event { uid = "T-1@fleetmonitor", title = "Other team", dueDate = DAY, team = "legal", kanbanId = "T-1",
    eventType = "item" }
  local before = place:objects()
  local result = place:expect(0)
  lu.assertEquals(result.result.inbound.stats.externalEvents, 2)
  place:remove("X-1")
  place:expect(0)
  lu.assertEquals(#place:objects(), #before - 1)
  lu.assertEquals(place:object("somebody@elsewhere").etag ~= nil, true)
  place:assert_settled()
end

local function invite(place, key)
  place:edit_text(key, "END:VEVENT", "ORGANIZER:mailto:a@example.org\r\nATTENDEE:mailto:b@example.org\r\nEND:VEVENT")
end

function TestForeign.test_what_others_put_on_an_event_stays()
  local place <close> = in_step()
  local kept_texts = place:add_foreign "X-1"
  place:expect(0)
  place:edit("X-1", { title = "Changed", dueDate = OTHER_DAY, description = "Also", priority = "low" })
  place:expect(0)
  local text = place:object("X-1").text
  for _, kept in ipairs(kept_texts) do
    lu.assertNotNil(text:find(kept, 1, true), kept .. " in " .. text)
  end
  lu.assertEquals(place:event("X-1").title, "Changed")
  place:assert_settled()
end

function TestForeign.test_invited_people_are_not_disturbed()
  local place <close> = in_step()
  local invite_people = world.invite or invite
  invite_people(place, "X-1")
  place:edit_event("X-1", { dueDate = OTHER_DAY })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").dueDate, OTHER_DAY)
  place:edit("X-1", { title = "Held" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").title, "Draft")
  place:remove("X-1")
  place:expect(0)
  lu.assertEquals(#place:objects(), 1)
end

-- ---------------------------------------------------------------- brakes

TestGuard = {}

local function many(count)
  local list = {}
  for i = 1, count do list[i] = item { id = ("M-%02d"):format(i) } end
  return list
end

function TestGuard.test_an_emptied_board()
  local place <close> = in_step { items = many(8) }
  place:edit_board(function(board) board.items = json.array {} end)
  local result = place:expect(5)
  lu.assertStrContains(result.message, "8")
  lu.assertEquals(#place:objects(), 8)
  place:expect(0, { allow_mass_delete = true })
  lu.assertEquals(#place:objects(), 0)
  place:assert_settled()
end

function TestGuard.test_an_emptied_calendar()
  local place <close> = in_step { items = many(8) }
  for i = 1, 8 do place:delete_event(("M-%02d"):format(i)) end
  local before = place:board()
  place:expect(5)
  lu.assertEquals(place:board(), before)
  place:expect(0, { allow_mass_delete = true })
  lu.assertEquals(place:entry("M-01").dueDate, json.null)
  place:assert_settled()
end

function TestGuard.test_a_few_pass()
  local place <close> = in_step { items = many(8) }
  for i = 1, 5 do place:remove(("M-%02d"):format(i)) end
  place:expect(0)
  lu.assertEquals(#place:objects(), 3)
end

-- Small boards too: where all of two or more are gone at once, something else has happened than a person who tidies up.
function TestGuard.test_all_that_was_known_is_gone_from_the_calendar()
  local place <close> = in_step { items = many(2) }
  for i = 1, 2 do place:delete_event(("M-%02d"):format(i)) end
  local before = place:board()
  lu.assertStrContains(place:expect(5).message, "all 2 known events of the calendar")
  lu.assertEquals(place:board(), before)
  place:expect(0, { allow_mass_delete = true })
  lu.assertEquals({ place:entry("M-01").dueDate, place:entry("M-02").dueDate }, { json.null, json.null })
  lu.assertEquals(place:history("M-01")[1].value, json.encode(DAY))
  place:edit_board(function(board) board.items = before.items end)
  place:expect(0)
  lu.assertEquals({ place:entry("M-01").dueDate, #place:objects() }, { DAY, 2 })
  place:assert_settled()
end

function TestGuard.test_nothing_is_destroyed_where_deleted_events_are_kept_or_made_again()
  for _, answer in ipairs { "keep", "recreate" } do
    local place <close> = in_step { items = many(2), options = { onEventDeleted = answer } }
    for i = 1, 2 do place:delete_event(("M-%02d"):format(i)) end
    place:expect(0)
    lu.assertEquals(place:entry("M-01").dueDate, DAY)
  end
end

function TestGuard.test_all_that_was_known_is_gone_from_the_board()
  local place <close> = in_step { items = many(2) }
  local before = place:board()
  place:edit_board(function(board) board.items = json.array {} end)
  lu.assertStrContains(place:expect(5).message, "all 2 known entries of the board's items are gone at once")
  place:edit_board(function(board) board.items = before.items end)
  place:expect(0)
  lu.assertEquals(#place:objects(), 2)
  place:assert_settled()
end

function TestGuard.test_the_last_but_one_may_go()
  local place <close> = in_step { items = many(3) }
  place:delete_event("M-01")
  place:remove("M-02")
  place:expect(0)
  lu.assertEquals(place:entry("M-01").dueDate, json.null)
  lu.assertEquals(#place:objects(), 1)
end

function TestGuard.test_a_dry_run_writes_nothing()
  local place <close> = in_step()
  place:edit("X-1", { title = "Here" })
  place:edit_event("X-1", { dueDate = OTHER_DAY })
  local board, contents = place:board(), place:contents()
  local planned = place:expect(0, { dry_run = true })
  lu.assertEquals(place:board(), board)
  lu.assertEquals(place:contents(), contents)
  local result = place:expect(0)
  lu.assertEquals(#planned.actions, #result.actions)
  for i, action in ipairs(planned.actions) do
    lu.assertEquals({ action.key, action.action }, { result.actions[i].key, result.actions[i].action })
  end
end

--- Runs the suite on a provider. @return exit status
function policy.run(of)
  world = of
  policy_dates.run_in(of)
  policy_fields.run_in(of)
  policy_routes.run_in(of)
  policy_undo.run_in(of)
  local status = lu.LuaUnit.run()
  if world.close then world.close() end
  if world.undoes and status == 0 and #arg == 0 then assert(undo_check.count > LEAST_UNDONE, undo_check.count) end
  return status
end

--- Runs the suite on the CalDAV provider against a server of tests/support, which ends with it.
-- @param mangles see above
-- @return exit status
function policy.run_caldav(server, provider, mangles)
  local of = caldav_world.policy(server, provider)
  of.mangles = mangles
  return policy.run(of)
end

return policy
