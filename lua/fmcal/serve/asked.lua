-- What somebody asks for, checked: members are known, and are what they must be.

local did_you_mean = require "fmcal.util.did_you_mean"
local json = require "fmcal.json"
local schema = require "fmcal.util.schema"
local sorted_names = require "fmcal.util.sorted_names"
local time = require "fmcal.time"
local told = require "fmcal.serve.told"

local asked = {}

--- What every view and act is asked with, by the server and not by whom it serves: which board, and where its parts lie.
asked.PLACE = { board = "name", config = "name", rules = "name", state = "name", team = "name", who = "name" }

local function unknown(members, params)
  for _, name in ipairs(sorted_names(params)) do
    if not members[name] and not asked.PLACE[name] then
      return name, ("%s is not known%s"):format(name, did_you_mean(name, sorted_names(members), ": did you mean %s?"))
    end
  end
  return nil
end

-- The first member that is of a wrong type, down to the innermost one.
local function mistyped(members, params)
  for _, name in ipairs(sorted_names(members)) do
    local sentence = schema.wrong({ [name] = members[name] }, { [name] = params[name] })
    if sentence then return sentence:match("^(%S+) must") or name, sentence end
  end
  return nil
end

--- Checks what was asked.
-- @param members schema of fmcal.util.schema
-- @param params table; null counts as absent
-- @return copy of it without nulls, or nil and an error with `member`
function asked.of(members, params)
  local name, sentence = unknown(members, params)
  if not name then name, sentence = mistyped(members, params) end
  if name then return told.wrong(name, "%s", sentence) end
  local copy = {}
  for member, value in pairs(params) do
    if value ~= json.null then copy[member] = value end
  end
  return copy
end

--- Checks that a member is one of some words.
-- @return true, or nil and an error with `member`
function asked.one_of(list, params, member)
  local value = params[member]
  if value == nil then return true end
  for _, word in ipairs(list) do
    if word == value then return true end
  end
  return told.wrong(member, "%s is %q%s; it can be %s", member, value, did_you_mean(value, list, ", did you mean %q?"),
    table.concat(list, ", "))
end

--- A whole number within bounds.
-- @return number, or nil and an error with `member`
function asked.whole(params, member, least, most, default)
  local value = params[member]
  if value == nil then return default end
  if math.type(value) == "float" then value = math.tointeger(value) end
  if value and value >= least and value <= most then return value end
  return told.wrong(member, "%s must be a whole number from %d to %d", member, least, most)
end

-- An end of a window: the instant, and the day that it is in the zone.
local function edge(params, member, zone)
  local text = params[member]
  if text == nil then return nil end
  local parsed = time.parse(text)
  local epoch = parsed and parsed.epoch
  if parsed and (parsed.kind == "date" or parsed.kind == "local") then epoch = time.to_utc(text, zone) end
  local there = epoch and time.to_zone(epoch, zone)
  if not there then return told.wrong(member, "%s is %q, which is no day such as 2026-03-01 and no time", member, text) end
  return { day = there:sub(1, 10), epoch = epoch, within = there:sub(12) ~= "00:00:00" }
end

--- The window of time that `from` and `to` say, the latter excluded: a day is its midnight.
-- @param zone string|nil the IANA name of the zone in which days begin; UTC by default
-- @return { from, to, zone }, either end { day, epoch, within = whether it lies within its day } or nil where it is open; or nil
--   and an error
function asked.window(params, zone)
  local window = { zone = zone or "UTC" }
  for _, member in ipairs { "from", "to" } do
    local found, err = edge(params, member, window.zone)
    if err then return nil, err end
    window[member] = found
  end
  if window.from and window.to and window.from.epoch >= window.to.epoch then
    return told.wrong("to", "to must be later than from")
  end
  return window
end

return asked
