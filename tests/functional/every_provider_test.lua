-- Every command on every kind of calendar, alone and beside another one, with plain and with encrypted credentials, connected
-- and disconnected: nothing that is said is untrue.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local provider = require "fmcal.provider"
local servers = require "servers"

local KANBAN = "kanban@group.calendar.example"
local KEY = "CALENDAR_ENCRYPTION_KEY=" .. ("0"):rep(63) .. "1"
local UNFORESEEN = { "should not have happened", "traceback", "attempt to", "setting \"" }

local scripted <close> = servers.scripted()
local icloud <close> = servers.icloud()
local google

-- A sign-in that was revoked does not come back: each test has an account of its own.
local function new_google()
  if google then google:stop() end
  google = servers.google()
  google:control("POST", "_calendar", { id = KANBAN, summary = "Kanban" })
end

-- What stands on the board for each kind.
local KINDS = {
  mock = function() return { provider = "mock", endpoint = "calendar.txt" } end,
  vdir = function() return { provider = "vdir", endpoint = "calendars", calendarId = "academy" } end,
  caldav = function()
    return { provider = "caldav", endpoint = scripted.url, calendarId = "kanban",
      credentials = { username = "alice", password = "secret" } }
  end,
  apple = function()
    return { provider = "apple", endpoint = icloud.url, calendarId = "kanban",
      credentials = { username = "alice", appPassword = "secret" } }
  end,
  google = function()
    return { provider = "google", calendarId = KANBAN, requestsPerMinute = 1000000,
      endpoint = { api = google.api, auth = google.auth, token = google.token, revoke = google.revoke },
      credentials = { clientId = google.client_id, clientSecret = google.client_secret, refreshToken = google.refresh_token } }
  end,
}

local FORMS = {
  single = function(calendar) return calendar end,
  several = function(calendar)
    return { first = calendar, second = { provider = "vdir", endpoint = "calendars", calendarId = "second" } }
  end,
}

-- An event of somebody else in the calendar.
local function add_lunch(place, calendar)
  local options = {}
  for name, value in pairs(calendar) do options[name] = value end
  for name, value in pairs(calendar.credentials or {}) do options[name] = value end
  options.provider, options.credentials, options.password, options.appPassword = nil, nil, options.password or options.appPassword, nil
  if type(options.endpoint) == "string" and not options.endpoint:find("^http") then
    options.endpoint = place:file(options.endpoint)
  end
  local made <close> = assert(provider.new(calendar.provider, options))
  local result = made:create_event { uid = "lunch@example.org", title = "Lunch", dueDate = "2027-03-01" }
  assert(result.success, result.error)
end

local function board_of(calendars)
  local section = { syncOptions = { timeZone = "Europe/Rome" } }
  for name, value in pairs(calendars) do section[name] = value end
  return { team = "academy", calendarConfig = section,
    items = json.array { { id = "A", title = "One", dueDate = "2027-02-15" }, { id = "B", title = "Without a date" } } }
end

-- A place that was synced once.
local function synced(kind, form, environment)
  for _, server in ipairs { scripted, icloud } do server:clear() end
  if kind == "google" then new_google() end
  local calendar = KINDS[kind]()
  local place = commands.place(board_of(FORMS[form](calendar)))
  os.execute("mkdir " .. place:file("calendars/second"))
  add_lunch(place, calendar)
  local out, errors = place:expect(0, "sync.lua board.json --json", { env = environment })
  lu.assertEquals(json.decode(out).result.outbound.created, 1, errors)
  return place
end

local function lines_of(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = assert(json.decode(line), line) end
  return list
end

-- Runs a command; what it prints as JSON, and its sentences.
local function ask(place, status, words, environment)
  local out, errors = place:expect(status, words .. " board.json --json", { env = environment })
  for _, unforeseen in ipairs(UNFORESEEN) do lu.assertNotStrContains(out .. errors, unforeseen) end
  return lines_of(out), errors
end

-- What the state tells: without a network, and without the key.
local function assert_state_is_told(place, kind, form)
  local status = ask(place, 0, "status.lua")[1]
  lu.assertEquals(#status.targets, form == "single" and 1 or 2)
  local first = status.targets[1]
  lu.assertEquals({ first.provider, first.bound, first.counts.synced, first.counts.skipped }, { kind, true, 1, 1 })
  lu.assertEquals({ first.pending.board, first.pending.calendar, #first.errors, status.conflicts }, { 0, 0, 0, 0 })
  local events = ask(place, 0, "events.lua")
  lu.assertEquals(#events, 1)
  lu.assertEquals({ events[1].title, events[1].dueDate, events[1].kind, events[1].uid, events[1].error },
    { "Lunch", "2027-03-01", "external", "lunch@example.org" })
  for _, run in ipairs(ask(place, 0, "history.lua")) do lu.assertEquals(#run.overwritten, 0) end
  lu.assertEquals(ask(place, 0, "conflicts.lua"), {})
  local feed = place:expect(0, "export.lua board.json")
  lu.assertStrContains(feed, "SUMMARY:One\r\n")
  lu.assertStrContains(feed, "UID:A@fleetmonitor\r\n")
end

local function assert_calendar_is_told(place, form, environment)
  local out = place:expect(0, "explain.lua board.json A --json", { env = environment })
  local about = lines_of(out)[1]
  lu.assertEquals({ about.title, about.on_board, #about.calendars }, { "One", true, form == "single" and 1 or 2 })
  lu.assertEquals({ about.calendars[1].action, about.calendars[1].status, about.calendars[1].calendar.title },
    { "none", "synced", "One" })
  for _, words in ipairs { "sync.lua --dry-run", "sync.lua" } do
    local result, errors = ask(place, 0, words, environment)
    lu.assertEquals({ result[1].success, result[1].exit, #(result[1].actions or {}) }, { true, 0, 0 }, errors)
  end
end

local function has_account(kind) return kind ~= "mock" and kind ~= "vdir" end

TestCommands = {}

for kind in pairs(KINDS) do
  for form in pairs(FORMS) do
    TestCommands[("test_%s_%s"):format(kind, form)] = function()
      local place <close> = synced(kind, form)
      assert_state_is_told(place, kind, form)
      assert_calendar_is_told(place, form)
      if not has_account(kind) then return end
      -- The next run that writes encrypts; then what needs the account needs the key, and nothing else does.
      place:edit(function(board) board.items[1].title = "Two" end)
      place:expect(0, "sync.lua board.json", { env = KEY })
      place:edit(function(board) board.items[1].title = "One" end)
      place:expect(0, "sync.lua board.json", { env = KEY })
      local text = place:read("board.json")
      lu.assertStrContains(text, "fmcal:v1:")
      assert_state_is_told(place, kind, form)
      assert_calendar_is_told(place, form, KEY)
      for _, words in ipairs { "sync.lua board.json", "explain.lua board.json A" } do
        local out, errors = place:expect(2, words)
        lu.assertStrContains(out .. errors, "CALENDAR_ENCRYPTION_KEY")
      end
    end

    TestCommands[("test_%s_%s_disconnected"):format(kind, form)] = function()
      local place <close> = synced(kind, form)
      place:expect(0, "disconnect.lua board.json" .. (form == "single" and "" or " --name first"))
      if form == "several" then
        local status = ask(place, 0, "status.lua")[1]
        lu.assertEquals({ #status.targets, status.targets[1].name }, { 1, "second" })
        lu.assertEquals(ask(place, 0, "sync.lua")[1].exit, 0)
        place:edit(function(board) board.calendarConfig.second.connected = false end)
        local _, errors = ask(place, 2, "status.lua")
        lu.assertStrContains(errors, "is connected with no calendar: first, second")
      else
        assert_state_is_told(place, kind, form)
        if has_account(kind) then
          local _, errors, status = place:run("sync.lua board.json")
          lu.assertTrue(status == 2 or status == 3)
          lu.assertNotEquals(errors, "")
        end
      end
    end
  end
end

local status = lu.LuaUnit.run()
if google then google:stop() end
os.exit(status)
