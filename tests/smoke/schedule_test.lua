-- The examples for runs by the clock: their commands run as they stand, but for the paths.
local lu = require("luaunit")
local commands = require("commands")
local json = require("fmcal.json")
local shell = require("shell")

local KEY = ("0"):rep(63) .. "1"

-- A board whose credentials need the key.
local function connected()
  local credentials = require("fmcal.credentials")
  local keyring = assert(credentials.keyring { key = KEY })
  local made = commands.board({ { id = "A-1", title = "One", dueDate = "2026-02-15" } })
  local blob = assert(credentials.seal({ appPassword = "abcd" }, { team = "academy", provider = "vdir" }, keyring))
  made.calendarConfig.credentials = { encrypted = blob, expiresAt = json.null }
  return commands.place(made)
end

local function run(place, command, env)
  local line = command:gsub("/usr/local/bin/fmcal%-lua", os.getenv("FMCAL_LUA"))
  local _, errors, status = shell.run(("cd %s && env -u FMCAL_STATE %s sh -c %s"):format(place.path, env, shell.quote(line)))
  lu.assertEquals({ errors, status }, { "", 0 })
  lu.assertEquals(place:count_events(), 1)
end

TestSchedule = {}

function TestSchedule.testSystemd()
  local place <close> = connected()
  local unit = shell.source("examples/systemd/fmcal.service")
  local name = unit:match("\nLoadCredentialEncrypted=([%w_]+):")
  place:write(name, KEY .. "\n")
  local command = unit:match("\nExecStart=([^\n]+)"):gsub("/srv/fleet", place.path)
  run(place, command, "CREDENTIALS_DIRECTORY=" .. place.path)
  if shell.run("command -v systemd-analyze") ~= "" then
    local timer = shell.source("examples/systemd/fmcal.timer")
    local when = timer:match("\nOnCalendar=([^\n]+)")
    lu.assertEquals(select(3, shell.run("systemd-analyze calendar " .. shell.quote(when))), 0)
  end
end

function TestSchedule.testCrontab()
  local place <close> = connected()
  place:write(".fmcal.key", KEY .. "\n")
  local line = shell.source("examples/crontab"):match("\n%*/15 %* %* %* %* ([^\n]+)")
  run(place, (line:gsub("/fleet/board%.json", "/board.json")), "HOME=" .. place.path)
end

os.exit(lu.LuaUnit.run())
