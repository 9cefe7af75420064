local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local served = require "served"

TestConfig = {}

function TestConfig.test_one_calendar()
  local place <close> = served.synced({ { id = "A", title = "One", dueDate = "2027-01-01" } },
    { timeZone = "Europe/Rome", syncInterval = 30 })
  local answer = place:see("config")
  lu.assertEquals(answer.team, "academy")
  lu.assertEquals(answer.providers, { { name = "vdir", provider = "vdir", connected = true, paused = false,
    accountName = "calendars", calendarId = "academy", calendarName = "academy" } })
  lu.assertEquals({ answer.syncEnabled, answer.syncInterval, answer.defaultCalendar }, { true, 30, "vdir" })
  lu.assertEquals(answer.syncOptions, { timeZone = "Europe/Rome", syncInterval = 30 })
  lu.assertNil(answer.off)
end

-- A board that is connected with nothing has a page too.
function TestConfig.test_a_board_without_a_calendar()
  local place <close> = served.place { team = "academy", items = {} }
  local answer = place:see("config")
  lu.assertEquals({ answer.syncEnabled, #answer.providers, answer.defaultCalendar }, { false, 0, nil })
  lu.assertStrContains(answer.off, "board.json names no calendar")
  lu.assertNotStrContains(answer.off, place.path)
end

function TestConfig.test_switched_off_and_disconnected_calendars_are_told()
  local place <close> = served.place { team = "academy", items = {}, calendarConfig = { enabled = false,
    home = { provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy", syncOptions = { paused = true } },
    work = { provider = "vdir", connected = false, calendarName = "Work" } } }
  local answer = place:see("config")
  lu.assertFalse(answer.syncEnabled)
  lu.assertStrContains(answer.off, "switched off")
  local found = {}
  for _, calendar in ipairs(answer.providers) do found[calendar.name] = { calendar.connected, calendar.paused } end
  lu.assertEquals(found, { home = { true, true }, work = { false, false } })
end

-- No secret, and nothing that lets others act: a webhook's address does.
function TestConfig.test_no_secret()
  local board = commands.board({}, { webhook = "https://hooks.example.org/services/T0/B0/canary" })
  board.calendarConfig = { provider = "caldav", endpoint = "https://dav.example.org/", calendarId = "primary",
    syncOptions = board.calendarConfig.syncOptions, credentials = { username = "kim", password = "canary", token = "canary" } }
  local place <close> = served.place(board)
  for _, name in ipairs { "config", "calendar_config", "status" } do
    local text = json.encode(place:see(name))
    lu.assertNotStrContains(text, "canary")
  end
  lu.assertEquals(place:see("config").syncOptions.webhook, "https://hooks.example.org/…")
end

function TestConfig.test_a_broken_board_says_where()
  local place <close> = served.place('{\n  "team": "academy",\n  oops\n}')
  local err = place:refused("config")
  lu.assertEquals({ err.code, err.line, err.column }, { "parse", 3, 3 })
  lu.assertStrContains(err.message, "board.json")
  lu.assertNotStrContains(err.message, place.path)
end

function TestConfig.test_a_configuration_of_a_wrong_type()
  local place <close> = served.place { team = "academy", calendarConfig = { provider = "vdir", endpoint = 5 } }
  local err = place:refused("config")
  lu.assertEquals({ err.code, err.message }, { "invalid",
    "board board.json: calendarConfig.endpoint must be a text or an object, not a number" })
end

function TestConfig.test_what_is_asked_is_checked()
  local place <close> = served.place { team = "academy" }
  local err = place:refused("config", { tem = "x" })
  lu.assertEquals({ err.code, err.member }, { "invalid", "tem" })
end

-- Rules that cannot be loaded keep nobody from looking.
function TestConfig.test_broken_rules()
  local board = commands.board({ { id = "A", title = "One", dueDate = "2027-01-01" } })
  board.calendarConfig.rules = "rules.lua"
  local place <close> = served.place(board)
  place:write("rules.lua", "return {")
  local answer = place:see("config")
  lu.assertStrContains(answer.off, "rules.lua:1")
  lu.assertEquals(#answer.providers, 1)
  lu.assertEquals(place:see("entries").entries[1].status, "off")
end

os.exit(lu.LuaUnit.run())
