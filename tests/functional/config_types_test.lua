-- Members of calendarConfig: misspelt ones are warnings, those of a wrong type or value end the command and are named.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local UNFORESEEN = { "should not have happened", "traceback", "attempt to" }

local function board()
  return commands.board { { id = "A", title = "Secret", dueDate = "2027-01-01" } }
end

-- Runs a command on a board whose configuration was changed.
local function with(place, change, status, words)
  local changed = board()
  change(changed.calendarConfig, changed)
  place:write("board.json", changed)
  local out, errors = place:expect(status, words or "sync.lua board.json")
  for _, unforeseen in ipairs(UNFORESEEN) do lu.assertNotStrContains(out .. errors, unforeseen) end
  return errors
end

TestUnknown = {}

function TestUnknown.test_misspelt_members_are_warnings()
  local place <close> = commands.place()
  local errors = with(place, function(c)
    c.rule, c.syncOption, c.quiteAnother, c.nothing = "rules.lua", { conflictResolution = "manual" }, 5, json.null
    c.syncOptions.reminder = json.array { "-P1D" }
  end, 0)
  lu.assertStrContains(errors, "warning: calendarConfig.rule is not known: did you mean rules?")
  lu.assertStrContains(errors, "warning: calendarConfig.syncOption is not known: did you mean syncOptions?")
  lu.assertStrContains(errors, "warning: calendarConfig.quiteAnother is not known\n")
  lu.assertStrContains(errors, "warning: calendarConfig.syncOptions.reminder is not known: did you mean reminders?")
  lu.assertNotStrContains(errors, "nothing")
  local out = place:run("doctor.lua board.json")
  lu.assertStrContains(out, "calendarConfig.rule is not known: did you mean rules?")
  lu.assertStrContains(place:expect(0, "status.lua board.json"), "warning: calendarConfig.rule is not known")
end

local function two_calendars(config)
  local first = { provider = "vdir", endpoint = config.endpoint, calendarId = config.calendarId }
  config.provider, config.endpoint, config.calendarId = nil, nil, nil
  config.work = first
end

function TestUnknown.test_those_of_a_calendar()
  local place <close> = commands.place()
  local errors = with(place, function(c)
    two_calendars(c)
    c.work.calenderName, c.work.syncOptions = "x", { masDeleteLimit = 1 }
    c.syncOption = { conflictResolution = "manual" }
    c.rule = "rules.lua"
  end, 0)
  lu.assertStrContains(errors, "calendarConfig.work.calenderName is not known: did you mean calendarName?")
  lu.assertStrContains(errors, "calendarConfig.work.syncOptions.masDeleteLimit is not known: did you mean massDeleteLimit?")
  lu.assertStrContains(errors, "calendarConfig.syncOption is not known: did you mean syncOptions?")
  lu.assertStrContains(errors, "calendarConfig.rule is not known: did you mean rules?")
end

-- Members that are no settings of the account reach no provider, whatever they are called.
function TestUnknown.test_those_of_credentials()
  local place <close> = commands.place()
  local errors = with(place, function(c)
    c.credentials = { usrname = "kim", endpoint = "elsewhere", encripted = "fmcal:v1:x" }
  end, 0)
  lu.assertStrContains(errors, "calendarConfig.credentials.usrname is not known: did you mean username?")
  lu.assertStrContains(errors, "calendarConfig.credentials.encripted is not known: did you mean encrypted?")
  lu.assertStrContains(errors, "calendarConfig.credentials.endpoint is not known")
end

function TestUnknown.test_what_fleet_monitor_keeps_there_is_known()
  local place <close> = commands.place()
  lu.assertEquals(with(place, function(c)
    two_calendars(c)
    for name, value in pairs { connected = true, accountName = "Kim", accountId = "kim@example.org", calendarName = "Cases",
      availableCalendars = json.array { { id = "a", name = "A" } }, credentials = {} } do
      c.work[name] = value
    end
    c.lastSyncAt, c.lastSyncStatus, c.lastSyncError = "2026-01-25T12:00:00Z", "success", json.null
    c.stats = { pendingChanges = 0, lastConflictAt = json.null }
  end, 0), "")
end

TestTypes = {}

function TestTypes.test_the_board_around_it()
  local place <close> = commands.place()
  for _, value in ipairs { 5, "x", true, json.array { 1 }, json.array {} } do
    lu.assertStrContains(with(place, function(_, b) b.calendarConfig = value end, 2), "calendarConfig must be an object")
    for _, words in ipairs { "connect.lua apple board.json --username kim --password-command 'echo x'", "disconnect.lua board.json" } do
      lu.assertStrContains(with(place, function(_, b) b.calendarConfig = value end, 2, words), "calendarConfig must be an object")
    end
  end
  for _, value in ipairs { 5, true, json.array {}, {} } do
    lu.assertStrContains(with(place, function(_, b) b.teamName = value end, 2), "teamName must be a text")
    lu.assertStrContains(with(place, function(_, b) b.team = value end, 2), '"team"')
  end
  lu.assertStrContains(with(place, function(_, b) b.team = "a\0b" end, 2), "without zero bytes")
  local function name_a_calendar(config)
    config.provider, config["my\0own"] = nil, { provider = "vdir", endpoint = "calendars", calendarId = "academy" }
  end
  for _, words in ipairs { "sync.lua board.json", "status.lua board.json", "sync.lua board.json --dry-run" } do
    lu.assertStrContains(with(place, name_a_calendar, 2, words),
      "calendarConfig.my?own: the name of a calendar must be one without zero bytes")
  end
end

-- A folder, a pipe, something that is no JSON, where a file is expected.
function TestTypes.test_other_things_than_files()
  local place <close> = commands.place(board())
  os.execute(("cd %s && mkdir folder && mkfifo pipe && : > empty && printf '\\0\\1' > bytes"):format(place.path))
  for _, name in ipairs { "folder", "pipe", "empty", "bytes", "missing" } do
    for _, words in ipairs { "sync.lua board.json --config %s", "sync.lua board.json --rules %s", "sync.lua --apply %s",
      "sync.lua %s", "status.lua %s", "export.lua %s", "explain.lua %s A", "history.lua board.json --config %s" } do
      if not (name == "empty" and words:find("--rules", 1, true)) then
        local out, errors, status = place:run("timeout 10 " .. os.getenv("FMCAL_LUA") and words:format(name))
        lu.assertTrue(status == 2 or status == 3, words:format(name) .. ": " .. tostring(status) .. errors)
        lu.assertStrContains(errors, name == "empty" and "empty" or name)
        for _, unforeseen in ipairs(UNFORESEEN) do lu.assertNotStrContains(out .. errors, unforeseen) end
      end
    end
  end
end

-- The first of several calendars is the one that stands first in the file.
function TestTypes.test_the_first_calendar()
  local place <close> = commands.place()
  os.execute("mkdir " .. place:file("calendars/second"))
  place:write("board.json", [[{ "team": "academy", "calendarConfig": { "syncOptions": {},
    "zoo": { "provider": "vdir", "endpoint": "calendars", "calendarId": "academy" },
    "ant": { "provider": "vdir", "endpoint": "calendars", "calendarId": "second" } },
    "items": [ { "id": "A", "title": "T", "dueDate": "2027-01-01" } ] }]])
  place:expect(0, "sync.lua board.json")
  lu.assertNotNil(place:item("A").calendarSync.others.ant)
  lu.assertNil(place:item("A").calendarSync.others.zoo)
  local status = json.decode((place:expect(0, "status.lua board.json --json")))
  lu.assertEquals(status.targets[1].name, "zoo")
end

os.exit(lu.LuaUnit.run())
