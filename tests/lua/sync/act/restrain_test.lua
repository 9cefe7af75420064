local lu = require "luaunit"
local restrain = require "fmcal.sync.act.restrain"

local function side(direction, event, options)
  return { remote = event and { event = event }, target = { direction = direction, options = options or {} } }
end

local GUESTS = { hasAttendees = true }

TestRestrain = {}

function TestRestrain.test_invited_people_get_no_mail()
  for _, kind in ipairs { "update", "delete" } do
    lu.assertEquals(restrain.reason(side("both", GUESTS), kind), "hold")
    lu.assertEquals(restrain.reason(side("inbound", GUESTS), kind), "hold")
  end
  lu.assertNil(restrain.reason(side("both", GUESTS, { pushInvitations = true }), "update"))
  lu.assertNil(restrain.reason(side("both", {}), "update"))
end

function TestRestrain.test_a_calendar_that_is_only_read()
  for _, kind in ipairs { "create", "update" } do
    lu.assertEquals(restrain.reason(side("inbound"), kind), "wait")
    lu.assertNil(restrain.reason(side("both"), kind))
    lu.assertNil(restrain.reason(side("outbound"), kind))
  end
  lu.assertEquals(restrain.reason(side("inbound", GUESTS, { pushInvitations = true }), "update"), "wait")
end

function TestRestrain.test_a_deletion_is_made_all_the_same()
  lu.assertNil(restrain.reason(side("inbound", {}), "delete"))
end

os.exit(lu.LuaUnit.run())
