-- Memory runs out in a run that creates, updates, deletes and pulls: it ends in an orderly way, and the next run brings
-- both sides in step.
package.path = os.getenv("TESTS_DIR") .. "/sim/?.lua;" .. package.path
local Scene = require "crash_scene"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"
local sides = require "crash_sides"

-- For runs under LeakSanitizer: what libraries leak when memory runs out.
local SUPPRESSIONS = ("LSAN_OPTIONS=print_suppressions=0:suppressions=%s/sim/openssl_leaks.supp"):format(os.getenv("TESTS_DIR"))

local POINTS = 70
local EVERYTHING = 1000000000
-- The exit statuses that are documented.
local LAST_STATUS = 6

local function complaint(scene, finished, status, errors)
  if status > LAST_STATUS or errors:find("Sanitizer") then return ("it ends with %d: %s"):format(status, errors) end
  local board, err = json.decode(scene:board_text())
  if not board then return "the board is no JSON: " .. err.message end
  return scene:complaint_about_next(finished)
end

-- Lets `times` allocations fail, from each of many.
local function check(times)
  local scene <close> = Scene.new(sides.vdir)
  lu.assertEquals({ scene:run_with("alloc_points", "ALLOC_COUNT=count") }, { 0, "" })
  local count = tonumber(shell.read(scene.path .. "/count"))
  local finished, failed = scene:outcome(), 0
  for _, at in ipairs(Scene.spread(count, POINTS)) do
    scene:go_back()
    local status, errors = scene:run_with("alloc_points", ("%s ALLOC_FAIL=%d ALLOC_TIMES=%d"):format(SUPPRESSIONS, at, times))
    failed = failed + (status > 0 and 1 or 0)
    local wrong = complaint(scene, finished, status, errors)
    if wrong then lu.fail(("no memory from allocation %d on, %d times: %s"):format(at, times, wrong)) end
  end
  lu.assertTrue(failed > 0)
end

TestMemory = {}

function TestMemory.test_one_allocation_fails()
  check(1)
end

function TestMemory.test_all_allocations_fail_from_some_point_on()
  check(EVERYTHING)
end

os.exit(lu.LuaUnit.run())
