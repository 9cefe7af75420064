-- One password, looked for in all that commands leave behind: output, log at its most verbose, board, state, command lines,
-- environments of the process and its children, what a core dump would hold. The server gives it back wherever it can.
local commands = require("commands")
local json = require("fmcal.json")
local lu = require("luaunit")
local servers = require("servers")
local shell = require("shell")
local spellings = require("spellings")
local time = require("fmcal.time")

-- Held in parts, so that this file's own text is not taken for a leak.
local CANARY = table.concat { "kanarien ", "vogel-", "Xy7/+42" }
local KEY = ("0"):rep(62) .. "fe"
local ENVIRONMENT = "CALENDAR_ENCRYPTION_KEY=" .. KEY .. " FMCAL_LOG=trace"
local NEW_KEY = ("0"):rep(62) .. "ef"
local PATIENCE_MS = 60000

local server <close> = servers.guarded(CANARY)

local function assert_hidden(text)
  spellings.assert_hidden(text, CANARY)
  lu.assertNotStrContains(text, KEY)
  lu.assertNotStrContains(text, NEW_KEY)
end

-- Every file of the folder: board, previous board, state and its companions.
local function all_files(place)
  return (shell.run(("find %s -type f -print0 | xargs -0 cat; find %s"):format(place.path, place.path)))
end

-- Runs a command that must end with a status and show nothing. @return output and log
local function run(place, status, words, options)
  options = options or {}
  local out, errors = place:expect(status, words, { env = options.env or ENVIRONMENT, input = options.input })
  assert_hidden(out .. errors)
  assert_hidden(all_files(place))
  return out .. errors
end

local function connected(words)
  local place = commands.place { team = "academy", items = json.array {
    { id = "A-1", title = "One", dueDate = "2026-12-15" }, { id = "A-2", title = "Two", dueDate = "2026-12-16" } } }
  run(place, 0, ("connect.lua caldav board.json --endpoint %s --username alice --calendar kanban --json %s"):format(
    server.url, words or "--password-stdin"), { input = CANARY .. "\n" })
  return place
end

TestCanary = {}

function TestCanary.setUp()
  server:clear()
end

function TestCanary.test_commands_that_go_well()
  local place <close> = connected()
  local log = run(place, 0, "sync.lua board.json")
  lu.assertStrContains(log, "with the password of alice")
  for _, words in ipairs { "sync.lua board.json --json", "sync.lua board.json --dry-run --json", "sync.lua --plan plan.json board.json",
    "doctor.lua board.json --json", "status.lua board.json --json", "events.lua board.json --json",
    "history.lua board.json --json", "explain.lua board.json A-1", "export.lua board.json", "conflicts.lua board.json" } do
    run(place, 0, words)
  end
  run(place, 0, "rotate.lua board.json", { env = ("CALENDAR_ENCRYPTION_KEY_OLD=%s CALENDAR_ENCRYPTION_KEY=%s FMCAL_LOG=trace"):format(
    KEY, NEW_KEY) })
  run(place, 0, "disconnect.lua board.json --remove-events --yes", { env = "CALENDAR_ENCRYPTION_KEY=" .. NEW_KEY })
end

-- A hostile or careless server repeats what it was sent: in its words, in headers, in names of conditions, in a redirect.
function TestCanary.test_a_server_that_says_the_password_itself()
  local encoded = require("fmcal.crypto").encode("base64", "alice:" .. CANARY)
  local said = { CANARY, encoded, spellings.of(CANARY)[2] }
  local place <close> = connected()
  for _, text in ipairs(said) do
    local body = "<d:error xmlns:d='DAV:' xmlns:s='http://sabredav.org/ns'><s:message>You sent " .. text
      .. "</s:message></d:error>"
    for _, code in ipairs { 400, 403 } do
      for _, method in ipairs { "PUT", "REPORT", "PROPFIND" } do
        server:fault { kind = "status", method = method, code = code, times = -1, body = body, headers = { ["X-Seen"] = text } }
        place:edit(function(board) board.items[1].title = "Edited " .. method .. code end)
        local out, errors = place:run("sync.lua board.json --json", { env = ENVIRONMENT })
        if method == "PUT" then lu.assertStrContains(out, "You sent [secret]") end
        assert_hidden(out .. errors .. all_files(place))
        server:control("DELETE", "_fault")
      end
    end
  end
  server:fault { kind = "status", code = 302, times = -1, headers = { Location = server.url .. spellings.of(CANARY)[2] } }
  run(place, 3, "sync.lua board.json --json")
end

function TestCanary.test_a_password_that_is_refused()
  server:fault { kind = "status", code = 401, times = -1 }
  local place <close> = commands.place { team = "academy", items = json.array {} }
  run(place, 3, ("connect.lua caldav board.json --endpoint %s --username alice --password-stdin"):format(server.url),
    { input = CANARY .. "\n" })
end

-- ---------------------------------------------------------------- a process at work

local function await(condition)
  local deadline = time.monotonic_ms() + PATIENCE_MS
  while not condition() do
    assert(time.monotonic_ms() < deadline, "it did not come to that")
    time.sleep(20)
  end
end

-- A sync that waits for the server; what it prints goes to the place's "log". @return its process id
local function hanging_sync(place)
  server:clear()
  server:fault { kind = "hang", method = "PUT", times = -1 }
  os.execute(("cd %s && { env %s %s sync.lua board.json >log 2>&1 & echo $! >pid; }"):format(place.path, ENVIRONMENT,
    shell.quote(os.getenv("FMCAL_LUA"))))
  await(function() return server:count("PUT") > 0 end)
  return tonumber(place:read("pid"))
end

local function finish(place, pid)
  server:control("DELETE", "_fault")
  os.execute("kill -INT " .. pid)
  await(function() return not io.open(("/proc/%d/cmdline"):format(pid)) end)
  assert_hidden(place:read("log"))
  os.execute("cd " .. place.path .. " && rm -f log pid")
end

local function proc(pid, name)
  local file <close> = io.open(("/proc/%d/%s"):format(pid, name), "rb")
  return file and file:read("a") or ""
end

function TestCanary.test_a_process_at_work_shows_and_dumps_nothing()
  local place <close> = connected()
  local pid = hanging_sync(place)
  assert_hidden(proc(pid, "cmdline") .. proc(pid, "environ"))
  local filter = tonumber(proc(pid, "coredump_filter"):match("%x+") or "0", 16)
  lu.assertEquals(filter, 0)
  lu.assertStrContains(proc(pid, "limits"), "Max core file size        0                    0 ")
  -- Beyond that, password and key are in no memory that a dump would hold by default. (AddressSanitizer keeps a copy of
  -- the environment.)
  local sanitized = (os.getenv("SANITIZE") or "") ~= ""
  local found = shell.run(("python3 %s/support/memory_scan.py %d"):format(os.getenv("TESTS_DIR"), pid),
    { input = CANARY .. "\n" .. (sanitized and "" or KEY .. "\n") })
  finish(place, pid)
  if found ~= "protected\n" then lu.assertEquals(found, "") end
end

function TestCanary.test_a_crash_leaves_no_core()
  local place <close> = connected()
  local pid = hanging_sync(place)
  os.execute("kill -ABRT " .. pid)
  await(function() return not io.open(("/proc/%d/cmdline"):format(pid)) end)
  lu.assertEquals(shell.run("find " .. place.path .. " -name 'core*'"), "")
  assert_hidden(all_files(place))
end

-- The program that prints the password, and whatever it starts, learns of no other secret.
function TestCanary.test_children_see_no_secrets()
  local place <close> = commands.place { team = "academy", items = json.array {} }
  place:write("password.sh", "tr '\\0' '\\n' </proc/self/environ >environ; echo \"$@\" >arguments; cat secret")
  place:write("secret", CANARY)
  place:expect(0, ("connect.lua caldav board.json --endpoint %s --username alice --calendar kanban --password-command sh %s")
    :format(server.url, place:file("password.sh")), { env = ENVIRONMENT })
  os.remove(place:file("secret"))
  lu.assertStrContains(place:read("environ"), "FMCAL_LOG=trace")
  assert_hidden(all_files(place))
end

-- What a person sees who looks around at the prompt, and what an error raised in the middle of it shows.
function TestCanary.test_the_prompt()
  local place <close> = connected()
  place:write("secret", CANARY)
  local out, errors = place:run("-i", { env = ENVIRONMENT, input = ([[
    credentials = require "fmcal.credentials"
    core = require "fmcal.credentials.core"
    s = assert(core.from_file "secret")
    =s
    =tostring(s), #tostring(s)
    =require "fmcal.inspect" { s, { password = s } }
    p = require "fmcal.provider".new("caldav", { endpoint = "%s", username = "alice", password = s })
    .trace on
    =p:open()
    =p
    error(s)
    error { password = s }
    local function f(password) local copy = password; error("in the middle of " .. tostring(copy)) end f(s)
    for k, v in pairs(_G) do if type(v) ~= "function" then print(k, v) end end
    print(debug.traceback("here"))
    .board board.json
    .plan
  ]]):format(server.url) })
  os.remove(place:file("secret"))
  lu.assertStrContains(out .. errors, "[secret]")
  lu.assertStrContains(out .. errors, "PROPFIND")
  assert_hidden(out .. errors)
end

os.exit(lu.LuaUnit.run())
