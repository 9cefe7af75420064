-- Servers for tests in Lua, started as child processes that end with their standard input.
--   server.scripted(args)     the scripted CalDAV server (dav_server.py)
--   server.real(name)         radicale, xandikos or cyrus; nil where it is not installed
-- Both give a table with url, cal, user, password, and stop().
local http = require("fmcal.http")
local json = require("fmcal.json")
local shell = require("shell")
local time = require("fmcal.time")

local server = {}
server.__index = server

local tests_dir = assert(os.getenv("TESTS_DIR"), "TESTS_DIR is not set")
local not_installed = 77

local function read_line(path)
  local file = io.open(path)
  local line = file and file:read("l")
  if file then file:close() end
  return line
end

-- Starts a script; its first line of output, or nil and its exit status.
local function start(script, args)
  local path = os.tmpname()
  local words = { "/usr/bin/python3", shell.quote(tests_dir .. "/support/" .. script) }
  for _, arg in ipairs(args) do
    words[#words + 1] = shell.quote(arg)
  end
  local self = setmetatable({ path = path }, server)
  self.pipe = assert(io.popen(table.concat(words, " ") .. " > " .. path .. "; echo failed $? >> " .. path, "w"))
  local line = read_line(path)
  while not line do
    time.sleep(10)
    line = read_line(path)
  end
  if line:find("^failed") then
    self:stop()
    return nil, line:match("%d+")
  end
  for name, value in line:gmatch("(%w+)=(%S+)") do
    self[name] = value
  end
  return self
end

function server.scripted(args)
  local self = assert(start("dav_server.py", args or {}))
  self.cal, self.user, self.password = self.url .. "cal/alice/kanban/", "alice", "secret"
  return self
end

function server.real(name)
  local self, status = start("calendar_server.py", { name })
  assert(self or status == tostring(not_installed), name .. " did not start")
  return self
end

function server:stop()
  self.pipe:close()
  os.remove(self.path)
end

-- A control request of the scripted server; a table is sent as JSON, JSON comes back as a table.
function server:control(method, path, body)
  local text = type(body) == "table" and json.encode(body) or body
  local answer = assert(http.request({ method = method, url = self.url .. path:sub(2), body = text }))
  assert(answer.status == 200, answer.body)
  return json.decode(answer.body)
end

function server:fault(rule)
  self:control("POST", "/_fault", rule)
end

function server:options(options)
  self:control("POST", "/_options", options)
end

-- How many requests came since clear(): of one method, or of all.
function server:count(method)
  local count = 0
  for _, row in ipairs(self:control("GET", "/_log").requests) do
    if not method or row.method == method then count = count + 1 end
  end
  return count
end

function server:clear()
  self:control("DELETE", "/_fault")
  self:control("DELETE", "/_all")
  self:control("DELETE", "/_log")
end

return server
