-- An answer is no proof: what a write made counts where the calendar shows it.
local core = require "fmcal.provider.core"
local lu = require "luaunit"
local mock = require "fmcal.mock"
local place_of = require "policy_place"

local FORGETFUL = [[
return { to_entry = function(event, entry, ctx)
  local members = ctx.defaults.to_entry(event, entry, ctx)
  members.dueDate, members.timeZone, members.durationMinutes = nil, nil, nil
  return members
end }]]

local server = mock.server()

local function place_with(board)
  server:clear_faults()
  board.options = {}
  return place_of.new({ name = "mock", options = {}, server = server, config = { provider = "mock" },
    providers = { mock = core.new("mock", {}, server) } }, board)
end

TestDeliver = {}

function TestDeliver.test_a_date_that_rules_leave_out_was_not_kept()
  local place <close> = place_with { rules = FORGETFUL, items = { { id = "X-1", title = "One", dueDate = "2031-02-15" } } }
  place:expect(0)
  place:edit("X-1", { dueDate = "2031-02-16" })
  server:fault { kind = "forget", on = "update" }
  place:expect(1)
  lu.assertEquals(place:event("X-1").dueDate, "2031-02-15")
  place:expect(0)
  lu.assertEquals(place:event("X-1").dueDate, "2031-02-16")
  place:assert_settled()
end

-- The name of an event that was not kept may go to the next one.
function TestDeliver.test_another_event_stands_where_one_was_made()
  local place <close> = place_with { items = {
    { id = "X-1", title = "One", dueDate = "2031-02-15" }, { id = "X-2", title = "Two", dueDate = "2031-02-16" } } }
  server:fault { kind = "forget", on = "create" }
  place:expect(1)
  lu.assertNil(place:event("X-1"))
  place:expect(0)
  lu.assertEquals({ place:event("X-1").title, place:event("X-2").title }, { "One", "Two" })
  place:assert_settled()
end

os.exit(lu.LuaUnit.run())
