-- The scripted CalDAV server as the calendar of a history: see calendars/mock.lua.
local ics = require "calendars.ics"
local remote = require "calendars.remote"
local servers = require "servers"

local Calendar = { provider = "caldav" }
Calendar.__index = Calendar

--- Habits of a server, drawn.
function Calendar.draw(random)
  local function any(list) return list[random(#list)] end
  return { sync = random(4) > 1, page = any { 0, 0, 2 }, put_etag = random(3) > 1, content_tokens = random(4) == 1,
    reorder = random(2) == 1, weak_etags = random(6) == 1, multiget = random(5) > 1, ctag = random(4) > 1,
    slashes = random(4) == 1 }
end

function Calendar.start()
  local server = servers.scripted()
  return setmetatable({ server = server, config = { endpoint = server.url, calendarId = "kanban",
    credentials = { username = server.user, password = server.password } } }, Calendar)
end

local function control(self, ...)
  return remote.control(self.server, ...)
end

function Calendar:reset(settings)
  self.known = nil
  control(self, "DELETE", "_fault")
  control(self, "DELETE", "_all")
  control(self, "POST", "_options", settings)
end

local function fetched(self)
  local found = {}
  for href, object in pairs(control(self, "GET", "_objects").kanban) do
    found[href] = { uid = object.uid, text = object.text, event = ics.event(object.text) }
  end
  return found
end

--- What was found holds until somebody writes: a run, or a person.
function Calendar:objects()
  self.known = self.known or fetched(self)
  return self.known
end

local function changed(self) self.known = nil end

function Calendar:put(href, text)
  changed(self)
  control(self, "PUT", "_objects/kanban/" .. href, text)
end

function Calendar:delete(href)
  changed(self)
  control(self, "DELETE", "_objects/kanban/" .. href)
end

function Calendar:edit(href, members, stamp) self:put(href, ics.edited(self:objects()[href].text, members, stamp)) end
function Calendar:foreign(uid) self:put(uid:gsub("@.*", "") .. ".ics", ics.foreign(uid)) end
function Calendar:order(faults) remote.order(self.server, faults) end
function Calendar:calm()
  changed(self)
  control(self, "DELETE", "_fault")
end

function Calendar:begin_log()
  changed(self)
  control(self, "DELETE", "_log")
end

function Calendar:log()
  return remote.log(self.server, function(row)
    return row.method == "GET" or (row.body or ""):find("calendar-multiget", 1, true) ~= nil
  end)
end

function Calendar:stop() self.server:stop() end

return Calendar
