-- The default rules: which entries are synced, how an entry becomes an event and comes back, what wins.
-- A team's rules file replaces any of them and reaches these through ctx.defaults.

local fields = require "fmcal.model.fields"
local footer = require "fmcal.rules.footer"
local spans = require "fmcal.model.spans"
local strategies = require "fmcal.rules.strategies"
local time = require "fmcal.time"

local defaults = {}

local EPIC_PREFIX = "📊 [EPIC] "
local COURT_PREFIX = "⚖️ COURT: "
local SUBITEM_SEPARATOR = " > "

local filled = fields.filled

-- A number in the place of a text stands for its digits.
local function text(value)
  value = filled(value)
  return value ~= nil and tostring(value) or nil
end

local SELECTED_BY = { item = "syncItems", epic = "syncEpics", ["court-date"] = "syncCourtDates" }

--- Whether an entry belongs in the calendar: syncItems, syncEpics, syncCourtDates of syncOptions, all on by default.
function defaults.select(entry, ctx)
  local options = ctx.config.syncOptions or {}
  return options[SELECTED_BY[entry.eventType]] ~= false
end

--- The calendars that an entry belongs in: the one that is asked about, whichever that is.
function defaults.route(_, ctx)
  return { ctx.calendar }
end

local function prefix(entry)
  if entry.eventType == "epic" then return EPIC_PREFIX end
  if entry.eventType == "court-date" then return COURT_PREFIX end
  if entry.parentId then return (entry.parentTitle or "") .. SUBITEM_SEPARATOR end
  return ""
end

-- What makes fields.version read the start of a span.
local SPAN = { { field = fields.START, kind = "start" } }

-- Whether the event of an entry reaches from its startDate to its dueDate.
local function is_span(entry, options)
  return options.spans and filled(entry.startDate) ~= nil and entry.eventType ~= "court-date"
end

local function spelled(date, zone)
  if math.type(date) ~= "integer" then return date end
  return zone and spans.on_the_clock(date, zone) or time.format(date)
end

-- The end of an event is exclusive: the last day of a span is within it.
local function span_dates(first, last, zone)
  if math.type(last) == "integer" or #last > 10 then return spelled(first, zone), spelled(last, zone), zone end
  return first, time.add_days(last, 1), nil
end

-- Start, end and zone of an event in the spellings of the event table.
local function event_dates(version)
  local date, zone = version.date, version.zone
  if version[fields.START] then return span_dates(version[fields.START], date, zone) end
  if math.type(date) ~= "integer" then
    if not version.duration then return date, nil, nil end
    return date, spans.ending({ dueDate = date }, version.duration * 60), nil
  end
  local start = zone and spans.on_the_clock(date, zone) or time.format(date)
  local finish = date + version.duration * 60
  return start, zone and spans.on_the_clock(finish, zone) or time.format(finish), zone
end

--- The event of an entry.
-- @param entry table the board's members, with `eventType`, `parentId`, `parentTitle`, `itemCounts` beside them
-- @return event table (see docs/lua-api.md)
function defaults.to_event(entry, ctx)
  local options = ctx.config.syncOptions or {}
  local version = fields.version(entry, filled(options.timeZone), is_span(entry, options) and SPAN or nil)
  local start, finish, zone = event_dates(version)
  local metadata = filled(entry.metadata) or {}
  return {
    kanbanId = entry.id,
    title = prefix(entry) .. version.title,
    description = version.description ~= "" and version.description or nil,
    footer = footer(entry),
    dueDate = start,
    endDate = finish,
    timeZone = zone,
    priority = version.priority,
    status = text(entry.status),
    epicId = text(entry.epicId),
    team = ctx.team,
    eventType = entry.eventType,
    tags = version.tags,
    caseNumber = text(metadata.caseNumber),
    reminders = filled(options.reminders),
    source = "fleet-monitor",
  }
end

-- A subitem's title out of "Parent > Title". Where the parent's part was edited, that edit is set aside.
local function subitem_title(title, entry)
  local whole = (entry.parentTitle or "") .. SUBITEM_SEPARATOR
  if title:sub(1, #whole) == whole then return title:sub(#whole + 1) end
  local bare = text(entry.title) or ""
  local own = SUBITEM_SEPARATOR .. bare
  if title == bare or title:sub(-#own) == own then return bare end
  local rest, at = title, 0
  for _ in whole:gmatch(SUBITEM_SEPARATOR) do
    local first, last = rest:find(SUBITEM_SEPARATOR, at + 1, true)
    if not first then break end
    at = last
  end
  return rest:sub(at + 1)
end

local function entry_title(event, entry)
  local title = event.title or ""
  if entry.parentId then return subitem_title(title, entry) end
  local before = prefix(entry)
  if before ~= "" and title:sub(1, #before) == before then return title:sub(#before + 1) end
  return title
end

local function event_minutes(event, start, default_zone)
  if not start or type(start) == "string" and #start == 10 then return nil end
  if not event.endDate then return fields.DEFAULT_DURATION end
  local finish = fields.date(event.endDate, event.timeZone, default_zone)
  if math.type(start) == "integer" and math.type(finish) == "integer" then
    return math.max(1, (finish - start) // 60)
  end
  local start_at, end_at = time.parse(start .. "Z"), time.parse(tostring(finish) .. "Z")
  if not start_at or not end_at then return fields.DEFAULT_DURATION end
  return math.max(1, (end_at.epoch - start_at.epoch) // 60)
end

-- The date that the end of a span is.
local function last_of(event, start, default_zone)
  local finish = fields.date(event.endDate, event.timeZone, default_zone)
  if finish == nil or math.type(finish) ~= math.type(start) then return start end
  if type(finish) == "string" and #finish == 10 then finish = time.add_days(finish, -1) end
  return finish > start and finish or start
end

--- The mapped members that an event gives back, spelled as the entry spells them.
-- @param event event table
-- @param entry table as for to_event (of an adopted event: the item as the rule made it)
-- @return table title, description, dueDate, timeZone, durationMinutes, tags, priority
function defaults.to_entry(event, entry, ctx)
  local default_zone = filled((ctx.config.syncOptions or {}).timeZone)
  local start, start_zone = fields.date(event.dueDate, event.timeZone, default_zone)
  local minutes = event_minutes(event, start, default_zone)
  local style = fields.style(entry, default_zone)
  local due, zone = fields.spell_date({ date = start, zone = start_zone }, style)
  local first
  if start and is_span(entry, ctx.config.syncOptions or {}) then
    first, minutes = due, filled(entry.durationMinutes)
    due = fields.spell_date({ date = last_of(event, start, default_zone), zone = start_zone }, style)
  end
  return {
    startDate = first,
    title = entry_title(event, entry),
    description = event.description or "",
    dueDate = due,
    timeZone = zone,
    durationMinutes = minutes,
    tags = event.tags or {},
    priority = event.priority,
  }
end

--- The names conflictResolution may have.
defaults.strategies = strategies.NAMES

--- The one that syncOptions choose.
function defaults.strategy(options)
  return options.conflictResolution or defaults.strategies[1]
end

--- Who wins a conflict: "local", "external" or "manual". A court date always waits for a person.
function defaults.on_conflict(conflict, ctx)
  if conflict.entry and conflict.entry.eventType == "court-date" then return "manual" end
  return strategies.decide(defaults.strategy(ctx.config.syncOptions or {}), conflict)
end

--- What onEventDeleted may say. The first one holds where nothing is said.
defaults.fates = { "clear-due-date", "recreate", "keep" }

--- What a deleted event does to its entry: "clear-due-date", "recreate" or "keep". A court date is made again.
function defaults.on_deleted(entry, _, ctx)
  if entry.eventType == "court-date" then return "recreate" end
  return (ctx.config.syncOptions or {}).onEventDeleted or defaults.fates[1]
end

--- Whether an external event becomes an item: never by default.
function defaults.adopt()
  return nil
end

return defaults
