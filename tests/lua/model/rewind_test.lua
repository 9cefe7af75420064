-- Copies of the board that another program has read before a run and saves after it, and edits that only look like one.
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local lu = require "luaunit"
local mock = require "fmcal.mock"
local place_of = require "policy_place"
local rewind = require "fmcal.model.rewind"
local shell = require "shell"
local time = require "fmcal.time"

-- All runs are made within one second.
local NOW = time.now()
function time.now() return NOW end -- luacheck: ignore 122

local function in_step(options)
  local server = mock.server()
  local place = place_of.new({ name = "mock", options = {}, server = server, config = { provider = "mock" },
    providers = { mock = core.new("mock", {}, server) } }, { options = options, items = {
      { id = "X-1", title = "Old", dueDate = "2031-02-15" } } })
  place:expect(0)
  return place
end

local function assert_both(place, title)
  lu.assertEquals({ place:entry("X-1").title, place:event("X-1").title }, { title, title })
  place:assert_settled()
end

TestRewind = {}

function TestRewind.test_an_older_copy_is_pulled_into_again()
  local place <close> = in_step()
  place:edit_event("X-1", { title = "Theirs" })
  local before = shell.read(place.board_path)
  place:expect(0)
  shell.write(place.board_path, before)
  place:expect(0)
  assert_both(place, "Theirs")
  local rows = place:history("X-1")
  lu.assertEquals({ #rows, rows[1].side, rows[1].value }, { 2, "local", '"Old"' })
end

-- The event says again what it said before the run: somebody has made it so since.
function TestRewind.test_an_older_copy_does_not_undo_what_was_taken_back_in_the_calendar()
  local place <close> = in_step { conflictResolution = "external-wins" }
  place:edit_event("X-1", { title = "Theirs" })
  place:edit("X-1", { title = "Ours" })
  local before = shell.read(place.board_path)
  place:expect(0)
  assert_both(place, "Theirs")
  place:edit_event("X-1", { title = "Old" })
  shell.write(place.board_path, before)
  place:expect(0)
  assert_both(place, "Old")
end

-- What was in conflict before the run is in conflict again, though its value was known.
function TestRewind.test_a_conflict_that_the_run_has_settled()
  local version, sync = { title = "Ours" }, { lastSyncedAt = "2031-01-01T00:00:00Z" }
  local noted = assert(rewind.note({
    view = { fields = { "title" }, version = version, sync = sync },
    plan = { cur = { version = { title = "Theirs" } } },
    sides = { { target = { name = "mock" }, base = { l = { title = "Old" }, r = { title = "Theirs" }, open = { title = true } } } },
  }, { lastSyncedAt = "2031-01-02T00:00:00Z" }))
  local agreed = { l = { title = "Theirs" }, r = { title = "Theirs" } }
  local base = rewind.base(noted, { sync = sync, version = version }, "mock", agreed, { version = { title = "Theirs" } })
  lu.assertEquals(base.open, { title = true })
end

-- A cleared date in an older copy does not delete what somebody has moved back in the calendar.
function TestRewind.test_an_older_copy_without_a_date_does_not_delete_what_was_moved_back()
  local place <close> = in_step()
  place:edit("X-1", { dueDate = json.null })
  place:edit_event("X-1", { dueDate = "2031-02-20", endDate = "2031-02-21" })
  local before = shell.read(place.board_path)
  place:expect(0)
  lu.assertEquals(place:entry("X-1").dueDate, "2031-02-20")
  place:edit_event("X-1", { dueDate = "2031-02-15", endDate = "2031-02-16" })
  shell.write(place.board_path, before)
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").dueDate, place:event("X-1").dueDate }, { "2031-02-15", "2031-02-15" })
  place:assert_settled()
end

-- As often as somebody edits within a second.
function TestRewind.test_edits_between_runs_within_one_second()
  local place <close> = in_step { conflictResolution = "manual" }
  for i = 1, 4 do
    place:edit_event("X-1", { title = "Theirs " .. i })
    place:expect(0)
    place:edit("X-1", { title = "Old" })
    place:expect(0)
    assert_both(place, "Old")
    place:edit("X-1", { title = "Ours " .. i })
    place:expect(0)
    assert_both(place, "Ours " .. i)
  end
end

function TestRewind.test_an_older_copy_after_several_runs_within_one_second()
  local place <close> = in_step()
  place:edit_event("X-1", { title = "Theirs" })
  local before = shell.read(place.board_path)
  place:expect(0)
  place:edit("X-1", { dueDate = "2031-02-16" })
  place:expect(0)
  shell.write(place.board_path, before)
  place:expect(0)
  lu.assertEquals(place:entry("X-1").title, "Theirs")
  lu.assertEquals(place:event("X-1").title, "Theirs")
end

-- No two runs leave an entry the same calendarSync.
function TestRewind.test_each_run_that_writes_has_a_time_of_its_own()
  local place <close> = in_step()
  local seen = { [place:entry("X-1").calendarSync.lastSyncedAt] = true }
  for i = 1, 3 do
    place:edit("X-1", { title = "Ours " .. i })
    place:expect(0)
    local synced = place:entry("X-1").calendarSync.lastSyncedAt
    lu.assertNil(seen[synced], synced)
    lu.assertEquals(time.parse(synced).epoch, time.parse(NOW).epoch)
    seen[synced] = true
  end
end

os.exit(lu.LuaUnit.run())
