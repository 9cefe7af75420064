-- The sync service for programs that hold their board in Lua tables: registered providers, state in memory.
--
-- The state is seeded from each entry's calendarSync and written back into the tables, so that a
-- program which stores its tables needs no other memory.

local board = require "fmcal.board"
local calendar_sync = require "fmcal.model.calendar_sync"
local config = require "fmcal.config"
local conflicts = require "fmcal.sync.conflicts"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local names = require "fmcal.names"
local overview = require "fmcal.overview"
local run = require "fmcal.sync.run"
local state = require "fmcal.state"

local service = {}

local Service = {}
Service.__index = Service

--- A service without providers.
function service.new()
  return setmetatable({ registered = {}, states = {} }, Service)
end

--- Registers a provider.
-- @param name string "team:provider:calendar", for example "academy:apple:primary"
-- @param provider fmcal.provider
-- @return true; raises where the name has another form
function Service:register(name, provider)
  local team, kind, calendar = tostring(name):match("^([^:]+):([^:]+):(.+)$")
  if not team then
    error(("register: %q must be \"team:provider:calendar\", for example \"academy:apple:primary\""):format(name), 2)
  end
  local list = self.registered[team] or {}
  self.registered[team] = list
  list[#list + 1] = { name = #list == 0 and kind or kind .. #list + 1, kind = kind, calendar = calendar,
    provider = provider }
  return true
end

local function team_state(self, team)
  if not self.states[team] then self.states[team] = assert(state.open(":memory:")) end
  return self.states[team]
end

-- A team's calendars as members of a calendarConfig, in the order in which they were registered, and their providers.
local function targets_of(self, team)
  local list = self.registered[team]
  if not list then
    error(("no provider is registered for team %q: call register(\"%s:apple:primary\", provider)"):format(team, team), 3)
  end
  local members, providers = {}, {}
  for i, target in ipairs(list) do
    local calendar = { provider = target.kind, calendarId = target.calendar }
    members[i] = json.encode(target.name) .. ":" .. json.encode(calendar)
    providers[target.name] = target.provider
  end
  return members, providers
end

-- Members are sorted: an entry that is as it was is spelled as it was.
local function board_text(given, members)
  local own = type(given.calendarConfig) == "table" and given.calendarConfig or {}
  for _, name in ipairs { "syncOptions", "rules" } do
    if own[name] ~= nil then members[#members + 1] = ('"%s":%s'):format(name, json.encode(own[name])) end
  end
  local text = json.encode({ team = given.team, items = json.array(given.items or {}),
    epics = json.array(given.epics or {}) }, { sort = true })
  return ('%s,"calendarConfig":{%s}}'):format(text:sub(1, -2), table.concat(members, ","))
end

-- A member of what a program has put there, which may be no table.
local function member(value, name)
  return type(value) == "table" and value[name] or nil
end

-- Entries by their id. One that is no text names no entry; the board's reader says so.
local function by_id(list, found)
  for _, entry in ipairs(type(list) == "table" and list or {}) do
    local id = member(entry, "id")
    if type(id) == "string" then found[id] = entry end
    by_id(member(entry, "subitems"), found)
  end
  return found
end

-- The entries of a board by their id.
local function entries_of(given)
  return by_id(given.epics, by_id(given.items, {}))
end

-- The members that a sync may write.
local OWNED = { "calendarSync", table.unpack(fields.MEMBERS) }

-- What a program keeps itself, or reads in entries of their own: the tables stay the ones that were given.
local THEIRS = { id = true, subitems = true, metadata = true }

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return json.encode(a, { sort = true }) == json.encode(b, { sort = true })
end

-- The members beside the built-in ones that differ: a team's fields declare them.
local function write_declared_back(entry, now)
  for name, value in pairs(now) do
    if not THEIRS[name] and not is_same(entry[name], value) then entry[name] = value end
  end
end

local function write_back(given, text)
  local after = assert(json.decode(text))
  local there = entries_of(after)
  for id, entry in pairs(entries_of(given)) do
    local now = there[id] or {}
    for _, name in ipairs(OWNED) do
      if now[name] ~= nil or entry[name] ~= nil then entry[name] = now[name] end
    end
    write_declared_back(entry, now)
    if now.metadata then entry.metadata = now.metadata end
  end
end

local function keys_of(given)
  local keys = {}
  for id, entry in pairs(entries_of(given)) do
    keys[#keys + 1] = id
    if member(entry.metadata, "courtDate") then keys[#keys + 1] = names.court_date(id) end
  end
  return keys
end

-- Runs a board that lives in a table.
local function sync(self, given, options)
  local members, providers = targets_of(self, given.team)
  local parsed, err = board.parse(board_text(given, members), given.team)
  if not parsed then return nil, err end
  options.board_object, options.providers = parsed, providers
  options.state_object, options.seed = team_state(self, given.team), true
  local result = run.sync(options)
  write_back(given, parsed:text())
  return result
end

local function shape(result, err, name)
  if not result then return { success = false, error = err.message } end
  local part = result.result and result.result[name]
  if not part then return { success = false, error = result.error or result.message } end
  part.error = result.error
  return part
end

--- Sends entries to the team's calendars; deletes nothing that is not among them.
-- @param team string
-- @param items list of items and epics as on the board; calendarSync is written into them
-- @return the `outbound` object of a sync result
function Service:sync_outbound(team, items)
  local given = { team = team, items = items }
  local result, err = sync(self, given, { direction = "outbound", only = keys_of(given) })
  return shape(result, err, "outbound")
end

--- Brings what changed in the calendars into a board.
-- @param given table { team, items, epics, calendarConfig }
-- @return the `inbound` object of a sync result
function Service:sync_inbound(given)
  local result, err = sync(self, given, { direction = "inbound" })
  return shape(result, err, "inbound")
end

--- Both ways. @return a whole sync result (see fmcal.sync.tell.report)
function Service:sync(given)
  local result, err = sync(self, given, { direction = "both" })
  return result or { success = false, error = err.message }
end

--- The external events in the team's calendars, as of the last run.
-- @return list of event tables
function Service:get_external_events(team)
  local events = {}
  if not self.registered[team] then return events end
  local members, providers = targets_of(self, team)
  local empty = assert(board.parse(board_text({ team = team }, members), team))
  local known = assert(overview.of(empty, assert(config.load(empty, {})), team_state(self, team), providers))
  for _, event in ipairs(known:events()) do
    if event.kind == "external" and not event.error then events[#events + 1] = event end
  end
  return events
end

-- One for each calendar in which the entry is in conflict.
local function add_conflicts(list, id, entry, kind)
  for _, found in ipairs(calendar_sync.conflicts(calendar_sync.read { kind = kind, value = entry })) do
    list[#list + 1] = { id = id, title = entry.title, conflictData = found.sync.conflictData }
  end
end

--- The entries of a board that wait for a person.
-- @return list of { id, title, conflictData }
function Service:get_conflicts(given) -- luacheck: no self
  local list = {}
  for id, entry in pairs(entries_of(given)) do
    add_conflicts(list, id, entry, nil)
    add_conflicts(list, names.court_date(id), entry, "court-date")
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

local function is_in_conflict(self, given, id)
  for _, conflict in ipairs(self:get_conflicts(given)) do
    if conflict.id == id then return true end
  end
  return false
end

--- Decides a conflict and carries the decision out.
-- @param id string the entry's id
-- @param resolution "keep_local", "keep_external" or "merge"
-- @param merge table|nil for "merge": the members to hold, e.g. { dueDate = "2026-03-01" }
-- @return a sync result
function Service:resolve_conflict(given, id, resolution, merge)
  local answer = conflicts.answer(resolution, merge)
  if not answer then
    error("resolution must be \"keep_local\", \"keep_external\", or \"merge\" with a table of members", 2)
  end
  if not is_in_conflict(self, given, id) then return { success = false, error = id .. " has no conflict" } end
  local result, err = sync(self, given, { only = { id }, answers = { [id] = answer } })
  return result or { success = false, error = err.message }
end

return service
