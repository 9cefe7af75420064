-- What a calendarConfig may say: its members and their types, and which values they can have. What is wrong ends the
-- command; what nobody reads is a warning.

local core = require "fmcal.provider.core"
local credentials = require "fmcal.credentials"
local defaults = require "fmcal.rules.defaults"
local did_you_mean = require "fmcal.util.did_you_mean"
local duration = require "fmcal.util.duration"
local schema = require "fmcal.util.schema"
local sorted_names = require "fmcal.util.sorted_names"
local time = require "fmcal.time"
local unknown_provider = require "fmcal.unknown_provider"
local webhook = require "fmcal.config.webhook"

local config_schema = {}

local MAX_REQUESTS_PER_MINUTE = 1000000
local MAX_TIMEOUT_S = 86400
local MAX_INTERVAL_MINUTES = 525600
local MIN_RULE_SECONDS, MAX_RULE_SECONDS = 0.01, 3600
local MIN_RULE_MEBIBYTES, MAX_RULE_MEBIBYTES = 0.5, 65536

local RULE_LIMITS = { seconds = "number", mebibytes = "number" }

local OPTIONS = {
  syncItems = "boolean", syncEpics = "boolean", syncCourtDates = "boolean", autoSync = "boolean",
  syncInterval = "number", conflictResolution = "name", onEventDeleted = "name", reminders = "names",
  timeZone = "name", massDeleteLimit = "number", webhook = "place", pushInvitations = "boolean", spans = "boolean",
  paused = "boolean",
  ruleLimits = RULE_LIMITS,
}

-- Members of a calendar that several of them can share.
local CONNECTION = {
  allowHttp = "boolean", caFile = "name", proxy = "name", timeout = "number", requestsPerMinute = "number",
  syncOptions = OPTIONS,
}

-- Members of one calendar alone.
local CALENDAR = {
  provider = "name", calendarId = "name", selectedCalendarId = "name", endpoint = "place", credentials = "object",
  connected = "boolean", accountName = "name", accountId = "name", calendarName = "text", availableCalendars = "objects",
}

-- Members of the whole configuration.
local WHOLE = {
  enabled = "boolean", rules = "name", defaultCalendar = "name",
  lastSyncAt = "name", lastSyncStatus = "name", lastSyncError = "text", stats = "object",
}

local ENDPOINTS = { api = "name", auth = "name", token = "name", revoke = "name", batch = "name", device = "name" }

local function union(...)
  local all = {}
  for _, members in ipairs { ... } do
    for name, wanted in pairs(members) do all[name] = wanted end
  end
  return all
end

local SINGLE = union(WHOLE, CONNECTION, CALENDAR)
local SHARED = union(WHOLE, CONNECTION)
local ONE_OF_SEVERAL = union(CONNECTION, CALENDAR)

-- ---------------------------------------------------------------- which members are calendars

local function is_provider(name)
  for _, known in ipairs(core.names()) do
    if known == name then return true end
  end
  return false
end

local function describes_calendar(value)
  for name in pairs(CALENDAR) do
    if value[name] ~= nil then return true end
  end
  return false
end

--- Whether a member of a configuration in the per-provider form is a calendar: an object with a name of its own that is
-- called as a provider or says what only a calendar has.
function config_schema.is_calendar(name, value)
  if SINGLE[name] or type(value) ~= "table" then return false end
  return is_provider(name) or describes_calendar(value)
end

-- ---------------------------------------------------------------- values

local function one_of(list)
  return function(value, path)
    for _, choice in ipairs(list) do
      if choice == value then return nil end
    end
    return ("%s is %q%s; it can be %s"):format(path, value, did_you_mean(value, list, ", did you mean %q?"),
      table.concat(list, ", "))
  end
end

local function within(least, most, sentence)
  return function(value, path)
    if value >= least and value <= most then return nil end
    return ("%s must %s"):format(path, sentence)
  end
end

local OPTION_VALUES = {
  conflictResolution = one_of(defaults.strategies),
  onEventDeleted = one_of(defaults.fates),
  reminders = function(list, path)
    for _, reminder in ipairs(list) do
      if not duration.is(reminder) then return path .. ' must be a list of durations such as "-P1D" or "-PT30M"' end
    end
  end,
  timeZone = function(zone, path)
    if time.is_zone(zone) then return nil end
    return ("%s %q is not an IANA zone name such as Europe/Rome"):format(path, zone)
  end,
  massDeleteLimit = within(0, 1, "lie between 0 and 1 (0.25 is a quarter of the entries)"),
  ruleLimits = function(limits, path)
    local seconds, mebibytes = limits.seconds or MIN_RULE_SECONDS, limits.mebibytes or MIN_RULE_MEBIBYTES
    if seconds < MIN_RULE_SECONDS or seconds > MAX_RULE_SECONDS then
      return ("%s.seconds must lie between %g and %d"):format(path, MIN_RULE_SECONDS, MAX_RULE_SECONDS)
    end
    if mebibytes < MIN_RULE_MEBIBYTES or mebibytes > MAX_RULE_MEBIBYTES then
      return ("%s.mebibytes must lie between %g and %d"):format(path, MIN_RULE_MEBIBYTES, MAX_RULE_MEBIBYTES)
    end
  end,
  webhook = webhook.wrong,
  syncInterval = function(minutes, path)
    if minutes > 0 and minutes <= MAX_INTERVAL_MINUTES then return nil end
    return ("%s must be a number of minutes greater than 0 and at most %d"):format(path, MAX_INTERVAL_MINUTES)
  end,
}

local CONNECTION_VALUES = {
  timeout = function(seconds, path)
    if seconds > 0 and seconds <= MAX_TIMEOUT_S then return nil end
    return path .. " must be a number of seconds, such as 60"
  end,
  requestsPerMinute = function(quota, path)
    if math.type(quota) == "integer" and quota > 0 and quota <= MAX_REQUESTS_PER_MINUTE then return nil end
    return ("%s must be a whole number from 1 to %d, not %s"):format(path, MAX_REQUESTS_PER_MINUTE, tostring(quota))
  end,
}

local function wrong_value(checks, object, prefix)
  for name, check in pairs(checks) do
    local sentence = object[name] ~= nil and check(object[name], prefix .. name)
    if sentence then return sentence end
  end
  return nil
end

local function wrong_values(object, prefix)
  return wrong_value(CONNECTION_VALUES, object, prefix)
    or wrong_value(OPTION_VALUES, object.syncOptions or {}, prefix .. "syncOptions.")
end

-- A file URL may name the machine: only this one.
local function wrong_folder(endpoint, prefix)
  local host = endpoint:match("^file://([^/]*)")
  if not host or host == "" or host == "localhost" then return nil end
  return ("%sendpoint is a folder of another machine, %s: name one of this machine"):format(prefix, host)
end

local function wrong_endpoint(provider, endpoint, prefix)
  if endpoint == nil then return nil end
  if core.traits(provider).endpoint ~= "urls" then
    return schema.wrong({ endpoint = "name" }, { endpoint = endpoint }, prefix) or wrong_folder(endpoint, prefix)
  end
  if type(endpoint) ~= "table" then
    return ('%sendpoint of %s must be an object such as {"api": "https://…"}, not a text'):format(prefix, provider)
  end
  return schema.wrong(ENDPOINTS, endpoint, prefix .. "endpoint.")
end

local function wrong_provider(name, path)
  if is_provider(name) then return nil end
  return ("%s: %s"):format(path, unknown_provider(name, core.names()))
end

local function wrong_calendar(name, calendar, prefix)
  local wrong = wrong_values(calendar, prefix)
  if wrong or calendar.connected == false then return wrong end
  local provider, path = calendar.provider or name, calendar.provider and prefix .. "provider" or prefix:sub(1, -2)
  return wrong_provider(provider, path) or wrong_endpoint(provider, calendar.endpoint, prefix)
end

local function wrong_name(name, prefix)
  if schema.is("name", name) then return nil end
  return ("%s%s: the name of a calendar must be one without zero bytes"):format(prefix, (name:gsub("%z", "?")))
end

-- The names of the calendars of a configuration in the per-provider form, sorted.
local function calendars(section)
  local list = {}
  for _, name in ipairs(sorted_names(section)) do
    if config_schema.is_calendar(name, section[name]) then list[#list + 1] = name end
  end
  return list
end

-- What a configuration in the per-provider form may hold: what is shared, and these calendars.
local function several(names)
  local members = union(SHARED)
  for _, name in ipairs(names) do members[name] = "object" end
  return members
end

local function append(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

local function unknown_of(members, object, prefix)
  local list = schema.unknown(members, object, prefix)
  local options = object.syncOptions or {}
  append(list, schema.unknown(OPTIONS, options, prefix .. "syncOptions."))
  append(list, schema.unknown(RULE_LIMITS, options.ruleLimits or {}, prefix .. "syncOptions.ruleLimits."))
  append(list, webhook.unknown(options.webhook, prefix .. "syncOptions.webhook."))
  append(list, schema.unknown(credentials.members(), object.credentials or {}, prefix .. "credentials."))
  local endpoint = type(object.endpoint) == "table" and object.endpoint or {}
  return append(list, schema.unknown(ENDPOINTS, endpoint, prefix .. "endpoint."))
end

-- ---------------------------------------------------------------- what others call

--- What is wrong with some syncOptions, of all or of one calendar: a name, a type or a value.
-- @param options object
-- @param prefix string what stands before their names
-- @return nil, or a sentence that names one
function config_schema.wrong_options(options, prefix)
  return unknown_of({ syncOptions = OPTIONS }, { syncOptions = options }, prefix)[1]
    or schema.wrong(OPTIONS, options, prefix .. "syncOptions.") or wrong_value(OPTION_VALUES, options, prefix .. "syncOptions.")
end

--- Which member is of a wrong type.
-- @param section calendarConfig without nulls
-- @param prefix string what stands before the names of its members
-- @return nil, or a sentence that names it
function config_schema.mistyped(section, prefix)
  if section.provider ~= nil then return schema.wrong(SINGLE, section, prefix) end
  local wrong = schema.wrong(several(core.names()), section, prefix)
  for _, name in ipairs(calendars(section)) do
    wrong = wrong or wrong_name(name, prefix) or schema.wrong(ONE_OF_SEVERAL, section[name], prefix .. name .. ".")
  end
  return wrong
end

--- What is wrong with a configuration: a type or a value. Parameters and result as for mistyped().
function config_schema.wrong(section, prefix)
  local wrong = config_schema.mistyped(section, prefix)
  if wrong then return wrong end
  if section.provider ~= nil then return wrong_calendar(nil, section, prefix) end
  wrong = wrong_values(section, prefix)
  for _, name in ipairs(calendars(section)) do
    wrong = wrong or wrong_calendar(name, section[name], prefix .. name .. ".")
  end
  return wrong
end

--- Sentences about members that nobody reads.
-- @param section, prefix as for config_schema.wrong, which found nothing
function config_schema.unknown(section, prefix)
  if section.provider ~= nil then return unknown_of(SINGLE, section, prefix) end
  local names = calendars(section)
  local list = unknown_of(several(names), section, prefix)
  for _, name in ipairs(names) do append(list, unknown_of(ONE_OF_SEVERAL, section[name], prefix .. name .. ".")) end
  return list
end

return config_schema
