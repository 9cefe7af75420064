-- The `fields` of a rules file: which members of the board travel, how, and which way. What is read here is plain data, but
-- for the functions `to` and `from`, of which it says only that they are there: they stay with the file.

local did_you_mean = require "fmcal.util.did_you_mean"
local fields = require "fmcal.model.fields"
local own_fields = require "fmcal.model.own_fields"
local reserved = require "fmcal.model.reserved"
local schema = require "fmcal.rules.schema"
local shown = require "fmcal.util.shown"
local sorted_names = require "fmcal.util.sorted_names"
local strategies = require "fmcal.rules.strategies"

local declared = {}

-- Members of an event, and what kind of value each holds.
local EVENT_KINDS = {
  title = "text", description = "text", priority = "text", tags = "texts", location = "text", url = "text", color = "text",
  visibility = "text", busy = "boolean", reminders = "durations",
}

-- Built-in fields that are texts travel in the member of an event that is called as they are.
local TEXTS, DATE = {}, "dueDate"
for _, field in ipairs(fields.TEXTS) do TEXTS[fields.MEMBER[field]] = field end

local OPTIONS = schema.FIELD.members

-- Raises a sentence about a declaration; `read` makes it a result.
local function refuse(member, format, ...)
  error({ sentence = ("fields.%s: "):format(member) .. format:format(...), member = member }, 0)
end

-- ---------------------------------------------------------------- single options

local OWN_NAMES = { "KANBAN-ID", "TYPE", "TEAM", "STATUS", "PRIORITY", "EPIC-ID", "CASE-NUMBER", "SOURCE", "VERSION" }
local EXTRA_NAME_MAX = 40

local function check_extra(member, name)
  if not name:find("^[A-Z0-9-]+$") or #name > EXTRA_NAME_MAX then
    refuse(member, 'the name behind "x:" must be capital letters, digits and "-", at most %d, not %s', EXTRA_NAME_MAX,
      shown(name))
  end
  for _, own in ipairs(OWN_NAMES) do
    if name == own then refuse(member, "x:%s is a property that fmcal uses itself: choose another name", name) end
  end
  if name:find("^FMCAL%-") then refuse(member, "x:%s is a property that fmcal uses itself: choose another name", name) end
end

local function kind_of_event(member, event)
  local extra = event:match("^x:(.*)$")
  if extra then
    check_extra(member, extra)
    return "any"
  end
  if EVENT_KINDS[event] then return EVENT_KINDS[event] end
  refuse(member, "an event has no member '%s' for it%s", event, did_you_mean(event, sorted_names(EVENT_KINDS)))
end

-- What a value of a map must be, by the kind of the event's member; of a list it is each element.
local MAPPED = {
  any = { is = function(value) return own_fields.KINDS.text.is(value) end, expected = own_fields.KINDS.text.expected },
  boolean = own_fields.KINDS.boolean,
  text = { is = function(value) return type(value) == "string" end, expected = "a text" },
}
MAPPED.texts, MAPPED.durations = MAPPED.text, MAPPED.text

-- Two keys with one value could not be told apart on the way back: an event says values of any kind as texts.
local function check_map(spec, map)
  local member, key_of = spec.member, {}
  local of_key, of_value = spec.is_own and MAPPED.any or MAPPED.text, MAPPED[spec.kind]
  for _, key in ipairs(sorted_names(map)) do
    local value = map[key]
    if not of_key.is(key) then refuse(member, "map: the board's %s must be %s", shown(key), of_key.expected) end
    if not of_value.is(value) then
      refuse(member, "map: what %s becomes must be %s, not %s", shown(key), of_value.expected,
        type(value) == "table" and "a table" or shown(value))
    end
    local said = tostring(value)
    if key_of[said] ~= nil then
      refuse(member, "map: %s and %s both become %s, so that nobody could tell what comes back; give each a value of its own",
        shown(key_of[said]), shown(key), shown(value))
    end
    key_of[said] = key
  end
end

local function check_at(member, at, zone)
  local hour, minute = at:match("^(%d%d):(%d%d)$")
  if not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then
    refuse(member, 'at must be a time of the day such as "09:00", not %s', shown(at))
  end
  if not zone then
    refuse(member, "at needs a time zone: set syncOptions.timeZone, for example to \"Europe/Rome\"")
  end
end

local function check_minutes(member, minutes, at)
  if not at then refuse(member, "minutes go with at: without it the length of an event is durationMinutes") end
  if minutes % 1 ~= 0 then refuse(member, "minutes must be a whole number") end
end

-- ---------------------------------------------------------------- one declaration

local function check_types(member, given)
  for _, name in ipairs(sorted_names(given)) do
    local kind = OPTIONS[name]
    if not kind then
      refuse(member, "'%s' is a member that nobody reads%s", tostring(name), did_you_mean(tostring(name), sorted_names(OPTIONS)))
    elseif not kind.is(given[name]) then
      local came = given[name]
      refuse(member, "%s must be %s, not %s", name, kind.expected, type(came) == "string" and shown(came)
        or type(came) == "number" and ("the number %s"):format(came) or "a " .. type(came))
    end
  end
end

-- A short form as the table that it stands for; nil for "not at all".
local function spelled_out(member, given)
  if given == false then return nil end
  if type(given) == "string" then return { event = given } end
  if type(given) == "table" then return given end
  refuse(member, "expected a table, the name of an event's member, or false, got a %s", type(given))
end

local ONLY_DATES = { "at", "minutes" }
local ONLY_TEXTS = { "prefix", "suffix", "map" }

local function check_member(member)
  if member == "" or member:find("%.%.") or member:find("^%.") or member:find("%.$") then
    refuse(member, "this is no member of an entry, such as \"priority\" or \"metadata.courtroom\"")
  end
  local why = reserved.reason(member)
  if why then refuse(member, "it cannot be declared: %s", why) end
end

local function check_suits(member, given, is_date)
  for _, name in ipairs(is_date and ONLY_TEXTS or ONLY_DATES) do
    if given[name] ~= nil then
      refuse(member, is_date and "%s is for texts: a date takes at and minutes" or "%s is for dueDate", name)
    end
  end
  if is_date and (given.to or given.from) then
    refuse(member, "a date takes at and minutes, no functions; write to_event and to_entry")
  end
  if is_date and given.event and given.event ~= DATE then refuse(member, "the date of an event is its dueDate") end
end

-- The event's member that a declaration means.
local function event_of(member, given)
  if given.event then return given.event end
  if TEXTS[member] or member == DATE then return member end
  refuse(member, 'say which member of the event it is, for example { event = "location" }')
end

-- @return declaration, or nil for one that says of another member than the built-in ones that it does not travel
local function spec_of(member, given, zone)
  check_member(member)
  local options = spelled_out(member, given)
  if not options then
    if member == DATE or member == "title" then refuse(member, "an event needs it: it cannot be left out") end
    return TEXTS[member] and { member = member, field = TEXTS[member], is_off = true, is_silent = true }
  end
  check_types(member, options)
  local event, is_date = event_of(member, options), member == DATE
  check_suits(member, options, is_date)
  if options.at then check_at(member, options.at, zone) end
  if options.minutes then check_minutes(member, options.minutes, options.at) end
  local is_built_in = is_date or TEXTS[member] and event == member
  local spec = {
    member = member, event = event, kind = is_date and "date" or kind_of_event(member, event),
    field = is_date and "date" or is_built_in and TEXTS[member] or "." .. member, is_own = not is_built_in,
    direction = options.direction or "both", conflict = options.conflict and strategies.full_name(options.conflict),
    prefix = options.prefix, suffix = options.suffix, map = options.map, at = options.at,
    minutes = options.at and (options.minutes or fields.DEFAULT_DURATION),
    to = options.to ~= nil or nil, from = options.from ~= nil or nil,
    is_converted = (options.to or options.from or options.map) and true or nil,
  }
  spec.never_out = spec.direction == "in" and member ~= DATE and member ~= "title" or nil
  spec.is_silent = TEXTS[member] and (event ~= member or spec.never_out) and true or nil
  if spec.map then check_map(spec, spec.map) end
  return spec
end

-- What lies in a member cannot travel apart from it.
local function check_apart(specs)
  local is_declared = {}
  for _, spec in ipairs(specs) do is_declared[spec.member] = true end
  for _, spec in ipairs(specs) do
    local outer = spec.member:match("^(.+)%.")
    while outer do
      if is_declared[outer] then
        refuse(spec.member, "%s is declared already, and this lies in it: declare one of them", outer)
      end
      outer = outer:match("^(.+)%.")
    end
  end
end

-- A member of an event can say one member of the board.
local function check_shared(specs)
  local said_by, is_free = {}, {}
  for _, spec in ipairs(specs) do is_free[spec.member] = spec.is_own or spec.is_off end
  for member in pairs(TEXTS) do
    if not is_free[member] then said_by[member] = member end
  end
  for _, spec in ipairs(specs) do
    local other = spec.is_own and said_by[spec.event]
    if other then refuse(spec.member, "%s says %s of the event already", other, spec.event) end
    if spec.is_own then said_by[spec.event] = spec.member end
  end
end

local function read_all(given, zone)
  if type(given) ~= "table" then error({ sentence = ("fields must be a table, not a %s"):format(type(given)) }, 0) end
  local specs = {}
  for member in pairs(given) do
    if type(member) ~= "string" then
      error({ sentence = ("fields: %s is no name of a member"):format(shown(member)) }, 0)
    end
  end
  for _, member in ipairs(sorted_names(given)) do specs[#specs + 1] = spec_of(member, given[member], zone) or nil end
  check_apart(specs)
  check_shared(specs)
  return specs
end

--- Reads the table.
-- @param given what the file has, nil for nothing
-- @param zone syncOptions.timeZone, nil for none, true where that is not known
-- @return list of declarations, or nil, a sentence, and the member that it is about where there is one
function declared.read(given, zone)
  if given == nil then return {} end
  local ok, specs = pcall(read_all, given, zone)
  if ok then return specs end
  if type(specs) ~= "table" or not specs.sentence then error(specs, 0) end
  return nil, specs.sentence, specs.member
end

--- Whether anything of it is a function of the file.
function declared.has_functions(specs)
  for _, spec in ipairs(specs) do
    if spec.to or spec.from then return true end
  end
  return false
end

-- ---------------------------------------------------------------- what the sync asks

local function list_without(list, set)
  local rest = {}
  for _, name in ipairs(list) do
    if not set[name] then rest[#rest + 1] = name end
  end
  return rest
end

local WHEN = { fields.START, table.unpack(fields.OF_DATE) }

local START = { field = fields.START, member = fields.START:sub(2), kind = "start" }

--- What the sync needs to know of declarations:
--   own       fields beside the built-in ones that come back from the calendar, as fmcal.model.own_fields reads them
--   all       names of the fields that are compared, the built-in ones first
--   written   those and the date: where one is not compared, an event that comes or goes may bring or take it all the same
--   off       set of built-in fields that are not compared
--   inward    set of fields whose edits on the board stay there, or nil
--   never_out set of those that no event of ours says
--   conflict  {[field] = strategy}
--   kept      members that an event keeps when it is written over: they do not go out
--   at        the declaration of a date that is shown as a time, or nil
-- @param spans syncOptions.spans
-- @return table; the start of a span goes the way of its date
function declared.plan(specs, spans)
  if #specs == 0 and not spans then return fields.PLAIN end
  local plan = { own = {}, off = {}, conflict = {}, kept = {}, never_out = {} }
  local written = {}
  for _, spec in ipairs(specs) do
    local takes_place = spec.is_own and TEXTS[spec.member]
    local names = spec.field == "date" and WHEN or { spec.field }
    if spec.is_off and spec.field then plan.off[spec.field] = true end
    if takes_place then plan.off[takes_place] = true end
    local built_in = not spec.is_own and spec.field
    if built_in and spec.direction == "out" then
      for _, field in ipairs(names) do plan.off[field] = true end
    elseif spec.direction == "in" then
      plan.inward = plan.inward or {}
      for _, field in ipairs(names) do plan.inward[field] = true end
    end
    if spec.never_out then plan.never_out[spec.field] = true end
    if spec.is_own and spec.direction ~= "out" then plan.own[#plan.own + 1] = spec end
    if spec.is_own and spec.direction ~= "in" then written[spec.event] = true end
    if takes_place or built_in and built_in ~= "date" and (spec.is_off or spec.direction == "in") then
      plan.kept[#plan.kept + 1] = spec.member
    end
    for _, field in ipairs(spec.conflict and names or {}) do plan.conflict[field] = spec.conflict end
    if spec.at then plan.at = spec end
  end
  plan.kept = list_without(plan.kept, written)
  plan.all = list_without(fields.ALL, plan.off)
  if spans and not plan.off[fields.START] then plan.own[#plan.own + 1] = START end
  for _, spec in ipairs(plan.own) do plan.all[#plan.all + 1] = spec.field end
  plan.written = plan.off.date and table.move(fields.OF_DATE, 1, #fields.OF_DATE, #plan.all + 1, { table.unpack(plan.all) })
    or plan.all
  return plan
end

return declared
