-- Servers that want to be signed in to in other ways than Basic.
local lu = require("luaunit")
local commands = require("commands")
local json = require("fmcal.json")
local servers = require("servers")

local server <close> = servers.scripted()

local function place_with(credentials)
  return commands.place {
    team = "academy", items = json.array { { id = "A-1", title = "One", dueDate = "2026-12-15" } },
    calendarConfig = { enabled = true, provider = "caldav", endpoint = server.url, calendarId = "kanban",
      credentials = credentials or { username = "alice", command = { "printf", "secret" } } },
  }
end

TestSignIn = {}

function TestSignIn.setUp()
  server:clear()
  server:set { sign_in = { "Digest SHA-256" }, nonce_uses = 0 }
end

function TestSignIn.testDigest()
  local place <close> = place_with()
  server:set { sign_in = { "Negotiate", "Digest MD5", "Digest SHA-256" }, nonce_uses = 3 }
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "1 created")
  lu.assertStrContains(place:expect(0, "doctor.lua board.json"), "alice")
  local connected <close> = commands.place { team = "academy", items = json.array {} }
  connected:expect(0, "connect.lua caldav board.json --plain --endpoint " .. server.url
    .. " --username alice --password-stdin --calendar kanban", { input = "secret\n" })
  for _, row in ipairs(server:control("GET", "_log").requests) do
    local header = row.headers.Authorization or "Basic"
    lu.assertFalse(header:find("secret", 1, true) ~= nil)
  end
end

-- The password is not blamed for what the server cannot do, and what it offers is said.
function TestSignIn.testNothingThatIsKnown()
  local place <close> = place_with()
  server:set { sign_in = { "Negotiate" } }
  local _, errors = place:expect(3, "sync.lua board.json")
  lu.assertStrContains(errors, "neither Basic nor a Digest that fmcal knows")
  lu.assertStrContains(errors, "which offers Negotiate")
  lu.assertNotStrContains(errors, "check the user name")
  lu.assertStrContains(place:expect(3, "doctor.lua board.json"), "which offers Negotiate")
end

function TestSignIn.testDoctorNamesWhatIsOffered()
  local place <close> = place_with()
  server:fault { kind = "status", method = "OPTIONS", code = 401,
    headers = { ["WWW-Authenticate"] = 'Digest realm="a", nonce="b", Basic realm="a"' } }
  lu.assertStrContains(place:expect(0, "doctor.lua board.json"), "offers to sign in with Digest, Basic")
end

-- Every source of credentials: what would split or cut a header is refused before anything is sent.
function TestSignIn.testControlCharacters()
  for _, credentials in ipairs {
    { username = "alice\r\nX: y", command = { "printf", "secret" } }, { username = "ali\0ce", password = "secret" },
    { username = "alice", command = { "printf", [[sec\nret]] } }, { username = "alice", command = { "printf", [[sec\0ret]] } },
    { username = "alice", password = "sec\r\nret" }, { username = "alice", env = "PASSWORD" },
  } do
    local place <close> = place_with(credentials)
    local _, errors = place:expect(2, "sync.lua -q board.json", { env = [[PASSWORD="$(printf 'sec\nret')"]] })
    lu.assertStrContains(errors, "holds a control character")
    lu.assertNotStrContains(errors, "ret:")
  end
  lu.assertEquals(server:count(), 0)
end

function TestSignIn.testAColonNeedsDigest()
  local place <close> = place_with { username = "al:ice", command = { "printf", "secret" } }
  server:set { sign_in = { "Basic" } }
  local _, errors = place:expect(2, "sync.lua -q board.json")
  lu.assertStrContains(errors, 'cannot carry the ":" in the user name')
end

-- What answers is no web server: a run cannot reach the calendar, whatever is configured well.
function TestSignIn.testAnotherProtocol()
  local place <close> = place_with()
  server:fault { kind = "raw", text = "SSH-2.0-OpenSSH_9.2\r\n", close = true, times = -1 }
  local _, errors = place:expect(3, "sync.lua -q board.json")
  lu.assertStrContains(errors, "is not HTTP")
end

os.exit(lu.LuaUnit.run())
