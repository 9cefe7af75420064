-- Who wrote last: which times of change count, and that a time nobody knows wins nothing.
local core = require "fmcal.provider.core"
local lu = require "luaunit"
local mock = require "fmcal.mock"
local place_of = require "policy_place"

local function in_step()
  local server = mock.server()
  local place = place_of.new({ name = "mock", options = {}, server = server, config = { provider = "mock" },
    providers = { mock = core.new("mock", {}, server) } }, { items = { { id = "X-1", title = "Old", dueDate = "2031-02-15" } } })
  place:expect(0)
  return place
end

-- As a person edits the file: no updatedAt.
local function set_title(place, title)
  place:edit_board(function(board) board.items[1].title = title end)
end

local function titles(place)
  return { place:entry("X-1").title, place:event("X-1").title }
end

TestLastWrite = {}

-- As khal leaves them.
function TestLastWrite.test_a_stamp_that_was_left_as_it_was_says_nothing()
  local place <close> = in_step()
  place:edit_text("X-1", "LAST%-MODIFIED:%d+", "LAST-MODIFIED:20260101")
  place:expect(0)
  set_title(place, "Ours")
  place:edit_text("X-1", "SUMMARY:Old", "SUMMARY:Theirs")
  place:expect(0)
  lu.assertEquals(titles(place), { "Theirs", "Theirs" })
  place:assert_settled()
end

function TestLastWrite.test_a_stamp_that_changed_counts()
  local place <close> = in_step()
  place:edit_text("X-1", "LAST%-MODIFIED:%d+", "LAST-MODIFIED:20260101")
  place:expect(0)
  set_title(place, "Ours")
  place:edit_text("X-1", "LAST%-MODIFIED:%d+", "LAST-MODIFIED:20260102")
  place:edit_text("X-1", "SUMMARY:Old", "SUMMARY:Theirs")
  place:expect(0)
  lu.assertEquals(titles(place), { "Ours", "Ours" })
end

-- What waits for a person was edited when its stamp says.
function TestLastWrite.test_the_stamp_of_an_edit_that_waits_still_counts()
  local place <close> = in_step()
  place:edit_board(function(board) board.calendarConfig.syncOptions.conflictResolution = "manual" end)
  set_title(place, "Ours")
  place:edit_text("X-1", "LAST%-MODIFIED:%d+", "LAST-MODIFIED:20260102")
  place:edit_text("X-1", "SUMMARY:Old", "SUMMARY:Theirs")
  place:expect(4)
  place:edit_board(function(board) board.calendarConfig.syncOptions.conflictResolution = nil end)
  place:expect(0)
  lu.assertEquals(titles(place), { "Ours", "Ours" })
end

local function with_times(place, synced, modified)
  place:edit_board(function(board)
    local sync = board.items[1].calendarSync
    sync.lastSyncedAt, sync.lastModifiedLocal = synced, modified
  end)
  set_title(place, "Ours")
  place:edit_text("X-1", "LAST%-MODIFIED:%d+", "LAST-MODIFIED:20260601")
  place:edit_text("X-1", "SUMMARY:Old", "SUMMARY:Theirs")
  place:lose_state()
  place:expect(0)
end

function TestLastWrite.test_what_a_run_has_noted_is_no_edit()
  local place <close> = in_step()
  with_times(place, "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z")
  lu.assertEquals(titles(place), { "Ours", "Ours" })
end

function TestLastWrite.test_what_fleet_monitor_has_noted_since_is_one()
  local place <close> = in_step()
  with_times(place, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")
  lu.assertEquals(titles(place), { "Theirs", "Theirs" })
end

os.exit(lu.LuaUnit.run())
