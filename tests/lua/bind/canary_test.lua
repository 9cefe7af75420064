-- One secret, every way it might come out of a process: log lines at the most verbose level in every spelling,
-- errors, tostring, and all that the debugger can list.
local lu = require("luaunit")
local shell = require("shell")
local spellings = require("spellings")

-- Held in parts, so that this file's own strings are not taken for a leak.
local CANARY = table.concat { "kanarien", "vogel-", "Xy7/+ 42" }

local PROGRAM = [==[
  local log = require("fmcal.log")
  local core = require("fmcal.credentials.core")
  local credentials = require("fmcal.credentials")
  local crypto = require("fmcal.crypto")
  log.level("trace")

  local secret = assert(core.from_file(arg[1]))
  local ids = { team = "academy", provider = "apple" }
  local keys = assert(core.keyring { key = secret })
  local blob = assert(keys:seal({ appPassword = secret }, "academy", "apple"))
  local members = assert(credentials.resolve({ encrypted = blob, username = "julia" }, ids, keys))

  -- what code that means well might write
  log.trace("secret %s, members %s, %s", secret, members, members.password)
  log.trace(tostring(secret) .. tostring(keys))
  pcall(function() log.error("%q", secret) end)
  print(secret, keys, members.password)
  print(pcall(function() return secret .. "x" end))
  print(pcall(function() return secret + 1 end))
  print(pcall(crypto.encode, "base64", secret))
  print(pcall(require("fmcal.json").encode, { secret }))
  print(select(2, keys:open("fmcal:v1:rubbish", "academy", "apple")))
  print(select(2, keys:open(blob, "academx", "apple")))
  print(select(2, crypto.sign_rs256(secret, "data")))
  print(select(2, core.keyring { key = "short", old = secret }))
  print(select(2, core.from_command { "sh", "-c", "cat \"$0\"; exit 1", arg[1] }))
  print(select(2, core.from_command({ "sh", "-c", "cat \"$0\"; exec sleep 9", arg[1] }, 0.2)))
  print(select(2, core.from_command { "sh", "-c", "while :; do cat \"$0\"; done", arg[1] }))

  -- all that can be reached: registry, loaded modules, locals and upvalues of every function
  local seen, found = {}, {}
  local function visit(value, path)
    if type(value) == "string" then
      if value:find("kanarien" .. "vogel", 1, true) then found[#found + 1] = path end
      return
    end
    if type(value) ~= "table" and type(value) ~= "function" and type(value) ~= "userdata" or seen[value] then return end
    seen[value] = true
    visit(debug.getmetatable(value), path .. ".metatable")
    if type(value) == "table" then
      for k, v in next, value do
        visit(k, path .. ".key")
        visit(v, path .. "." .. tostring(k))
      end
    elseif type(value) == "function" then
      for i = 1, 255 do
        local name, upvalue = debug.getupvalue(value, i)
        if not name then break end
        visit(upvalue, path .. ".up." .. name)
      end
    else
      for i = 1, 8 do visit(debug.getuservalue(value, i), path .. ".user" .. i) end
    end
  end
  visit(debug.getregistry(), "registry")
  for level = 1, 20 do
    local info = debug.getinfo(level, "f")
    if not info then break end
    visit(info.func, "function")
    for i = 1, 250 do
      local name, value = debug.getlocal(level, i)
      if not name then break end
      visit(value, "local " .. name)
    end
  end
  print("found: " .. table.concat(found, " "))
]==]

local function assert_hidden(output)
  spellings.assert_hidden(output, CANARY)
end

TestCanary = {}

function TestCanary.testIsFoundNowhere()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/secret", CANARY .. "\n")
  shell.write(folder.path .. "/program.lua", PROGRAM)
  local out, errors, status = shell.run(("FMCAL_LOG=trace %s %s/program.lua %s/secret"):format(
    shell.quote(os.getenv("FMCAL_LUA")), folder.path, folder.path))
  lu.assertEquals(status, 0, errors)
  lu.assertStrContains(out, "found: \n")
  lu.assertStrContains(errors, "trace: lua: secret [secret]")
  assert_hidden(out .. errors)
end

function TestCanary.testEverySpellingIsMaskedInTheLog()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/secret", CANARY)
  shell.write(folder.path .. "/program.lua", [[
    local secret = assert(require("fmcal.credentials.core").from_file(arg[1]))
    for line in io.lines(arg[2]) do require("fmcal.log").trace(line) end
    print(secret)
  ]])
  local lines = spellings.of(CANARY)
  for i, spelling in ipairs(lines) do lines[i] = "a: " .. spelling .. " :z" end
  shell.write(folder.path .. "/lines", table.concat(lines, "\n") .. "\n")
  local _, errors = shell.run(("FMCAL_LOG=trace %s %s/program.lua %s/secret %s/lines"):format(
    shell.quote(os.getenv("FMCAL_LUA")), folder.path, folder.path, folder.path))
  lu.assertEquals(errors, ("trace: lua: a: [secret] :z\n"):rep(#lines))
end

function TestCanary.testASecretInAnErrorMessageIsMasked()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/secret", CANARY:gsub("[ /+]", "_"))
  shell.write(folder.path .. "/program.lua", [[
    local core = require("fmcal.credentials.core")
    local secret <const> = assert(core.from_file(arg[1]))
    print(select(2, core.from_file("/no/such/" .. io.open(arg[1]):read("a"))), secret)
  ]])
  local out = shell.run(("%s %s/program.lua %s/secret"):format(
    shell.quote(os.getenv("FMCAL_LUA")), folder.path, folder.path))
  lu.assertEquals(out, "/no/such/[secret] cannot be read: No such file or directory\t[secret]\n")
end

os.exit(lu.LuaUnit.run())
