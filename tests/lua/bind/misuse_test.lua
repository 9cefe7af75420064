-- Every function and method of the C modules with random arguments, among them tables whose metamethods, and garbage whose
-- finalisers, call others meanwhile, close what is in use and collect. Anything may be refused; nothing may crash, which
-- AddressSanitizer tells.
--   FMCAL_LUA=… fmcal-lua misuse_test.lua [--calls N] [--seconds S] [--seed S]
local shell = require "shell"

local DEFAULT_CALLS, DEFAULT_SEED = 20000, 1
local MAX_DEPTH = 3
local HANDLES = 40

local MODULES = { "board", "credentials.core", "crypto", "http", "ical", "json", "log", "mock", "provider.core", "state",
  "sys", "time", "url", "loopback", "loop", "child", "watch", "input", "server", "service" }

-- What would wait for somebody, start what the pool of words names, or end all further writes.
local LEFT_OUT = { ["sys.detach"] = true, ["sys.refuse_writes"] = true, ["time.sleep"] = true,
  ["credentials.core.from_terminal"] = true, ["credentials.core.from_input"] = true, ["credentials.core.from_command"] = true,
  ["crypto.pbkdf2_sha256"] = true, ["loopback.wait"] = true, ["child.start"] = true, ["server.listen"] = true,
  ["child.parent"] = true, ["http.all"] = false }

local given = {}
for i = 1, #(arg or {}), 2 do given[arg[i]:match("^%-%-(%w+)$")] = tonumber(arg[i + 1]) end

-- Words are taken for paths, too: all of it happens in a folder of its own.
local folder <close> = shell.folder()
if not given.inside then
  local words = { shell.quote(os.getenv("FMCAL_LUA")), shell.quote(require("fmcal.sys").absolute(arg[0])), "--inside", 1 }
  for _, word in ipairs(arg) do words[#words + 1] = shell.quote(word) end
  local out, errors, status = shell.run(("cd %s && %s"):format(shell.quote(folder.path), table.concat(words, " ")))
  io.write(status == 0 and out or out .. errors)
  getmetatable(folder).__close()
  os.exit(status == 0)
end

math.randomseed(given.seed or DEFAULT_SEED)
local function pick(list) return list[math.random(#list)] end

local functions, modules = {}, {}
for _, name in ipairs(MODULES) do
  local module = require("fmcal." .. name)
  modules[name] = module
  for member, value in pairs(module) do
    if type(value) == "function" and not LEFT_OUT[name .. "." .. member] then functions[#functions + 1] = value end
  end
end

-- ---------------------------------------------------------------- handles

local function board_file()
  local path = folder.path .. "/board.json"
  shell.write(path, [[{"team":"t","items":[{"id":"A","title":"a","dueDate":"2027-01-01"}],"epics":[]}]])
  return path
end

local ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20270101T000000Z\r\n"
  .. "DTSTART;VALUE=DATE:20270101\r\nSUMMARY:s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

local makers = {
  function() return modules.board.open(board_file()) end,
  function() return modules.board.parse('{"items":[]}') end,
  function() return modules.board.lock(folder.path .. "/lock" .. math.random(1000), 0) end,
  function() return modules.json.document('{"a":{"b":[1,{"c":"' .. ("x"):rep(200) .. '"}]}}') end,
  function() return modules.ical.document(ICS) end,
  function() return modules.state.open(":memory:") end,
  function() return modules.state.open(":memory:"):target("t" .. math.random(3)) end,
  function() return modules.mock.server { calendars = { { id = "c", name = "C" } } } end,
  function()
    local made = modules["provider.core"].new("mock", { calendarId = "c" }, modules.mock.server { calendars = { { id = "c" } } })
    made:open()
    return made
  end,
  function() return modules["provider.core"].new("vdir", { endpoint = folder.path, calendarId = "c" }) end,
  function() return modules["credentials.core"].keyring { key = ("0"):rep(64) } end,
  function() return modules["credentials.core"].secret("hidden" .. math.random(9)) end,
  function() return modules.sys.start { "true" } end,
  function() return modules.loopback.listen() end,
  function() return modules.loop.new() end,
  function() return modules.input.open(100) end,
  function() return modules.child.start { "/bin/cat" } end,
  function() return modules.server.listen { addresses = { "127.0.0.1:0" } } end,
  function()
    local watched = modules.watch.open()
    watched:add(folder.path)
    return watched
  end,
}

local handles = {}
for i = 1, HANDLES do handles[i] = makers[(i - 1) % #makers + 1]() end

-- Methods of a handle by its metatable; those of secrets and the like have none.
local function method_of(handle)
  local meta = debug.getmetatable(handle)
  local names = {}
  for name in pairs(type(meta.__index) == "table" and meta.__index or {}) do
    if name ~= "wait" then names[#names + 1] = name end
  end
  table.sort(names)
  return #names > 0 and meta.__index[pick(names)] or tostring
end

-- ---------------------------------------------------------------- arguments

local WORDS = { "", "a", "A", "x", "c", "t1", "mock", "vdir", "caldav", "href", "uid", "text", "title", "2027-01-01",
  "2027-01-01T10:00:00Z", "Europe/Rome", "sha256", "hex", "SUMMARY", "VEVENT", "{}", "[1,2", ICS, ("z"):rep(5000), "a\0b",
  "\xff\xfe", "http://127.0.0.1:1/", "error", "create", "%s%d", folder.path .. "/none" }
local NUMBERS = { 0, 1, 2, 3, 16, 255, 4096, -1, math.mininteger, math.maxinteger, 1.5, 0 / 0, 1 / 0 }
local MEMBERS = { "href", "uid", "etag", "text", "kind", "key", "path", "id", "name", "title", "dueDate", "tags", "reminders",
  "keep", "secret", "headers", "form", "url", "method", "calendars", "on", "at", "password", "username", "timeout_ms",
  "max_attempts", "backoff_ms", "properties", "components", "params", "value", "limit", "provider", "account", "doc" }

local depth = 0
local value, misuse

local function trap(make)
  return function(...)
    if depth < MAX_DEPTH and math.random(3) == 1 then misuse() end
    if math.random(20) == 1 then collectgarbage() end
    if math.random(30) == 1 then error("a metamethod raises") end
    return make(...)
  end
end

local function evil()
  return setmetatable({}, {
    __index = trap(function() return value() end),
    __len = trap(function() return math.random(10) == 1 and pick(NUMBERS) or math.random(0, 3) end),
    __tostring = trap(function() return pick(WORDS) end),
    __lt = trap(function() return true end),
  })
end

local function plain()
  local made = {}
  for _ = 1, math.random(0, 5) do made[pick(MEMBERS)] = value() end
  for i = 1, math.random(0, 3) do made[i] = value() end
  return math.random(2) == 1 and made or { table.unpack(made) }
end

local function litter()
  setmetatable({}, { __gc = function() if depth < MAX_DEPTH then misuse() end end })
end

local levels = 0
function value()
  levels = levels + 1
  local kind = levels > 4 and 1 or math.random(12)
  local made
  if kind <= 4 then made = pick(WORDS)
  elseif kind == 5 then made = pick(NUMBERS)
  elseif kind == 6 then made = math.random(2) == 1
  elseif kind == 7 then made = nil
  elseif kind == 8 then made = pick(handles)
  elseif kind == 9 then made = evil()
  elseif kind == 10 then made = trap(function() return nil end)
  else made = plain() end
  levels = levels - 1
  return made
end

-- ---------------------------------------------------------------- calls

function misuse()
  depth = depth + 1
  if math.random(4) == 1 then litter() end
  local count = math.random(0, 4)
  local arguments = {}
  for i = 1, count do arguments[i] = value() end
  if math.random(4) == 1 then
    pcall(pick(functions), table.unpack(arguments, 1, count))
  else
    local i = math.random(HANDLES)
    local handle = handles[i]
    pcall(method_of(handle), handle, table.unpack(arguments, 1, count))
    if math.random(25) == 1 then handles[i] = makers[(i - 1) % #makers + 1]() or handles[i] end
  end
  depth = depth - 1
end

warn("@off")
collectgarbage("generational")
local finish = given.seconds and os.time() + given.seconds
local calls = 0
repeat
  misuse()
  calls = calls + 1
until finish and os.time() >= finish or not finish and calls >= (given.calls or DEFAULT_CALLS)
depth = MAX_DEPTH -- what is made while the Lua state closes is not finalised any more
print(("%d calls, no crash"):format(calls))
