-- The act that connects a board, with a real server: what it answers, what it stores, and that no password is in any of it.
local commands = require "commands"
local credentials = require "fmcal.credentials"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"

local radicale <close> = servers.real("radicale")
local KEY = ("0"):rep(63) .. "1"

-- The act in a process of its own, with the key of the server. @return what it answers, its error
local function connect(place, params, env)
  params.board = place:file "board.json"
  place:write("asked.json", params)
  place:write("act.lua", [[
    local json = require "fmcal.json"
    local answer, err = require("fmcal.serve.acts").find "connect"((json.decode(io.open("asked.json"):read "a")))
    print(json.encode { answer = answer, err = err and { code = err.code, message = err.message, member = err.member } })]])
  local out = place:expect(0, "./act.lua", { env = env or "CALENDAR_ENCRYPTION_KEY=" .. KEY })
  lu.assertNil(out:find(radicale.password, 1, true), out)
  local told = assert(json.decode(out))
  return told.answer, told.err
end

local function asked(more)
  local params = { provider = "caldav", endpoint = radicale.url, username = radicale.user, password = radicale.password }
  for name, value in pairs(more or {}) do params[name] = value end
  return params
end

local function place_of()
  return commands.place { team = "academy", items = json.array { { id = "A", title = "First", dueDate = "2027-01-01" } } }
end

TestConnect = {}

function TestConnect.test_first_the_calendars_then_one()
  local place <close> = place_of()
  local before = place:read "board.json"
  local answer = assert(connect(place, asked()))
  lu.assertFalse(answer.connected)
  local calendar = answer.calendars[1]
  lu.assertEquals(calendar.name, "alice/kanban")
  lu.assertEquals(place:read "board.json", before)
  answer = assert(connect(place, asked { calendarId = calendar.id }))
  lu.assertEquals({ answer.connected, answer.name, answer.config.caldav.connected }, { true, "caldav", true })
  local section = place:board().calendarConfig
  local ids = { team = "academy", provider = "caldav" }
  lu.assertNotNil(credentials.open(section.credentials.encrypted, ids, assert(credentials.keyring { key = KEY })))
  place:expect(0, "sync.lua -q board.json", { env = "CALENDAR_ENCRYPTION_KEY=" .. KEY })
end

function TestConnect.test_what_is_refused()
  local place <close> = place_of()
  local before = place:read "board.json"
  for member, params in pairs { provider = asked { provider = "vdir" }, calendarId = asked { calendarId = "none" } } do
    lu.assertEquals(select(2, connect(place, params)).member, member)
  end
  for _, name in ipairs { "username", "password", "endpoint" } do
    local params = asked()
    params[name] = nil
    lu.assertEquals(select(2, connect(place, params)).member, name)
  end
  lu.assertEquals(select(2, connect(place, asked { password = "another" })).code, "auth")
  local _, err = connect(place, asked(), "CALENDAR_ENCRYPTION_KEY=")
  lu.assertStrContains(err.message, "CALENDAR_ENCRYPTION_KEY is not set")
  lu.assertEquals(place:read "board.json", before)
end

os.exit(lu.LuaUnit.run())
