-- Disconnecting a board from a calendar: what fmcal made is removed where that is wanted, then the credentials go.
--
-- Interrupted at any point, nothing is lost on the board: the target's state goes before the first event does, so that
-- no later run takes the missing events for events that a person deleted.

local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local calendar_sync = require "fmcal.model.calendar_sync"
local config = require "fmcal.config"
local config_edit = require "fmcal.place.config_edit"
local credentials = require "fmcal.credentials"
local failure = require "fmcal.util.failure"
local given = require "fmcal.util.given"
local names = require "fmcal.names"
local provider = require "fmcal.provider"
local provider_options = require "fmcal.place.provider_options"
local Target = require "fmcal.place.target"

local disconnect = {}

local SECTION = "calendarConfig"

-- ---------------------------------------------------------------- which calendar

local function choose_member(opened, section, name)
  local path, there = opened:path(), config.calendar_members(section, opened)
  if #there == 0 then return failure("invalid", "disconnect", "the board %s is connected with no calendar", path) end
  if not name then
    local connected = {}
    for _, member in ipairs(there) do
      if given(section[member].connected) ~= false then connected[#connected + 1] = member end
    end
    if #connected == 1 then return connected[1] end
    return failure("invalid", "disconnect", "the board %s has several calendars; say which with --name: %s", path,
      table.concat(there, ", "))
  end
  for _, member in ipairs(there) do
    if member == name then return name end
  end
  return failure("invalid", "disconnect", "the board %s has no calendar %q; it has %s", path, name, table.concat(there, ", "))
end

--- Finds the calendar that is meant.
-- @param path string the board
-- @param name string|nil --name
-- @return { path, name, single = boolean, provider, has_credentials = boolean }, or nil and an error
function disconnect.find(path, name)
  local opened <close>, err = board.open(path)
  if not opened then return nil, err end
  local section, refused = config.section(opened)
  if not section then return nil, refused end
  local single = given(section.provider)
  if single then
    if name and name ~= single then
      return failure("invalid", "disconnect", "the board %s has no calendar %q; it has %s", path, name, single)
    end
    return { path = path, name = single, single = true, provider = single,
      has_credentials = given(section.credentials) ~= nil }
  end
  local member, wrong = choose_member(opened, section, name)
  if not member then return nil, wrong end
  return { path = path, name = member, single = false, provider = given(section[member].provider) or member,
    has_credentials = given(section[member].credentials) ~= nil }
end

-- ---------------------------------------------------------------- the calendar, open

local Session = {}
Session.__index = Session

function Session:close()
  if self.target and self.target.provider then self.target.provider:close() end
  if self.state then self.state:close() end
  if self.lock then self.lock:release() end
  if self.board then self.board:close() end
end
Session.__close = Session.close

local function open_state(self, options)
  local err
  self.state, err = board_state.open(self.place.path, self.settings.team, options.state, {})
  if not self.state then return nil, err end
  self.warning = err
  self.lock, err = board_state.lock(self.state)
  if not self.lock then return nil, err end
  local other = board_state.other_owner(self.state, self.board:path())
  if other then
    return failure("invalid", "disconnect", "the state of team %q belongs to the board %s, not to %s", self.settings.team,
      other, self.board:path())
  end
  return true
end

local function make_target(self)
  for _, spec in ipairs(self.settings.targets) do
    if spec.name == self.place.name then
      local rows, err = self.state:target(spec.name)
      if not rows then return nil, err end
      self.is_first = spec == self.settings.targets[1]
      return Target.new(self.settings, spec, rows, function(path) return config.resolve(self.board:path(), path) end)
    end
  end
  return failure("invalid", "disconnect", "the calendar %q is not connected", self.place.name)
end

local function open_session(self, options)
  local ok, err
  self.board, err = board.open(self.place.path)
  if not self.board then return nil, err end
  self.settings, err = config.load(self.board, options)
  if not self.settings then return nil, err end
  ok, err = open_state(self, options)
  if not ok then return nil, err end
  self.target, err = make_target(self)
  if not self.target then return nil, err end
  ok, err = self.target:open()
  if not ok then return nil, err end
  return true
end

--- Opens the calendar of a place, with the lock that sync runs take.
-- @param place from disconnect.find
-- @param options table { state = path, rules = path } as for fmcal.sync.run
-- @return session to be closed, with a `warning` where the state was damaged; or nil and an error
function disconnect.open(place, options)
  local self = setmetatable({ place = place }, Session)
  local ok, err = open_session(self, options)
  if ok then return self end
  self:close()
  return nil, err
end

-- Whether fmcal made an event: by its UID, and because it has our base or our team's name on it.
local function is_made_by_us(target, row, event)
  if not names.is_ours(row.uid) then return false end
  if event.team ~= nil then return event.team == target.team end
  return target.state:base_by_uid(row.uid) ~= nil
end

--- The events that fmcal made, as the calendar holds them now.
-- @return list of { uid, href, etag }, list of those left because they invite people ({ title }); or nil and an error
function Session:events()
  local summary, err = self.target:refresh()
  if not summary then return nil, err end
  local ours, inviting = {}, {}
  for _, row in ipairs(self.target.state:remotes()) do
    local full = not row.gone and not row.unread and self.target.state:remote(row.href)
    local event = full and full.text and self.target.provider:decode(full.text)
    if event and is_made_by_us(self.target, row, event) then
      if event.hasAttendees and not self.target.options.pushInvitations then
        inviting[#inviting + 1] = { title = event.title or row.uid }
      else
        ours[#ours + 1] = { uid = row.uid, href = row.href, etag = row.etag }
      end
    end
  end
  return ours, inviting
end

-- Forgets what the target knows; its binding stays.
local function forget(session)
  local rows, store = session.target.state, session.state
  assert(store:begin())
  for _, key in ipairs(rows:bases()) do assert(rows:delete_base(key)) end
  for _, row in ipairs(rows:remotes()) do assert(rows:delete_remote(row.href)) end
  for _, intent in ipairs(rows:intents()) do assert(rows:drop_intent(intent.id)) end
  assert(rows:set_token(nil))
  assert(rows:set_discovery(nil))
  return store:commit()
end

--- Forgets the target's state, then deletes events; one that was changed meanwhile stays.
-- @param events from Session:events
-- @return { deleted = n, failed = { sentence, … } }; or nil and an error, where the whole operation ended
function Session:remove(events)
  local ok, err = forget(self)
  if not ok then return nil, err end
  local writes = {}
  for i, event in ipairs(events) do
    writes[i] = { kind = "delete", uid = event.uid, href = event.href, etag = event.etag }
  end
  if #writes == 0 then return { deleted = 0, failed = {} } end
  local results, wrong = self.target.provider:apply(writes)
  if wrong or not results then return nil, wrong end
  local done = { deleted = 0, failed = {} }
  for i, result in ipairs(results) do
    if result.outcome == "done" or result.gone then
      done.deleted = done.deleted + 1
    else
      done.failed[#done.failed + 1] = ("%s: %s"):format(events[i].uid,
        result.error and result.error.message or "it was changed in the calendar meanwhile")
    end
  end
  return done
end

-- ---------------------------------------------------------------- the sign-in

-- The name of another calendar of the board with the same OAuth client: revoking ends that sign-in too.
local function shares_client(settings, own, client_id)
  for _, spec in ipairs(settings.targets) do
    local members = spec ~= own and spec.provider == own.provider
      and credentials.resolve(spec.credentials, { team = settings.team, provider = spec.provider })
    if members and members.clientId == client_id then return spec.name end
  end
  return nil
end

local function revoke_target(settings, spec, resolve)
  local options, err = provider_options(settings.team, spec, resolve)
  if not options then return nil, err end
  if not options.refreshToken then return false end
  local shared = shares_client(settings, spec, options.clientId)
  if shared then
    return failure("unsupported", "disconnect", "the calendar %q is signed in with the same OAuth client, and would be "
      .. "signed out too", shared)
  end
  local made <close>, wrong = provider.new(spec.provider, options)
  if not made then return nil, wrong end
  return made:disconnect()
end

--- Revokes the sign-in where the service knows such a thing (Google).
-- @param place from disconnect.find
-- @return true; false where there is nothing to revoke; nil and an error
function disconnect.revoke(place)
  local traits = provider.traits(place.provider)
  if not traits or not traits.disconnects or not place.has_credentials then return false end
  local opened <close>, err = board.open(place.path)
  if not opened then return nil, err end
  local settings, wrong = config.load(opened, {})
  if not settings then return nil, wrong end
  for _, spec in ipairs(settings.targets) do
    if spec.name == place.name then
      return revoke_target(settings, spec, function(path) return config.resolve(place.path, path) end)
    end
  end
  return false
end

-- ---------------------------------------------------------------- the board

--- Takes the credentials off the board and, after its events were removed, its part of each calendarSync.
-- @param place from disconnect.find
-- @param cleared { is_first = boolean }|nil the events were removed
-- @return whether there was anything to take off; or nil and an error
function disconnect.forget_account(place, cleared)
  return config_edit(place.path, function(opened)
    if place.single then
      assert(opened:remove(nil, { SECTION, "credentials" }))
    else
      assert(opened:remove(nil, { SECTION, place.name, "credentials" }))
      assert(opened:set(nil, { SECTION, place.name, "connected" }, false))
    end
    for _, key in ipairs(cleared and opened:keys() or {}) do
      calendar_sync.forget(opened, opened:entry(key), { name = place.name, is_first = cleared.is_first })
    end
    return true
  end)
end

return disconnect
