-- A run that creates, updates, deletes and pulls is killed before each of the calls by which it changes anything outside
-- of it: the next run brings both sides in step, one event an entry, no edit lost.
--
-- fmcal-lua crash_test.lua [luaunit options]
package.path = os.getenv("TESTS_DIR") .. "/sim/?.lua;" .. package.path
local Scene = require "crash_scene"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"
local shell = require "shell"

-- So many of the calls are chosen, evenly: some more than have to be reached, as the number of calls of a run that talks
-- to a server varies.
local POINTS, ENOUGH = 110, 100

local server <close> = servers.scripted()

-- ---------------------------------------------------------------- calendars

local function vdir(path)
  local side, folder = {}, path .. "/calendars/academy"
  os.execute("mkdir -p " .. folder)

  function side.config() return { provider = "vdir", endpoint = "calendars", calendarId = "academy" } end
  function side.trouble() end
  function side.await() end

  function side.objects()
    local found = {}
    for _, name in ipairs(shell.lines(("cd %s && ls"):format(folder))) do found[name] = shell.read(folder .. "/" .. name) end
    return found
  end

  -- Files that were on their way out; what only was to become a file may lie there for a while.
  function side.leftovers()
    return shell.lines(("find %s -name '.*-aside-*'"):format(folder))
  end

  function side.put(_, name, text)
    shell.write(folder .. "/.other", text)
    assert(os.rename(folder .. "/.other", folder .. "/" .. name))
  end

  function side.delete(_, name) assert(os.remove(folder .. "/" .. name)) end

  -- As links: an object that is copied would be another version.
  function side.keep(_, root) shell.lines(("cp -al %s/calendars %s/calendars"):format(path, root)) end
  function side.go_back() shell.lines(("rm -r %s/calendars && cp -al %s/../calendars %s"):format(path, path, path)) end

  return side
end

local function caldav()
  local side = {}

  function side.config()
    return { provider = "caldav", endpoint = server.url, calendarId = "kanban",
      credentials = { username = server.user, command = { "printf", server.password } } }
  end

  -- The server does what it is asked to and the answer is lost.
  function side.trouble()
    local faults = json.array { { kind = "lose", method = "DELETE", path = "K--03" } }
    for i, event in ipairs { "K--02", "K--08", "K--12", "K--14" } do
      faults[i + 1] = { kind = "lose", method = "PUT", path = event }
    end
    server:fault(faults)
    side.open = server:control("GET", "_log").open
  end

  function side.await()
    repeat until server:control("GET", "_log").open <= side.open
    server:control("DELETE", "_fault")
  end

  function side.objects()
    local found = {}
    for name, object in pairs(server:control("GET", "_objects").kanban) do found[name] = object.text end
    return found
  end

  function side.leftovers() return {} end
  function side.put(_, name, text) server:control("PUT", "_objects/kanban/" .. name, text) end
  function side.delete(_, name) server:control("DELETE", "_objects/kanban/" .. name) end
  function side.keep() server:control("POST", "_keep") end
  function side.go_back() server:control("POST", "_return") end

  return side
end

-- ---------------------------------------------------------------- killing

local function chosen_of(count, points)
  local chosen = {}
  for i = 1, math.min(count, points) do chosen[i] = i * count // math.min(count, points) end
  return chosen
end

-- What is wrong with the run that comes after a kill and with the one after that, or nil.
local function complaint_about(scene, expected)
  local result = scene:sync()
  if result.exit ~= 0 then return ("the next run ends with %d: %s"):format(result.exit, tostring(result.error or result.message)) end
  local equal, difference = pcall(lu.assertEquals, scene:outcome(), expected)
  if not equal then return "the next run ends elsewhere:\n" .. tostring(difference.msg or difference) end
  local left = scene.side.leftovers()[1]
  if left then return "the next run leaves " .. left end
  local restless = scene:restless()
  return restless and "the run after that " .. restless
end

-- Kills runs at the chosen points and lets `after` look at each. It returns what is wrong or nil.
local function kill_all(scene, calls, points, after)
  local reached = 0
  for _, at in ipairs(chosen_of(#calls, points)) do
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
    return scene:torn(finished) or complaint_about(scene, finished)
  end)
  lu.assertTrue(reached >= ENOUGH, ("only %d runs were killed"):format(reached))
end

TestCrash = {}

function TestCrash.test_with_a_folder()
  check_all(vdir)
end

function TestCrash.test_with_a_server_that_loses_replies()
  check_all(caldav)
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

-- What people do before the next run ends where it would have after a whole run.
function TestCrash.test_edits_before_the_next_run()
  local scene <close> = Scene.new(vdir)
  local _, calls = scene:run_until(nil)
  local edited, finished = after_edits(scene, false)
  local undone = after_edits(scene, true)
  local seen = 0
  kill_all(scene, calls, POINTS // 3, function()
    local pulled = scene:board_is_new(finished)
    seen = seen + (pulled and 1 or 0)
    scene:edit_again(pulled)
    return complaint_about(scene, pulled and undone or edited)
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
  local scene <close> = Scene.new(vdir)
  local _, calls = scene:run_until(nil)
  local finished = scene:outcome()
  for _, at in ipairs(chosen_of(#calls, POINTS // 3)) do
    scene:go_back()
    local status, errors, made = scene:run_until_full(at)
    local quiet = status == 0 and errors == "" and scene:board_is_new(finished)
    local complaint = not quiet and complaint_about_sentences(status, errors) or scene:torn(finished)
      or complaint_about(scene, finished)
    if complaint then lu.fail(("full from call %d (%s) on: %s"):format(at, made[at], complaint)) end
  end
end

os.exit(lu.LuaUnit.run())
