-- What a rules file may hold and what its functions may answer: one table of members with their types, of which messages, the
-- stubs of fmcal.trial.stubs and the tables of docs/rules.md speak, and the one place that checks an answer against it. What
-- passes is a plain copy: no metamethod of a rule runs after its call.

local copy = require "fmcal.util.copy"
local defaults = require "fmcal.rules.defaults"
local did_you_mean = require "fmcal.util.did_you_mean"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local shown = require "fmcal.util.shown"
local sorted_names = require "fmcal.util.sorted_names"
local strategies = require "fmcal.rules.strategies"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local schema = {}

-- ---------------------------------------------------------------- types

local MAX_DEPTH = 64

local MAX_ID_BYTES = 200

local function is_text(value)
  return type(value) == "string" and sys.is_utf8(value)
end

-- An id names its entry in the UID of its event and in messages.
local function is_id(value)
  return is_text(value) and value ~= "" and #value <= MAX_ID_BYTES and not value:find("%c")
end

local function is_date(value)
  return is_text(value) and time.parse(value) ~= nil
end

local function is_zone(value)
  return is_text(value) and time.is_zone(value)
end

local function is_minutes(value)
  return type(value) == "number" and value >= 1 and value <= fields.MAX_DURATION
end

local function is_boolean(value)
  return type(value) == "boolean"
end

local function is_list(value, is_element)
  if type(value) ~= "table" then return false end
  local count = 0
  for _, element in next, value do
    if not is_element(element) then return false end
    count = count + 1
  end
  return count == rawlen(value)
end

local function is_texts(value)
  return is_list(value, is_text)
end

local function is_json(value, depth)
  depth = depth or 0
  local kind = math.type(value) or type(value)
  if kind ~= "table" then
    return kind == "integer" or kind == "boolean" or value == json.null or is_text(value)
      or kind == "float" and value == value and math.abs(value) < math.huge
  end
  if depth == MAX_DEPTH then return false end
  local is_array = rawlen(value) > 0
  for name, member in next, value do
    local is_name = is_array and math.type(name) == "integer" and name >= 1 and name <= rawlen(value)
    if not is_name and (is_array or not is_text(name)) or not is_json(member, depth + 1) then return false end
  end
  return true
end

local TEXT = { is = is_text, expected = "a text" }
local ID = { is = is_id, expected = ("a text of 1 to %d bytes without control characters"):format(MAX_ID_BYTES) }
local DATE = { is = is_date, expected = "a date or a time such as 2026-02-15 or 2026-02-15T10:00:00Z" }
local ZONE = { is = is_zone, expected = "an IANA zone name such as Europe/Rome" }
local MINUTES = { is = is_minutes, expected = ("a number of minutes from 1 to %d"):format(fields.MAX_DURATION) }
local TEXTS = { is = is_texts, expected = "a list of texts" }
local NAMES = { is = is_texts, expected = "a list of names of calendars" }
local BOOLEAN = { is = is_boolean, expected = "true or false" }
local FUNCTION = { is = function(value) return type(value) == "function" end, expected = "a function" }
local TABLE = { is = function(value) return type(value) == "table" end, expected = "a table" }
local VALUE = { is = is_json, expected = "a value that JSON can hold" }

local function one_of(...)
  local words, quoted = {}, {}
  for i, word in ipairs { ... } do
    words[word], quoted[i] = true, '"' .. word .. '"'
  end
  return {
    is = function(value) return words[value] ~= nil end,
    expected = table.concat(quoted, ", ", 1, #quoted - 1) .. " or " .. quoted[#quoted],
  }
end

-- ---------------------------------------------------------------- members

-- What the members of mapped fields are, by their type in fmcal.model.fields.
local KINDS = { text = TEXT, texts = TEXTS, date = DATE, zone = ZONE, minutes = MINUTES }

--- The members of an event that to_event may answer. They are all optional but for `required`. Those that say a field as a
-- text come from the table of fields.
schema.EVENT = {
  required = { "title", "dueDate" },
  members = {
    footer = TEXT, dueDate = DATE, endDate = DATE, timeZone = ZONE, unknownDate = TEXT, reminders = TEXTS, status = TEXT,
    epicId = TEXT, kanbanId = TEXT, team = TEXT, caseNumber = TEXT, source = TEXT,
    eventType = one_of("item", "epic", "court-date"), eventId = TEXT, uid = TEXT, etag = TEXT, raw = TEXT, lastModified = TEXT,
    deleted = BOOLEAN, recurring = BOOLEAN, hasAttendees = BOOLEAN, location = TEXT, url = TEXT, color = TEXT,
    visibility = TEXT, busy = BOOLEAN, ownsReminders = BOOLEAN,
  },
  -- A property of a team's own.
  like = function(name) return name:find("^x:[A-Z0-9-]+$") and TEXT end,
}
for _, field in ipairs(fields.TEXTS) do schema.EVENT.members[field] = KINDS[fields.TYPE[fields.MEMBER[field]]] end

--- The mapped members of an entry, which to_entry, on_conflict and a person's merge answer.
schema.ENTRY = { required = {}, members = {} }
for member, kind in pairs(fields.TYPE) do schema.ENTRY.members[member] = KINDS[kind] end

--- A table of members with the fields that a team declares beside the built-in ones. What they may be is asked where a version
-- is made of them.
function schema.with_own(shape, own)
  if not own or #own == 0 then return shape end
  local members = {}
  for name, kind in pairs(shape.members) do members[name] = kind end
  for _, field in ipairs(own) do members[field.member] = members[field.member] or VALUE end
  return { required = shape.required, members = members, others = shape.others }
end

-- An item of the board: the mapped members, and whatever else a team keeps there.
local ITEM = { required = { "id" }, members = { id = ID }, others = VALUE }
for name, kind in pairs(schema.ENTRY.members) do ITEM.members[name] = kind end

local SIDES = one_of("local", "external", "manual")

--- What each function may answer: a single value, or a table of members, or either; `optional`: nil too.
schema.ANSWERS = {
  select = { value = BOOLEAN },
  route = { value = NAMES, optional = true },
  to_event = { table = schema.EVENT },
  to_entry = { table = schema.ENTRY },
  on_conflict = { value = SIDES, table = schema.ENTRY },
  on_deleted = { value = one_of(table.unpack(defaults.fates)) },
  adopt = { table = ITEM, optional = true },
}

--- The options of a declared field; fmcal.rules.declared says more of them.
schema.FIELD = {
  required = {},
  members = {
    event = TEXT, direction = one_of("both", "out", "in"), conflict = one_of(strategies.names()),
    to = FUNCTION, from = FUNCTION, prefix = TEXT, suffix = TEXT, map = TABLE, at = TEXT, minutes = MINUTES,
  },
}

-- ---------------------------------------------------------------- checking

-- What came instead, so that a person finds it in the rules file.
local function got(value)
  if value == nil or value == json.null then return "nothing" end
  if type(value) == "string" then
    if not sys.is_utf8(value) then return "a text that is cut inside a character" end
    return "the text " .. shown(value)
  end
  if type(value) == "number" or type(value) == "boolean" then return ("the %s %s"):format(type(value), value) end
  return "a " .. type(value)
end

local function expected(kind, value)
  return ("expected %s, got %s"):format(kind.expected, got(value))
end

local function unknown(name, shape)
  return ("'%s' is a member that nobody reads%s"):format(tostring(name),
    did_you_mean(tostring(name), sorted_names(shape.members)))
end

-- The first problem in the order of names, so that it is the same in every run.
local function problem_of(shape, answer)
  local problems = {}
  for name, value in next, answer do
    local kind = type(name) == "string" and (shape.members[name] or shape.like and shape.like(name) or shape.others)
    if not kind then
      problems[#problems + 1] = unknown(name, shape)
    elseif value ~= json.null and not kind.is(value) then
      problems[#problems + 1] = ("%s: %s"):format(name, expected(kind, value))
    end
  end
  for _, name in ipairs(shape.required) do
    local value = rawget(answer, name)
    if value == nil or value == json.null then
      problems[#problems + 1] = ("%s: %s"):format(name, expected(shape.members[name], nil))
    end
  end
  table.sort(problems)
  return problems[1]
end

--- Checks a table of members.
-- @param shape schema.EVENT, schema.ENTRY
-- @return a copy of it without what is null, or nil and what is wrong: "member: expected …, got …"
function schema.members(shape, answer)
  local problem = problem_of(shape, answer)
  if problem then return nil, problem end
  local plain = {}
  for name, value in next, answer do
    if value ~= json.null or not shape.members[name] then plain[name] = copy(value) end
  end
  return plain
end

local function expected_answer(kinds)
  local value = kinds.value and kinds.value.expected
  if not kinds.table then return value end
  return value and value:gsub(" or ", ", ", 1) .. " or a table of members" or "a table of members"
end

--- Checks what a function answered.
-- @param name of the function
-- @return the answer as a plain copy, or nil and what is wrong with it; nil alone where nil is an answer
-- @param own the fields that a team declares beside the built-in ones
function schema.answer(name, answer, own)
  local kinds = schema.ANSWERS[name]
  if answer == nil and kinds.optional then return nil end
  if type(answer) == "table" and kinds.table then
    return schema.members(kinds.table == schema.ENTRY and schema.with_own(schema.ENTRY, own) or kinds.table, answer)
  end
  if kinds.value and answer ~= nil and kinds.value.is(answer) then return copy(answer) end
  return nil, ("expected %s, got %s"):format(expected_answer(kinds), got(answer))
end

return schema
