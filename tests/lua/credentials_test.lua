local lu = require("luaunit")
local core = require("fmcal.credentials.core")
local credentials = require("fmcal.credentials")
local crypto = require("fmcal.crypto")
local json = require("fmcal.json")
local shell = require("shell")

local APPLE, GOOGLE = { team = "academy", provider = "apple" }, { team = "academy", provider = "google" }
local keys = assert(core.keyring { key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" })
local no_keys = assert(core.keyring {})

local function same(secret, text)
  lu.assertTrue(core.is_secret(secret))
  lu.assertTrue(crypto.equal(secret, text))
end

local function refused(code, part, value, err)
  lu.assertNil(value)
  lu.assertEquals(err.code, code)
  lu.assertStrContains(tostring(err), part)
end

TestResolve = {}

function TestResolve.testNothing()
  lu.assertEquals(credentials.resolve(nil, APPLE), {})
  lu.assertEquals(credentials.resolve(json.null, APPLE), {})
  lu.assertEquals(credentials.resolve({ lastVerified = "2026-01-25T12:00:00Z", encrypted = json.null }, APPLE), {})
  refused("invalid", "the credentials of apple must be an object", credentials.resolve("hunter2", APPLE))
end

function TestResolve.testEncrypted()
  local blob = assert(credentials.seal({ username = "julia", appPassword = "abcd-efgh" }, APPLE, keys))
  local members = assert(credentials.resolve({ encrypted = blob, expiresAt = json.null }, APPLE, keys))
  lu.assertEquals(members.username, "julia")
  same(members.password, "abcd-efgh")
  lu.assertNil(members.appPassword)
  refused("crypto", "cannot be decrypted", credentials.resolve({ encrypted = blob }, GOOGLE, keys))
  refused("crypto", "CALENDAR_ENCRYPTION_KEY is not set", credentials.resolve({ encrypted = blob }, APPLE, no_keys))
  refused("invalid", '"encrypted" of credentials must be a text', credentials.resolve({ encrypted = 5 }, APPLE, keys))
  same(assert(credentials.open(blob, APPLE, keys)).appPassword, "abcd-efgh")
end

function TestResolve.testPlain()
  local members = assert(credentials.resolve({ username = "julia", appPassword = "abcd-efgh" }, APPLE, no_keys))
  lu.assertEquals(members.username, "julia")
  same(members.password, "abcd-efgh")
  members = assert(credentials.resolve({ username = "julia", password = core.secret("pw12") }, APPLE, no_keys))
  same(members.password, "pw12")
  members = assert(credentials.resolve({ refreshToken = "1//x", clientId = "id", clientSecret = "cs" }, GOOGLE, no_keys))
  same(members.refreshToken, "1//x")
  same(members.clientSecret, "cs")
  lu.assertEquals(members.clientId, "id")
  refused("invalid", 'member "password" of credentials must be a text', credentials.resolve({ password = 5 }, APPLE))
  refused("invalid", 'member "password" of credentials must be a text', credentials.resolve({ password = {} }, APPLE))
end

function TestResolve.testCommand()
  local members = assert(credentials.resolve({ username = "julia", command = { "echo", "abcd" } }, APPLE))
  lu.assertEquals(members.username, "julia")
  same(members.password, "abcd")
  same(assert(credentials.resolve({ command = { "echo", "1//x" } }, GOOGLE)).refreshToken, "1//x")
  same(assert(credentials.resolve({ clientSecret = { command = { "echo", "cs" } } }, GOOGLE)).clientSecret, "cs")
  refused("auth", '"false" ended with exit status 1', credentials.resolve({ command = { "false" } }, APPLE))
  refused("timeout", '"sleep" did not end', credentials.resolve({ command = { "sleep", "9" }, timeout = 0.05 }, APPLE))
  for _, bad in ipairs { "pass show icloud", {}, { 5 }, 7 } do
    refused("invalid", '"command" of credentials', credentials.resolve({ command = bad }, APPLE))
  end
  refused("invalid", '"timeout" of credentials', credentials.resolve({ command = { "true" }, timeout = "1" }, APPLE))
end

function TestResolve.testEnvironment()
  same(assert(credentials.resolve({ env = "PATH" }, APPLE)).password, os.getenv("PATH"))
  refused("invalid", "FM_NO_SUCH", credentials.resolve({ password = { env = "FM_NO_SUCH" } }, APPLE))
  refused("invalid", '"env" of credentials', credentials.resolve({ env = 5 }, APPLE))
end

function TestResolve.testSystemd()
  refused("invalid", "LoadCredential=icloud:FILE", credentials.resolve({ systemd = "icloud" }, APPLE))
  for _, bad in ipairs { "../etc/passwd", "..", ".", "a/b", "", 5 } do
    refused("invalid", '"systemd" of credentials', credentials.resolve({ systemd = bad }, APPLE))
  end
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/icloud", "abcd-efgh\n")
  shell.write(folder.path .. "/script.lua", [[
    local credentials, crypto = require("fmcal.credentials"), require("fmcal.crypto")
    local members = assert(credentials.resolve({ systemd = "icloud" }, { team = "t", provider = "caldav" }))
    print(crypto.equal(members.password, "abcd-efgh"))
  ]])
  local out = shell.run(("CREDENTIALS_DIRECTORY=%s %s %s/script.lua"):format(
    folder.path, shell.quote(os.getenv("FMCAL_LUA")), folder.path))
  lu.assertEquals(out, "true\n")
end

function TestResolve.testDesktopKeyringWantsAttributes()
  for _, bad in ipairs { "icloud", {}, { 5 }, { service = 5 } } do
    refused("invalid", '"keyring" of credentials', credentials.resolve({ keyring = bad }, APPLE))
  end
end

function TestResolve.testAnUnusableKeyIsTold()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/script.lua", [[
    local credentials = require("fmcal.credentials")
    local ids = { team = "t", provider = "apple" }
    for _, answer in ipairs {
      table.pack(credentials.open("fmcal:v1:", ids)), table.pack(credentials.seal({}, ids)),
      table.pack(credentials.resolve({ encrypted = "fmcal:v1:" }, ids)),
      table.pack(credentials.encrypted({ password = "abcd" }, ids)),
    } do
      print(answer[1], answer[2].code, (answer[2].message:gsub(":.*", "")))
    end
  ]])
  local out = shell.run(("CALENDAR_ENCRYPTION_KEY=hunter2 %s %s/script.lua"):format(
    shell.quote(os.getenv("FMCAL_LUA")), folder.path))
  lu.assertEquals(out, ("nil\tcrypto\tCALENDAR_ENCRYPTION_KEY is no usable key\n"):rep(4))
end

function TestResolve.testMembersBesideABlobWin()
  local blob = assert(credentials.seal({ username = "julia", appPassword = "old1" }, APPLE, keys))
  local members = assert(credentials.resolve({ encrypted = blob, command = { "echo", "new1" } }, APPLE, keys))
  same(members.password, "new1")
  lu.assertEquals(members.username, "julia")
end

TestEncrypted = {}

-- What a slip or another program put there is no setting of the account, in a blob neither.
function TestResolve.testUnknownMembersAreLeftOut()
  local blob = assert(credentials.seal({ password = "abcd", code = "c", endpoint = "https://elsewhere.example" }, APPLE, keys))
  local members = assert(credentials.resolve({ username = "julia", usrname = "j", team = "x", encrypted = blob }, APPLE, keys))
  same(members.password, "abcd")
  members.password = nil
  lu.assertEquals(members, { username = "julia" })
end

function TestEncrypted.testPlainSecretsGoIntoABlob()
  local section = { username = "julia", appPassword = "abcd-efgh", lastVerified = "2026-01-25T12:00:00Z" }
  local blob, names = assert(credentials.encrypted(section, APPLE, keys))
  lu.assertEquals(names, { "appPassword" })
  local members = assert(credentials.open(blob, APPLE, keys))
  same(members.appPassword, "abcd-efgh")
  lu.assertNil(members.lastVerified)
end

function TestEncrypted.testABlobThatIsThereIsMerged()
  local old = assert(credentials.seal({ refreshToken = "1//x", clientSecret = "old" }, GOOGLE, keys))
  local section = { encrypted = old, clientSecret = core.secret("new"), code = "c" }
  local blob, names = assert(credentials.encrypted(section, GOOGLE, keys))
  lu.assertEquals(names, { "clientSecret", "code" })
  local members = assert(credentials.open(blob, GOOGLE, keys))
  same(members.refreshToken, "1//x")
  same(members.clientSecret, "new")
end

function TestEncrypted.testNothingToDo()
  lu.assertNil(credentials.encrypted(nil, APPLE, keys))
  lu.assertNil(credentials.encrypted({ username = "julia", command = { "true" } }, APPLE, keys))
  lu.assertNil(credentials.encrypted({ clientSecret = { env = "X" }, encrypted = "fmcal:v1:x" }, APPLE, keys))
  local value, err = credentials.encrypted({ appPassword = "abcd" }, APPLE, no_keys)
  lu.assertNil(value)
  lu.assertNil(err)
end

function TestEncrypted.testAnUnreadableBlobIsNotReplaced()
  refused("crypto", "cannot be decrypted", credentials.encrypted({ encrypted = "fmcal:v1:x", password = "y" }, APPLE, keys))
end

TestPlaces = {}

function TestPlaces.testSingleForm()
  local section = { encrypted = "x" }
  lu.assertEquals(credentials.places({ provider = "apple", credentials = section, google = { credentials = {} } }),
    { { path = { "credentials" }, provider = "apple", section = section } })
  lu.assertEquals(credentials.places({ provider = "apple", credentials = json.null }), {})
end

function TestPlaces.testPerProviderForm()
  local a, b = { encrypted = "a" }, { encrypted = "b" }
  lu.assertEquals(credentials.places({
    provider = json.null, enabled = true, syncOptions = {}, work = { provider = "caldav", credentials = b },
    apple = { credentials = a }, google = { connected = false },
  }), {
    { path = { "apple", "credentials" }, provider = "apple", section = a },
    { path = { "work", "credentials" }, provider = "caldav", section = b },
  })
end

os.exit(lu.LuaUnit.run())
