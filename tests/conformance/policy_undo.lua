-- Runs taken back whose undo goes beyond fields and events: items that were made of events, and entries that the rules did not
-- want any more.
local lu = require "luaunit"
local json = require "fmcal.json"
local Place = require "policy_place"
local undo = require "fmcal.sync.undo"

local policy_undo = {}
local world

--- The provider's world that the tests below run in.
function policy_undo.run_in(of)
  world = of
end

local DAY, OTHER_DAY = "2027-02-15", "2027-02-16"

local function take_back(place, options)
  local all = { board = place.board_path, providers = world.providers, allow_mass_delete = true }
  for name, value in pairs(options or {}) do all[name] = value end
  return undo.run(all, all.run, all.redo)
end

local function expect_undo(place, exit, options)
  local result = take_back(place, options)
  lu.assertEquals({ result.exit, result.exit ~= exit and (result.error or result.message) or nil }, { exit })
  return result
end

-- Sentences about what stays as it is.
local function refusal_of(result)
  return table.concat(result.error_messages, "\n")
end

-- ---------------------------------------------------------------- adoptions

local THEIRS = "theirs@example.org"
local ADOPT = [[return { adopt = function(event)
  return { id = "A-1", title = event.title, status = "todo", subitems = { { id = "A-2", title = "Prepare", dueDate = "2027-02-10" } } }
end }]]

local ALONE = ADOPT:gsub(", subitems = .- } }", "")

TestAdoption = {}

local function adopted(rules)
  local place = Place.new(world, { rules = rules or ADOPT, items = { { id = "X-1", title = "Draft", dueDate = DAY } } })
  place.cannot_go_back = true -- that is what the tests do themselves
  place:expect(0)
  place:create_event { uid = THEIRS, title = "Hearing", dueDate = "2027-03-01", endDate = "2027-03-02" }
  place.theirs = place:object(THEIRS).text
  place:expect(0)
  lu.assertEquals(place:entry("A-1").calendarSync.externalEventId, THEIRS)
  return place
end

local function assert_taken_back(place)
  lu.assertEquals({ place:entry("A-1"), place:entry("A-2"), place:object("A-2") }, {})
  lu.assertEquals(place:object(THEIRS).text, place.theirs)
  place:assert_settled()
end

function TestAdoption.test_the_item_goes_and_the_event_is_external_again()
  local place <close> = adopted()
  local board, contents = place:board(), place:contents()
  local result = expect_undo(place, 0)
  local told = {}
  for _, entry in ipairs(result.entries) do told[entry.key] = { entry.reason, entry.decided_by } end
  lu.assertEquals(told, { ["A-1"] = { "undone", "person" }, ["A-2"] = { "undone", "person" } })
  assert_taken_back(place)
  lu.assertEquals(#board.items - 1, #place:board().items)
  lu.assertEquals(expect_undo(place, 0, { redo = true }).entries[1].reason, "redone")
  place:assert_settled()
  lu.assertEquals(#place:contents(), #contents)
  lu.assertEquals({ place:entry("A-1").title, place:entry("A-1").status, place:entry("A-1").calendarSync.externalEventId },
    { "Hearing", "todo", THEIRS })
  expect_undo(place, 0)
  assert_taken_back(place)
end

function TestAdoption.test_it_is_not_offered_again_until_a_person_edits_the_event()
  local place <close> = adopted()
  expect_undo(place, 0)
  place:rules(ADOPT .. " -- changed")
  place:assert_settled()
  place:edit_event(THEIRS, { title = "Hearing, moved" })
  place:expect(0)
  lu.assertEquals(place:entry("A-1").title, "Hearing, moved")
end

function TestAdoption.test_a_dry_run_touches_nothing()
  local place <close> = adopted()
  local board, contents = place:board(), place:contents()
  local result = expect_undo(place, 0, { dry_run = true })
  lu.assertEquals({ result.actions[1].action, result.actions[1].detail }, { "undo", "taken off the board" })
  lu.assertEquals({ place:board(), place:contents() }, { board, contents })
end

function TestAdoption.test_an_item_that_was_edited_stays()
  for name, value in pairs { status = "done", note = "mine", subitems = json.array {} } do
    local place <close> = adopted()
    place:edit("A-1", { [name] = value })
    place:expect(0, { allow_mass_delete = true })
    local said = refusal_of(expect_undo(place, 1, { run = 2 }))
    lu.assertStrContains(said, ("A-1 stays as it is: %s was edited since"):format(name))
    lu.assertNotNil(place:entry("A-1"))
    lu.assertEquals(place:object(THEIRS).text, place.theirs)
    place:assert_settled()
  end
end

function TestAdoption.test_an_event_that_was_edited_stays_adopted()
  local place <close> = adopted()
  place:edit_event(THEIRS, { title = "Hearing, moved" })
  lu.assertStrContains(refusal_of(expect_undo(place, 1)), "A-1 stays as it is: title was edited since and is not in step")
  place:expect(0)
  lu.assertStrContains(refusal_of(expect_undo(place, 1, { run = 2 })), "A-1 stays as it is: title was edited since it was made")
  lu.assertEquals(place:entry("A-1").title, "Hearing, moved")
end

function TestAdoption.test_an_event_that_has_changed_is_not_adopted_again()
  for _, change in ipairs { "edit_event", "delete_event" } do
    local place <close> = adopted(ALONE)
    expect_undo(place, 0)
    place:rules("return {}")
    place:expect(0)
    place[change](place, THEIRS, { title = "Hearing, moved" })
    local result = take_back(place, { redo = true })
    lu.assertEquals(result.exit, 1)
    lu.assertStrContains(refusal_of(result), "A-1 stays as it is: its event is not there any more, or was edited since")
    lu.assertNil(place:entry("A-1"))
    place:expect(0)
  end
end

function TestAdoption.test_an_id_that_is_taken()
  local place <close> = adopted(ALONE)
  expect_undo(place, 0)
  place:edit_board(function(board) table.insert(board.items, { id = "A-1", title = "Another one" }) end)
  place:expect(0)
  lu.assertStrContains(refusal_of(expect_undo(place, 1, { redo = true })), "A-1 stays as it is: the board has another entry with this id")
  lu.assertEquals(place:entry("A-1").title, "Another one")
end

local KILLED = "killed here"

-- A run that dies on the way has taken the adoption back, or has not; then it can be asked for again.
function TestAdoption.test_killed()
  local at, killed = 0, true
  while killed do
    at, killed = at + 1, false
    local place <close> = adopted()
    local calls = 0
    local ok, problem = pcall(take_back, place, { progress = function()
      calls = calls + 1
      if calls ~= at then return end
      killed = true
      error(KILLED, 0)
    end })
    lu.assertTrue(ok or tostring(problem):find(KILLED, 1, true) ~= nil, problem)
    place:expect(0)
    place:assert_settled()
    lu.assertEquals(place:object(THEIRS).text, place.theirs)
    if place:entry("A-1") then
      lu.assertNotNil(place:object("A-2"))
      take_back(place, { run = 2 })
    end
    place:expect(0)
  end
  lu.assertTrue(at > 2, at)
end

-- ---------------------------------------------------------------- deselected entries

TestDeselected = {}

local SELECT = [[return { select = function(entry) return entry.status ~= "archived" end }]]

local function synced()
  local place = Place.new(world, { rules = SELECT, items = { { id = "X-1", title = "Draft", dueDate = DAY, priority = "high" },
    { id = "X-2", title = "Other", dueDate = OTHER_DAY } } })
  place.cannot_go_back = true
  place:expect(0)
  place.kept = place:add_foreign "X-1"
  place:expect(0)
  return place
end

local function assert_back(place)
  local event, text = place:event("X-1"), place:object("X-1").text
  lu.assertEquals({ event.title, event.dueDate }, { "Draft", DAY })
  for _, kept in ipairs(place.kept) do lu.assertStrContains(text, kept) end
  lu.assertEquals(place:entry("X-1").calendarSync.syncStatus, "synced")
  place:assert_settled()
end

function TestDeselected.test_the_event_comes_back_once_the_rules_want_it_again()
  local place <close> = synced()
  place:edit("X-1", { status = "archived" })
  place:expect(0)
  lu.assertNil(place:object("X-1"))
  lu.assertStrContains(refusal_of(expect_undo(place, 1)), "X-1 stays as it is: the rules do not select it any more")
  place:assert_settled()
  place:edit("X-1", { status = "open" })
  expect_undo(place, 0, { run = 3 })
  assert_back(place)
end

function TestDeselected.test_rules_that_are_as_before()
  local place <close> = synced()
  place:rules("return { select = function(entry) return entry.id ~= 'X-1' end }")
  place:expect(0)
  place:rules(SELECT)
  expect_undo(place, 0)
  assert_back(place)
  expect_undo(place, 0, { redo = true })
  lu.assertNil(place:object("X-1"))
  lu.assertEquals({ place:entry("X-1").dueDate, place:entry("X-1").calendarSync.syncStatus }, { DAY, "deleted" })
  place:assert_settled()
end

function TestDeselected.test_an_entry_that_got_another_date_meanwhile()
  local place <close> = synced()
  place:edit("X-1", { status = "archived" })
  place:expect(0)
  place:edit("X-1", { status = "open", dueDate = OTHER_DAY })
  lu.assertStrContains(refusal_of(expect_undo(place, 1)), "X-1 stays as it is: it has a date again: the board says")
  place:expect(0)
  lu.assertEquals(place:event("X-1").dueDate, OTHER_DAY)
end

return policy_undo
