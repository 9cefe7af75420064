-- Servers that are not as they should be: each command says so in one sentence, in time, with the documented exit status,
-- and nothing is lost: the board is as it was, and once the server is right again edits of both sides arrive.
local lu = require("luaunit")
local commands = require("commands")
local json = require("fmcal.json")
local servers = require("servers")

local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. ("0"):rep(63) .. "1"
local PASSWORD = "secret"
local FORBIDDEN = "may not sign in (is the account locked, or not allowed to use CalDAV?)"
local ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
  .. '<multistatus xmlns="DAV:"><response><href>&b;</href></response></multistatus>'

local server <close> = servers.scripted()

local function for_ever(rule)
  rule.times = -1
  return function() server:fault(rule) end
end

-- What is wrong; `sentence`: of connect.lua, doctor.lua and a first sync.lua; `later`: of a run that knows the calendar;
-- `knock`: of doctor.lua's
-- first look; `requests`: how many may be made of a server that answers like that; `timeout`: the longest silence allowed.
local BAD = {
  { "sign-in refused", for_ever { kind = "status", code = 401 }, "alice is not let in", requests = 2 },
  { "account locked", for_ever { kind = "status", code = 423 }, FORBIDDEN, later = "it is locked on the server" },
  { "account forbidden", for_ever { kind = "status", code = 403 }, FORBIDDEN, later = "the server forbids it" },
  { "no calendar server", for_ever { kind = "status", code = 405 }, "the address of a CalDAV server?",
    later = "the server does not accept it" },
  { "certificate of its own making", { kind = "good" }, "is not trusted" },
  { "certificate out of date", { kind = "expired", ca = true }, "expired" },
  { "certificate of another name", { kind = "other-name", ca = true }, "is not trusted" },
  { "host unknown", { url = "https://nowhere.invalid/" }, "nowhere.invalid" },
  { "hangs", for_ever { kind = "hang" }, "did not answer in time", requests = 2, timeout = 2 },
  { "200 MB", for_ever { kind = "bomb", megabytes = 200 }, "the answer is larger than 16 MiB", requests = 1,
    later = "one response of the answer is larger than", knock = "the answer is larger than" },
  { "200 MB of error", for_ever { kind = "bomb", megabytes = 200, code = 502 }, "the answer is larger than 1 MiB", requests = 1,
    knock = "the answer is larger than" },
  { "entities that grow", for_ever { kind = "replace", code = 207, body = ENTITIES }, "DOCTYPE", requests = 1 },
}

-- Seconds, where the server does answer.
local PATIENCE = 30

-- The board of a person who is connected and has synced.
local function connected(bad)
  local place = commands.place {
    team = "academy", items = json.array { { id = "A-1", title = "One", dueDate = "2026-12-15", tags = json.array { "x" } } },
    calendarConfig = { enabled = true, provider = "caldav", endpoint = server.url, calendarId = "kanban", timeout = bad.timeout or PATIENCE,
      credentials = { username = "alice", command = { "printf", PASSWORD } } },
  }
  place:expect(0, "sync.lua board.json")
  return place
end

-- One sentence, and no secret in it.
local function assert_sentence(errors, sentence)
  lu.assertStrContains(errors, sentence)
  lu.assertEquals(select(2, errors:gsub("\n", "")), 1, errors)
  lu.assertTrue(#errors < 400, errors)
  lu.assertNotStrContains(errors, PASSWORD)
end

local function assert_requests(bad)
  if bad.requests then lu.assertTrue(server:count() <= bad.requests, bad[1]) end
  server:control("DELETE", "_log")
end

-- Makes the server bad. @return its URL, file of its authority or nil, something to close
local function spoil(bad)
  local how = bad[2]
  server:control("DELETE", "_log")
  if type(how) == "function" then
    how()
    return server.url
  end
  if how.url then return how.url end
  local tls = servers.tls(server, how.kind)
  return tls.url, how.ca and tls.ca, tls
end

-- The board but for what says how the last run ended.
local function board_of(place)
  return (place:read("board.json"):gsub('"lastSync[EAS]%w*": [^\n]*\n', ""))
end

local function try_connect(bad, url, ca)
  local place <close> = commands.place { team = "academy", items = json.array {} }
  local before = place:read("board.json")
  local words = ("connect.lua caldav board.json --endpoint %s --username alice --password-stdin --timeout %d")
    :format(url, bad.timeout or PATIENCE)
  local out, errors = place:expect(3, words .. (ca and " --ca-file " .. ca or ""), { env = WITH_KEY, input = PASSWORD .. "\n" })
  lu.assertEquals(out, "")
  assert_sentence(errors, bad[3])
  lu.assertEquals(place:read("board.json"), before)
  assert_requests(bad)
end

local function try_doctor(bad, place)
  local out = place:expect(3, ("doctor.lua board.json --json --timeout %d"):format(bad.timeout or PATIENCE))
  local problems = {}
  for _, check in ipairs(json.decode(out).checks) do
    if check.status == "problem" then problems[#problems + 1] = check end
  end
  lu.assertEquals(#problems, 1, out)
  lu.assertStrContains(problems[1].message, bad.knock or bad[3])
  local advises = problems[1].advice or problems[1].message:find("connect.lua", 1, true) -- said once
  lu.assertNotNil(advises)
  lu.assertNotStrContains(out, PASSWORD)
  server:control("DELETE", "_log")
end

local function try_sync(bad, place, sentence)
  local before = board_of(place)
  local _, errors = place:expect(3, "sync.lua -q board.json")
  assert_sentence(errors, sentence)
  lu.assertEquals(board_of(place), before)
  assert_requests(bad)
end

-- Points the board at a server. A run that knows the calendar keeps its state.
local function point(place, url, ca)
  place:edit(function(board) board.calendarConfig.endpoint, board.calendarConfig.caFile = url, ca or nil end)
end

local function edit_both_sides(place)
  local name, object = next(server:control("GET", "_objects").kanban)
  place:edit(function(board) board.items[1].title = "Edited here" end)
  server:control("PUT", "_objects/kanban/" .. name, (object.text:gsub("CATEGORIES:[^\r\n]*", "CATEGORIES:there")))
end

local function assert_nothing_was_lost(place)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("A-1").title, "Edited here")
  lu.assertEquals(place:item("A-1").tags, { "there" })
  local _, object = next(server:control("GET", "_objects").kanban)
  lu.assertStrContains(object.text, "SUMMARY:Edited here")
end

local function check(bad)
  server:clear()
  local place <close> = connected(bad)
  edit_both_sides(place)
  local url, ca, proxy <close> = spoil(bad)
  try_connect(bad, url, ca)
  point(place, url, ca)
  try_sync(bad, place, bad.later or bad[3])
  try_doctor(bad, place)
  local first <close> = commands.place(place:board())
  try_sync(bad, first, bad[3])
  server:control("DELETE", "_fault")
  if proxy then proxy:stop() end
  point(place, server.url)
  assert_nothing_was_lost(place)
end

TestBadServers = {}
for _, bad in ipairs(BAD) do
  TestBadServers["test_" .. bad[1]:gsub("%W", "_")] = function() check(bad) end
end

os.exit(lu.LuaUnit.run())
