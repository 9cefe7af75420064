local attempt = require "fmcal.util.attempt"
local lu = require "luaunit"

local interrupt = { code = "canceled", message = "interrupted" }

TestAttempt = {}

function TestAttempt.test_results_and_failures()
  lu.assertEquals({ attempt.pcall(math.max, 1, 2) }, { true, 2 })
  lu.assertEquals({ attempt.pcall(error, "no", 0) }, { false, "no" })
  lu.assertEquals({ attempt.xpcall(math.max, print, 1, 2) }, { true, 2 })
  lu.assertEquals({ attempt.xpcall(error, function(raised) return raised .. "!" end, "no", 0) }, { false, "no!" })
end

function TestAttempt.test_an_interrupt_goes_through()
  lu.assertEquals({ pcall(attempt.pcall, error, interrupt) }, { false, interrupt })
  lu.assertEquals({ pcall(attempt.xpcall, error, tostring, interrupt) }, { false, interrupt })
end

os.exit(lu.LuaUnit.run())
