-- The mock provider's server as the calendar of a history.
--
-- A calendar has, as another program reaches it:
--   provider, config      name of the provider, members of calendarConfig
--   providers             instances for the runs, or nil
--   draw(random)          settings, drawn
--   reset(settings)       empties it and makes it behave
--   objects()             {[href] = { uid, text, event }} of everything in it; `event` nil where it is none
--   edit(href, members, stamp), delete(href), put(href, text), foreign(uid)
--   order(faults), calm() faults of the next run: see swarm.lua; none any more
--   begin_log(), log()    what was asked of it since: { writes =, bodies =, lines = {…} }
local core = require "fmcal.provider.core"
local ics = require "calendars.ics"
local mock = require "fmcal.mock"

local FOR_EVER = 1000000

local Calendar = { provider = "mock", config = {} }
Calendar.__index = Calendar

local function described(write)
  return ("%s %s %s"):format(write.kind, write.uid, write.href or "")
end

-- The provider with a log of what it is asked.
local function logged(self, provider)
  local methods = {}
  function methods.changes(_, ...)
    table.insert(self.lines, "changes")
    return provider:changes(...)
  end
  function methods.fetch(_, hrefs, ...)
    table.insert(self.lines, "fetch " .. table.concat(hrefs, " "))
    return provider:fetch(hrefs, ...)
  end
  function methods.apply(_, writes, ...)
    for _, write in ipairs(writes) do table.insert(self.lines, described(write)) end
    return provider:apply(writes, ...)
  end
  return setmetatable({}, { __index = function(_, name)
    return methods[name] or function(_, ...) return provider[name](provider, ...) end
  end })
end

--- Settings of a server, drawn.
function Calendar.draw(random)
  local function any(list) return list[random(#list)] end
  return { page_size = any { 0, 0, 2 }, max_token_age = any { 0, 0, 5 }, tokens = random(5) > 1, etag_on_write = random(4) > 1,
    drop = random(5) == 1 and "X-EPIC-ID" or nil, reverse = random(5) == 1 }
end

function Calendar.start()
  return setmetatable({ lines = {} }, Calendar)
end

function Calendar:reset(settings)
  if self.opened then self.opened:close() end
  self.server = assert(mock.server(settings))
  self.opened = assert(core.new("mock", {}, self.server))
  self.providers = { mock = logged(self, self.opened) }
end

function Calendar:objects()
  local found = {}
  for _, object in ipairs(self.server:objects()) do
    found[object.href] = { uid = object.uid, text = object.text, event = ics.event(object.text) }
  end
  return found
end

function Calendar:edit(href, members, stamp)
  assert(self.server:put(href, ics.edited(self.server:object(href).text, members, stamp)))
end

function Calendar:delete(href) assert(self.server:delete(href)) end
function Calendar:put(href, text) assert(self.server:put(href, text)) end

function Calendar:foreign(uid)
  assert(self.server:put(uid:gsub("@.*", "") .. ".ics", ics.foreign(uid)))
end

local function order(self, fault)
  if fault.kind ~= "cut" then
    local waits = fault.kind == "throttle" or fault.kind == "server"
    self.server:fault { kind = fault.kind, on = fault.on, at = fault.at, times = fault.times, retry_after_s = waits and 0 or nil }
    return
  end
  self.server:fault { kind = fault.after and "lost" or "network", on = "any", at = fault.at }
  self.server:fault { kind = "network", on = "any", at = fault.at + 1, times = FOR_EVER }
end

function Calendar:order(faults)
  for _, fault in ipairs(faults) do order(self, fault) end
end

function Calendar:calm() self.server:clear_faults() end

function Calendar:begin_log()
  self.lines = {}
  self.server:reset_counts()
end

function Calendar:log()
  local counts = self.server:counts()
  return { writes = counts.create + counts.update + counts.delete, bodies = counts.bodies + counts.fetch, lines = self.lines }
end

function Calendar:stop()
  if self.opened then self.opened:close() end
end

return Calendar
