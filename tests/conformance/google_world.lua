-- What the worlds of the scripted Google account have in common.
local json = require "fmcal.json"

local google_world = {}

local CALENDAR = "kanban@group.calendar.example"

--- What a provider is made with: for a calendar "kanban" beside the primary one.
function google_world.options(server)
  return { endpoint = { api = server.api, token = server.token, revoke = server.revoke }, calendar_id = CALENDAR,
    refresh_token = server.refresh_token, client_id = server.client_id, client_secret = server.client_secret,
    requests_per_minute = 1000000 }
end

--- @param server from support/servers.lua
--- @param members of the world that differ; false removes one
function google_world.of(server, members)
  server:control("POST", "_calendar", { id = CALENDAR, summary = "Kanban" })
  server:control("POST", "_calendar", { id = "reader@group.calendar.example", role = "reader" })
  local world = {
    name = "google",
    options = google_world.options(server),
    tokens = true,
    missing = { calendar_id = "no such calendar" },
    wrong_password = { password = "a wrong one", refresh_token = "a wrong one" },
    read_only = { calendar_id = "reader@group.calendar.example" },
    paged = function(size) server:set { page = size } end,
    close = function() server:stop() end,
  }
  for name, value in pairs(members or {}) do
    if value == false then world[name] = nil else world[name] = value end
  end
  return world
end

-- A person's edit of an event, past the provider: members merge as in events.patch.
local function edit(server, place, key, members)
  members.id = place:object(key).href
  server:control("POST", "_events/" .. CALENDAR, members)
end

-- Dates for policy_dates, as Google has them.
local function date_forms(server)
  local function form(name, first, last, members)
    members.name = name
    members.write = function(place, key) edit(server, place, key, { start = first, ["end"] = last }) end
    return members
  end
  local function at(clock)
    return { dateTime = "2027-03-11T" .. clock .. "+01:00", timeZone = "Europe/Rome", date = json.null }
  end
  local function day(text) return { date = text, dateTime = json.null, timeZone = json.null } end
  return {
    form("no length", at "10:00:00", at "10:00:00", { due = "2027-03-11T10:00:00", minutes = 1 }),
    form("seconds", at "10:00:15", at "11:30:45", { due = "2027-03-11T10:00:15", minutes = 90 }),
    form("three days", day "2027-03-11", day "2027-03-14", { due = "2027-03-11" }),
  }
end

--- What a policy world needs: see support/policy_place.lua.
function google_world.policy(server)
  local options = google_world.of(server).options
  return {
    name = "google", options = options,
    config = { provider = "google", calendarId = CALENDAR, endpoint = options.endpoint,
      requestsPerMinute = options.requests_per_minute,
      credentials = { clientId = options.client_id,
        refreshToken = { command = { "printf", "%s", options.refresh_token } },
        clientSecret = { command = { "printf", "%s", options.client_secret } } } },
    add_foreign = function(place, key)
      edit(server, place, key, { location = "Room 5", colorId = "7",
        extendedProperties = { private = { theirs = "kept" }, shared = { theirs = "kept too" } },
        reminders = { useDefault = false, overrides = { { method = "email", minutes = 5 } } } })
      return { '"location": "Room 5"', '"colorId": "7"', '"theirs": "kept"', '"theirs": "kept too"', '"minutes": 5' }
    end,
    date_forms = date_forms(server),
    invite = function(place, key) edit(server, place, key, { attendees = { { email = "b@example.org" } } }) end,
    close = function() server:stop() end,
  }
end

return google_world
