-- Servers for tests, each a child process that ends with the handle that keeps its standard input open.
local json = require "fmcal.json"
local shell = require "shell"
local time = require "fmcal.time"

local PATIENCE_MS = 120000

local servers = {}

local Server = {}
Server.__index = Server

local function first_line(path)
  local line = shell.read(path):match("^([^\n]*)\n")
  return line
end

local function await_line(path)
  local deadline = time.monotonic_ms() + PATIENCE_MS
  while time.monotonic_ms() < deadline do
    local line = first_line(path)
    if line then return line end
    time.sleep(20)
  end
  error("the server did not start")
end

local function start(program, ...)
  local out = os.tmpname()
  local words = { "exec", "python3", shell.quote(os.getenv("TESTS_DIR") .. "/support/" .. program) }
  for _, argument in ipairs { ... } do words[#words + 1] = shell.quote(argument) end
  local handle = assert(io.popen(table.concat(words, " ") .. " >" .. out, "w"))
  local server = setmetatable({ handle = handle, url = "", cal = "" }, Server)
  for name, value in await_line(out):gmatch("([%w_]+)=(%S*)") do server[name] = value end
  os.remove(out)
  return server
end

--- Starts radicale, xandikos or cyrus. @return server with url, cal, user, password
function servers.real(name)
  return start("calendar_server.py", name)
end

local function scripted(arguments, ...)
  for _, option in ipairs { ... } do
    arguments[#arguments + 1] = "--option"
    arguments[#arguments + 1] = option
  end
  local server = start("dav_server.py", table.unpack(arguments))
  server.user, server.password = "alice", "secret"
  server.cal = server.url .. "cal/alice/kanban/"
  return server
end

--- TLS in front of another server, with a certificate of its own: "good" (trusted with the file `ca`), "expired" or
--- "other-name". @return server with url, ca
function servers.tls(behind, kind)
  return start("tls_proxy.py", "--backend", behind.url:match(":(%d+)"), "--kind", kind)
end

--- Starts nginx with TLS, which offers HTTP/2 and answers "PROTOCOL CONNECTION-NUMBER". @return server with url, ca
function servers.http2()
  return start("http2_server.py")
end

--- Starts the scripted CalDAV server; options as in dav_server.py, for example "page=3".
function servers.scripted(...)
  return scripted({ "--user", "alice", "--password", "secret" }, ...)
end

--- Starts the scripted CalDAV server with a password of its own.
function servers.guarded(password)
  local server = scripted { "--user", "alice", "--password", password }
  server.password = password
  return server
end

--- Starts the scripted CalDAV server with the habits of iCloud; its partition is another host on this machine.
function servers.icloud(...)
  local server = scripted({ "--user", "alice", "--password", "secret", "--icloud" }, ...)
  server:set { absolute_hrefs = (server.url:gsub("127%.0%.0%.1", "localhost"):gsub("/$", "")) }
  return server
end

--- Starts the scripted Google account; options as in google_server.py, for example "access_ttl_s=20".
-- @return server with url, api, auth, token, revoke, client_id, client_secret, refresh_token
function servers.google(...)
  local arguments = {}
  for _, option in ipairs { ... } do
    arguments[#arguments + 1] = "--option"
    arguments[#arguments + 1] = option
  end
  local server = start("google_server.py", table.unpack(arguments))
  server.user, server.password = "nobody", "nothing"
  return server
end

--- Starts the npm package `emulate` as a Google account: see emulate_server.py.
-- @return server with url, api, auth, token, revoke, client_id, client_secret, user, listen_port
function servers.emulate()
  return start("emulate_server.py")
end

--- A control request of a scripted server (dav_server.py, google_server.py). A table is sent as JSON. @return what it answers
function Server:control(method, path, body)
  local text = type(body) == "table" and json.encode(body) or body
  local answer, status = self:request(method, self.url .. path, text)
  assert(status < 300, ("the server does not know %s %s %s"):format(method, path, text))
  return json.decode(answer)
end

--- Tells the scripted server to behave otherwise: members of OPTIONS, as a table or as JSON.
function Server:set(options)
  self:control("POST", "_options", options)
end

--- Orders a fault: see dav_faults.py.
function Server:fault(rule)
  self:control("POST", "_fault", rule)
end

--- How many requests came since clear(): of one method, or of all.
function Server:count(method)
  local count = 0
  for _, row in ipairs(self:control("GET", "_log").requests) do
    if not method or row.method == method then count = count + 1 end
  end
  return count
end

--- Empties the calendars and the log; takes faults back.
function Server:clear()
  for _, path in ipairs { "_fault", "_all", "_log" } do self:control("DELETE", path) end
end

--- A request as another program sends it. @return body, status
function Server:request(method, url, body, ...)
  local words = { "curl", "-sS", "--max-time", "30", "-X", method, "-u", self.user .. ":" .. self.password,
    "-w", "\n%{http_code}" }
  for _, header in ipairs { ... } do
    words[#words + 1] = "-H"
    words[#words + 1] = header
  end
  if body then
    words[#words + 1] = "--data-binary"
    words[#words + 1] = "@-"
  end
  words[#words + 1] = url
  for i, word in ipairs(words) do words[i] = shell.quote(word) end
  local out, errors, status = shell.run(table.concat(words, " "), { input = body or "" })
  assert(status == 0, errors)
  local answer, code = out:match("^(.*)\n(%d+)$")
  return answer, math.tointeger(code)
end

--- Makes a calendar on the scripted server: JSON with name, display_name, components, writable.
function Server:add_calendar(description)
  local _, status = self:request("POST", self.url .. "_calendar", description)
  assert(status < 300, "the server does not take " .. description)
end

--- Ends it and waits for that.
function Server:stop()
  if self.handle then self.handle:close() end
  self.handle = nil
end

Server.__close = Server.stop

return servers
