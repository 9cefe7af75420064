-- What people do after the network failed in mid-run: a write was made and nobody has heard of it, or was never made. What
-- they did last is what both sides say in the end, nothing is lost, and nobody is asked about a conflict nobody made.
--
-- A provider takes part with a world (see policy_place) with two members more:
--   cut(kind, arrives)   from the next write of this kind ("create", "update", "delete") on there is no network; `arrives`:
--                        that write is still made, and its answer lost
--   mend()               there is a network again
--   answers              that write is answered, with an ETag; `arrives`: it was kept, too
--   strategies, fates    for conflicts, all four by default; whether writes arrive, both by default
local lu = require "luaunit"
local json = require "fmcal.json"
local Place = require "policy_place"

local lost = {}
local world

local DAY, OTHER_DAY, THIRD_DAY = "2031-02-15", "2031-02-16", "2031-02-17"

local STRATEGIES = { "last-write-wins", "local-wins", "external-wins", "manual" }

local function place_with(options)
  world.mend()
  return Place.new(world, { options = options, items = { { id = "X-1", title = "Old", description = "text", dueDate = DAY } } })
end

local function in_step(options)
  local place = place_with(options)
  place:expect(0)
  return place
end

-- A run that the network leaves at its first write of a kind.
local function run_cut(place, kind, arrives)
  world.cut(kind, arrives)
  local result = place:sync()
  world.mend()
  lu.assertTrue(result.exit == 1 or result.exit == 3, tostring(result.exit))
end

-- Both sides say this, and the next run has nothing to do.
local function assert_both(place, title, day)
  local entry, event = place:entry("X-1"), place:event("X-1")
  lu.assertEquals({ entry.title, entry.dueDate ~= json.null and entry.dueDate or nil }, { title, day })
  lu.assertEquals({ event and event.title, event and event.dueDate }, day and { title, day } or {})
  place:assert_settled()
end

-- The edits that gave way; what was merely edited in the calendar is in the history too.
local function lost_values(place)
  local found = {}
  for _, row in ipairs(place:history("X-1")) do
    local is_lost = row.reason ~= "edited in the calendar"
    if is_lost then found[#found + 1] = row.side .. " " .. tostring(json.decode(row.value)) end
  end
  return found
end

-- Runs a case with and without the write that is cut having arrived, under each strategy.
local function each_fate(act)
  for _, strategy in ipairs(world.strategies or STRATEGIES) do
    for _, arrives in ipairs(world.fates or { true, false }) do
      local place <close> = in_step { conflictResolution = strategy }
      local ok, why = xpcall(act, function(raised)
        if type(raised) ~= "table" then return debug.traceback(raised, 2) end
        return raised.msg and raised.msg .. "\n" .. debug.traceback() or raised
      end, place, arrives, strategy)
      if not ok then
        lu.fail(("%s, the write %s: %s"):format(strategy, arrives and "has arrived" or "has not arrived", tostring(why)))
      end
    end
  end
end

TestLostOutcomes = {}

function TestLostOutcomes.test_nothing_happens_meanwhile()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:expect(0)
    assert_both(place, "New", DAY)
    lu.assertEquals(lost_values(place), {})
  end)
end

function TestLostOutcomes.test_the_title_is_taken_back()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:edit("X-1", { title = "Old" })
    place:expect(0)
    assert_both(place, "Old", DAY)
    lu.assertEquals(lost_values(place), {})
  end)
end

function TestLostOutcomes.test_the_date_is_taken_back()
  each_fate(function(place, arrives)
    place:edit("X-1", { dueDate = OTHER_DAY })
    run_cut(place, "update", arrives)
    place:edit("X-1", { dueDate = DAY })
    place:expect(0)
    assert_both(place, "Old", DAY)
  end)
end

function TestLostOutcomes.test_a_third_title()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:edit("X-1", { title = "Newer" })
    place:expect(0)
    assert_both(place, "Newer", DAY)
    lu.assertEquals(lost_values(place), {})
  end)
end

function TestLostOutcomes.test_lost_again_and_again()
  each_fate(function(place, arrives)
    for _, title in ipairs { "New", "Old", "New", "Newer" } do
      place:edit("X-1", { title = title })
      world.cut("update", arrives)
      place:sync()
      world.mend()
    end
    place:edit("X-1", { title = "Old" })
    place:expect(0)
    assert_both(place, "Old", DAY)
    lu.assertEquals(lost_values(place), {})
  end)
end

function TestLostOutcomes.test_a_deletion_and_the_old_date_again()
  each_fate(function(place, arrives)
    place:edit("X-1", { dueDate = json.null })
    run_cut(place, "delete", arrives)
    place:edit("X-1", { dueDate = DAY })
    place:expect(0)
    assert_both(place, "Old", DAY)
  end)
end

function TestLostOutcomes.test_a_deletion()
  each_fate(function(place, arrives)
    place:edit("X-1", { dueDate = json.null })
    run_cut(place, "delete", arrives)
    place:expect(0)
    assert_both(place, "Old", nil)
  end)
end

function TestLostOutcomes.test_the_entry_of_a_lost_write_is_removed()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:remove("X-1")
    place:expect(0)
    lu.assertEquals(place:objects(), {})
    place:assert_settled()
  end)
end

function TestLostOutcomes.test_the_calendar_moves_the_event_meanwhile()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:edit_event("X-1", { dueDate = THIRD_DAY, endDate = "2031-02-18" })
    place:expect(0)
    assert_both(place, "New", THIRD_DAY)
  end)
end

-- Nobody knows whether the calendar's title was given by somebody who had seen the board's.
function TestLostOutcomes.test_the_calendar_has_a_third_title()
  each_fate(function(place, arrives, strategy)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:edit("X-1", { title = "Old" })
    place:edit_event("X-1", { title = "Theirs" })
    if strategy == "manual" then
      place:expect(4)
      lu.assertEquals({ place:entry("X-1").title, place:event("X-1").title }, { "Old", "Theirs" })
      return
    end
    place:expect(0)
    local ours = strategy == "local-wins"
    assert_both(place, ours and "Old" or "Theirs", DAY)
    lu.assertItemsEquals(lost_values(place), { ours and "external Theirs" or "local Old" })
  end)
end

-- Who took it back in the calendar had seen the board's title, if the write had arrived: it is kept.
function TestLostOutcomes.test_the_calendar_takes_the_title_back()
  each_fate(function(place)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", true)
    place:edit_event("X-1", { title = "Old", description = "theirs" })
    place:expect(0)
    assert_both(place, "New", DAY)
    lu.assertEquals(place:entry("X-1").description, "theirs")
    lu.assertEquals(lost_values(place), { "external Old" })
  end)
end

-- Somebody edited the event since, be it back to what it was: it outlives its entry, and brings a cleared date back.
function TestLostOutcomes.test_the_calendar_takes_back_what_is_removed()
  each_fate(function(place)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", true)
    place:edit_event("X-1", { title = "Old", location = "at home" })
    place:remove("X-1")
    place:expect(0)
    lu.assertEquals(place:event("X-1").title, "Old")
    place:assert_settled()
  end)
end

function TestLostOutcomes.test_the_calendar_takes_back_what_is_cleared()
  each_fate(function(place)
    place:edit("X-1", { dueDate = OTHER_DAY })
    run_cut(place, "update", true)
    place:edit_event("X-1", { dueDate = DAY, endDate = OTHER_DAY, location = "at home" })
    place:edit("X-1", { dueDate = json.null })
    place:expect(0)
    assert_both(place, "Old", DAY)
  end)
end

-- An answer says that the write has arrived, and a new version that somebody was there since.
function TestLostOutcomes.test_the_calendar_takes_an_answered_title_back()
  each_fate(function(place)
    if not world.answers then return end
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", true)
    place:edit_event("X-1", { title = "Old" })
    place:expect(0)
    assert_both(place, "Old", DAY)
  end)
end

-- What its event says of an epic's title begins with a prefix.
function TestLostOutcomes.test_the_calendar_takes_an_answered_title_of_an_epic_back()
  if not world.answers then return end
  world.mend()
  local place <close> = Place.new(world, { epics = { { id = "E-1", type = "epic", title = "Old", dueDate = DAY } } })
  place:expect(0)
  local title = place:event("E-1").title
  place:edit("E-1", { title = "New" })
  run_cut(place, "update", true)
  place:edit_event("E-1", { title = title })
  place:expect(0)
  lu.assertEquals({ place:entry("E-1").title, place:event("E-1").title }, { "Old", title })
end

function TestLostOutcomes.test_the_calendar_restores_the_object_before_an_answered_write()
  each_fate(function(place)
    if not world.answers then return end
    local before = place:object("X-1").text
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", true)
    place:rewrite("X-1", function() return before end)
    place:expect(0)
    assert_both(place, "Old", DAY)
  end)
end

-- One of two fields shows that the write has arrived: so the other one was taken back.
function TestLostOutcomes.test_the_calendar_takes_one_of_two_fields_back()
  each_fate(function(place, _, strategy)
    place:edit("X-1", { title = "New", dueDate = OTHER_DAY })
    run_cut(place, "update", true)
    place:edit_event("X-1", { title = "Old" })
    local is_known = world.answers
    place:expect(not is_known and strategy == "manual" and 4 or 0)
    lu.assertEquals(place:event("X-1").dueDate, OTHER_DAY)
    lu.assertEquals(place:event("X-1").title, not is_known and strategy == "local-wins" and "New" or "Old")
  end)
end

function TestLostOutcomes.test_the_calendar_deletes_the_event_meanwhile()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    run_cut(place, "update", arrives)
    place:delete_event("X-1")
    place:expect(0)
    assert_both(place, "New", DAY)
  end)
end

-- What was pulled in the run that was cut is agreed, whatever became of its write.
function TestLostOutcomes.test_what_was_pulled_is_taken_back()
  each_fate(function(place, arrives)
    place:edit("X-1", { title = "New" })
    place:edit_event("X-1", { dueDate = OTHER_DAY, endDate = THIRD_DAY })
    run_cut(place, "update", arrives)
    lu.assertEquals(place:entry("X-1").dueDate, OTHER_DAY)
    place:edit("X-1", { dueDate = DAY })
    place:expect(0)
    assert_both(place, "New", DAY)
  end)
end

-- The board's title has won over the calendar's, and then another one is given.
function TestLostOutcomes.test_a_conflict_that_was_settled_is_no_conflict_again()
  for _, arrives in ipairs { true, false } do
    local place <close> = in_step { conflictResolution = "local-wins" }
    place:edit("X-1", { title = "New" })
    place:edit_event("X-1", { title = "Theirs" })
    run_cut(place, "update", arrives)
    place:edit("X-1", { title = "Old" })
    place:expect(0)
    assert_both(place, "Old", DAY)
    lu.assertEquals(lost_values(place), { "external Theirs" })
  end
end

function TestLostOutcomes.test_a_first_push()
  for _, strategy in ipairs(world.strategies or STRATEGIES) do
    for _, arrives in ipairs { true, false } do
      local place <close> = place_with { conflictResolution = strategy }
      run_cut(place, "create", arrives)
      place:edit("X-1", { title = "New", description = "" })
      place:expect(0)
      assert_both(place, "New", DAY)
      lu.assertEquals(lost_values(place), {})
      lu.assertEquals(#place:objects(), 1)
    end
  end
end

function TestLostOutcomes.test_the_date_of_a_first_push_is_cleared()
  for _, arrives in ipairs { true, false } do
    local place <close> = place_with {}
    run_cut(place, "create", arrives)
    place:edit("X-1", { dueDate = json.null })
    place:expect(0)
    assert_both(place, "Old", nil)
  end
end

--- Runs cases on a world. @return for os.exit
-- @param ... which; all by default
function lost.run(of, ...)
  world = of
  local chosen = {}
  for i, name in ipairs { ... } do chosen[i] = "TestLostOutcomes.test_" .. name end
  local failed = lu.LuaUnit.run(table.unpack(chosen))
  if of.close then of.close() end
  return failed
end

return lost
