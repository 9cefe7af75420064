-- A server of tests: serve.lua as a process of its own, on a free port, asked with curl.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local openapi = require "fmcal.serve.http.openapi"
local routes = require "fmcal.serve.http.routes"
local shell = require "shell"
local time = require "fmcal.time"

local service = {}

local Service = {}
Service.__index = Service

local START_MS = 20000

local fmcal = os.getenv("FMCAL_LUA")

-- A folder with a board for each team, over calendar folders, which does nothing by itself.
function service.place(...)
  local place = commands.place()
  for _, team in ipairs { ... } do
    os.execute(("mkdir -p %s/calendars/%s"):format(place.path, team))
    local board = commands.board({ { id = team .. "-1", title = "One", dueDate = "2027-01-01" },
      { id = team .. "-2", title = "Two", dueDate = "2027-01-02" } }, { autoSync = false, timeZone = "Europe/Rome" }, team)
    board.calendarConfig.calendarId = team
    place:write(team .. ".json", board)
  end
  return place
end

-- tokens.lua of a place. @return what it printed
function service.tokens(place, words)
  local out, errors, status = shell.run(("%s tokens.lua %s --boards %s"):format(fmcal, words, place.path))
  lu.assertEquals(status, 0, errors)
  return (out:gsub("\n$", ""))
end

-- Waits until a function gives something.
function service.wait_for(look, what)
  local finish = time.monotonic_ms() + START_MS
  while true do
    local found = look()
    if found then return found end
    if time.monotonic_ms() > finish then error("waited in vain for " .. what, 2) end
    time.sleep(10)
  end
end

-- Starts the server of a place, and waits until it says where it listens.
-- @param words string|nil further words of the command line
function service.start(place, words)
  local out, errors = place:file("serve.out"), place:file("serve.err")
  local command = ("%s serve.lua %s %s"):format(fmcal, place.path, words or "--listen 127.0.0.1:0")
  shell.write(out, "")
  shell.write(errors, "")
  local pid = shell.lines(("FMCAL_LOG=error %s >%s 2>%s & echo $!"):format(command, out, errors))[1]
  local self = setmetatable({ place = place, pid = pid, out = out, errors = errors }, Service)
  service.wait_for(function()
    local text = shell.read(out)
    self.url = text:match("listening on (http://%S+)") or text:match("listening on unix:(%S+)") and "http://localhost"
    return self.url or (shell.read(errors) ~= "" and error(shell.read(errors), 0))
  end, "the server")
  return self
end

-- Starts one with tokens of each scope for all teams, and keeps them: self.read, self.trigger, self.write, self.admin.
function service.with_tokens(place, words)
  local made = {}
  for _, scope in ipairs { "read", "trigger", "write", "admin" } do
    made[scope] = service.tokens(place, ("new %s --scope %s"):format(scope, scope))
  end
  local self = service.start(place, words)
  self.token = made
  return self
end

local function read_headers(text)
  local headers = {}
  for name, value in text:gmatch("\n([%w-]+): ([^\r\n]*)") do headers[name:lower()] = value end
  return headers
end

-- Every answer has a status that the API's description names.
local function check_documented(method, path, status)
  local segments = {}
  for segment in path:gsub("%?.*", ""):gmatch("/([^/]*)") do segments[#segments + 1] = segment end
  local route = routes.find(method, segments)
  if not route or status == 304 then return end
  lu.assertTableContains(openapi.statuses(route), status, ("%s %s answered %d"):format(method, path, status))
end

-- Asks. @param options { token, body = table or text, headers = {[name] = value}, words = for curl }
-- @return { status, headers, text, body = decoded JSON or nil }
function Service:ask(method, path, options)
  options = options or {}
  local words = { "curl -s -m 30 -i --path-as-is -X", method, options.words or "" }
  if method == "HEAD" then words[1] = "curl -s -m 30 -I --path-as-is -X" end
  local function header(name, value) words[#words + 1] = "-H " .. shell.quote(("%s: %s"):format(name, value)) end
  if options.token then header("Authorization", "Bearer " .. options.token) end
  local given = options.headers or {}
  for name, value in pairs(given) do header(name, value) end
  if options.body then
    if not given["Content-Type"] then header("Content-Type", "application/json") end
    words[#words + 1] = "--data-binary @-"
  end
  local input = type(options.body) == "table" and json.encode(options.body) or options.body
  words[#words + 1] = shell.quote(self.url .. path)
  local out, errors, status = shell.run(table.concat(words, " "), { input = input })
  lu.assertEquals(status, 0, ("%s %s: %s"):format(method, path, errors))
  local head, text = out:match("^(.-\r\n)\r\n(.*)$")
  while head:find("^HTTP/1.1 1%d%d") do head, text = text:match("^(.-\r\n)\r\n(.*)$") end
  local headers = read_headers(head)
  check_documented(method, path, tonumber(head:match("^HTTP/1.1 (%d+)")))
  return { status = tonumber(head:match("^HTTP/1.1 (%d+)")), headers = headers, text = text,
    body = (headers["content-type"] or ""):find("json") and json.decode(text) or nil }
end

-- Asks it to stop, and waits until it has. @return what it said on standard error
function Service:stop()
  if not self.pid then return "" end
  os.execute("kill " .. self.pid)
  service.wait_for(function() return not os.execute(("kill -0 %s 2>/dev/null"):format(self.pid)) end, "its end")
  self.pid = nil
  return shell.read(self.errors)
end

Service.__close = Service.stop

return service
