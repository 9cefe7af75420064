-- A board of 1,000 entries and a real server: what goes over, how many requests it takes, and edits by others.
local commands = require "commands"
local lu = require "luaunit"
local provider = require "fmcal.provider"
local servers = require "servers"
local shell = require "shell"
local state = require "fmcal.state"

local ENTRIES = 1000

local function items()
  local list = {}
  for i = 1, ENTRIES do
    list[i] = { id = ("T-%04d"):format(i), title = "Replace pads on unit " .. i, description = ("words "):rep(40),
      dueDate = ("2027-%02d-%02d"):format(i % 12 + 1, i % 28 + 1), status = "todo" }
  end
  return list
end

local function board_for(server)
  local board = commands.board(items())
  board.calendarConfig = { provider = "caldav", endpoint = server.url, calendarId = "kanban",
    credentials = { username = server.user, password = { command = { "printf", "%s", server.password } } } }
  return board
end

-- Runs sync.lua; returns what it says on standard error as requests: { "PUT 201", … }, and the exit status.
local function sync(place)
  local _, errors, status = place:run("sync.lua board.json -q", { env = "FMCAL_LOG=debug" })
  local requests = {}
  for method, code in errors:gmatch("http: (%u+) [^\n]-: (%d+) %(attempt") do
    requests[#requests + 1] = method .. " " .. code
  end
  return requests, status, errors
end

local function count(requests, wanted)
  local n = 0
  for _, request in ipairs(requests) do n = n + (request:find(wanted, 1, true) and 1 or 0) end
  return n
end

-- Everything in the server's calendar, by UID, read anew.
local function events(server)
  local p = assert(provider.new("caldav", { endpoint = server.url, calendarId = "kanban", username = server.user,
    password = server.password }))
  assert(p:open())
  local rows = assert(state.open(":memory:"):target("t"))
  assert(p:changes(rows))
  local found = {}
  for _, row in ipairs(rows:remotes()) do
    local full = rows:remote(row.href)
    found[row.uid] = { event = assert(p:decode(full.text)), text = full.text, href = row.href }
  end
  return found
end

local function edit_in_calendar(server, of, before, after)
  local url = server.url:gsub("/$", "") .. of.href
  local text, edits = of.text:gsub(before, after)
  assert(edits > 0, "nothing to edit in " .. of.href)
  local _, status = server:request("PUT", url, text, "Content-Type: text/calendar; charset=utf-8")
  assert(status == 201 or status == 204, status)
end

local function first_push(place, server)
  local requests, status, errors = sync(place)
  lu.assertEquals(status, 0, errors)
  lu.assertTrue(#requests <= ENTRIES + 8, "requests: " .. #requests)
  local number = 0
  for uid, of in pairs(events(server)) do
    number = number + 1
    lu.assertEquals(of.event.kanbanId .. "@fleetmonitor", uid)
  end
  lu.assertEquals(number, ENTRIES)
end

local function nothing_to_do(place)
  local inode, text = shell.lines("stat -c '%i %y' " .. place:file("board.json"))[1], place:read("board.json")
  local requests, status = sync(place)
  lu.assertEquals(status, 0)
  lu.assertEquals(requests, { "REPORT 207" })
  lu.assertEquals(shell.lines("stat -c '%i %y' " .. place:file("board.json"))[1], inode)
  lu.assertEquals(place:read("board.json"), text)
end

-- Ten edits here and ten there; five entries are edited on both sides, in different fields.
local function edits_on_both_sides(place, server)
  local before = events(server)
  for i = 1, 10 do
    edit_in_calendar(server, before[("T-%04d@fleetmonitor"):format(i + 5)], "SUMMARY:[^\r\n]*", "SUMMARY:From the calendar " .. i + 5)
  end
  local text = place:read("board.json")
  for i = 1, 10 do
    local date = ("\"id\": \"T-%04d\""):format(i)
    local at = assert(text:find(date, 1, true))
    local from = text:sub(1, at):match(".*()\"dueDate\"")
    text = text:sub(1, from - 1) .. text:sub(from):gsub('"dueDate": "2027', '"dueDate": "2028', 1)
  end
  place:write("board.json", text)
  local requests, status, errors = sync(place)
  lu.assertEquals(status, 0, errors)
  lu.assertTrue(#requests <= 30, "requests: " .. table.concat(requests, ", "))
  lu.assertEquals(count(requests, "PUT"), 10)
  local after = events(server)
  for i = 1, 15 do
    local id = ("T-%04d"):format(i)
    local event, item = after[id .. "@fleetmonitor"].event, place:item(id)
    lu.assertEquals(event.title, i > 5 and "From the calendar " .. i or "Replace pads on unit " .. i)
    lu.assertEquals(item.title, event.title)
    lu.assertEquals(item.dueDate:sub(1, 4), i <= 10 and "2028" or "2027")
    lu.assertEquals(event.dueDate, item.dueDate)
  end
end

local function run_on(name)
  local server <close> = servers.real(name)
  local place <close> = commands.place(board_for(server))
  first_push(place, server)
  nothing_to_do(place)
  edits_on_both_sides(place, server)
  nothing_to_do(place)
end

TestThousand = {}

function TestThousand:test_radicale()
  run_on("radicale")
end

function TestThousand:test_xandikos()
  run_on("xandikos")
end

os.exit(lu.LuaUnit.run())
