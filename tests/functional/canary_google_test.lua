-- The secrets of a sign-in to Google (client's secret, code, verifier, tokens), looked for in every spelling in all that
-- commands leave behind: output, log at its most verbose, board, state; and in what Lua code could reach in the process.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"
local shell = require "shell"
local sign_in = require "sign_in"
local spellings = require "spellings"

local ENVIRONMENT = "CALENDAR_ENCRYPTION_KEY=" .. ("0"):rep(62) .. "fe FMCAL_LOG=trace"

local server <close> = servers.google()

local function assert_hidden(text)
  local handed_out = server:control("GET", "_secrets")
  spellings.assert_hidden(text, server.client_secret)
  for _, list in pairs(handed_out) do
    for _, secret in ipairs(list) do spellings.assert_hidden(text, secret) end
  end
end

-- Every file of the folder but the client's, which is the person's own.
local function all_files(place)
  return (shell.run(("find %s -type f ! -name client.json -print0 | xargs -0 cat"):format(place.path)))
end

local function place_of()
  local endpoint = { api = server.api, auth = server.auth, token = server.token, revoke = server.revoke }
  local place = commands.place { team = "academy", calendarConfig = { google = { connected = false, endpoint = endpoint } },
    items = json.array { { id = "A-1", title = "One", dueDate = "2026-12-15" } } }
  place:write("client.json", { installed = { client_id = server.client_id, client_secret = server.client_secret } })
  return place
end

-- Runs a command that must end with a status and show nothing. @return output and log
local function run(place, status, words)
  local env = sign_in.desktop(place) .. " " .. ENVIRONMENT
  local out, errors = place:expect(status, words, { env = env })
  os.remove(place:file("page"))
  assert_hidden(out .. errors)
  assert_hidden(all_files(place))
  return out .. errors
end

TestCanary = {}

function TestCanary.setUp()
  server:clear()
end

function TestCanary.test_commands_that_go_well()
  local place <close> = place_of()
  local log = run(place, 0, "connect.lua google board.json --client client.json --create Academy")
  for _, shown in ipairs { "code=[secret]", "code_verifier=[secret]", "client_secret=[secret]", '"refresh_token": "[secret]"' } do
    lu.assertStrContains(log, shown)
  end
  for _, words in ipairs { "sync.lua board.json --json", "doctor.lua board.json", "sync.lua board.json",
    "disconnect.lua board.json --remove-events --yes" } do
    lu.assertStrContains(run(place, 0, words), "with a bearer token")
  end
  lu.assertStrContains(run(place, 0, "connect.lua google board.json --client client.json --create Academy --plain"), "encrypted")
end

-- A server that repeats what it was sent, wherever it can.
function TestCanary.test_a_server_that_says_the_secrets_itself()
  local place <close> = place_of()
  run(place, 0, "connect.lua google board.json --client client.json --create Academy")
  local handed_out = server:control("GET", "_secrets")
  for _, secret in ipairs { server.client_secret, handed_out.refresh[#handed_out.refresh] } do
    local said = json.encode { error = secret, error_description = "You sent " .. secret }
    server:fault { kind = "status", path = "/token", code = 400, times = -1, body = said, headers = { ["X-Seen"] = secret } }
    run(place, 3, "sync.lua board.json --json")
    run(place, 3, "doctor.lua board.json")
    server:control("DELETE", "_fault")
    server:fault { kind = "status", path = "/token", code = 400, times = 1, body = said }
    run(place, 3, "connect.lua google board.json --create Academy")
  end
end

-- Prints every string that can be reached from the registry, loaded modules and the upvalues of functions.
local REACH = [==[
  local google = require "fmcal.accounts.google"
  local client = assert(require("fmcal.accounts.google_client").from_file("client.json"))
  local endpoints = google.endpoints(require("fmcal.json").decode(arg[1]))
  request = assert(google.begin("own", client.id, 1, endpoints))
  print(request.url)
  io.stdout:flush()
  code = assert(google.pasted(request, io.read("l")))
  grant = assert(google.exchange(request, client, code, endpoints, {}))
  kept = client
  collectgarbage()
  print(request.verifier, code, grant.access_token, grant.refresh_token, client.secret, grant.refresh_text)
  local seen, strings = {}, {}
  local function visit(value)
    local kind = type(value)
    if kind == "string" then strings[value] = true end
    if kind ~= "table" and kind ~= "function" and kind ~= "userdata" or seen[value] then return end
    seen[value] = true
    visit(debug.getmetatable(value))
    for i = 1, 255 do
      local name, upvalue
      if kind == "function" then name, upvalue = debug.getupvalue(value, i) end
      if kind == "userdata" then upvalue, name = debug.getuservalue(value, i) end
      if not name then break end
      visit(upvalue)
    end
    for k, v in next, kind == "table" and value or {} do
      visit(k)
      visit(v)
    end
  end
  visit(debug.getregistry())
  for text in pairs(strings) do print(text) end
]==]

function TestCanary.test_a_sign_in_leaves_nothing_readable_in_lua()
  local place <close> = place_of()
  place:write("reach.lua", REACH)
  shell.lines("mkfifo " .. place:file("answer"))
  local endpoint = shell.quote(assert(json.encode { auth = server.auth, token = server.token }))
  local pipe = assert(io.popen(("cd %s && %s reach.lua %s <answer 2>&1"):format(place.path, shell.quote(os.getenv("FMCAL_LUA")),
    endpoint)))
  local input = assert(io.open(place:file("answer"), "w"))
  local _, address = sign_in.browse(pipe:read("l"), "--stay")
  input:write(address, "\n")
  input:close()
  lu.assertEquals(pipe:read("l"), "[secret]\t[secret]\t[secret]\t[secret]\t[secret]\tnil")
  local strings = pipe:read("a")
  lu.assertTrue(pipe:close())
  lu.assertStrContains(strings, server.client_id)
  assert_hidden(strings)
end

os.exit(lu.LuaUnit.run())
