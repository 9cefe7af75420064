local accounts = require "fmcal.cli.accounts"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function accounts_of(config)
  local folder <close> = shell.folder()
  local path = folder.path .. "/board.json"
  shell.write(path, json.encode { team = "t", items = json.array {}, calendarConfig = config })
  return accounts.of(path, {})
end

TestAccounts = {}

function TestAccounts.test_the_same_person_at_the_same_server_is_one_account()
  local kim = { provider = "caldav", endpoint = "https://dav.example.org", credentials = { username = "kim", password = "x" } }
  local same = { provider = "caldav", endpoint = "https://dav.example.org", calendarId = "other",
    credentials = { username = "kim", password = { env = "P" } } }
  local lee = { provider = "caldav", endpoint = "https://dav.example.org", credentials = { username = "lee", password = "x" } }
  lu.assertEquals(accounts_of(kim), accounts_of(same))
  lu.assertNotEquals(accounts_of(kim), accounts_of(lee))
end

function TestAccounts.test_unopened_credentials_could_be_anybodys()
  local sealed = { provider = "google", credentials = { encrypted = "fmcal:v1:aaaa" } }
  local other = { provider = "google", credentials = { encrypted = "fmcal:v1:bbbb" } }
  lu.assertEquals(accounts_of(sealed), accounts_of(other))
end

function TestAccounts.test_folders_are_nobodys()
  lu.assertEquals(accounts_of { provider = "vdir", endpoint = "calendars" }, {})
end

function TestAccounts.test_each_calendar_of_a_board_counts()
  local found = accounts_of { apple = { connected = true, accountId = "a", credentials = { encrypted = "x" } },
    google = { connected = true, accountId = "g", credentials = { encrypted = "y" } } }
  table.sort(found)
  lu.assertEquals(found, { "apple  a", "google  g" })
end

function TestAccounts.test_a_board_that_cannot_be_read_has_none()
  lu.assertEquals(accounts.of("/nowhere/board.json", {}), {})
end

os.exit(lu.LuaUnit.run())
