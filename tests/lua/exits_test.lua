local exits = require "fmcal.exits"
local lu = require "luaunit"

TestExits = {}

function TestExits.test_the_first_that_applies()
  lu.assertEquals(exits.worst { 0, 4, 1 }, 1)
  lu.assertEquals(exits.worst { 0, 4 }, 4)
  lu.assertEquals(exits.worst { 6, 5, 1 }, 5)
  lu.assertEquals(exits.worst { 3, 2, 6 }, 2)
  lu.assertEquals(exits.worst { 3, 1, 4 }, 3)
  lu.assertEquals(exits.worst { 2, 130 }, 130)
  lu.assertEquals(exits.worst { 0, 0 }, 0)
  lu.assertEquals(exits.worst {}, 0)
end

function TestExits.test_a_child_that_died_is_no_success()
  lu.assertEquals(exits.worst { 139, 0 }, 1)
end

function TestExits.test_errors()
  lu.assertEquals(exits.of_error { code = "invalid" }, 2)
  lu.assertEquals(exits.of_error { code = "locked" }, 6)
  lu.assertEquals(exits.of_error { code = "auth" }, 3)
  lu.assertEquals(exits.of_error { code = "io" }, 1)
  lu.assertEquals(exits.of_error {}, 3)
  lu.assertEquals(exits.of_error { code = "invalid", status = 405 }, 3)
  lu.assertEquals(exits.of_error { code = "locked", status = 423 }, 3)
end

function TestExits.test_errors_that_end_a_run()
  lu.assertEquals(exits.of_run { code = "io", domain = "vdir" }, 3)
  lu.assertEquals(exits.of_run { code = "io", domain = "state" }, 1)
  lu.assertEquals(exits.of_run { code = "access", domain = "state" }, 1)
  lu.assertEquals(exits.of_run { code = "access", domain = "caldav" }, 3)
  lu.assertEquals(exits.of_run { code = "crypto" }, 2)
  lu.assertEquals(exits.of_run { code = "canceled" }, 130)
end

function TestExits.test_a_state_that_cannot_be_written()
  lu.assertEquals(exits.of_state { code = "access" }, 1)
  lu.assertNil(exits.of_state { code = "locked" })
end

os.exit(lu.LuaUnit.run())
