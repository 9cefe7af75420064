-- A team with a Google and a CalDAV calendar at once: what is edited in one reaches the item and the other in the same
-- run, and the next run has nothing to do.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local lu = require "luaunit"
local Place = require "policy_place"
local caldav_world = require "caldav_world"
local google_world = require "google_world"
local json = require "fmcal.json"
local servers = require "servers"

local DAY, OTHER_DAY = "2026-02-15", "2026-02-16"

local google_server, dav_server = servers.google(), servers.scripted()
local google, caldav = google_world.policy(google_server), caldav_world.policy(dav_server)

local function item(members)
  local made = { id = "X-1", title = "Draft", description = "Text", dueDate = DAY, priority = "high", status = "open",
    tags = json.array { "legal" }, updatedAt = "2026-01-01T00:00:00Z" }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

-- The two calendars over one board: `google` and `caldav` are places; the board is in both.
local Both = {}
Both.__index = Both

function Both:__close()
  self.google:__close()
  self.caldav:__close()
end

function Both:each() return ipairs { self.google, self.caldav } end

function Both:expect(exit) return self.google:expect(exit) end

-- The item and both events say this of an entry.
function Both:assert_all(key, expected)
  local entry = self.google:entry(key)
  for name, value in pairs(expected) do lu.assertEquals(entry[name], value, name .. " of the item") end
  for _, place in self:each() do
    local event = place:event(key)
    for name, value in pairs(expected) do
      lu.assertEquals(event and event[name], value, ("%s of the event in %s"):format(name, place.world.name))
    end
  end
end

-- No echo: a further run writes nothing anywhere.
function Both:assert_settled(exit)
  local before = self.caldav:objects()
  self.google:assert_settled(exit)
  lu.assertEquals(self.caldav:objects(), before)
end

local function both(board)
  local config = { google = google.config, caldav = caldav.config }
  local world = setmetatable({ config = config }, { __index = google })
  board = board or {}
  board.items = board.items or { item() }
  local place = Place.new(world, board)
  local other = Place.new(caldav, {})
  local made = setmetatable({ google = place, caldav = other }, Both)
  made:expect(0)
  return made
end

local function setup()
  google_server:clear()
  dav_server:clear()
end

-- ------------------------------------------------------------------ edits

TestEdits = { setUp = setup }

function TestEdits.test_a_new_item_reaches_both()
  local place <close> = both()
  place:assert_all("X-1", { title = "Draft", dueDate = DAY, description = "Text", priority = "high" })
  local sync = place.google:entry("X-1").calendarSync
  lu.assertEquals({ sync.provider, sync.syncStatus }, { "caldav", "synced" })
  lu.assertEquals({ sync.others.google.provider, sync.others.google.syncStatus }, { "google", "synced" })
  place:assert_settled()
end

function TestEdits.test_an_edit_on_the_board_reaches_both()
  local place <close> = both()
  place.google:edit("X-1", { title = "Final", dueDate = "2026-02-15T09:00:00Z", durationMinutes = 30 })
  place:expect(0)
  place:assert_all("X-1", { title = "Final", dueDate = "2026-02-15T09:00:00Z" })
  place:assert_settled()
end

function TestEdits.test_an_edit_in_one_reaches_the_item_and_the_other()
  for _, name in ipairs { "google", "caldav" } do
    local place <close> = both()
    place[name]:edit_event("X-1", { title = "From " .. name, dueDate = OTHER_DAY, endDate = "2026-02-17", tags = { "new" } })
    place:expect(0)
    place:assert_all("X-1", { title = "From " .. name, dueDate = OTHER_DAY, tags = { "new" }, description = "Text" })
    place:assert_settled()
  end
end

function TestEdits.test_different_fields_in_each_are_all_kept()
  local place <close> = both()
  place.google:edit_event("X-1", { title = "From Google" })
  place.caldav:edit_event("X-1", { dueDate = OTHER_DAY, endDate = "2026-02-17" })
  place.google:edit("X-1", { priority = "low" })
  place:expect(0)
  place:assert_all("X-1", { title = "From Google", dueDate = OTHER_DAY, priority = "low" })
  place:assert_settled()
end

-- A UID is given once in an account.
function TestEdits.test_two_calendars_of_one_google_account()
  google_server:control("POST", "_calendar", { id = "second@group.calendar.example" })
  local second = { provider = "google", calendarId = "second@group.calendar.example", endpoint = google.config.endpoint,
    credentials = google.config.credentials }
  local world = setmetatable({ config = { google = google.config, second = second } }, { __index = google })
  local place <close> = Place.new(world, { items = { item() } })
  place:expect(0)
  lu.assertEquals(place:object("X-1").uid, "X-1@fleetmonitor")
  local others = google_server:control("GET", "_events/second%40group.calendar.example")
  lu.assertEquals(others[1].extendedProperties.private.uid, "X-1.second@fleetmonitor")
  place:edit_event("X-1", { title = "Edited" })
  place:expect(0)
  lu.assertEquals(google_server:control("GET", "_events/second%40group.calendar.example")[1].summary, "Edited")
  place:assert_settled()
end

-- ------------------------------------------------------------------ conflicts

TestConflicts = { setUp = setup }

local function history_of(place, field)
  local found = {}
  for _, row in ipairs(place.google:history("X-1")) do
    if row.field == field then found[#found + 1] = json.decode(row.value) end
  end
  return found
end

-- Google says itself when an event was edited: now.
local function edit_both(place, caldav_time)
  place.google:edit_event("X-1", { title = "From Google" })
  place.caldav:edit_event("X-1", { title = "From CalDAV" })
  place.caldav:edit_text("X-1", "LAST%-MODIFIED:%w+", "LAST-MODIFIED:" .. caldav_time)
end

function TestConflicts.test_the_later_edit_wins_in_either_calendar()
  for time, titles in pairs { ["20990101T000000Z"] = { "From CalDAV", "From Google" },
    ["20010101T000000Z"] = { "From Google", "From CalDAV" } } do
    local place <close> = both()
    edit_both(place, time)
    place:expect(0)
    place:assert_all("X-1", { title = titles[1] })
    lu.assertItemsEquals(history_of(place, "title"), { "Draft", titles[2] })
    place:assert_settled()
  end
end

function TestConflicts.test_the_same_edit_in_both_is_none()
  local place <close> = both { options = { conflictResolution = "manual" } }
  for _, calendar in place:each() do calendar:edit_event("X-1", { title = "Same" }) end
  place:expect(0)
  place:assert_all("X-1", { title = "Same" })
  place:assert_settled()
end

function TestConflicts.test_one_that_waits_loses_nothing_and_ends_by_agreement()
  local place <close> = both { options = { conflictResolution = "manual" } }
  edit_both(place, "20260101T000000Z")
  place:expect(4)
  lu.assertEquals(place.google:event("X-1").title, "From Google")
  lu.assertEquals(place.caldav:event("X-1").title, "From CalDAV")
  place:assert_settled(4)
  place.caldav:edit_event("X-1", { title = "From Google" })
  place:expect(0)
  place:assert_all("X-1", { title = "From Google" })
  place:assert_settled()
end

-- ------------------------------------------------------------------ deletions

TestDeletions = { setUp = setup }

function TestDeletions.test_an_event_deleted_in_one_clears_the_date_and_goes_from_the_other()
  for _, name in ipairs { "google", "caldav" } do
    local place <close> = both()
    place[name]:delete_event("X-1")
    place:expect(0)
    lu.assertEquals(place.google:entry("X-1").dueDate, json.null)
    for _, calendar in place:each() do lu.assertNil(calendar:event("X-1")) end
    place:assert_settled()
  end
end

function TestDeletions.test_an_item_that_is_removed_goes_from_both()
  local place <close> = both { items = { item(), item { id = "X-2" } } }
  place.google:remove("X-1")
  place:expect(0)
  for _, calendar in place:each() do
    lu.assertNil(calendar:event("X-1"))
    lu.assertNotNil(calendar:event("X-2"))
  end
  place:assert_settled()
end

function TestDeletions.test_an_edit_in_the_other_wins()
  for name, other in pairs { google = "caldav", caldav = "google" } do
    local place <close> = both()
    place[name]:delete_event("X-1")
    place[other]:edit_event("X-1", { title = "Still needed" })
    place:expect(0)
    place:assert_all("X-1", { title = "Still needed", dueDate = DAY })
    place:assert_settled()
  end
end

-- ------------------------------------------------------------------ one of them away

TestOneAway = { setUp = setup }

-- A calendar that says no to everything, as where a right was taken away.
local function away(server, path)
  server:fault { kind = "status", code = 403, path = path, times = 10000 }
end

function TestOneAway.test_the_other_goes_on_and_the_edits_arrive_later()
  for name, other in pairs { google = "caldav", caldav = "google" } do
    local place <close> = both()
    local server = name == "google" and google_server or dav_server
    place[name]:edit_event("X-1", { dueDate = OTHER_DAY, endDate = "2026-02-17" })
    place[other]:edit_event("X-1", { title = "Meanwhile" })
    place.google:edit_board(function(board) table.insert(board.items, item { id = "X-2", title = "New" }) end)
    away(server, name == "google" and "^/calendar/" or "^/")
    place:expect(3)
    lu.assertEquals({ place.google:entry("X-1").title, place.google:entry("X-1").dueDate }, { "Meanwhile", DAY })
    server:control("DELETE", "_fault")
    lu.assertEquals({ place[name]:event("X-1").title, place[name]:event("X-2") }, { "Draft", nil })
    lu.assertEquals(place[other]:event("X-2").title, "New")
    place:expect(0)
    place:assert_all("X-1", { title = "Meanwhile", dueDate = OTHER_DAY })
    place:assert_all("X-2", { title = "New", dueDate = DAY })
    place:assert_settled()
  end
end

function TestOneAway.test_what_is_deleted_meanwhile_goes_later()
  local place <close> = both { items = { item(), item { id = "X-2" } } }
  away(google_server, "^/calendar/")
  place.caldav:delete_event("X-1")
  place.google:remove("X-2")
  place:expect(3)
  lu.assertEquals(place.google:entry("X-1").dueDate, json.null)
  google_server:control("DELETE", "_fault")
  lu.assertEquals(#place.google:objects(), 2)
  place:expect(0)
  for _, calendar in place:each() do lu.assertEquals(calendar:objects(), {}) end
  place:assert_settled()
end

local status = lu.LuaUnit.run()
google_server:stop()
dav_server:stop()
os.exit(status)
