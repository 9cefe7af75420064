-- A board's calendarConfig: checked, and spread out into the targets that one run works on.

local core = require "fmcal.provider.core"
local fail = require "fmcal.failure"
local json = require "fmcal.json"
local suggest = require "fmcal.suggest"
local time = require "fmcal.time"
local unknown_provider = require "fmcal.unknown_provider"

local config = {}

-- Members of calendarConfig that are no calendars in the per-provider form.
local OWN_MEMBERS = {
  enabled = true, provider = true, calendarId = true, endpoint = true, rules = true, credentials = true,
  syncOptions = true, lastSyncAt = true, lastSyncStatus = true, lastSyncError = true, stats = true,
  allowHttp = true, caFile = true, proxy = true, timeout = true, requestsPerMinute = true,
}

local MAX_REQUESTS_PER_MINUTE = 1000000

local OPTION_TYPES = {
  syncItems = "boolean", syncEpics = "boolean", syncCourtDates = "boolean", autoSync = "boolean",
  syncInterval = "number", conflictResolution = "string", onEventDeleted = "string", reminders = "table",
  timeZone = "string", massDeleteLimit = "number", webhook = "string", pushInvitations = "boolean",
}
local OPTION_VALUES = {
  conflictResolution = { "last-write-wins", "local-wins", "external-wins", "manual" },
  onEventDeleted = { "clear-due-date", "recreate", "keep" },
}

local function failure(message, ...)
  return fail("invalid", "config", message, ...)
end

local function given(value)
  if value == json.null then return nil end
  return value
end

local function plain(value)
  if type(value) ~= "table" then return given(value) end
  local copy = {}
  for name, member in pairs(value) do copy[name] = plain(member) end
  return copy
end

local function choices(list)
  return table.concat(list, ", ")
end

local function check_option(name, value)
  local wanted = OPTION_TYPES[name]
  if not wanted then return nil end
  if type(value) ~= wanted then
    return ("syncOptions.%s must be a %s, not a %s"):format(name, wanted, type(value))
  end
  local allowed = OPTION_VALUES[name]
  if not allowed then return nil end
  for _, choice in ipairs(allowed) do
    if choice == value then return nil end
  end
  local near = suggest(value, allowed)
  return ("syncOptions.%s is %q%s; it can be %s"):format(
    name, value, near and (", did you mean %q?"):format(near) or "", choices(allowed))
end

-- Whether a text is a duration as alarms have them (RFC 5545, section 3.3.6): -P1D, PT30M, -P1DT2H, P2W.
local function is_duration(text)
  local body = type(text) == "string" and text:match("^[+-]?P(.+)$")
  if not body or body:find("T$") then return false end
  if body:find("^%d+W$") then return true end
  local clock = body:gsub("^%d+D", "", 1)
  if clock == "" then return true end
  local rest = clock:match("^T(.+)$")
  if not rest then return false end
  for _, unit in ipairs { "H", "M", "S" } do rest = rest:gsub("^%d+" .. unit, "", 1) end
  return rest == ""
end

local function check_reminders(reminders)
  for name, reminder in pairs(reminders) do
    if math.type(name) ~= "integer" or not is_duration(reminder) then
      return 'syncOptions.reminders must be a list of durations such as "-P1D" or "-PT30M"'
    end
  end
  return nil
end

local function check_options(options, warnings)
  local known = {}
  for name in pairs(OPTION_TYPES) do known[#known + 1] = name end
  table.sort(known)
  for name, value in pairs(options) do
    local wrong = check_option(name, value)
    if wrong then return wrong end
    local near = not OPTION_TYPES[name] and suggest(name, known)
    if near then
      warnings[#warnings + 1] = ("syncOptions.%s is not known: did you mean %s?"):format(name, near)
    end
  end
  if options.timeZone and not time.is_zone(options.timeZone) then
    return ("syncOptions.timeZone %q is not an IANA zone name such as Europe/Rome"):format(options.timeZone)
  end
  if options.massDeleteLimit and (options.massDeleteLimit < 0 or options.massDeleteLimit > 1) then
    return "syncOptions.massDeleteLimit must lie between 0 and 1 (0.25 is a quarter of the entries)"
  end
  if options.syncInterval and options.syncInterval <= 0 then
    return "syncOptions.syncInterval must be a number of minutes greater than 0"
  end
  return check_reminders(options.reminders or {})
end

local function merged_options(shared, own)
  local options = {}
  for name, value in pairs(shared or {}) do options[name] = value end
  for name, value in pairs(own or {}) do options[name] = value end
  return options
end

-- The sentence about a provider that does not exist, or nil.
local function wrong_provider(name)
  local names = core.names()
  for _, known in ipairs(names) do
    if known == name then return nil end
  end
  return unknown_provider(name, names)
end

-- The longest silence of a server in milliseconds; nil: the provider's own. Or nil and a sentence.
local function timeout_of(seconds)
  if seconds == nil then return nil end
  if type(seconds) ~= "number" or seconds <= 0 or seconds > 86400 then
    return nil, "timeout must be a number of seconds, such as 60"
  end
  return math.ceil(seconds * 1000)
end

local function check_quota(quota)
  if quota == nil or (math.type(quota) == "integer" and quota > 0 and quota <= MAX_REQUESTS_PER_MINUTE) then return nil end
  return ("requestsPerMinute must be a whole number from 1 to %d, not %s"):format(MAX_REQUESTS_PER_MINUTE, tostring(quota))
end

local MEMBER_TYPES = {
  selectedCalendarId = "string", calendarId = "string", provider = "string", allowHttp = "boolean", caFile = "string",
  proxy = "string", syncOptions = "table",
}

local function check_members(member)
  for name, wanted in pairs(MEMBER_TYPES) do
    local value = member[name]
    if value ~= nil and type(value) ~= wanted then return ("%s must be a %s, not a %s"):format(name, wanted, type(value)) end
  end
  return nil
end

-- One target out of the members that describe it; `shared` holds what all of them inherit.
local function target_of(name, member, shared, warnings)
  local mistyped = check_members(member) or check_members(shared)
  if mistyped then return nil, mistyped end
  local options = merged_options(shared.syncOptions, member.syncOptions)
  local provider = member.provider or name
  local quota = member.requestsPerMinute or shared.requestsPerMinute
  local wrong = wrong_provider(provider) or check_options(options, warnings) or check_quota(quota)
  if wrong then return nil, wrong end
  local timeout_ms, unusable = timeout_of(member.timeout or shared.timeout)
  if unusable then return nil, unusable end
  return {
    name = name,
    provider = provider,
    calendar_id = member.selectedCalendarId or member.calendarId,
    endpoint = member.endpoint,
    account = member.accountId or member.accountName,
    credentials = member.credentials,
    allow_http = member.allowHttp or shared.allowHttp,
    ca_file = member.caFile or shared.caFile,
    proxy = member.proxy or shared.proxy,
    timeout_ms = timeout_ms,
    requests_per_minute = quota,
    options = options,
  }
end

-- Credentials stay as the board delivered them; everything else becomes plain Lua.
local function readable(section)
  local copy = {}
  for name, value in pairs(section) do
    if name == "credentials" then
      copy[name] = given(value)
    elseif type(value) == "table" and type(value.credentials) == "table" then
      copy[name] = readable(value)
    else
      copy[name] = plain(value)
    end
  end
  return copy
end

--- The names of the calendars of a section in the per-provider form, sorted.
function config.calendar_members(section)
  local names = {}
  for name, value in pairs(section) do
    if not OWN_MEMBERS[name] and type(value) == "table" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function targets_of(section, warnings)
  if section.provider then
    local target, wrong = target_of(section.provider, section, {}, warnings)
    return target and { target }, wrong
  end
  local targets = {}
  for _, name in ipairs(config.calendar_members(section)) do
    if section[name].connected ~= false then
      local target, wrong = target_of(name, section[name], section, warnings)
      if not target then return nil, wrong end
      targets[#targets + 1] = target
    end
  end
  return targets
end

local function read_file(path)
  local file, err = io.open(path, "rb")
  if not file then return nil, err end
  local text = file:read("a")
  file:close()
  return text
end

-- The calendarConfig: the board's own, or the one in a file given by --config.
local function section_of(board, path)
  if not path then
    local section = board:member("calendarConfig")
    if type(section) == "table" and section ~= json.null then return section end
    return failure("board %s has no calendarConfig: add one, or give --config FILE", board:path())
  end
  local text, err = read_file(path)
  if not text then return failure("cannot read the configuration %s", err) end
  local section, wrong = json.decode(text)
  if not section then
    return failure("configuration %s, line %d, column %d: %s", path, wrong.line or 0, wrong.column or 0, wrong.message)
  end
  local own = type(section) == "table" and section.calendarConfig or section
  if type(own) ~= "table" or own == json.null then
    return failure("configuration %s: it must be an object, or hold one called calendarConfig", path)
  end
  return own
end

local function folder_of(path)
  return path:match("^(.*)/[^/]*$") or "."
end

--- A path of the configuration, relative to the board.
function config.resolve(board_path, path)
  if not path or path:sub(1, 1) == "/" then return path end
  return folder_of(board_path) .. "/" .. path
end

--- Reads and checks the configuration of a board.
-- @param board fmcal.board
-- @param options table { config = path, rules = path, team = name }
-- @return { team, team_name, section, targets, rules, options, warnings }, or nil and an error
function config.load(board, options)
  local raw, err = section_of(board, options.config)
  if not raw then return nil, err end
  local section = readable(raw)
  local team = given(board:member("team"))
  if type(team) ~= "string" or team == "" then
    return failure("board %s has no \"team\" (a string): add one", board:path())
  end
  if options.team and options.team ~= team then
    return failure("board %s is team %q, not %q", board:path(), team, options.team)
  end
  if section.enabled ~= nil and type(section.enabled) ~= "boolean" then
    return failure("board %s: enabled must be true or false", board:path())
  end
  if section.enabled == false then
    return failure("calendar sync is switched off for %s: set calendarConfig.enabled to true", board:path())
  end
  local warnings = {}
  local targets, wrong = targets_of(section, warnings)
  if not targets then return failure("board %s: %s", board:path(), wrong) end
  if #targets == 0 then
    return failure("board %s names no calendar: set calendarConfig.provider (for example \"vdir\" or \"caldav\")",
      board:path())
  end
  return {
    team = team, team_name = given(board:member("teamName")), section = section, targets = targets,
    rules = options.rules or config.resolve(board:path(), section.rules), warnings = warnings,
    options = section.syncOptions or {},
  }
end

return config
