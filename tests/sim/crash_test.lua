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
local POINTS, ENOUGH = 115, 100

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

local function chosen_of(count)
  local chosen = {}
  for i = 1, math.min(count, POINTS) do chosen[i] = i * count // math.min(count, POINTS) end
  return chosen
end

-- What is wrong after a run was killed and others came after it, or nil.
local function complaint_about(scene, finished)
  local torn = scene:torn(finished)
  if torn then return torn end
  local result = scene:sync()
  if result.exit ~= 0 then return ("the next run ends with %d: %s"):format(result.exit, tostring(result.error or result.message)) end
  local equal, difference = pcall(lu.assertEquals, scene:outcome(), finished)
  if not equal then return "the next run ends elsewhere:\n" .. tostring(difference.msg or difference) end
  for _, path in ipairs(scene.side.leftovers()) do return "the next run leaves " .. path end
  local restless = scene:restless()
  return restless and "the run after that " .. restless
end

local function check_all(make)
  local scene <close> = Scene.new(make)
  local killed, calls = scene:run_until(nil)
  lu.assertFalse(killed)
  local finished = scene:outcome()
  lu.assertNil(scene:restless())
  local reached = 0
  for _, at in ipairs(chosen_of(#calls)) do
    scene:go_back()
    killed, calls = scene:run_until(at)
    reached = reached + (killed and 1 or 0)
    local complaint = complaint_about(scene, finished)
    if complaint then lu.fail(("killed before call %d (%s): %s"):format(at, calls[#calls], complaint)) end
  end
  lu.assertTrue(reached >= ENOUGH, ("only %d runs were killed"):format(reached))
end

TestCrash = {}

function TestCrash.test_with_a_folder()
  check_all(vdir)
end

function TestCrash.test_with_a_server_that_loses_replies()
  check_all(caldav)
end

os.exit(lu.LuaUnit.run())
