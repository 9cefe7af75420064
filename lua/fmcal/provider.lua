-- Providers with the calls that scripts use: one event at a time, a result table each. They are
-- batches of one over fmcal.provider.core, whose methods the object has too.

local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local names = require "fmcal.names"
local quantity = require "fmcal.util.quantity"
local script_names = require "fmcal.script_names"
local state = require "fmcal.state"
local time = require "fmcal.time"

local provider = {}

local Provider = {}

--- Methods of the core that need no change.
for _, name in ipairs { "apply", "binding", "capabilities", "changes", "close", "decode", "disconnect", "encode", "fetch",
  "list", "name", "open" } do
  Provider[name] = function(self, ...)
    return self.core[name](self.core, ...)
  end
end

local function describe(self)
  return tostring(self.core)
end

local Meta = { __index = Provider, __name = "fmcal.provider", __tostring = describe, __close = Provider.close }

local function has_mock_server(kind)
  local traits = core.traits(kind)
  return traits and traits.mock_server
end

-- A mock calendar outlives a sign-in, which makes a new core. It has the calendar that is asked for.
local function own_server(kind, options, server)
  if server or options.file or options.endpoint or not has_mock_server(kind) then return server end
  server = require("fmcal.mock").server()
  local id = options.calendarId
  if id and id ~= "primary" then server:add_calendar { id = id, name = id } end
  return server
end

--- Makes a provider; no network yet.
-- @param kind string "mock", "vdir", "caldav", …: see names()
-- @param options table|nil settings in camelCase or snake_case: calendarId, endpoint, allowHttp, caFile, proxy, credentials
-- @param server fmcal.mock.server|nil for "mock", whose own server has the calendar that is asked for
-- @return provider, or nil and an error that says which kinds there are or which setting is wrong; raises for a setting
--   that no provider knows
function provider.new(kind, options, server)
  options = script_names.options(options or {}, 2)
  server = own_server(kind, options, server)
  local made, err = core.new(kind, options, server)
  if not made then return nil, err end
  return setmetatable({ core = made, kind = kind, options = options, server = server }, Meta)
end

--- Makes a provider that only reads and writes the texts of events: no settings, no account.
-- @return provider, or nil and an error that says which kinds there are
function provider.codec(kind)
  local made, err = core.codec(kind)
  if not made then return nil, err end
  return setmetatable({ core = made, kind = kind, options = {} }, Meta)
end

--- What sets a kind of provider apart, see fmcal.provider.core.
provider.traits = core.traits

--- The kinds of providers there are. @return sorted list of names
function provider.names()
  return core.names()
end

-- ------------------------------------------------------------------ results

local function failed(err)
  local sentence = type(err) == "table" and err.message or tostring(err)
  return { success = false, message = sentence, error = sentence, code = type(err) == "table" and err.code or nil }
end

local function conflict(sentence, event_id)
  return { success = false, message = sentence, error = sentence, event_id = event_id, conflict_detected = true }
end

local function opened(self)
  if self:binding() then return true end
  return self:open()
end

-- ------------------------------------------------------------------ connection

--- Signs in.
-- @param credentials table|nil username and appPassword or password; refreshToken, clientId, clientSecret
-- @return { success, message, error }
function Provider:authenticate(credentials)
  local options = {}
  for name, value in pairs(self.options) do options[name] = value end
  for name, value in pairs(script_names.options(credentials or {}, 2)) do options[name] = value end
  options.password = options.password or options.appPassword
  local made, err = core.new(self.kind, options, self.server)
  if not made then return failed(err) end
  local binding
  binding, err = made:open()
  if not binding then return failed(err) end
  self.core, self.options, self.seen = made, options, nil
  return { success = true, message = ("Signed in as %s"):format(binding.account) }
end

--- Connects and looks for the calendar. @return { success, message, error, warning }
function Provider:verify_connection()
  local binding, err = self:open()
  if not binding then return failed(err) end
  local warning = not binding.writable and "the calendar is read-only" or nil
  return { success = true, message = ("Connected to %s"):format(binding.name), warning = warning }
end

--- The calendars of the account. @return { success, message, calendars, total_count, error }
function Provider:list_calendars()
  local calendars, err = self:list()
  if not calendars then return failed(err) end
  return { success = true, message = quantity(#calendars, "calendar"), calendars = calendars,
    total_count = #calendars }
end

-- ------------------------------------------------------------------ single events

local function uid_of(event)
  if event.uid then return event.uid end
  local id = event.kanbanId or event.eventId
  if not id then error("the event has neither uid nor kanbanId", 3) end
  return names.uid(names.key(id, event.eventType))
end

local function with_uid(event, uid)
  local copy = {}
  for name, value in pairs(event) do copy[name] = value end
  copy.uid = uid
  return copy
end

-- Carries one write out. @return its result, or nil and an error
local function write(self, job)
  local results, err = self:apply { job }
  if not results then return nil, err end
  local result = results[1]
  if result.outcome == "none" then return nil, err end
  if result.outcome == "refused" or result.outcome == "failed" then return nil, result.error end
  return result
end

-- The calendar as last seen, kept by the provider so that only changes travel the next time.
local function seen(self)
  if not self.seen then self.seen = assert(assert(state.open(":memory:")):target("events")) end
  return self.seen
end

local function at_href(self, href)
  local rows, err = self:fetch { href }
  if not rows then return nil, err end
  return rows[1].text and rows[1] or nil
end

-- The event with a UID, wherever the calendar keeps it.
local function with_that_uid(self, uid)
  local summary, err = self:changes(seen(self))
  if not summary then return nil, err end
  for _, row in ipairs(seen(self):remote_by_uid(uid)) do
    if not row.gone then return at_href(self, row.href) end
  end
  return nil
end

-- What lies at an event id: what create_event gave, or the UID, as calendarSync's externalEventId has it.
-- @return row (nil: nothing), err
local function read(self, event_id)
  if type(event_id) ~= "string" then error("an event id is a string, not " .. type(event_id), 3) end
  if event_id:find("@", 1, true) then
    local row, err = with_that_uid(self, event_id)
    if row or err then return row, err end
  end
  return at_href(self, event_id)
end

--- Creates an event; never overwrites one.
-- @param event table with `uid` or `kanbanId`, `title`, `dueDate`, …; raises for a member that no event has
-- @return { success, message, event_id, etag, error, conflict_detected }; a conflict names the event that is there
function Provider:create_event(event)
  event = script_names.event(event, 2)
  local uid = uid_of(event)
  local ready, err = opened(self)
  if not ready then return failed(err) end
  local text
  text, err = self:encode(with_uid(event, uid))
  if not text then return failed(err) end
  local result
  result, err = write(self, { kind = "create", uid = uid, text = text })
  if not result then return failed(err) end
  if result.outcome == "changed" then return conflict("the event exists already", result.href) end
  return { success = true, message = "Event created", event_id = result.href, etag = result.etag }
end

-- The event that is there with what the caller says about it.
local function merged(there, event, uid)
  if event.dueDate and event.endDate == nil then there.endDate = nil end
  for name, value in pairs(event) do
    if value == json.null then there[name] = nil else there[name] = value end
  end
  there.uid = uid
  return there
end

--- Replaces what the event says and keeps everything else that is on it.
-- @param event_id string as create_event gave it, or the UID
-- @param event table; members that are absent stay as they are, json.null removes one; with `etag` only that
--   version is replaced
-- @return { success, message, event_id, etag, error, conflict_detected }
function Provider:update_event(event_id, event)
  event = script_names.event(event, 2)
  local ready, err = opened(self)
  if not ready then return failed(err) end
  local row
  row, err = read(self, event_id)
  if err then return failed(err) end
  if not row then return failed(("there is no event %s"):format(event_id)) end
  if event.etag and row.etag and event.etag ~= row.etag then
    return conflict("the event was changed in the calendar", event_id)
  end
  local there
  there, err = self:decode(row.text)
  if not there then return failed(err) end
  local text
  text, err = self:encode(merged(there, event, row.uid), row.text)
  if not text then return failed(err) end
  local result
  result, err = write(self, { kind = "update", uid = row.uid, href = row.href, etag = row.etag, text = text })
  if not result then return failed(err) end
  if result.outcome == "changed" then return conflict("the event was changed in the calendar", event_id) end
  return { success = true, message = "Event updated", event_id = event_id, etag = result.etag }
end

--- Deletes an event.
-- @param event_id string as create_event gave it, or the UID
-- @return { success, message, event_id, error, conflict_detected }; an event that is not there is a failure
function Provider:delete_event(event_id)
  local ready, err = opened(self)
  if not ready then return failed(err) end
  local row
  row, err = read(self, event_id)
  if err then return failed(err) end
  if not row then return failed(("there is no event %s"):format(event_id)) end
  local result
  result, err = write(self, { kind = "delete", uid = row.uid, href = row.href, etag = row.etag })
  if not result then return failed(err) end
  if result.outcome == "changed" then return conflict("the event was changed in the calendar", event_id) end
  return { success = true, message = "Event deleted", event_id = event_id }
end

-- ------------------------------------------------------------------ all events

local function instant(since)
  if since == nil or type(since) == "number" then return since end
  local parsed, err = time.parse(since)
  if not parsed then error("fetch_events: " .. err.message, 3) end
  return parsed.epoch
end

local function is_since(event, since)
  local changed = since and event.lastModified and time.parse(event.lastModified)
  return not changed or changed.epoch >= since
end

--- The events of the calendar.
-- @param since string|integer|nil RFC 3339 text or seconds since 1970: only events changed then or later
-- @return { success, message, events, total_count, error, warning }; each event has `eventId` and `etag`
function Provider:fetch_events(since)
  since = instant(since)
  local ready, err = opened(self)
  if not ready then return failed(err) end
  local target = seen(self)
  local summary
  summary, err = self:changes(target)
  if not summary then return failed(err) end
  local events, unread = {}, {}
  for _, row in ipairs(target:remotes()) do
    if not row.gone then
      local event, wrong = nil, { message = row.unread }
      if not row.unread then event, wrong = self:decode(target:remote(row.href).text) end
      if not event then
        unread[#unread + 1] = ("%s: %s"):format(row.href, wrong.message)
      elseif is_since(event, since) then
        event.eventId, event.etag = row.href, row.etag
        events[#events + 1] = event
      end
    end
  end
  return { success = true, message = quantity(#events, "event"), events = events, total_count = #events,
    warning = #unread > 0 and table.concat(unread, "; ") or nil }
end

return provider
