-- A new title of a parent goes out with the events of its subitems, whose own entries do not change by it. One that the
-- calendar takes and does not keep is no edit of a stranger.
local core = require "fmcal.provider.core"
local lu = require "luaunit"
local mock = require "fmcal.mock"
local Place = require "policy_place"

local server = mock.server()
local world = { name = "mock", options = {}, server = server, config = { provider = "mock" },
  providers = { mock = core.new("mock", {}, server) } }

local function with_a_subitem()
  local place = Place.new(world, { items = { { id = "X-1", title = "Parent", dueDate = "2031-02-15",
    subitems = { { id = "S-1", title = "Part", dueDate = "2031-02-16" } } } } })
  place:expect(0)
  return place
end

TestForgottenParentTitle = {}

function TestForgottenParentTitle.test_it_is_written_again()
  local place <close> = with_a_subitem()
  place:edit("X-1", { title = "Renamed" })
  server:fault { kind = "forget", on = "update", at = 2 }
  place:expect(1)
  lu.assertEquals(place:event("S-1").title, "Parent > Part")
  place:expect(0)
  lu.assertEquals(place:event("S-1").title, "Renamed > Part")
  place:assert_settled()
end

function TestForgottenParentTitle.test_the_event_goes_with_its_entry()
  local place <close> = with_a_subitem()
  place:edit("X-1", { title = "Renamed" })
  server:fault { kind = "forget", on = "update", at = 2 }
  place:expect(1)
  place:edit("X-1", { subitems = {} })
  place:expect(0)
  lu.assertNil(place:event("S-1"))
  place:assert_settled()
end

os.exit(lu.LuaUnit.run())
