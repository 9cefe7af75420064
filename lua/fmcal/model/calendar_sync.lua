-- The layout of calendarSync on the board: the first calendar's members stand in it, the others' below `others`, by the names
-- of the calendars; that of a court date is `courtDateSync` in its epic's metadata.

local given = require "fmcal.util.given"
local json = require "fmcal.json"
local schema = require "fmcal.util.schema"
local sorted_names = require "fmcal.util.sorted_names"

local calendar_sync = {}

local OTHERS = "others"

-- What its members are; what somebody else made of them counts as absent.
local MEMBERS = {
  externalEventId = "name", provider = "name", lastSyncedAt = "name", syncStatus = "name", lastModifiedLocal = "name",
  lastModifiedExternal = "name", syncError = "text", retryCount = "number", lastErrorAt = "name", deletedAt = "name",
  conflictData = "object", [OTHERS] = "object",
}

-- Members whose change alone is worth a line in the board file.
local TELLING = { "externalEventId", "provider", "syncStatus", "syncError", "retryCount", "conflictData" }

-- ---------------------------------------------------------------- reading

local function path_of(entry)
  if entry.kind == "court-date" then return { "metadata", "courtDateSync" } end
  return { "calendarSync" }
end

-- As it stands there, nil where it is nothing.
local function found_in(entry)
  local value = entry.value
  for _, name in ipairs(path_of(entry)) do
    if type(value) ~= "table" then return nil end
    value = value[name]
  end
  return given(value)
end

local function readable(value)
  return type(value) == "table" and schema.right(MEMBERS, value) or nil
end

local function others_of(sync)
  return type(sync) == "table" and type(sync[OTHERS]) == "table" and sync[OTHERS] or {}
end

--- The calendarSync of an entry as far as it can be read, nil where it has none.
-- @param entry of fmcal.board, or { kind, value = members }
function calendar_sync.read(entry)
  local sync = readable(found_in(entry))
  if not sync or type(sync[OTHERS]) ~= "table" then return sync end
  local others = {}
  for name, other in pairs(sync[OTHERS]) do others[name] = readable(other) end
  sync[OTHERS] = others
  return sync
end

--- What it says of one calendar, or nil.
-- @param target { name, is_first }
function calendar_sync.own(sync, target)
  if target.is_first or not sync then return sync end
  return others_of(sync)[target.name]
end

--- Whether it names an event, in whatever calendar.
function calendar_sync.names_event(sync, uid)
  if not sync then return false end
  if sync.externalEventId == uid then return true end
  for _, other in pairs(others_of(sync)) do
    if other.externalEventId == uid then return true end
  end
  return false
end

--- What of it waits for a person: list of { target (nil for the first calendar), sync }, one for each calendar.
function calendar_sync.conflicts(sync)
  local list = {}
  local function add(part, target)
    if part.syncStatus == "conflict" then list[#list + 1] = { target = target, sync = part } end
  end
  if sync then add(sync, nil) end
  for _, name in ipairs(sorted_names(others_of(sync))) do add(sync[OTHERS][name], name) end
  return list
end

--- A calendarSync as text, to tell whether it is the one that was noted.
function calendar_sync.text(sync)
  return assert(json.encode(sync == nil and json.null or sync, { sort = true }))
end

--- An entry's members, and those of its subitems, without any calendarSync: what people and programs have written.
function calendar_sync.without(members)
  local copy = {}
  for name, value in pairs(members) do copy[name] = value end
  copy.calendarSync = nil
  if schema.is("object", copy.metadata) then
    copy.metadata = {}
    for name, value in pairs(members.metadata) do copy.metadata[name] = value end
    copy.metadata.courtDateSync = nil
  end
  if schema.is("objects", copy.subitems) then
    copy.subitems = json.array {}
    for i, subitem in ipairs(members.subitems) do copy.subitems[i] = calendar_sync.without(subitem) end
  end
  return copy
end

-- ---------------------------------------------------------------- conflicts

--- The versions of both sides, as `conflictData` holds them.
function calendar_sync.conflict_data(here, there)
  return { localVersion = here, externalVersion = there }
end

--- The versions that a `conflictData` holds. @return the board's, the calendar's
function calendar_sync.versions(conflict_data)
  local data = conflict_data or {}
  return data.localVersion or {}, data.externalVersion or {}
end

-- ---------------------------------------------------------------- writing

-- The times in it may be the board file's, which our own writing changes.
local function without_times(conflict)
  if type(conflict) ~= "table" then return conflict end
  local shown = {}
  for side, version in pairs(conflict) do
    shown[side] = {}
    for name, value in pairs(version) do
      if name ~= "modifiedAt" then shown[side][name] = value end
    end
  end
  return shown
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return json.encode(a, { sort = true }) == json.encode(b, { sort = true })
end

local function below(path, ...)
  local longer = { table.unpack(path) }
  for _, name in ipairs { ... } do longer[#longer + 1] = name end
  return longer
end

local function part_path(entry, target)
  local path = path_of(entry)
  return target.is_first and path or below(path, OTHERS, target.name)
end

--- Whether an entry has a place for it: an epic's metadata may be something else than an object.
function calendar_sync.fits(entry)
  local metadata = given(entry.value.metadata)
  return entry.kind ~= "court-date" or metadata == nil or schema.is("object", metadata)
end

--- Makes room for the other calendars' parts: a list or a scalar in their place would refuse them.
-- @param board fmcal.board, which is edited in memory
function calendar_sync.make_room(board, entry)
  local found = found_in(entry)
  local others = type(found) == "table" and given(found[OTHERS])
  if others and (type(others) ~= "table" or getmetatable(others)) then
    assert(board:remove(entry.key, below(path_of(entry), OTHERS)))
  end
end

--- Whether members say something that a person should see, beside those that are there.
-- @param members list of { name, value }
function calendar_sync.is_news(members, before)
  local now = {}
  for _, member in ipairs(members) do now[member[1]] = member[2] end
  for _, name in ipairs(TELLING) do
    local old, value = before[name], now[name]
    if name == "conflictData" then old, value = without_times(old), without_times(value) end
    if not same(old == nil and json.null or old, value == nil and json.null or value) then return true end
  end
  return false
end

-- One that is not there yet is written in one piece.
local function write_new(board, key, path, members)
  local object = {}
  for _, member in ipairs(members) do object[member[1]] = member[2] end
  assert(board:set(key, path, object))
end

--- Writes one calendar's part.
-- @param board fmcal.board, which is edited in memory
-- @param members list of { name, value }, in the order in which they are written; a nil value is no member
-- @param before the part that is there
function calendar_sync.write(board, entry, target, members, before)
  local path = part_path(entry, target)
  if next(before) == nil then return write_new(board, entry.key, path, members) end
  for _, member in ipairs(members) do
    local name, value = member[1], member[2]
    if value ~= nil then
      if not same(before[name], value) then assert(board:set(entry.key, below(path, name), value)) end
    elseif before[name] ~= nil then
      assert(board:remove(entry.key, below(path, name)))
    end
  end
end

--- Takes one calendar's part out.
-- @param board fmcal.board, which is edited in memory
-- @param target { name, is_first }
function calendar_sync.forget(board, entry, target)
  local sync = found_in(entry)
  if type(sync) ~= "table" then return end
  local path, others = part_path(entry, target), others_of(sync)
  if not target.is_first then
    if others[target.name] ~= nil then assert(board:remove(entry.key, path)) end
  elseif next(others) == nil then
    assert(board:remove(entry.key, path))
  else
    for _, name in ipairs(sorted_names(sync)) do
      if name ~= OTHERS then assert(board:remove(entry.key, below(path, name))) end
    end
  end
end

return calendar_sync
