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
  lu.assertStrContains(errors, "holds appPassword for vdir unencrypted: the next sync that writes the board encrypts it")
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

-- Neither the state's folder nor anything beside the board keeps a password that the board has lost.
function TestCredentials.testNoCopyKeepsWhatTheBoardLost()
  local place <close> = commands.place(board { username = "julia", appPassword = PASSWORD })
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(found_in(place), place:file("board.json") .. "\n")
  place:edit(function(b) b.items[2] = { id = "A-2", title = "Two", dueDate = "2026-02-16" } end)
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  lu.assertEquals(found_in(place), "")
  lu.assertEquals(shell.run(("stat -c %%a %s/.fmcal/*.previous-board"):format(place.path)), "600\n")
end

-- A killed run's temporary files go with the next run, whether or not it writes anything.
function TestCredentials.testTemporaryFilesOfKilledRuns()
  local place <close> = commands.place(board(nil))
  place:expect(0, "sync.lua board.json")
  place:expect(0, "sync.lua board.json")
  local leftovers = { ".board.json.fmcal-0123456789abcdef", "calendars/academy/.a.ics.fmcal-0123456789abcdef",
    ".fmcal/.academy.db.previous-board.fmcal-0123456789abcdef" }
  local function there()
    return (shell.run(("find %s -name '*.fmcal-*' | wc -l"):format(place.path)))
  end
  for _, words in ipairs { "sync.lua board.json", "sync.lua board.json --dry-run" } do
    for _, name in ipairs(leftovers) do place:write(name, PASSWORD) end
    place:expect(0, words)
    lu.assertEquals(there(), words:find("dry") and "3\n" or "0\n")
  end
  place:expect(0, "sync.lua board.json")
  place:write(leftovers[1], PASSWORD)
  place:expect(0, "rotate.lua board.json", { env = WITH_KEY })
  lu.assertEquals(there(), "0\n")
end

function TestCredentials.testKeyFromAFile()
  local blob = assert(credentials.seal({ appPassword = PASSWORD }, IDS, keyring))
  local place <close> = commands.place(board { encrypted = blob })
  place:write("key", KEY .. "\n")
  place:write("calendar_encryption_key", KEY)
  place:expect(0, "sync.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY_FILE=key" })
  place:expect(0, "sync.lua board.json", { env = "CREDENTIALS_DIRECTORY=" .. place.path })
  place:expect(0, "sync.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY_OLD_FILE=key" })
  place:expect(0, "sync.lua board.json board.json", { env = "CALENDAR_ENCRYPTION_KEY_FILE=key" })
  place:expect(2, "sync.lua board.json", { env = "CREDENTIALS_DIRECTORY=/nonexistent" })
  lu.assertStrContains(select(2, place:expect(2, "sync.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY_FILE=none" })),
    "CALENDAR_ENCRYPTION_KEY_FILE: none cannot be read")
  place:expect(2, "sync.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY_FILE=." })
  place:expect(2, "sync.lua board.json", { env = WITH_KEY:gsub("1$", "2") .. " CALENDAR_ENCRYPTION_KEY_FILE=key" })
end

-- Also where nothing is encrypted, or nothing would be.
function TestCredentials.testAnUnusableKeyIsExitStatus2()
  for _, section in ipairs { json.null, { username = "julia", appPassword = PASSWORD }, { username = "julia" } } do
    local place <close> = commands.place(board(section))
    for _, env in ipairs { "CALENDAR_ENCRYPTION_KEY=hunter2", "CALENDAR_ENCRYPTION_KEY_OLD=hunter2" } do
      for _, words in ipairs { "sync.lua board.json", "sync.lua board.json --dry-run", "doctor.lua board.json" } do
        local out, errors = place:expect(2, words, { env = env })
        lu.assertStrContains(out .. errors, "is no usable key")
      end
    end
    lu.assertEquals(place:count_events(), 0)
  end
end

-- What a lost key takes along: the credentials. Connecting again is all.
function TestCredentials.testALostKey()
  local place <close> = commands.place(board())
  local function connect(env)
    return place:run("connect.lua vdir board.json --endpoint calendars --calendar academy", { env = env })
  end
  local blob = assert(credentials.seal({ appPassword = PASSWORD }, IDS, keyring))
  place:edit(function(b) b.calendarConfig.credentials = { encrypted = blob } end)
  place:expect(0, "sync.lua board.json", { env = WITH_KEY })
  local new = WITH_KEY:gsub("1$", "2")
  lu.assertStrContains(select(2, place:expect(2, "sync.lua board.json", { env = new })), "if it is lost, connect again")
  lu.assertEquals(select(3, connect(new)), 0)
  lu.assertStrContains(place:expect(0, "sync.lua board.json", { env = new }), "1 unchanged")
  lu.assertEquals(place:count_events(), 1)
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
