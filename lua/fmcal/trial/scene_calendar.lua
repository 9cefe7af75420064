-- A calendar of a scene, to be edited as another program would.

local core = require "fmcal.provider.core"
local did_you_mean = require "fmcal.util.did_you_mean"
local mock = require "fmcal.mock"
local names = require "fmcal.names"
local schema = require "fmcal.rules.schema"
local sorted_names = require "fmcal.util.sorted_names"
local time = require "fmcal.time"

local Calendar = {}
Calendar.__index = Calendar

local scene_calendar = {}

--- Where the events of a calendar in memory are: { server (see fmcal.mock), provider }.
function scene_calendar.in_memory(name)
  local server = mock.server { account = name }
  return { server = server, provider = core.new("mock", {}, server) }
end

--- Makes one.
-- @param scene whose clock says when it is edited, and whose word for "no value" it knows
-- @param place where its events are
function scene_calendar.new(scene, name, place)
  return setmetatable({ scene = scene, name = name, server = place.server, provider = place.provider }, Calendar)
end

-- ---------------------------------------------------------------- what is in it

local function readable(self, object)
  local event = assert(self.provider:decode(object.text))
  event.uid, event.etag, event.raw = object.uid, nil, nil
  return event
end

local function object_of(self, key)
  return self.server:object(names.uid(key)) or self.server:object(key)
end

local function keys(self)
  local list = {}
  for _, object in ipairs(self.server:objects()) do
    list[#list + 1] = names.is_ours(object.uid) and names.of_uid(object.uid) or object.uid
  end
  return list
end

local function existing(self, key, level)
  local object = object_of(self, key)
  if object then return object end
  local list = keys(self)
  error(("the calendar %q has no event of %s%s; it has %s"):format(self.name, tostring(key), did_you_mean(tostring(key), list),
    #list > 0 and table.concat(list, ", ") or "none"), level + 1)
end

--- The event of an entry, or one that was added, by its UID; nil where there is none.
function Calendar:event(key)
  local object = object_of(self, key)
  return object and readable(self, object)
end

--- All events, by date and UID.
function Calendar:events()
  local list = {}
  for i, object in ipairs(self.server:objects()) do list[i] = readable(self, object) end
  table.sort(list, function(a, b)
    if a.dueDate ~= b.dueDate then return tostring(a.dueDate) < tostring(b.dueDate) end
    return a.uid < b.uid
  end)
  return list
end

-- ---------------------------------------------------------------- edits

local function known_member(name, level)
  if schema.EVENT.members[name] or type(name) == "string" and name:find("^x:") then return end
  error(("an event has no member '%s'%s"):format(tostring(name),
    did_you_mean(tostring(name), sorted_names(schema.EVENT.members))), level + 1)
end

local function epoch_of(text)
  local parsed = type(text) == "string" and time.parse(text:find("Z$") and text or #text > 10 and text .. "Z" or text)
  return parsed and parsed.epoch
end

-- An event that is moved keeps its length.
local function moved_end(event, start)
  local from, to, at = epoch_of(event.dueDate), epoch_of(event.endDate), epoch_of(start)
  if not from or not to or not at or (#event.dueDate > 10) ~= (#start > 10) then return nil end
  local text = time.format(at + to - from)
  if #start <= 10 then return text:sub(1, 10) end
  return start:find("Z$") and text or text:sub(1, -2)
end

--- Puts an event there as it was elsewhere.
function Calendar:put(event)
  local text = assert(self.provider:encode(event))
  assert(self.server:put(event.uid, text))
end

-- A text with the scene's time on it.
local function stamped(self, text)
  local stamp = time.format(self.scene:tick()):gsub("[-:]", "")
  return (text:gsub("(LAST%-MODIFIED:)%d+T%d+Z", "%1" .. stamp):gsub("(DTSTAMP:)%d+T%d+Z", "%1" .. stamp))
end

local function put(self, event, uid, original, level)
  local text, err = self.provider:encode(event, original)
  if not text then error(("the calendar cannot hold this event: %s"):format(err.message), level + 1) end
  assert(self.server:put(uid, stamped(self, text)))
end

--- Changes members of an event. @param key of its entry, or its UID
function Calendar:edit(key, members)
  local object = existing(self, key, 2)
  local event = assert(self.provider:decode(object.text))
  if members.dueDate and members.endDate == nil then event.endDate = moved_end(event, members.dueDate) end
  for name, value in pairs(members) do
    known_member(name, 2)
    if value == self.scene.none then value = nil end
    event[name] = value
  end
  put(self, event, object.href, object.text, 2)
end

--- Deletes an event.
function Calendar:delete(key)
  self.scene:tick()
  assert(self.server:delete(existing(self, key, 2).href))
end

--- Adds an event of somebody else. @param event title, dueDate, …; its `uid` may be left out. @return the UID
function Calendar:add(event)
  local copy = {}
  for name, value in pairs(event) do
    known_member(name, 2)
    copy[name] = value
  end
  self.added = (self.added or 0) + 1
  copy.uid = copy.uid or ("event-%d@example.org"):format(self.added)
  put(self, copy, copy.uid, nil, 2)
  return copy.uid
end

--- The names of what it can do.
scene_calendar.METHODS = sorted_names(Calendar)

return scene_calendar
