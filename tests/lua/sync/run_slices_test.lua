-- A run in several slices: what goes on between them, and what stays whole.
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local mock = require "fmcal.mock"
local place_of = require "policy_place"

local COUNT = 9

local function world()
  local server = mock.server()
  return { name = "mock", options = {}, server = server, config = { provider = "mock" },
    providers = { mock = core.new("mock", {}, server) } }
end

local function item(i)
  return { id = "X-" .. i, title = "Item " .. i, dueDate = ("2026-03-%02d"):format(i), updatedAt = "2026-01-01T00:00:00Z" }
end

local function items()
  local list = {}
  for i = 1, COUNT do list[i] = item(i) end
  return list
end

local function place(options)
  return place_of.new(world(), { items = items(), options = options })
end

-- Runs `act` once, when the given number of writes has been made in all.
local function after_writes(count, act)
  local before, last, acted = 0, 0, false
  return function(phase, done)
    if phase ~= "write" then return end
    if done < last then before = before + last end -- the next slice
    last = done
    if not acted and before + done >= count then
      acted = true
      act()
    end
  end
end

TestSlices = {}

function TestSlices.test_a_first_push_in_slices_is_the_push_as_a_whole()
  local whole <close> = place()
  local sliced <close> = place()
  local expected = whole:sync { slice_size = 1000 }
  local result = sliced:sync { slice_size = 2 }
  lu.assertEquals(result.exit, 0)
  lu.assertEquals(result.result.outbound, expected.result.outbound)
  lu.assertEquals(result.actions, expected.actions)
  lu.assertEquals(#sliced:objects(), COUNT)
  sliced:assert_settled()
end

function TestSlices.test_the_guard_sees_all_slices_before_the_first_is_written()
  local board <close> = place { massDeleteLimit = 0.5 }
  board:expect(0)
  for i = 1, 6 do board:edit("X-" .. i, { dueDate = json.null }) end
  board:edit("X-9", { title = "Edited" })
  local before = board:objects()
  local result = board:sync { slice_size = 2 }
  lu.assertEquals(result.exit, 5)
  lu.assertEquals(board:objects(), before)
end

function TestSlices.test_an_entry_that_vanishes_between_slices_waits_for_the_next_run()
  local board <close> = place()
  board:expect(0)
  -- Without calendarSync each slice has to write the board, and so learns what is there.
  for i = 1, COUNT do board:edit("X-" .. i, { title = "Edited " .. i, calendarSync = false }) end
  local result = board:sync { slice_size = 2, progress = after_writes(1, function()
    board:remove("X-9")
  end) }
  lu.assertEquals(result.exit, 0)
  lu.assertEquals(result.result.outbound.deleted, 0)
  lu.assertEquals(board:event("X-9").title, "Item 9")
  lu.assertEquals(board:event("X-8").title, "Edited 8")
  result = board:sync { slice_size = 2 }
  lu.assertEquals(result.result.outbound.deleted, 1)
  lu.assertNil(board:event("X-9"))
end

function TestSlices.test_what_another_program_writes_between_slices_stays()
  local board <close> = place()
  board:expect(0)
  for i = 1, COUNT do board:edit_event("X-" .. i, { title = "Moved " .. i }) end
  local result = board:sync { slice_size = 2, direction = "both", progress = function(phase, done)
    if phase == "plan" and done == COUNT then board:edit("X-9", { title = "Theirs" }) end
  end }
  lu.assertEquals(result.exit, 0)
  lu.assertEquals(board:entry("X-9").title, "Theirs")
  lu.assertEquals(board:entry("X-8").title, "Moved 8")
  board:sync { slice_size = 2 }
  lu.assertEquals(board:entry("X-9").title, board:event("X-9").title)
  board:assert_settled()
end

function TestSlices.test_a_calendar_that_fails_is_left_alone_by_the_next_slices()
  local made = world()
  local board <close> = place_of.new(made, { items = items() })
  made.server:fault { kind = "network", on = { "create", "read" }, at = 3, times = 1000 }
  local result = board:sync { slice_size = 2 }
  lu.assertEquals(result.exit, 3)
  made.server:clear_faults()
  made.server:reset_counts()
  lu.assertEquals(board:sync { slice_size = 2 }.exit, 0)
  lu.assertEquals(#board:objects(), COUNT)
end

os.exit(lu.LuaUnit.run())
