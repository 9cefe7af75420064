-- A new master key for boards: rotate.lua as a person runs it, and killed on its way.
local lu = require("luaunit")
local commands = require("commands")
local credentials = require("fmcal.credentials")
local crypto = require("fmcal.crypto")
local json = require("fmcal.json")
local shell = require("shell")

local OLD, NEW = ("0"):rep(63) .. "1", ("0"):rep(63) .. "2"
local ROTATING = ("CALENDAR_ENCRYPTION_KEY=%s CALENDAR_ENCRYPTION_KEY_OLD=%s"):format(NEW, OLD)
local old_key, new_key = assert(credentials.keyring { key = OLD }), assert(credentials.keyring { key = NEW })
local both_keys = assert(credentials.keyring { key = NEW, old = OLD })

local function sealed(members, provider)
  return assert(credentials.seal(members, { team = "academy", provider = provider }, old_key))
end

local function single()
  local board = commands.board({ { id = "A-1", title = "One", dueDate = "2026-02-15" } })
  board.calendarConfig.provider = "apple"
  board.calendarConfig.credentials = {
    encrypted = sealed({ username = "julia", appPassword = "abcd-efgh" }, "apple"), lastVerified = "2026-01-25T12:00:00Z",
  }
  return board
end

local function several()
  local board = commands.board({})
  board.calendarConfig = {
    enabled = true, syncOptions = {},
    apple = { connected = true, credentials = { encrypted = sealed({ appPassword = "abcd-efgh" }, "apple") } },
    google = { credentials = { encrypted = sealed({ refreshToken = "1//x", clientId = "id" }, "google") } },
    work = { provider = "caldav", credentials = { username = "julia", command = { "pass", "show", "work" } } },
  }
  return board
end

local function opened(section, provider, keyring)
  return assert(credentials.open(section.encrypted, { team = "academy", provider = provider }, keyring))
end

local function has_the_new_key(section, provider)
  lu.assertTrue(new_key:is_current(section.encrypted, "academy"))
  return opened(section, provider, new_key)
end

TestRotate = {}

function TestRotate.testSingleForm()
  local place <close> = commands.place(single())
  local before = place:read("board.json")
  local blob = place:board().calendarConfig.credentials.encrypted
  lu.assertEquals(place:expect(0, "rotate.lua board.json", { env = ROTATING }),
    "board.json: apple: encrypted with the new key\n")
  local section = place:board().calendarConfig.credentials
  local members = has_the_new_key(section, "apple")
  lu.assertEquals(members.username, "julia")
  lu.assertTrue(crypto.equal(members.appPassword, "abcd-efgh"))
  -- nothing else has changed, byte for byte
  local function without(text, part)
    local at, to = text:find(part, 1, true)
    return text:sub(1, at - 1) .. text:sub(to + 1)
  end
  lu.assertEquals(without(place:read("board.json"), section.encrypted), without(before, blob))
end

function TestRotate.testAgainDoesNothing()
  local place <close> = commands.place(several())
  place:expect(0, "rotate.lua board.json", { env = ROTATING })
  local before = place:snapshot()
  lu.assertEquals(place:expect(0, "rotate.lua board.json", { env = ROTATING }),
    "board.json: apple: has the new key\nboard.json: google: has the new key\n")
  lu.assertEquals(place:expect(0, "rotate.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY=" .. NEW }),
    "board.json: apple: has the new key\nboard.json: google: has the new key\n")
  lu.assertEquals(place:snapshot(), before)
end

function TestRotate.testPerProviderForm()
  local place <close> = commands.place(several())
  lu.assertEquals(place:expect(0, "rotate.lua", { env = ROTATING }),
    "board.json: apple: encrypted with the new key\nboard.json: google: encrypted with the new key\n")
  local config = place:board().calendarConfig
  has_the_new_key(config.apple.credentials, "apple")
  lu.assertEquals(has_the_new_key(config.google.credentials, "google").clientId, "id")
  lu.assertEquals(config.work.credentials, several().calendarConfig.work.credentials)
end

function TestRotate.testPlainCredentialsAreEncrypted()
  local board = single()
  board.calendarConfig.credentials = { username = "julia", appPassword = "abcd-efgh" }
  local place <close> = commands.place(board)
  lu.assertEquals(place:expect(0, "rotate.lua board.json", { env = ROTATING }),
    "board.json: apple: was not encrypted, now is\n")
  local section = place:board().calendarConfig.credentials
  lu.assertNil(section.appPassword)
  lu.assertEquals(section.username, "julia")
  lu.assertTrue(crypto.equal(has_the_new_key(section, "apple").appPassword, "abcd-efgh"))
end

function TestRotate.testConfigurationOfItsOwn()
  local place <close> = commands.place(commands.board({}))
  place:write("config.json", several().calendarConfig)
  place:expect(0, "rotate.lua board.json --config config.json", { env = ROTATING })
  has_the_new_key(place:board("config.json").google.credentials, "google")
  local _, errors = place:expect(2, "rotate.lua config.json", { env = ROTATING })
  lu.assertStrContains(errors, 'config.json has no "team"')
end

function TestRotate.testWrongKeysTouchNothing()
  local board = several()
  board.calendarConfig.google.credentials.encrypted = assert(credentials.seal({ refreshToken = "1//x" },
    { team = "academy", provider = "google" }, assert(credentials.keyring { key = ("3"):rep(64) })))
  local place <close> = commands.place(board)
  local before = place:snapshot()
  local _, errors = place:expect(2, "rotate.lua board.json", { env = ROTATING })
  lu.assertStrContains(errors, "rotate.lua: board.json, credentials of google: the stored credentials cannot be decrypted")
  _, errors = place:expect(2, "rotate.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY_OLD=" .. OLD })
  lu.assertStrContains(errors, "CALENDAR_ENCRYPTION_KEY is not set: set it to the new key")
  _, errors = place:expect(2, "rotate.lua board.json", { env = "CALENDAR_ENCRYPTION_KEY=short" })
  lu.assertStrContains(errors, "CALENDAR_ENCRYPTION_KEY is no usable key")
  lu.assertEquals(place:snapshot(), before)
end

function TestRotate.testDryRunTouchesNothing()
  local place <close> = commands.place(several())
  local before = place:snapshot()
  lu.assertEquals(place:expect(0, "rotate.lua board.json --dry-run", { env = ROTATING }),
    "board.json: apple: would get the new key\nboard.json: google: would get the new key\n")
  lu.assertEquals(place:snapshot(), before)
end

function TestRotate.testOneBadBoardLeavesTheOthersGoing()
  local place <close> = commands.place(single())
  place:write("broken.json", "{")
  place:write("none.json", { team = "other", items = json.array {} })
  local out, errors = place:expect(3, "rotate.lua broken.json none.json board.json", { env = ROTATING })
  lu.assertEquals(out,
    "none.json: no credentials that could be encrypted\nboard.json: apple: encrypted with the new key\n")
  lu.assertStrContains(errors, "broken.json")
end

-- Calls that change a file or a lock; the run is killed as it makes one of them for the n-th time.
local CALLS = {
  "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat",
  "flock", "fchmod", "fchown", "ftruncate", "close",
}

-- @return whether it was killed: not where it ended before the n-th such call
local function run_killed_at(place, call, n)
  local strace = ("strace -qq -o /dev/null -e trace=%s -e inject=%s:signal=SIGKILL:when=%d"):format(call, call, n)
  local _, errors, status = shell.run(("cd %s && env -u LUA_PATH_5_4 %s ASAN_OPTIONS=detect_leaks=0 %s %s rotate.lua board.json")
    :format(shell.quote(place.path), ROTATING, strace, shell.quote(os.getenv("FMCAL_LUA"))))
  if status == 0 then return false end
  lu.assertEquals(status, 128 + 9, errors)
  return true
end

local function assert_readable(place)
  local config = place:board().calendarConfig
  lu.assertTrue(crypto.equal(opened(config.apple.credentials, "apple", both_keys).appPassword, "abcd-efgh"))
  lu.assertTrue(crypto.equal(opened(config.google.credentials, "google", both_keys).refreshToken, "1//x"))
end

local function assert_finished(place)
  place:expect(0, "rotate.lua board.json", { env = ROTATING })
  local config = place:board().calendarConfig
  has_the_new_key(config.apple.credentials, "apple")
  has_the_new_key(config.google.credentials, "google")
end

function TestRotate.testKilledAnywhereEveryBlobStaysReadable()
  local board, points = several(), 0
  for _, call in ipairs(CALLS) do
    local n = 0
    repeat
      n = n + 1
      local place <close> = commands.place(board)
      local killed = run_killed_at(place, call, n)
      assert_readable(place)
      if killed then
        points = points + 1
        assert_finished(place)
      end
    until not killed
  end
  lu.assertTrue(points >= 20, points .. " points")
end

os.exit(lu.LuaUnit.run())
