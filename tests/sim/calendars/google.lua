-- The scripted Google account as the calendar of a history: see calendars/mock.lua.
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local remote = require "calendars.remote"
local servers = require "servers"
local time = require "fmcal.time"

local CALENDAR = "kanban@group.calendar.example"

local Calendar = { provider = "google" }
Calendar.__index = Calendar

--- Habits of the account, drawn.
function Calendar.draw(random)
  local function any(list) return list[random(#list)] end
  return { page = any { 0, 0, 2 }, empty_pages = random(5) == 1, revive_forbidden = random(4) == 1 }
end

local function control(self, ...)
  return remote.control(self.server, ...)
end

function Calendar.start()
  local server = servers.google()
  local endpoint = { api = server.api, token = server.token, revoke = server.revoke }
  local self = setmetatable({ server = server, config = { calendarId = CALENDAR, endpoint = endpoint,
    requestsPerMinute = 1000000, credentials = { clientId = server.client_id, refreshToken = server.refresh_token,
      clientSecret = server.client_secret } } }, Calendar)
  control(self, "POST", "_calendar", { id = CALENDAR, summary = "Kanban" })
  self.codec = assert(core.new("google", { endpoint = endpoint, calendar_id = CALENDAR, client_id = server.client_id,
    refresh_token = server.refresh_token, client_secret = server.client_secret }))
  assert(self.codec:open())
  return self
end

-- The time of the world is the account's.
local function tell_time(self)
  self.known = nil
  control(self, "POST", "_options", { now = time.now():gsub("Z$", ".000Z") })
end

function Calendar:reset(settings)
  control(self, "DELETE", "_fault")
  control(self, "DELETE", "_all")
  control(self, "POST", "_options", settings)
  tell_time(self)
end

local function uid_of(event)
  local private = (event.extendedProperties or {}).private or {}
  return private.uid or event.iCalUID
end

local function fetched(self)
  local found = {}
  for _, event in ipairs(control(self, "GET", "_events/" .. CALENDAR)) do
    if event.status ~= "cancelled" then
      local text = assert(json.encode(event, { sort = true }))
      found[event.id] = { uid = uid_of(event), text = text, event = self.codec:decode(text) }
    end
  end
  return found
end

--- What was found holds until somebody writes: a run, or a person.
function Calendar:objects()
  self.known = self.known or fetched(self)
  return self.known
end

local function changed(self) self.known = nil end

function Calendar:put(href, text) -- luacheck: no unused args
  tell_time(self)
  control(self, "PUT", "_events/" .. CALENDAR, text)
end

function Calendar:delete(href)
  tell_time(self)
  control(self, "POST", "_events/" .. CALENDAR, { id = href, status = "cancelled" })
end

function Calendar:edit(href, members)
  local object = self:objects()[href]
  local event = assert(self.codec:decode(object.text))
  for name, value in pairs(members) do event[name] = value end
  local edited = json.decode(assert(self.codec:encode(event, object.text)))
  edited.id = href
  self:put(href, edited)
end

function Calendar:foreign(uid)
  local id = uid:gsub("@.*", ""):lower():gsub("[^a-v0-9]", "") .. "00000"
  if self:objects()[id] then return end
  changed(self)
  control(self, "POST", "_events/" .. CALENDAR, { id = id, summary = "foreign",
    start = { date = "2030-01-01" }, ["end"] = { date = "2030-01-02" }, extendedProperties = { private = { uid = uid } } })
end

function Calendar:order(faults)
  tell_time(self)
  remote.order(self.server, faults)
end

function Calendar:calm()
  changed(self)
  control(self, "DELETE", "_fault")
end

function Calendar:begin_log()
  changed(self)
  control(self, "DELETE", "_log")
end

function Calendar:log()
  return remote.log(self.server, function(row) return row.method == "GET" and row.path:find("/events/.") ~= nil end)
end

function Calendar:stop()
  self.codec:close()
  self.server:stop()
end

return Calendar
