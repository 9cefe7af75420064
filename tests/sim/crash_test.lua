-- A run that creates, updates, deletes and pulls is killed before each of the calls by which it changes anything outside
-- of it: the next run brings both sides in step, one event an entry, no edit lost.
--
-- fmcal-lua crash_test.lua [luaunit options]
package.path = os.getenv("TESTS_DIR") .. "/sim/?.lua;" .. package.path
local Scene = require "crash_scene"
local sides = require "crash_sides"
local lu = require "luaunit"
local servers = require "servers"

-- So many of the calls are chosen, evenly: some more than have to be reached, as the number of calls of a run that talks
-- to a server varies.
local POINTS, ENOUGH = 110, 100

local server <close> = servers.scripted()

-- ---------------------------------------------------------------- killing

-- Kills runs at the chosen points and lets `after` look at each. It returns what is wrong or nil.
local function kill_all(scene, calls, points, after)
  local reached = 0
  for _, at in ipairs(Scene.spread(#calls, points)) do
    scene:go_back()
    local killed, made = scene:run_until(at)
    reached = reached + (killed and 1 or 0)
    local complaint = after()
    if complaint then lu.fail(("killed before call %d (%s): %s"):format(at, made[#made], complaint)) end
  end
  return reached
end

local function check_all(make)
  local scene <close> = Scene.new(make)
  local _, calls = scene:run_until(nil)
  local finished = scene:outcome()
  lu.assertNil(scene:restless())
  local reached = kill_all(scene, calls, POINTS, function()
    return scene:torn(finished) or scene:complaint_about_next(finished)
  end)
  lu.assertTrue(reached >= ENOUGH, ("only %d runs were killed"):format(reached))
end

TestCrash = {}

function TestCrash.test_with_a_folder()
  check_all(sides.vdir)
end

function TestCrash.test_with_a_server_that_loses_replies()
  check_all(sides.caldav(server))
end

-- What both sides are after a whole run, edits and another run.
local function after_edits(scene, undo)
  scene:go_back()
  scene:run_until(nil)
  local finished = scene:outcome()
  scene:edit_again(undo)
  lu.assertEquals(scene:sync().exit, 0)
  return scene:outcome(), finished
end

-- The rows of a history that are there because the first of two runs has pulled what the second pulled over.
local function passing_rows(scene, twice)
  scene:go_back()
  scene:edit_again(false)
  lu.assertEquals(scene:sync().exit, 0)
  local once, passing = scene:outcome().history, {}
  for row in pairs(twice.history) do passing[row] = not once[row] or nil end
  lu.assertNotNil(next(passing))
  return passing
end

-- What people do before the next run ends where it would have after a whole run.
function TestCrash.test_edits_before_the_next_run()
  local scene <close> = Scene.new(sides.vdir)
  local _, calls = scene:run_until(nil)
  local edited, finished = after_edits(scene, false)
  local undone = after_edits(scene, true)
  local passing = passing_rows(scene, edited)
  local seen = 0
  kill_all(scene, calls, POINTS // 3, function()
    local pulled = scene:board_is_new(finished)
    seen = seen + (pulled and 1 or 0)
    scene:edit_again(pulled)
    if pulled then return scene:complaint_about_next(undone, {}) end
    return scene:complaint_about_next(edited, passing)
  end)
  lu.assertTrue(seen > 0)
end

-- One sentence, or one for each entry, that names the disk: what a person has to know.
local function complaint_about_sentences(status, errors)
  if status ~= 1 then return "the run ends with " .. status end
  for line in errors:gmatch("[^\n]+") do
    local named = line:find("room left", 1, true) or line:find("space left", 1, true)
    if not (named and line:find("^sync.lua: ")) then return "the run says: " .. errors end
  end
  return errors == "" and "the run says nothing" or nil
end

-- From some call on nothing more can be written. A run that only tidies up then has nothing to say.
function TestCrash.test_a_disk_that_fills_up()
  local scene <close> = Scene.new(sides.vdir)
  local _, calls = scene:run_until(nil)
  local finished = scene:outcome()
  for _, at in ipairs(Scene.spread(#calls, POINTS // 3)) do
    scene:go_back()
    local status, errors, made = scene:run_until_full(at)
    local quiet = status == 0 and errors == "" and scene:board_is_new(finished)
    local complaint = not quiet and complaint_about_sentences(status, errors) or scene:torn(finished)
      or scene:complaint_about_next(finished)
    if complaint then lu.fail(("full from call %d (%s) on: %s"):format(at, made[at], complaint)) end
  end
end

os.exit(lu.LuaUnit.run())
