-- The same seeds twice are the same histories: the same requests, the same boards.
local lu = require "luaunit"
local shell = require "shell"

local SEEDS = 12

local function trace(provider)
  local words = ("TMPDIR=/dev/shm %s %s/sim/histories.lua --provider %s --seed 1 --histories %d --trace yes")
  local text, errors, status = shell.run(words:format(shell.quote(os.getenv("BUILD_DIR") .. "/tests/sim_host"),
    shell.quote(os.getenv("TESTS_DIR")), provider, SEEDS))
  lu.assertEquals({ status, errors }, { 0, "" })
  -- Each server has its own port and its own secrets.
  return (text:gsub("127%.0%.0%.1:%d+", "HOST"):gsub('("refreshToken": )"[^"]*"', "%1SECRET"):gsub('("clientSecret": )"[^"]*"', "%1SECRET"))
end

local function check(provider, request)
  local text = trace(provider)
  lu.assertStrContains(text, request)
  lu.assertTrue(text == trace(provider), "the histories differ")
end

TestReplay = {}

function TestReplay.test_mock() check("mock", "create X-1@fleetmonitor") end
function TestReplay.test_caldav() check("caldav", "PUT /cal/alice/kanban/X--1") end
function TestReplay.test_google() check("google", "POST /calendar/v3/calendars/") end

os.exit(lu.LuaUnit.run())
