-- A run writes to an event only what somebody changed.
--
-- An event as the rules make it says its date in full, with an end, a zone and whole minutes. The event in the calendar
-- may have none of them and mean the same. So before an update is encoded, its date becomes the one that the calendar
-- has, unless the date was edited on the board or the rules have come to make another one of it: that something was
-- pulled is no reason to write. Where only the start or only the length was edited, the other part stays as it is.
--
-- So with the footer, which the rules make of tags and priority besides what only goes out: where those were pulled, the one
-- that is there stays.
--
-- The rest needs nothing of this: of texts, tags, priority and metadata the codecs write what differs in meaning.

local entries = require "fmcal.model.entry"
local event_values = require "fmcal.rules.event_values"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local spans = require "fmcal.model.spans"

local untouched = {}

local DATE_MEMBERS = { "dueDate", "endDate", "timeZone" }
local DATE_FIELDS = { "date", "zone", "duration", fields.START }
local PRINT_BYTES = 16

local function print_of(value)
  return assert(json.digest(value)):sub(1, PRINT_BYTES)
end

local function date_print(event)
  local date = {}
  for _, member in ipairs(DATE_MEMBERS) do date[member] = event[member] or json.null end
  return print_of(date)
end

--- What goes out with an event as the rules make it, to tell whether a later run makes the same of its entry: a print of
-- its date, one of the whole and one of its footer. @return string, or nil and an error where the event cannot be written down
function untouched.print(event)
  local text, err = json.encode(event, { sort = true })
  if not text then return nil, err end
  return ("%s %s %s"):format(date_print(event), print_of(text), print_of(event.footer or ""))
end

-- The prints of the date and of the footer that are in one of the whole; of an older fmcal's, there is none of the footer.
local function printed(out)
  if type(out) ~= "string" then return nil, nil end
  local date, rest = out:match("^(%S+) %S+(.*)$")
  return date, rest and rest:match("^ (%S+)$")
end

local function pushes(action, field)
  for _, pushed in ipairs(action.push or {}) do
    if pushed == field then return true end
  end
  return false
end

-- Whether the rules, or what they look at beside the mapped fields, make another date of what was agreed on than when it
-- was agreed on. About a date that is not compared nothing else can tell.
local function rules_changed(target, decision, base, event)
  local before = base and printed(base.out)
  if not before or not base.l.date or date_print(event) == before then return false end
  if target.rules.mapped.off.date then return true end
  local again = target.rules:to_event(decision.key, entries.with_version(decision.view, base.l))
  return again ~= nil and date_print(again) ~= before
end

local function restore_date(event, there)
  for _, member in ipairs(DATE_MEMBERS) do event[member] = there[member] end
end

local function is_held(action)
  return action.step.open.date or action.step.waits.date
end

local function is_date_edited(target, decision, side, action, event)
  if is_held(action) then return false end
  for _, field in ipairs(DATE_FIELDS) do
    if pushes(action, field) then return true end
  end
  return rules_changed(target, decision, side.base, event)
end

local function footer_of(target, decision, version)
  local event = target.rules:to_event(decision.key, entries.with_version(decision.view, version))
  return event and event.footer or ""
end

-- Whether the footer is another one because of what was edited on the board, or of what only goes out.
local function is_footer_edited(target, decision, side, action)
  local base = side.base
  local _, before = printed(base and base.out)
  if not before or not base.l.date then return true end
  local agreed, pushed = footer_of(target, decision, base.l), fields.copy(base.l)
  for _, field in ipairs(action.push or {}) do pushed[field] = action.version[field] end
  return print_of(agreed) ~= before or footer_of(target, decision, pushed) ~= agreed
end

local function keep_footer(target, decision, side, action, event)
  local there = side.remote.event.footer
  if (event.footer or "") ~= (there or "") and not is_footer_edited(target, decision, side, action) then
    event.footer = there
  end
end

-- A flag and a number can be spelled in several ways, TRUE and true for example: what means the same stays as it is there.
local function keep_spellings(own, event, there, version)
  for _, field in ipairs(own) do
    local value, said = version[field.field], field.event and there[field.event]
    if not field.is_converted and type(said) == "string" and event_values.decode(said, value) == value then
      event[field.event] = said
    end
  end
end

--- Gives an event that is to be written over another one back the date, the footer and the spellings that nobody edited.
-- @param side { target, base, remote }
-- @param action of the planner: `push`, `version`, `step`
-- @param event as the rules make it of the action's version; it is changed
function untouched.keep(decision, side, action, event)
  local target, there = side.target, side.remote.event
  for _, member in ipairs(target.rules.mapped.kept) do event[member] = there[member] end
  keep_spellings(target.rules.mapped.own, event, there, action.version)
  keep_footer(target, decision, side, action, event)
  if not is_date_edited(target, decision, side, action, event) then return restore_date(event, there) end
  -- A span is its two dates: it has no length of its own.
  if there.unknownDate or action.version[fields.START] or side.remote.version[fields.START] then return end
  local same_length = action.version.duration == side.remote.version.duration
  if same_length then
    spans.keep_length(event, there, action.version.duration)
  elseif not pushes(action, "date") and not pushes(action, "zone") then
    spans.keep_start(event, there, action.version.duration, target.options.timeZone)
  end
end

return untouched
