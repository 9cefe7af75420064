local json = require "fmcal.json"
local lu = require "luaunit"
local served = require "served"

local function place_of(options)
  return served.synced({ { id = "A", title = "First", dueDate = "2027-01-01" } }, options)
end

local function options_of(place)
  return place:board().calendarConfig.syncOptions
end

TestConfig = {}

function TestConfig.test_what_is_said_changes_and_nothing_else()
  local place <close> = place_of { timeZone = "Europe/Rome", massDeleteLimit = 0.5 }
  local answer = place:done("config", { syncInterval = 30, syncEnabled = false, defaultCalendar = "vdir",
    syncOptions = { conflictResolution = "manual", massDeleteLimit = json.null }, who = "kim@desk" })
  lu.assertEquals({ answer.syncEnabled, answer.syncInterval, answer.defaultCalendar }, { false, 30, "vdir" })
  lu.assertEquals(options_of(place), { timeZone = "Europe/Rome", conflictResolution = "manual", syncInterval = 30 })
  lu.assertEquals(place:see("config").warnings, {})
  local text = place:read "board.json"
  place:done("config", { syncInterval = 30 })
  lu.assertEquals(place:read "board.json", text)
end

function TestConfig.test_a_webhook_that_was_shown_stays()
  local place <close> = place_of { webhook = "https://example.org/secret-path" }
  local shown = place:see("config").syncOptions
  place:done("config", { syncOptions = shown })
  lu.assertEquals(options_of(place).webhook, "https://example.org/secret-path")
  place:done("config", { syncOptions = { webhook = "https://example.org/other" } })
  lu.assertEquals(options_of(place).webhook, "https://example.org/other")
end

function TestConfig.test_what_is_asked_wrongly()
  local place <close> = place_of()
  local text = place:read "board.json"
  for _, case in ipairs { { "syncInterval", { syncInterval = -1 } }, { "syncEnabled", { syncEnabled = "yes" } },
    { "defaultCalendar", { defaultCalendar = "vdri" } }, { "syncOptions", { syncOptions = { conflictResolution = "local" } } },
    { "syncOptions", { syncOptions = { conflictResolutoin = "manual" } } }, { "syncOptions", { syncOptions = { spans = "yes" } } },
    { "titel", { titel = "x" } } } do
    local answer, err = place:act("config", case[2])
    lu.assertNil(answer, json.encode(case))
    lu.assertEquals(err.member, case[1])
  end
  lu.assertEquals(place:read "board.json", text)
end

-- A program that saves an older copy of the board over it does not undo it.
function TestConfig.test_an_older_copy()
  local place <close> = place_of()
  local older = place:read "board.json"
  place:done("config", { syncOptions = { conflictResolution = "manual" } })
  place:write("board.json", older)
  place:sync()
  lu.assertEquals(options_of(place).conflictResolution, "manual")
end

os.exit(lu.LuaUnit.run())
