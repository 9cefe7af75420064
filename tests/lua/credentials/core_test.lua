local lu = require("luaunit")
local core = require("fmcal.credentials.core")
local crypto = require("fmcal.crypto")
local shell = require("shell")

local RAW_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
local OTHER_KEY = ("1"):rep(64)
-- Made by another implementation: see tests/unit/core/secret/blob_test.c.
local BLOB = "fmcal:v1:hkdf-sha256:0:3be6c8d625b16f71:BwcHBwcHBwcHBwcHBwcHBw:BwcHBwcHBwcHBwcH:"
  .. "qwEY1YLggXfD-uGMI6L4WeWOtUcHsAYOGn__Ddx4uVtfO3aY-xoWRMk8rPYsDOzKwUCwGSJs1QH3xhrTjj0lW1Af2MBIQsy_ablJ3oex1594"
  .. "Pynm5w_5X39z9Oly6BIT4RgzptLxiSCDGfhqZsFY1PEZROVjdqOljhL96-2Y3wkgt3sZWGy22pnc2xkSIzUd"

local function same(secret, text)
  lu.assertTrue(core.is_secret(secret))
  lu.assertTrue(crypto.equal(secret, text))
end

local function refused(code, part, value, err)
  lu.assertNil(value)
  lu.assertEquals(err.code, code)
  lu.assertStrContains(err.message, part)
end

TestKeyring = {}

function TestKeyring.testOpensAKnownBlob()
  local keys <close> = assert(core.keyring { key = RAW_KEY })
  local members = assert(keys:open(BLOB, "academy", "apple"))
  lu.assertEquals(members.username, "julia@example.org")
  same(members.appPassword, "abcd-efgh-ijkl-mnop")
end

function TestKeyring.testWhatIsSealedOpens()
  local keys <close> = assert(core.keyring { key = core.secret("correct horse battery staple") })
  local given = { refreshToken = "1//x\0y", clientId = "id", clientSecret = core.secret("s3cret") }
  local blob = assert(keys:seal(given, "t", "google"))
  lu.assertStrMatches(blob, "fmcal:v1:pbkdf2%-sha256:600000:%x+:[%w_-]+:[%w_-]+:[%w_-]+")
  lu.assertTrue(keys:is_current(blob, "t"))
  local members = assert(keys:open(blob, "t", "google"))
  same(members.refreshToken, "1//x\0y")
  same(members.clientSecret, "s3cret")
  lu.assertEquals(members.clientId, "id")
  refused("crypto", "cannot be decrypted", keys:open(blob, "t", "apple"))
  refused("crypto", "cannot be decrypted", keys:open(blob, "u", "google"))
  refused("crypto", "cannot be decrypted", keys:open(blob:upper(), "t", "google"))
end

function TestKeyring.testLargeMembers()
  local keys <close> = assert(core.keyring { key = RAW_KEY })
  local blob = assert(keys:seal({ privateKey = ("x"):rep(60000) }, "t", "google"))
  same(assert(keys:open(blob, "t", "google")).privateKey, ("x"):rep(60000))
  refused("limit", "must not be longer", keys:seal({ privateKey = ("x"):rep(70000) }, "t", "google"))
end

function TestKeyring.testOldKeyOnlyDecrypts()
  local keys <close> = assert(core.keyring { key = OTHER_KEY, old = RAW_KEY })
  same(assert(keys:open(BLOB, "academy", "apple")).appPassword, "abcd-efgh-ijkl-mnop")
  lu.assertFalse(keys:is_current(BLOB, "academy"))
  local only_old <close> = assert(core.keyring { old = RAW_KEY })
  lu.assertFalse(only_old:can_seal())
  assert(only_old:open(BLOB, "academy", "apple"))
  refused("crypto", "CALENDAR_ENCRYPTION_KEY is not set", only_old:seal({}, "t", "apple"))
  refused("crypto", "CALENDAR_ENCRYPTION_KEY is not set", only_old:is_current(BLOB, "academy"))
end

function TestKeyring.testUnusableKeys()
  refused("crypto", "CALENDAR_ENCRYPTION_KEY is no usable key", core.keyring { key = "short" })
  refused("crypto", "CALENDAR_ENCRYPTION_KEY_OLD is no usable key", core.keyring { key = RAW_KEY, old = "short" })
  lu.assertErrorMsgContains("member 'key' must be a string or a secret", core.keyring, { key = 5 })
end

function TestKeyring.testMisuseRaises()
  local keys = assert(core.keyring { key = RAW_KEY })
  lu.assertErrorMsgContains("member 'n' of the credentials must be a string or a secret, not a number",
    keys.seal, keys, { n = 5 }, "t", "apple")
  lu.assertErrorMsgContains("named members only", keys.seal, keys, { "x" }, "t", "apple")
  lu.assertErrorMsgContains("zero byte", keys.open, keys, BLOB, "a\0b", "apple")
  lu.assertEquals(tostring(keys), "fmcal.keyring")
  keys:close()
  keys:close()
  lu.assertEquals(tostring(keys), "fmcal.keyring (closed)")
  lu.assertErrorMsgContains("the keyring is closed", keys.open, keys, BLOB, "academy", "apple")
end

TestSecret = {}

function TestSecret.testIsOpaque()
  local secret = core.secret("abcd-efgh")
  lu.assertEquals(type(secret), "userdata")
  lu.assertEquals(tostring(secret), "[secret]")
  lu.assertFalse(getmetatable(secret))
  lu.assertNil(debug.getmetatable(secret).__index)
  lu.assertNil(debug.getuservalue(secret, 1))
  lu.assertError(function() return secret .. "" end)
  lu.assertError(function() return #secret end)
  lu.assertError(function() return secret.bytes end)
  lu.assertError(string.format, "%q", secret)
  lu.assertEquals(("%s"):format(secret), "[secret]")
end

function TestSecret.testIsRefusedWhereItWouldComeOut()
  local secret = core.secret("abcd-efgh")
  lu.assertError(crypto.encode, "hex", secret)
  lu.assertError(crypto.sha256, secret)
  lu.assertError(crypto.aes_gcm_seal, ("k"):rep(32), ("n"):rep(12), "", secret)
  lu.assertError(io.write, secret)
end

function TestSecret.testCollectedIsNone()
  local secret = core.secret("abcd-efgh")
  debug.getmetatable(secret).__gc(secret)
  lu.assertTrue(core.is_secret(secret))
  lu.assertErrorMsgContains("string or secret expected", crypto.equal, secret, "abcd-efgh")
  lu.assertFalse(core.is_secret("abcd"))
  lu.assertFalse(core.is_secret(io.stdout))
end

TestSources = {}

function TestSources.testEnvironment()
  same(core.from_environment("PATH"), os.getenv("PATH"))
  refused("invalid", "FM_NO_SUCH_VARIABLE", core.from_environment("FM_NO_SUCH_VARIABLE"))
end

function TestSources.testFile()
  local folder <close> = shell.folder()
  local path = folder.path .. "/secret"
  for content, expected in pairs {
    ["abcd"] = "abcd", ["abcd\n"] = "abcd", ["abcd\r\n"] = "abcd", ["abcd\n\n"] = "abcd\n", ["a\0b"] = "a\0b",
    [("x"):rep(65536)] = ("x"):rep(65536),
  } do
    shell.write(path, content)
    same(core.from_file(path), expected)
  end
  for _, content in ipairs { "", "\n" } do
    shell.write(path, content)
    refused("invalid", "gave no text", core.from_file(path))
  end
  shell.write(path, ("x"):rep(65537))
  refused("limit", "too long for a secret", core.from_file(path))
  refused("invalid", "/missing cannot be read: No such file", core.from_file(folder.path .. "/missing"))
  refused("invalid", "cannot be read: Is a directory", core.from_file(folder.path))
end

function TestSources.testCommand()
  same(core.from_command { "printf", "abcd\\nefgh\\n" }, "abcd\nefgh")
  same(core.from_command({ "sh", "-c", "read x; echo \"got:$x\"" }, 10), "got:")
  same(core.from_command { "echo", "$HOME; `id`" }, "$HOME; `id`")
end

function TestSources.testCommandThatFails()
  refused("auth", '"sh" ended with exit status 3', core.from_command { "sh", "-c", "echo hunter22; exit 3" })
  refused("auth", '"true" gave no text', core.from_command { "true" })
  refused("invalid", "/no/such/program", core.from_command { "/no/such/program", "hunter22" })
  refused("timeout", '"sleep" did not end within 0 seconds', core.from_command({ "sleep", "100" }, 0.05))
  refused("limit", '"yes" printed more than 65536 bytes', core.from_command { "yes" })
  local _, err = core.from_command { "sh", "-c", "echo hunter22; exit 3", "hunter22" }
  lu.assertNotStrContains(err.message, "hunter22")
end

function TestSources.testCommandMisuseRaises()
  lu.assertErrorMsgContains("a list of 1 to 256 words", core.from_command, {})
  lu.assertErrorMsgContains("word 2 is a table, not a string", core.from_command, { "echo", {} })
  lu.assertErrorMsgContains("zero byte", core.from_command, { "echo", "a\0b" })
  lu.assertErrorMsgContains("seconds out of range", core.from_command, { "echo" }, 0)
end

-- What a script sees in a process that was started with keys.
local function output_of(code, variables)
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/script.lua", code)
  local out, err, status = shell.run(("%s %s %s/script.lua"):format(variables, shell.quote(os.getenv("FMCAL_LUA")), folder.path))
  lu.assertEquals(err, "")
  lu.assertEquals(status, 0)
  return out
end

TestProcess = {}

local KEYS = ("CALENDAR_ENCRYPTION_KEY=%s CALENDAR_ENCRYPTION_KEY_OLD=%s"):format(RAW_KEY, OTHER_KEY)

function TestProcess.testKeysLeaveTheEnvironment()
  local out = output_of([[
    print(os.getenv("CALENDAR_ENCRYPTION_KEY"), os.getenv("CALENDAR_ENCRYPTION_KEY_OLD"))
    local file = io.open("/proc/self/environ", "rb") -- closed to users other than root, which is as good
    local environ = file and file:read("a") or "PATH="
    print(environ:find("000102", 1, true), environ:find("11111111", 1, true), environ:find("PATH=", 1, true) ~= nil)
    local keys = assert(require("fmcal.credentials.core").keyring())
    print(keys:can_seal(), keys == require("fmcal.credentials.core").keyring())
  ]], KEYS)
  lu.assertEquals(out, "nil\tnil\nnil\tnil\ttrue\ntrue\ttrue\n")
end

function TestProcess.testChildrenGetKeysOnlyWhenAsked()
  local out = output_of([[
    local sys = require("fmcal.sys")
    for _, options in ipairs { {}, { master_keys = true } } do
      local p <close> = assert(sys.start({ "sh", "-c", "echo $CALENDAR_ENCRYPTION_KEY/$CALENDAR_ENCRYPTION_KEY_OLD" }, options))
      sys.wait_any { p }
      io.write(p:output())
    end
  ]], KEYS)
  lu.assertEquals(out, ("/\n%s/%s\n"):format(RAW_KEY, OTHER_KEY))
end

function TestProcess.testPasswordCommandsNeverGetKeys()
  local out = output_of([[
    local core, crypto = require("fmcal.credentials.core"), require("fmcal.crypto")
    print(crypto.equal(assert(core.from_command { "sh", "-c", "echo [$CALENDAR_ENCRYPTION_KEY]" }), "[]"))
  ]], KEYS)
  lu.assertEquals(out, "true\n")
end

function TestProcess.testUnusableKeyIsToldWhenItIsNeeded()
  local out = output_of([[
    local value, err = require("fmcal.credentials.core").keyring()
    print(value, err.code, (err.message:gsub(":.*", "")))
  ]], "CALENDAR_ENCRYPTION_KEY=hunter2")
  lu.assertEquals(out, "nil\tcrypto\tCALENDAR_ENCRYPTION_KEY is no usable key\n")
end

os.exit(lu.LuaUnit.run())
