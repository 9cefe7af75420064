-- A run is killed between its writes and the board; the next one cannot tell what an event says.
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local mock = require "fmcal.mock"
local Place = require "policy_place"

local server = mock.server()
local world = { name = "mock", options = {}, server = server, config = { provider = "mock" },
  providers = { mock = core.new("mock", {}, server) } }

local function die_after_writes(phase)
  if phase == "read" then error("killed", 0) end
end

local PLAIN = "return {}"
local FAILING = 'return { to_entry = function() error("no") end }'

TestKilledPull = {}

function TestKilledPull.test_what_never_reached_the_board_is_pulled_by_a_later_run()
  local items = { { id = "X-1", title = "Old", dueDate = "2031-02-15" } }
  local place <close> = Place.new(world, { items = items, rules = PLAIN })
  place:expect(0)
  place:edit("X-1", { dueDate = "2031-02-16" })
  place:edit_event("X-1", { title = "New" })
  lu.assertFalse(pcall(place.sync, place, { progress = die_after_writes }))
  place:rules(FAILING)
  place:expect(1)
  place:rules(PLAIN)
  place:expect(0)
  local entry, event = place:entry("X-1"), place:event("X-1")
  lu.assertEquals({ entry.title, event.title }, { "New", "New" })
  lu.assertEquals({ entry.dueDate, event.dueDate }, { "2031-02-16", "2031-02-16" })
end

os.exit(lu.LuaUnit.run())
