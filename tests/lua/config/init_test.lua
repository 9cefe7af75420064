-- Types of the members of calendarConfig; what commands make of it is in functional/config_types_test.lua.
local board = require "fmcal.board"
local config = require "fmcal.config"
local json = require "fmcal.json"
local lu = require "luaunit"

local function two_calendars(section)
  section.work = { provider = "vdir", endpoint = section.endpoint, calendarId = section.calendarId }
  section.provider, section.endpoint, section.calendarId = nil, nil, nil
end

TestTypes = {}

local VALUES = { number = 7, yes = true, text = "x", list = json.array { 1 }, object = { a = 1 }, zero = "a\0b" }
local FINE = {
  enabled = { yes = true }, provider = {}, calendarId = { text = true }, endpoint = { text = true }, rules = {},
  credentials = { object = true }, allowHttp = { yes = true }, caFile = { text = true }, proxy = { text = true },
  timeout = { number = true }, requestsPerMinute = { number = true }, syncOptions = { object = true },
  connected = { yes = true }, accountName = { text = true }, accountId = { text = true }, selectedCalendarId = { text = true },
  calendarName = { text = true, number = true, zero = true }, availableCalendars = {}, lastSyncAt = { text = true },
  lastSyncStatus = { text = true }, lastSyncError = { text = true, number = true, zero = true }, stats = { object = true },
}
local OPTIONS = {
  syncItems = { yes = true }, syncEpics = { yes = true }, syncCourtDates = { yes = true }, autoSync = { yes = true },
  syncInterval = { number = true }, conflictResolution = {}, onEventDeleted = {}, reminders = {}, timeZone = {},
  massDeleteLimit = {}, webhook = {}, pushInvitations = { yes = true },
}

local function refused(path, change)
  local section = { provider = "vdir", endpoint = "calendars", calendarId = "academy", syncOptions = {} }
  change(section)
  local opened <close> = assert(board.parse(json.encode { team = "academy", calendarConfig = section, items = json.array {} }))
  local settings, err = config.load(opened, {})
  lu.assertNil(settings, path)
  lu.assertEquals(err.code, "invalid")
  lu.assertStrContains(err.message, "calendarConfig." .. path)
end

function TestTypes.test_every_member_with_every_type()
  for kind, value in pairs(VALUES) do
    for member, fine in pairs(FINE) do
      if not fine[kind] and not (member == "rules" and kind == "text") then
        refused(member, function(c) c[member] = value end)
      end
    end
    for member, fine in pairs(OPTIONS) do
      if not fine[kind] then refused("syncOptions." .. member, function(c) c.syncOptions[member] = value end) end
    end
  end
end

function TestTypes.test_those_of_a_calendar_and_the_shared_ones()
  for _, kind in ipairs { "list", "zero", "yes" } do
    local value = VALUES[kind]
    refused("work.endpoint", function(c) two_calendars(c) c.work.endpoint = value end)
    refused("work.provider", function(c) two_calendars(c) c.work.provider = value end)
    refused("work.syncOptions.timeZone", function(c) two_calendars(c) c.work.syncOptions = { timeZone = value } end)
    refused("proxy", function(c) two_calendars(c) c.proxy = value end)
    refused("apple", function(c) two_calendars(c) c.apple = value end)
  end
  refused("endpoint of google must be an object", function(c) c.provider, c.endpoint = "google", "http://x" end)
  refused("endpoint.api must be a text", function(c) c.provider, c.endpoint = "google", { api = 5 } end)
  refused("endpoint must be a text", function(c) c.endpoint = { api = "x" } end)
end

os.exit(lu.LuaUnit.run())
