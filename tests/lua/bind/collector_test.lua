-- The tests of the bindings again, with a collector that never rests: what a binding does not hold on to is gone at its
-- next allocation.
local lu = require "luaunit"
local shell = require "shell"

local BINDINGS = { "board", "credentials", "crypto", "http", "ical", "json", "log", "mock", "provider", "state", "sys", "time", "url" }

-- Each cycle starts when the last one ends, and steps are as small as they can be.
local EAGER = 'collectgarbage("incremental", 1, 1000, 1)'

TestCollector = {}

function TestCollector.test_the_bindings()
  for _, name in ipairs(BINDINGS) do
    local out, errors, status = shell.run(("%s -e %s %s/lua/%s_test.lua"):format(shell.quote(os.getenv("FMCAL_LUA")),
      shell.quote(EAGER), shell.quote(os.getenv("TESTS_DIR")), name))
    lu.assertEquals(status, 0, name .. ": " .. out .. errors)
  end
end

-- That the collector is as eager as that.
function TestCollector.test_the_collector()
  local count = [[
    local cycles = 0
    local function watch() setmetatable({}, { __gc = function() cycles = cycles + 1; watch() end }) end
    watch()
    for i = 1, 20000 do local made = { i } end
    print(cycles)]]
  local eager = tonumber(shell.lines(("%s -e %s -e %s"):format(os.getenv("FMCAL_LUA"), shell.quote(EAGER), shell.quote(count)))[1])
  local plain = tonumber(shell.lines(("%s -e %s"):format(os.getenv("FMCAL_LUA"), shell.quote(count)))[1])
  lu.assertTrue(eager > 4 * plain, ("%d cycles, %d without"):format(eager, plain))
end

os.exit(lu.LuaUnit.run())
