-- What a sync does with the credentials of a board.
local lu = require("luaunit")
local commands = require("commands")
local credentials = require("fmcal.credentials")
local crypto = require("fmcal.crypto")
local json = require("fmcal.json")
local shell = require("shell")

local KEY = ("0"):rep(63) .. "1"
local WITH_KEY = "CALENDAR_ENCRYPTION_KEY=" .. KEY
local IDS = { team = "academy", provider = "vdir" }
local PASSWORD = "kanarienvogel"
local keyring = assert(credentials.keyring { key = KEY })

local function board(section)
  local made = commands.board({ { id = "A-1", title = "One", dueDate = "2026-02-15" } })
  made.calendarConfig.credentials = section
  return made
end

local function found_in(place)
  return (shell.run(("grep -rl %s %s"):format(PASSWORD, place.path)))
end

TestCredentials = {}

function TestCredentials.testPlainOnesAreEncryptedAtTheNextWrite()
  local place <close> = commands.place(board { username = "julia", appPassword = PASSWORD, lastVerified = json.null })
  local out, errors = place:expect(0, "sync.lua board.json", { env = WITH_KEY .. " FMCAL_LOG=trace" })
  lu.assertNotStrContains(out .. errors, PASSWORD)
  lu.assertStrContains(errors, "holds appPassword for vdir unencrypted")
  local section = place:board().calendarConfig.credentials
  lu.assertNil(section.appPassword)
  lu.assertEquals(section.username, "julia")
  lu.assertEquals(section.lastVerified, json.null)
  local members = assert(credentials.open(section.encrypted, IDS, keyring))
  lu.assertTrue(crypto.equal(members.appPassword, PASSWORD))
  local _, quiet = place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  lu.assertEquals(quiet, "")
end

function TestCredentials.testPlainOnesStayWhereThereIsNoKey()
  local place <close> = commands.place(board { username = "julia", appPassword = PASSWORD })
  local out, errors = place:expect(0, "sync.lua board.json", { env = "FMCAL_LOG=trace" })
  lu.assertNotStrContains(out .. errors, PASSWORD)
  lu.assertStrContains(errors, "holds appPassword for vdir unencrypted: set CALENDAR_ENCRYPTION_KEY")
  lu.assertEquals(place:board().calendarConfig.credentials, { username = "julia", appPassword = PASSWORD })
end

function TestCredentials.testEncryptedOnesAreFoundNowhere()
  local blob = assert(credentials.seal({ appPassword = PASSWORD }, IDS, keyring))
  local place <close> = commands.place(board { encrypted = blob })
  local out, errors = place:expect(0, "sync.lua board.json", { env = WITH_KEY .. " FMCAL_LOG=trace" })
  lu.assertNotStrContains(out .. errors, PASSWORD)
  lu.assertNotStrContains(out .. errors, KEY)
  lu.assertEquals(found_in(place), "")
end

function TestCredentials.testWrongOrMissingKeyIsExitStatus2()
  local blob = assert(credentials.seal({ appPassword = PASSWORD }, IDS, keyring))
  local place <close> = commands.place(board { encrypted = blob })
  local before = place:read("board.json")
  local function refused(env, sentence)
    local out, errors = place:expect(2, "sync.lua board.json", { env = env })
    lu.assertStrContains(out .. errors, sentence)
    lu.assertEquals(place:read("board.json"), before)
    lu.assertEquals(place:count_events(), 0)
  end
  refused("", "CALENDAR_ENCRYPTION_KEY is not set: set it to the key")
  refused("CALENDAR_ENCRYPTION_KEY=" .. ("2"):rep(64), "the stored credentials cannot be decrypted")
  refused("CALENDAR_ENCRYPTION_KEY=hunter2", "CALENDAR_ENCRYPTION_KEY is no usable key")
end

function TestCredentials.testPasswordCommand()
  local place <close> = commands.place(board { username = "julia", command = { "cat", "secret" } })
  place:write("secret", "abcd\n")
  place:expect(0, "sync.lua board.json")
  os.remove(place:file("secret"))
  local out, errors = place:expect(3, "sync.lua board.json")
  lu.assertStrContains(out .. errors, '"cat" ended with exit status 1: run it by hand to see why')
end

function TestCredentials.testATargetWithoutCredentialsLeavesTheOthersGoing()
  local made = board(nil)
  made.calendarConfig = {
    good = { provider = "vdir", endpoint = "calendars", calendarId = "academy" },
    bad = { provider = "vdir", endpoint = "calendars", calendarId = "academy", credentials = { command = { "false" } } },
  }
  local place <close> = commands.place(made)
  local out, errors = place:expect(3, "sync.lua board.json")
  lu.assertStrContains(out .. errors, '"false" ended with exit status 1')
  lu.assertEquals(place:count_events(), 1)
end

function TestCredentials.testSeveralBoardsAtOnceHaveTheKey()
  local blob = assert(credentials.seal({ appPassword = PASSWORD }, IDS, keyring))
  local place <close> = commands.place(board { encrypted = blob })
  local other = board { encrypted = assert(credentials.seal({ appPassword = PASSWORD }, { team = "law", provider = "vdir" },
    keyring)) }
  other.team = "law"
  other.items[1].id = "B-1"
  place:write("other.json", other)
  place:expect(0, "sync.lua board.json other.json --jobs 2", { env = WITH_KEY })
  lu.assertEquals(place:count_events(), 2)
end

os.exit(lu.LuaUnit.run())
