-- One entry of the board as a run sees it: what the rules get, its version, its place for patches.

local attempt = require "fmcal.util.attempt"
local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local own_fields = require "fmcal.model.own_fields"
local schema = require "fmcal.util.schema"
local time = require "fmcal.time"

local entries = {}

local EVENT_TYPE = { item = "item", subitem = "item", epic = "epic", ["court-date"] = "court-date" }

-- What the members of an entry must be, the mapped ones and those that only go out. A court date is its own entry: the epic's
-- others do not depend on it.
local KINDS = { text = "text", texts = "texts", date = "name", zone = "name", minutes = "number" }

local function members_with(metadata)
  local members = { type = "name", status = "text", epicId = "name", parentTitle = "text", metadata = metadata }
  for member, kind in pairs(fields.TYPE) do members[member] = KINDS[kind] end
  return members
end

local MEMBERS = members_with { caseNumber = "text" }
local COURT_DATE_MEMBERS = members_with { courtDate = "name", caseNumber = "text" }

--- Where a member of an entry lies, from the entry's own object.
function entries.path(entry, member)
  if entry.kind == "court-date" and member == "dueDate" then return { "metadata", "courtDate" } end
  return own_fields.path(member)
end

--- The value of a member, by the same places.
function entries.member(entry, member)
  local value = entry.value
  for _, name in ipairs(entries.path(entry, member)) do
    if type(value) ~= "table" then return nil end
    value = value[name]
  end
  return given(value)
end

-- What a rule gets: the entry's own members, and what it means beside them.
local function for_rules(entry)
  local shown = {}
  for name, value in pairs(entry.value) do shown[name] = given(value) end
  shown.calendarSync = nil
  shown.eventType = EVENT_TYPE[entry.kind]
  shown.itemCounts = entry.counts
  if entry.kind == "court-date" then
    shown.dueDate = entries.member(entry, "dueDate")
    shown.durationMinutes = nil
  end
  if entry.parent then
    shown.parentId = entry.parent
    shown.parentTitle = shown.parentTitle or entry.parent_title
  end
  return shown
end

local function epoch_of(text)
  local parsed = type(text) == "string" and time.parse(text)
  return parsed and parsed.epoch or nil
end

-- The lastModifiedLocal of a person's edit: what a run has written itself is not later than that run.
local function edited_since(sync, ours)
  if not sync then return nil end
  local said, synced = epoch_of(sync.lastModifiedLocal), epoch_of(sync.lastSyncedAt)
  if said and said > (synced or 0) and said > (epoch_of(ours) or 0) then return said end
  return nil
end

--- When the entry was last edited here: its updatedAt, else a lastModifiedLocal since the last sync, else the board file's.
local function local_time(entry, ours, board_time)
  return epoch_of(entries.member(entry, "updatedAt")) or edited_since(calendar_sync.read(entry), ours)
    or board_time
end

-- What is wrong with the members of an entry, or nil.
local function mistyped(entry)
  local wrong = schema.wrong(entry.kind == "court-date" and COURT_DATE_MEMBERS or MEMBERS, entry.value)
  if wrong or entry.parent_title == nil then return wrong end
  return schema.wrong({ title = "text" }, { title = entry.parent_title }, "its parent's ")
end

-- What the rules get and the version, or nil and a sentence.
local function understood(entry, default_zone, own)
  local wrong = mistyped(entry)
  if wrong then return nil, wrong end
  local raw = for_rules(entry)
  local ok, version = attempt.pcall(fields.version, raw, default_zone, own)
  if not ok then return nil, version end
  return raw, version
end

--- The view of an entry.
-- @param entry as fmcal.board gives it
-- @param default_zone syncOptions.timeZone
-- @param mapped what a team declares (see fmcal.rules.declared); nil for nothing
-- @return { entry, raw (for the rules), version, style, own, sync (see fmcal.model.calendar_sync), fields that are
--   compared, written: those that a run may write } or nil and a sentence
function entries.view(entry, default_zone, mapped)
  local own = mapped and entry.kind ~= "court-date" and mapped.own or nil
  local raw, version = understood(entry, default_zone, own)
  if not raw then return nil, ("%s (line %d): %s"):format(entry.key, entry.line or 0, version) end
  local compared, written = fields.of_kind(entry.kind, mapped)
  return {
    key = entry.key, entry = entry, raw = raw, version = version, style = fields.style(raw, default_zone),
    own = own, sync = calendar_sync.read(entry), fields = compared, written = written,
  }
end

--- The entry as the planner wants it.
-- @param view from entries.view, or nil for an entry that is gone
function entries.current(view, ours, board_time)
  if not view then return { version = {}, on_board = false, times = {} } end
  return {
    version = fields.copy(view.version), on_board = true, times = {},
    time = local_time(view.entry, ours, board_time),
  }
end

--- What a rule gets for an entry that holds another version.
function entries.with_version(view, version)
  local raw = {}
  for name, value in pairs(view.raw) do raw[name] = value end
  for _, field in ipairs(view.written) do
    own_fields.put(raw, fields.MEMBER[field], given(fields.spell(field, version, view.style)))
  end
  return raw
end

-- How many names of a path lead to an empty list; nil where it comes to none.
local function empty_list_at(value, path)
  for i = 1, #path - 1 do
    value = value[path[i]]
    if type(value) ~= "table" then return nil end
    if next(value) == nil and getmetatable(value) then return i end
  end
  return nil
end

-- Some languages write an empty object as a list: it gives way to one.
local function make_room(board, view, path)
  if not empty_list_at(view.entry.value, path) then return end
  local at = empty_list_at(attempt.found(board:entry(view.key)).value, path) -- what was patched just now may have made it
  if at then assert(board:remove(view.key, table.move(path, 1, at, 1, {}))) end
end

local function patch_member(board, view, member, value)
  local current, path = entries.member(view.entry, member), entries.path(view.entry, member)
  if value == json.null and current == nil then return end
  make_room(board, view, path)
  assert(board:set(view.key, path, value))
end

-- Duration and zone are written only where the entry does not mean them anyway.
local function implied(field, version, view)
  if field == "duration" then
    return version.duration == nil or version.duration == (view.raw.durationMinutes or fields.DEFAULT_DURATION)
  end
  return field == "zone" and fields.spell("zone", version, view.style) == (view.style.zone or json.null)
end

--- Writes the fields in which the board differs from a version. @return whether anything was written
function entries.patch(board, view, version)
  local differing = fields.differences(view.written, view.version, version)
  local date_moved = false
  for _, field in ipairs(differing) do
    date_moved = date_moved or field == "zone" or field == "date"
    if field == "tags" then
      patch_member(board, view, "tags", fields.order_tags(version.tags, view.raw.tags))
    elseif field ~= "date" and not implied(field, version, view) then
      patch_member(board, view, fields.MEMBER[field], fields.spell(field, version, view.style))
    end
  end
  if date_moved then patch_member(board, view, "dueDate", fields.spell("date", version, view.style)) end
  if date_moved and version[fields.START] then
    patch_member(board, view, fields.MEMBER[fields.START], fields.spell(fields.START, version, view.style))
  end
  return #differing > 0
end

return entries
