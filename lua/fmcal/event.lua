-- Events from kanban entries, by the default mapping: for scripts that drive a provider themselves.

local defaults = require "fmcal.rules.defaults"
local names = require "fmcal.names"

local event = {}

local function context(options)
  options = options or {}
  return { team = options.team, config = { syncOptions = options.sync_options or {} }, defaults = defaults }
end

local function shown(entry, event_type)
  local raw = {}
  for name, value in pairs(entry) do raw[name] = value end
  raw.eventType = event_type
  return raw
end

local function finished(raw, options)
  if type(raw.id) ~= "string" or raw.id == "" then error("the entry has no id: its event cannot have a UID", 3) end
  local made = defaults.to_event(raw, context(options))
  made.uid = names.uid(names.key(raw.id, raw.eventType))
  return made
end

--- The event of an item or subitem.
-- @param item table as on the board; a subitem names its parent's title in `parentTitle`
-- @param options table|nil { team, sync_options }
-- @return event table with `uid`; raises where the date cannot be read, or there is no id
function event.from_kanban_item(item, options)
  local raw = shown(item, "item")
  if raw.parentTitle then raw.parentId = raw.parentId or "" end
  return finished(raw, options)
end

--- The event of an epic, or of its court date.
-- @param epic table as on the board
-- @param is_court_date boolean|nil true: the event of `metadata.courtDate`
-- @param options table|nil { team, sync_options }
-- @return event table with `uid`; nil where there is no such date
function event.from_epic(epic, is_court_date, options)
  if not is_court_date then return finished(shown(epic, "epic"), options) end
  local date = (epic.metadata or {}).courtDate
  if not date then return nil end
  local raw = shown(epic, "court-date")
  raw.dueDate, raw.durationMinutes = date, nil
  return finished(raw, options)
end

return event
