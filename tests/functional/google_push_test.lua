-- A thousand entries to a Google calendar that loses answers, refuses for rate and ends tokens early: one event for
-- each entry, made once; afterwards a run asks for one token and one listing. The tokens live for a second, so that
-- several of them end during the run.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local lu = require "luaunit"
local google_world = require "google_world"
local json = require "fmcal.json"
local servers = require "servers"
local shell = require "shell"

local COUNT, TOKEN_LIFE_S = 1000, 1

TestPush = {}

local function write_board(path, config)
  local items = {}
  for i = 1, COUNT do
    items[i] = { id = ("X-%04d"):format(i), title = "Entry " .. i, dueDate = ("2026-%02d-%02d"):format(i % 12 + 1, i % 28 + 1),
      status = "open", priority = "high" }
  end
  config.enabled = true
  shell.write(path, assert(json.encode({ team = "academy", calendarConfig = config, items = items, epics = json.array {} })))
end

-- @return exit status, what stands on standard error
local function sync(path)
  local program = shell.quote(os.getenv("BUILD_DIR") .. "/fmcal-lua")
  local _, errors, status = shell.run(program .. " sync.lua --json " .. shell.quote(path))
  return status, errors
end

local function log(server) return server:control("GET", "_log").requests end

local function requests(server)
  local count = { token = 0, list = 0, other = 0 }
  for _, row in ipairs(log(server)) do
    local listing = row.method == "GET" and row.path:find("/events$")
    local kind = row.path == "/token" and "token" or listing and "list" or "other"
    count[kind] = count[kind] + 1
  end
  return count
end

-- Each event was made once, under the first id of its UID, and nothing was written but inserts.
local function assert_made_once(server)
  local made, count = {}, 0
  for _, row in ipairs(log(server)) do
    lu.assertTrue(row.method == "GET" or row.method == "POST", row.method)
    if row.inserted then
      lu.assertNil(made[row.inserted], "made twice: " .. row.inserted)
      made[row.inserted] = true
      count = count + 1
    end
  end
  lu.assertEquals(count, COUNT)
end

-- Single events are looked at where an answer was lost, and then alone.
local function looks(server)
  local count = 0
  for _, row in ipairs(log(server)) do
    if row.method == "GET" and row.path:find("/events/") then count = count + 1 end
  end
  return count
end

local function statuses(server)
  local count = {}
  for _, row in ipairs(log(server)) do count[row.status] = (count[row.status] or 0) + 1 end
  return count
end

local function events_of_entries(server, calendar)
  local list, by_uid = server:control("GET", "_events/" .. calendar), {}
  for _, event in ipairs(list) do
    local uid = event.extendedProperties.private.uid
    lu.assertNil(by_uid[uid], "two events of " .. uid)
    lu.assertEquals(event.status, "confirmed")
    by_uid[uid] = event
  end
  return by_uid, #list
end

function TestPush.test_a_thousand_under_load()
  local server <close> = servers.google("access_ttl_s=" .. TOKEN_LIFE_S, "lose_percent=5", "refuse_percent=5")
  local world = google_world.policy(server)
  local folder = shell.lines("mktemp -d")[1]
  local board = folder .. "/board.json"
  write_board(board, world.config)
  local started = os.time()
  local status, errors = sync(board)
  local runs = 1
  while status ~= 0 and runs < 3 do
    status, errors = sync(board)
    runs = runs + 1
  end
  lu.assertEquals(status, 0, errors)
  lu.assertTrue(statuses(server)[403] > COUNT // 50, "hardly a request was refused")
  assert_made_once(server)
  lu.assertTrue(looks(server) < COUNT // 5, looks(server) .. " events were read one by one")
  local tokens = requests(server).token
  lu.assertTrue(tokens <= runs + (os.time() - started) // (TOKEN_LIFE_S * 3 / 4) + 1, tokens .. " tokens")
  local by_uid, count = events_of_entries(server, world.config.calendarId)
  lu.assertEquals(count, COUNT)
  for i = 1, COUNT do lu.assertNotNil(by_uid[("X-%04d@fleetmonitor"):format(i)]) end
  print(("%d entries in %d s, %d runs, %d tokens"):format(COUNT, os.time() - started, runs, tokens))

  server:set { lose_percent = 0, refuse_percent = 0 }
  lu.assertEquals((sync(board)), 0)
  server:control("DELETE", "_log")
  lu.assertEquals((sync(board)), 0)
  lu.assertEquals(requests(server), { token = 1, list = 1, other = 0 })
  os.execute("rm -rf " .. shell.quote(folder))
end

os.exit(lu.LuaUnit.run())
