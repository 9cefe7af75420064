-- Fields that a team's rules declare beside the built-in ones: members of the board by their paths, such as
-- "metadata.courtroom". Such a field bears the path with a dot in front, so that its name is none of a built-in field.

local json = require "fmcal.json"
local schema = require "fmcal.util.schema"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local own_fields = {}

-- ---------------------------------------------------------------- places

local paths = setmetatable({}, { __mode = "v" })

--- The names that lead to a member: "metadata.courtroom" is { "metadata", "courtroom" }. Not to be changed.
function own_fields.path(member)
  local path = paths[member]
  if path then return path end
  path = {}
  for name in member:gmatch("[^.]+") do path[#path + 1] = name end
  paths[member] = path
  return path
end

local function filled(value)
  if value == nil or value == json.null or value == "" then return nil end
  if type(value) == "table" and next(value) == nil then return nil end
  return value
end

--- What members say of a path, nil where that is nothing. What rules answer has the whole path as a name.
function own_fields.get(members, member)
  if members[member] ~= nil then return filled(members[member]) end
  local value = members
  for _, name in ipairs(own_fields.path(member)) do
    if type(value) ~= "table" then return nil end
    value = value[name]
  end
  return filled(value)
end

-- What stands in the way of a member: the name before it that holds no members, or nil.
local function obstacle(members, member)
  local value, path = members, own_fields.path(member)
  for i = 1, #path - 1 do
    value = value[path[i]]
    if value == nil or value == json.null then return nil end
    if not schema.is("object", value) then return table.concat(path, ".", 1, i) end
  end
  return nil
end

--- Why members can hold nothing at a path, or nil.
function own_fields.refusal(members, member)
  local name = obstacle(members, member)
  return name and ("%s must be an object, for the rules declare %s"):format(name, member)
end

--- Sets a path in a copy of members; tables on the way are copied too.
-- @param members a table of the caller's own
function own_fields.put(members, member, value)
  local at, path = members, own_fields.path(member)
  for i = 1, #path - 1 do
    local copy = {}
    for name, inner in pairs(type(at[path[i]]) == "table" and at[path[i]] or {}) do copy[name] = inner end
    at[path[i]], at = copy, copy
  end
  at[path[#path]] = value
end

-- ---------------------------------------------------------------- values

local function is_text(value)
  return type(value) == "string" and utf8.len(value) ~= nil
end

local function is_scalar(value)
  local kind = math.type(value) or type(value)
  return is_text(value) or kind == "integer" or kind == "boolean" or kind == "float" and value == value
    and math.abs(value) < math.huge
end

local function is_texts(value)
  if type(value) ~= "table" then return false end
  local count = 0
  for _, element in pairs(value) do
    if not is_text(element) then return false end
    count = count + 1
  end
  return count == #value
end

-- Text as every calendar can hold it.
local function clean(text)
  if not sys.has_controls(text) then return text end
  return (text:gsub("\r\n?", "\n"):gsub("[%z\1-\8\11\12\14-\31\127]", ""))
end

local function clean_value(value)
  if type(value) == "string" then return filled(clean(value)) end
  if type(value) ~= "table" then return value end
  local list = {}
  for i, text in ipairs(value) do list[i] = clean(text) end
  return list
end

-- ---------------------------------------------------------------- reminders

local UNIT_S = { W = 604800, D = 86400, H = 3600, M = 60, S = 1 }

-- Seconds of a duration such as "-P1DT2H", or nil.
local function duration_s(text)
  local sign, days, clock = text:match("^([+-]?)P([%dWD]*)(T?[%dHMS]*)$")
  if not sign or days .. clock == "" or clock == "T" then return nil end
  local sum, rest = 0, (days .. clock):gsub("T", "")
  for count, unit in rest:gmatch("(%d+)(%u)") do sum = sum + math.tointeger(tonumber(count)) * UNIT_S[unit] end
  if rest:gsub("%d+%u", "") ~= "" then return nil end
  return sign == "-" and -sum or sum
end

local function spelled(seconds)
  local sign, before = seconds < 0 and "-" or "", math.abs(seconds)
  if before == 0 then return "PT0S" end
  if before % 86400 == 0 then return ("%sP%dD"):format(sign, before // 86400) end
  for _, unit in ipairs { "H", "M", "S" } do
    if before % UNIT_S[unit] == 0 then return ("%sPT%d%s"):format(sign, before // UNIT_S[unit], unit) end
  end
end

-- Seconds from the start of an entry to a time, or nil. A day and a floating time are compared by the clock.
local function from_start_s(text, version, zone)
  local at = time.parse(text)
  if not at or at.kind == "date" then return nil end
  local start = version[".startDate"] or version.date
  if start == nil then return 0 end
  zone = version.zone or zone
  if math.type(start) == "integer" then
    if at.kind == "local" then return zone and assert(time.to_utc(text, zone)) - start end
    return at.epoch - start
  end
  if at.kind ~= "local" and zone then at = time.parse(assert(time.to_zone(at.epoch, zone)) .. "Z") end
  if at.kind == "local" then at = time.parse(text .. "Z") end
  local begin = time.parse(#start == 10 and start .. "T00:00:00Z" or start .. "Z")
  return at and begin and at.epoch - begin.epoch
end

-- Reminders in one spelling, the earliest first.
local function reminders(member, list, version, zone)
  local seconds, seen, found = {}, {}, {}
  for _, text in ipairs(list) do
    local s = duration_s(text) or from_start_s(text, version, zone)
    if not s then
      error(("%s must be a list of durations such as -P1D or of times such as 2026-02-14T09:00:00, not %q"):format(
        member, text), 0)
    end
    if not seen[s] then seconds[#seconds + 1], seen[s] = s, true end
  end
  table.sort(seconds)
  for i, s in ipairs(seconds) do found[i] = spelled(s) end
  return found
end

-- ---------------------------------------------------------------- canonical form

-- What a kind of value must be, in words.
own_fields.KINDS = {
  any = { is = function(value) return is_scalar(value) or is_texts(value) end,
    expected = "a text, a number, true or false, or a list of texts" },
  text = { is = is_scalar, expected = "a text, a number, or true or false" },
  boolean = { is = function(value) return type(value) == "boolean" end, expected = "true or false" },
  texts = { is = is_texts, expected = "a list of texts" },
}
own_fields.KINDS.durations = own_fields.KINDS.texts

local function is_day(version)
  return type(version.date) == "string" and #version.date == 10
end

-- A member that is absent says what calendars take for granted.
local SAYS_NOTHING = {
  busy = function(value, version) return value ~= is_day(version) end,
  visibility = function(value) return value == "public" end,
}

--- The value of an own field in a version. Raises a sentence (without position) where it is of a type that no calendar takes.
-- @param field as fmcal.rules.declared makes them
-- @param members of the board, or what to_entry answered
-- @param version the built-in fields of the same members
-- @param zone syncOptions.timeZone
function own_fields.value(field, members, version, zone)
  local value = own_fields.get(members, field.member)
  if value == nil then
    local refusal = own_fields.refusal(members, field.member)
    if refusal then error(refusal, 0) end
    return nil
  end
  local kind = own_fields.KINDS[field.is_converted and "any" or field.kind]
  if not kind.is(value) then error(("%s must be %s"):format(field.member, kind.expected), 0) end
  if field.is_converted then return clean_value(value) end
  if field.kind == "durations" then return reminders(field.member, value, version, zone) end
  local says_nothing = SAYS_NOTHING[field.event]
  if says_nothing and says_nothing(value, version) then return nil end
  return clean_value(value)
end

return own_fields
