-- Descriptions that are longer than Google takes, which the reference does not say: whether it cuts them or refuses
-- them, the board keeps its text, the next run has nothing to do, and the other entries go on.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local lu = require "luaunit"
local Place = require "policy_place"
local google_world = require "google_world"
local servers = require "servers"

local LONG = ("10 kB of text, in lines;\n"):rep(400) .. "end"

local server = servers.google("description_max=8192")
local world = google_world.policy(server)

local function items()
  return { { id = "X-1", title = "Long", description = LONG, dueDate = "2026-02-15", updatedAt = "2026-01-01T00:00:00Z" },
    { id = "X-2", title = "Short", description = "Text", dueDate = "2026-02-15", updatedAt = "2026-01-01T00:00:00Z" } }
end

TestLongText = {}

function TestLongText.test_one_that_is_cut_is_neither_lost_nor_written_again()
  server:set { description_refused = false }
  local place <close> = Place.new(world, { items = items() })
  place:expect(0)
  lu.assertEquals(#place:event("X-1").description, 8192)
  place:assert_settled()
  place:edit_event("X-1", { title = "Edited there" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").title, place:entry("X-1").description }, { "Edited there", LONG })
  place:edit("X-1", { title = "Edited here" })
  place:expect(0)
  lu.assertEquals({ place:event("X-1").title, place:entry("X-1").description }, { "Edited here", LONG })
  place:assert_settled()
end

function TestLongText.test_one_that_is_refused_is_told_on_its_entry()
  server:set { description_refused = true }
  local place <close> = Place.new(world, { items = items() })
  local result = place:expect(1)
  lu.assertStrContains(table.concat(result.result.outbound.error_messages, "\n"), "X-1")
  lu.assertStrContains(place:entry("X-1").calendarSync.syncError, "too long")
  lu.assertEquals(place:entry("X-2").calendarSync.syncStatus, "synced")
  lu.assertEquals(place:entry("X-1").description, LONG)
  place:edit("X-1", { description = "Shorter" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").description, "Shorter")
end

local status = lu.LuaUnit.run()
server:stop()
os.exit(status)
