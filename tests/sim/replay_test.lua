-- The same seeds twice are the same histories: the same requests, the same boards.
local lu = require "luaunit"
local shell = require "shell"

local SEEDS = 10

local function trace(provider)
  local words = ("TMPDIR=/dev/shm %s %s/sim/histories.lua --provider %s --seed 1 --histories %d --trace yes")
  local text, errors, status = shell.run(words:format(shell.quote(os.getenv("BUILD_DIR") .. "/tests/sim_host"),
    shell.quote(os.getenv("TESTS_DIR")), provider, SEEDS))
  lu.assertEquals({ status, errors }, { 0, "" })
  return text
end

local function check(provider)
  local text = trace(provider)
  lu.assertStrContains(text, "create X-1@fleetmonitor")
  lu.assertTrue(text == trace(provider), "the histories differ")
end

TestReplay = {}

function TestReplay.test_mock() check "mock" end

os.exit(lu.LuaUnit.run())
