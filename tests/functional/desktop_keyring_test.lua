-- A password from the desktop's keyring, with a library in libsecret's place.
local lu = require("luaunit")
local shell = require("shell")

local ASK = [[
  local credentials, crypto = require("fmcal.credentials"), require("fmcal.crypto")
  local section = { keyring = { service = arg[1], account = "julia" } }
  local members, err = credentials.resolve(section, { team = "academy", provider = "apple" })
  print(members and crypto.equal(members.password, "abcd-efgh") or err.code .. ": " .. err.message)
]]

-- What is printed where `library` (a shell command that makes libsecret-1.so.0 in the folder) has been run.
local function ask(service, library)
  local folder <close> = shell.folder()
  local _, errors, made = shell.run((library:gsub("FOLDER", folder.path)))
  lu.assertEquals(made, 0, errors)
  shell.write(folder.path .. "/ask.lua", ASK)
  local out = shell.run(("LD_LIBRARY_PATH=%s %s %s/ask.lua %s"):format(
    folder.path, shell.quote(os.getenv("FMCAL_LUA")), folder.path, service))
  return out
end

local STAND_IN = ("%s -shared -fPIC -o FOLDER/libsecret-1.so.0 %s"):format(
  os.getenv("CC"), shell.quote(os.getenv("TESTS_DIR") .. "/support/libsecret/libsecret.c"))

TestDesktopKeyring = {}

function TestDesktopKeyring.testEntry()
  lu.assertEquals(ask("icloud", STAND_IN), "true\n")
end

function TestDesktopKeyring.testNoEntry()
  local out = ask("other", STAND_IN)
  lu.assertStrContains(out, 'invalid: the desktop keyring has no entry with these attributes: make one with "secret-tool store')
  lu.assertStrContains(out, " service other")
  lu.assertStrContains(out, " account julia")
end

function TestDesktopKeyring.testNoService()
  lu.assertEquals(ask("broken", STAND_IN),
    "auth: the desktop keyring cannot be asked: Cannot autolaunch D-Bus without X11 $DISPLAY\n")
end

function TestDesktopKeyring.testLibraryThatCannotBeUsed()
  local out = ask("icloud", "echo nonsense >FOLDER/libsecret-1.so.0")
  lu.assertStrContains(out, "unsupported: the desktop keyring needs libsecret, which is not installed")
end

os.exit(lu.LuaUnit.run())
