-- The mapped fields: what of an entry and its event is kept in step, in one canonical form.
--
-- A *version* is a table of canonical fields, comparable whatever side it came from. Whatever asks which fields there are,
-- which member of the board or the event says them, or what a value must be, reads the table below.

local json = require "fmcal.json"
local own_fields = require "fmcal.model.own_fields"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local fields = {
  DEFAULT_DURATION = 60,
  --- Ten years; what is longer is a slip of the keyboard.
  MAX_DURATION = 5256000,
}

-- name     the field; `member` is the board's
-- type     what a member must be to be this field: "text", "texts" (a list), "date", "zone", "minutes"
-- event    the members of an event by which a person edits it
-- is_text  the event says it in a member of the field's name, perhaps in other words than the entry
-- of_date  says when something is, together with the others
local TABLE = {
  -- a text, "" for none
  { name = "title", member = "title", type = "text", event = { "title" }, is_text = true },
  { name = "description", member = "description", type = "text", event = { "description" }, is_text = true },
  -- "2026-02-15" (all day), an integer (an instant, seconds since 1970), "2026-02-15T10:00:00" (floating), or nil
  { name = "date", member = "dueDate", type = "date", event = { "dueDate", "endDate" }, of_date = true },
  -- IANA name for a local time, nil for a day, an instant or a floating time
  { name = "zone", member = "timeZone", type = "zone", event = { "timeZone" }, of_date = true },
  -- minutes of a timed entry, nil for a day; the event's end says it
  { name = "duration", member = "durationMinutes", type = "minutes", event = {}, of_date = true },
  -- sorted, without repeats
  { name = "tags", member = "tags", type = "texts", event = { "tags" }, is_text = true },
  -- a word, or nil
  { name = "priority", member = "priority", type = "text", event = { "priority" }, is_text = true },
}

-- Names of the rows that `which` picks.
local function names_where(which)
  local list = {}
  for _, row in ipairs(TABLE) do
    if which(row) then list[#list + 1] = row.name end
  end
  return list
end

fields.ALL = names_where(function() return true end)
fields.COURT_DATE = { "date" }
--- The fields that say together when something is.
fields.OF_DATE = names_where(function(row) return row.of_date end)
--- The fields that an event says as texts, each in the member of its name.
fields.TEXTS = names_where(function(row) return row.is_text end)

--- The board's members, in order; the member for each field, the field for each member, and what a member must be.
fields.MEMBERS, fields.MEMBER, fields.FIELD, fields.TYPE = {}, {}, {}, {}
--- The members of an event by which a person edits fields.
fields.EVENT_MEMBERS = {}

--- When the event of an entry begins, where syncOptions.spans lets it reach from startDate to dueDate. A field of its own: the
-- two dates are merged apart.
fields.START = ".startDate"

local NO_OWN = {}

--- What the sync needs to know where a team declares nothing (see fmcal.rules.declared).
fields.PLAIN = { own = NO_OWN, off = {}, conflict = {}, kept = {}, never_out = {},
  all = fields.ALL, written = fields.ALL }

for i, row in ipairs(TABLE) do
  fields.MEMBERS[i], fields.MEMBER[row.name], fields.FIELD[row.member] = row.member, row.member, row.name
  fields.TYPE[row.member] = row.type
  table.move(row.event, 1, #row.event, #fields.EVENT_MEMBERS + 1, fields.EVENT_MEMBERS)
end

-- A field of a team's own is named as its member, with a dot in front.
setmetatable(fields.MEMBER, { __index = function(_, field) return field:sub(1, 1) == "." and field:sub(2) or nil end })
setmetatable(fields.FIELD, { __index = function(_, member) return "." .. member end })

--- The fields that travel both ways for a kind of entry.
-- @param plan of fmcal.rules.declared, nil where nothing is declared
-- @return list of fields that are compared, list of those that a run may write
function fields.of_kind(kind, plan)
  plan = plan or fields.PLAIN
  if kind ~= "court-date" then return plan.all, plan.written end
  return plan.off.date and NO_OWN or fields.COURT_DATE, fields.COURT_DATE
end

--- A member that says something: an empty text says nothing, as null does.
function fields.filled(value)
  if value == nil or value == json.null or value == "" then return nil end
  return value
end
local filled = fields.filled

-- A member as text; the text of a table would be another one in every process.
local function plain(name, value)
  if type(value) == "table" or type(value) == "userdata" then error(name .. " must be text", 0) end
  return tostring(value)
end

-- A tag as every calendar can hold it: on one line, without blanks at its ends.
local function clean_tag(tag)
  tag = plain("each of the tags", tag)
  if not tag:find("[%c%s]") then return tag end
  return tag:gsub("%c", " "):gsub("%s+", " "):match("^ ?(.-) ?$")
end

local function tag_set(tags)
  local seen, list = {}, {}
  if tags == nil then return list end
  if type(tags) ~= "table" then error("tags must be a list of texts", 0) end
  for _, tag in ipairs(tags) do
    tag = clean_tag(tag)
    if tag ~= "" and not seen[tag] then
      seen[tag] = true
      list[#list + 1] = tag
    end
  end
  table.sort(list)
  return list
end

-- Text as every calendar can hold it: LF line ends, no other control characters.
local function text(name, value)
  local whole = plain(name, filled(value) or "")
  if not sys.has_controls(whole) then return whole end
  return (whole:gsub("\r\n?", "\n"):gsub("[%z\1-\8\11\12\14-\31\127]", ""))
end

local function minutes(value)
  if value == nil then return fields.DEFAULT_DURATION end
  if type(value) ~= "number" or value < 1 or value > fields.MAX_DURATION then
    error(("durationMinutes must be a number of minutes from 1 to %d"):format(fields.MAX_DURATION), 0)
  end
  return math.floor(value)
end

-- A local time in UTC is an instant: some servers spell such events with a "Z" and a zone, which says it twice.
local UTC_NAMES = { UTC = true, ["Etc/UTC"] = true }

-- A date member and its zone in canonical form: date, zone.
local function canonical_date(due, zone, default_zone)
  if due == nil then return nil end
  if type(due) ~= "string" then error("dueDate must be a string such as 2026-02-15, not a " .. type(due), 0) end
  local parsed, err = time.parse(due)
  if not parsed then error("dueDate " .. err.message, 0) end
  if parsed.kind == "date" then return due end
  if parsed.kind ~= "local" then return parsed.epoch end
  zone = zone or default_zone
  if not zone then return due end
  if not time.is_zone(zone) then
    error(("timeZone %q is not an IANA zone name such as Europe/Rome"):format(tostring(zone)), 0)
  end
  return assert(time.to_utc(due, zone)), not UTC_NAMES[zone] and zone or nil
end

--- A date member in canonical form; raises as fields.version does. @return date, zone
function fields.date(due, zone, default_zone)
  return canonical_date(filled(due), filled(zone), default_zone)
end

-- The start of a span in canonical form; nil for an entry that has none.
local function start_of_span(members, version, default_zone)
  local given = filled(members.startDate)
  if given == nil then return nil end
  if type(given) ~= "string" then error("startDate must be a string such as 2026-02-15, not a " .. type(given), 0) end
  local ok, start = pcall(canonical_date, given, filled(members.timeZone), default_zone)
  if not ok then error((start:gsub("^dueDate", "startDate")), 0) end
  local due = version.date
  if due == nil then return start end
  if fields.date_kind { date = start } ~= fields.date_kind(version) then
    error("startDate and dueDate must both be days, or both times", 0)
  end
  if start > due then error("startDate lies after dueDate", 0) end
  return start
end

--- The version that members describe. Raises a sentence (without position) where a date cannot be read. The one place that
-- names each field besides the table: a loop over it would cost a tenth of what mapping an entry does.
-- @param members table of board members; json.null counts as absent
-- @param default_zone string|nil zone of a local time without one
-- @param own list of a team's own fields (see fmcal.rules.declared), or nil
function fields.version(members, default_zone, own)
  local date, zone = canonical_date(filled(members.dueDate), filled(members.timeZone), default_zone)
  local timed = date ~= nil and (math.type(date) == "integer" or #date > 10)
  local duration = minutes(filled(members.durationMinutes))
  local priority = filled(members.priority)
  local version = {
    title = text("title", members.title),
    description = text("description", members.description),
    date = date,
    zone = zone,
    duration = timed and duration or nil,
    tags = tag_set(filled(members.tags)),
    priority = priority and plain("priority", priority),
  }
  for _, field in ipairs(own or NO_OWN) do
    if field.kind == "start" then
      version[field.field] = start_of_span(members, version, default_zone)
    else
      version[field.field] = own_fields.value(field, members, version, default_zone)
    end
  end
  return version
end

--- What a version's date is: "day", "instant", "floating"; nil for none.
function fields.date_kind(version)
  local date = version.date
  if date == nil then return nil end
  if math.type(date) == "integer" then return "instant" end
  return #date == 10 and "day" or "floating"
end

--- The zone and the duration that a version can have with the date it has: a day has neither.
-- @return zone, duration
function fields.suiting_date(version)
  local kind = fields.date_kind(version)
  if kind ~= "instant" and kind ~= "floating" then return nil, nil end
  return kind == "instant" and version.zone or nil, version.duration or fields.DEFAULT_DURATION
end

--- Whether two canonical values of a field mean the same.
function fields.equal(_, a, b)
  if a == b then return true end
  if type(a) ~= "table" and type(b) ~= "table" then return false end
  a, b = a or {}, b or {}
  if type(a) ~= type(b) then return false end
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

--- The fields of `list` in which two versions differ, in order.
function fields.differences(list, a, b)
  local found = {}
  for _, field in ipairs(list) do
    if not fields.equal(field, a[field], b[field]) then found[#found + 1] = field end
  end
  return found
end

--- The names that a table by fields has, in order: the built-in ones first.
function fields.in_order(by_field)
  local list, own = {}, {}
  for _, field in ipairs(fields.ALL) do
    if by_field[field] ~= nil then list[#list + 1] = field end
  end
  for field in pairs(by_field) do
    if field:sub(1, 1) == "." then own[#own + 1] = field end
  end
  table.sort(own)
  return table.move(own, 1, #own, #list + 1, list)
end

--- The members that any of some tables has, in order, built-in ones first.
-- @param ... tables of members of the board, by their names
function fields.members_of(...)
  local by_field, list = {}, {}
  for _, members in ipairs { ... } do
    for name in pairs(members) do by_field[fields.FIELD[name]] = true end
  end
  for i, field in ipairs(fields.in_order(by_field)) do list[i] = fields.MEMBER[field] end
  return list
end

--- A copy of a version.
function fields.copy(version)
  local copy = {}
  for field, value in pairs(version) do copy[field] = value end
  return copy
end

--- How an entry spells its date: { kind = "date"|"utc"|"offset"|"local", offset_s, zone (its own timeZone) }.
-- @return table; kind nil where there is no date that can be read
function fields.style(members, default_zone)
  local due = filled(members.dueDate)
  local parsed = type(due) == "string" and time.parse(due) or {}
  return { kind = parsed.kind, offset_s = parsed.offset_s, zone = filled(members.timeZone), default_zone = default_zone }
end

-- A local spelling: text and the timeZone member it needs (nil where the default says it). Where the clocks go
-- back, an hour comes twice and local time names but the first: the second is spelled in UTC.
local function local_spelling(epoch, zone, style)
  local due = assert(time.to_zone(epoch, zone))
  if time.to_utc(due, zone) ~= epoch then return time.format(epoch), style.zone end
  if zone ~= style.default_zone or style.zone then return due, zone end
  return due, nil
end

--- A version's date in the spelling of an entry: dueDate, timeZone (nil: the entry needs none).
function fields.spell_date(version, style)
  local date, zone = version.date, version.zone
  if math.type(date) ~= "integer" then return date, style.zone end
  if style.kind == "offset" then return time.format_offset(date, style.offset_s), style.zone end
  if style.kind == "utc" then return time.format(date), style.zone end
  if zone then return local_spelling(date, zone, style) end
  if style.kind == "local" and (style.zone or style.default_zone) then
    return local_spelling(date, style.zone or style.default_zone, style)
  end
  return time.format(date), style.zone
end

--- One field of a version as the board's member would say it; json.null for nothing.
function fields.spell(field, version, style)
  local value
  if field == "date" then
    value = fields.spell_date(version, style)
  elseif field == fields.START then
    value = version[field] and fields.spell_date({ date = version[field], zone = version.zone }, style)
  elseif field == "zone" then
    value = select(2, fields.spell_date(version, style))
  else
    value = version[field]
    if field == "tags" or type(value) == "table" then value = json.array { table.unpack(value or {}) } end
  end
  if value == nil then return json.null end
  return value
end

--- Tags in the order the entry has them, new ones last; nil are none.
function fields.order_tags(tags, current)
  local wanted, ordered = {}, {}
  tags = tags or {}
  for _, tag in ipairs(tags) do wanted[tag] = true end
  if type(current) == "table" and current ~= json.null then
    for _, tag in ipairs(current) do
      if wanted[tag] then
        ordered[#ordered + 1] = tag
        wanted[tag] = nil
      end
    end
  end
  for _, tag in ipairs(tags) do
    if wanted[tag] then ordered[#ordered + 1] = tag end
  end
  return json.array(ordered)
end

return fields
