-- The mapping that a rules file declares: the default functions, and round them what its `fields` say.

local converters = require "fmcal.rules.converters"
local defaults = require "fmcal.rules.defaults"
local event_values = require "fmcal.rules.event_values"
local fields = require "fmcal.model.fields"
local footer = require "fmcal.rules.footer"
local own_fields = require "fmcal.model.own_fields"
local shown = require "fmcal.util.shown"
local time = require "fmcal.time"

local mapping = {}

local function copy_of(members)
  local copy = {}
  for name, value in pairs(members) do copy[name] = value end
  return copy
end

local function zone_of(entry, ctx)
  return fields.filled(entry.timeZone) or fields.filled((ctx.config.syncOptions or {}).timeZone)
end

-- ---------------------------------------------------------------- single values

local function call(live, spec, name, value, entry, ctx)
  local fn = spec[name] and live and live[spec.member] and live[spec.member][name]
  if not fn or value == nil then return value end
  local converted = fn(value, entry, ctx) -- no tail call: a traceback shows the rule
  return converted
end

-- What a function made must be what an event can hold.
local function check(spec, value)
  if value == nil then return end
  local kind = own_fields.KINDS[spec.kind]
  if kind.is(value) then return end
  error(("%s: expected %s for %s of the event, got %s"):format(spec.member, kind.expected, spec.event,
    type(value) == "table" and "a table" or shown(value)), 0)
end

-- The board's value as it goes out, without what is put round it.
local function outward(spec, live, entry, ctx)
  local value = call(live, spec, "to", own_fields.get(entry, spec.member), entry, ctx)
  value = converters.mapped(spec.map, fields.filled(value))
  check(spec, value)
  return value
end

-- ---------------------------------------------------------------- out

local function is_day(members)
  return type(members.dueDate) == "string" and #members.dueDate == 10
end

-- Reminders that are times become durations: what an event says is relative to its start.
local function durations(spec, value, entry, ctx)
  if value == nil then return nil end
  local zone = zone_of(entry, ctx)
  local version = fields.version({ dueDate = entry.dueDate, timeZone = entry.timeZone }, zone)
  return own_fields.value({ member = spec.member, kind = "durations" }, { [spec.member] = value }, version, zone)
end

local function wrap(spec, value)
  if type(value) ~= "string" or not (spec.prefix or spec.suffix) then return value end
  return converters.wrapped(spec, value)
end

local function add_own(event, spec, live, entry, ctx)
  local value = outward(spec, live, entry, ctx)
  if spec.kind == "durations" then
    value, event.ownsReminders = durations(spec, value, entry, ctx), true
  end
  if value ~= nil and spec.kind == "text" and type(value) ~= "string" then value = event_values.encode("text", value) end
  event[spec.event] = event_values.encode(spec.kind, wrap(spec, value), is_day(event))
end

-- Whether the date of an entry is a day that `at` shows as a time. Of a court date, the day is all that is known; a span of days
-- stays one.
local function is_shown_day(entry, ctx)
  local is_span = fields.filled(entry.startDate) ~= nil and (ctx.config.syncOptions or {}).spans
  return is_day(entry) and entry.eventType ~= "court-date" and not is_span
end

-- An entry as the default mapping gets it: built-in members converted, a day shown as a time.
local function converted(specs, live, entry, ctx)
  local copy = copy_of(entry)
  for _, spec in ipairs(specs) do
    if spec.is_silent then
      copy[spec.member] = nil
    elseif spec.at and is_shown_day(entry, ctx) then
      copy.dueDate, copy.timeZone = ("%sT%s:00"):format(entry.dueDate, spec.at), zone_of(entry, ctx)
      copy.durationMinutes = spec.minutes
    elseif not spec.is_own and spec.kind ~= "date" then
      copy[spec.member] = outward(spec, live, entry, ctx)
    end
  end
  return copy
end

local function left_out_of_footer(specs)
  local without = {}
  for _, spec in ipairs(specs) do
    if spec.is_off then without[spec.member] = true end
  end
  return without
end

local function to_event_with(specs, live)
  local without = left_out_of_footer(specs)
  return function(entry, ctx)
    local event = defaults.to_event(converted(specs, live, entry, ctx), ctx)
    event.footer = footer(entry, without)
    for _, spec in ipairs(specs) do
      local goes_out = not spec.is_off and spec.direction ~= "in"
      if spec.is_own and goes_out then
        add_own(event, spec, live, entry, ctx)
      elseif goes_out and spec.kind == "text" and event[spec.event] ~= nil then
        event[spec.event] = wrap(spec, event[spec.event])
      end
    end
    return event
  end
end

-- ---------------------------------------------------------------- in

-- The board's value that a value of an event means.
local function inward(spec, live, value, entry, ctx)
  if type(value) == "string" then value = fields.filled(converters.unwrapped(spec, value)) end
  if value == nil then return nil end
  local here, is_mapped = converters.unmapped(spec.map, value)
  if not is_mapped then
    here = converters.unmapped(spec.map, event_values.decode(value, own_fields.get(entry, spec.member)))
  end
  return call(live, spec, "from", here, entry, ctx)
end

-- An event that leaves its time as its date does says so by saying nothing.
local function said(event, spec)
  local value = event[spec.event]
  if value == nil and spec.kind == "boolean" then return not is_day(event) end
  return fields.filled(value)
end

local function is_nothing(value)
  return value == nil or value == "" or type(value) == "table" and #value == 0
end

local function comes_back_unchanged(ours, event, spec, entry)
  if spec.never_out then return false end
  if event[spec.event] == nil and own_fields.get(entry, spec.member) == nil then return true end
  local here, there = said(ours, spec), said(event, spec)
  return event_values.same(here, there) or is_nothing(here) and is_nothing(there)
end

-- The day of a date in a zone.
local function day_of(event, zone)
  local start = fields.date(event.dueDate, event.timeZone, zone)
  if math.type(start) == "integer" then start = time.to_zone(start, zone) or time.format(start) end
  return start and start:sub(1, 10)
end

-- A day that is shown as a time comes back as a day, whatever hour the event has.
local function put_day(members, event, entry, ctx)
  if not is_shown_day(entry, ctx) then return end
  members.dueDate = day_of(event, zone_of(entry, ctx))
  members.timeZone, members.durationMinutes = fields.filled(entry.timeZone), fields.filled(entry.durationMinutes)
end

-- The event without what is put round the texts of built-in members.
local function unwrapped(specs, event)
  local plain = copy_of(event)
  for _, spec in ipairs(specs) do
    local text = not spec.is_own and spec.kind == "text" and plain[spec.event]
    if text then plain[spec.event] = fields.filled(converters.unwrapped(spec, text)) end
  end
  return plain
end

-- The board's value of a member that the default mapping gives back as `value`.
local function given_back(spec, live, value, ours, event, entry, ctx)
  if comes_back_unchanged(ours, event, spec, entry) then return own_fields.get(entry, spec.member) end
  if spec.is_own then return inward(spec, live, said(event, spec), entry, ctx) end
  return call(live, spec, "from", converters.unmapped(spec.map, fields.filled(value)), entry, ctx)
end

local function to_entry_with(specs, live, to_event)
  return function(event, entry, ctx)
    local ours = to_event(entry, ctx)
    local members = defaults.to_entry(unwrapped(specs, event), converted(specs, live, entry, ctx), ctx)
    for _, spec in ipairs(specs) do
      if spec.kind == "date" then -- whichever way it goes: without one an event cannot be read
        if spec.at then put_day(members, event, entry, ctx) end
      elseif spec.is_off or spec.direction == "out" then
        members[spec.member] = nil
      else
        members[spec.member] = given_back(spec, live, members[spec.member], ours, event, entry, ctx)
      end
    end
    return members
  end
end

-- Where dates only go out, none is cleared because its event was deleted.
local function keep_dates(entry, side, ctx)
  local fate = defaults.on_deleted(entry, side, ctx)
  return fate == "clear-due-date" and "recreate" or fate
end

local function has_date_out(specs)
  for _, spec in ipairs(specs) do
    if spec.kind == "date" and spec.direction == "out" then return true end
  end
  return false
end

--- The default functions with what declarations say.
-- @param specs of fmcal.rules.declared
-- @param live the file's `fields`, whose functions are called; nil where there are none
-- @return table as fmcal.rules.defaults; that one itself where nothing is declared
function mapping.of(specs, live)
  if #specs == 0 then return defaults end
  local functions = copy_of(defaults)
  functions.to_event = to_event_with(specs, live)
  functions.to_entry = to_entry_with(specs, live, functions.to_event)
  if has_date_out(specs) then functions.on_deleted = keep_dates end
  return functions
end

return mapping
