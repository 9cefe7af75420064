-- A board's calendarConfig: checked, and spread out into the targets that one run works on.

local board = require "fmcal.board"
local clear_text = require "fmcal.util.clear_text"
local config_schema = require "fmcal.config.schema"
local fail = require "fmcal.util.failure"
local folder_of = require "fmcal.util.folder_of"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local read_file = require "fmcal.util.read_file"
local url = require "fmcal.url"

local config = {
  --- Minutes between runs, where syncOptions.syncInterval says nothing.
  DEFAULT_INTERVAL = 15,
}

local SECTION = "calendarConfig"

local function failure(message, ...)
  return fail("invalid", "config", message, ...)
end

-- What messages call a board.
local function name_of(opened)
  return opened:path() or "in memory"
end

local function plain(value)
  if type(value) ~= "table" then return given(value) end
  local copy = {}
  for name, member in pairs(value) do copy[name] = plain(member) end
  return copy
end

local function merged_options(shared, own)
  local options = {}
  for name, value in pairs(shared or {}) do options[name] = value end
  for name, value in pairs(own or {}) do options[name] = value end
  options.webhook = nil -- hears of runs, not of calendars, and may hold a secret
  return options
end

-- One target out of the members that describe it; `shared` holds what all of them inherit.
local function target_of(name, member, shared)
  local timeout_s = member.timeout or shared.timeout
  local allow_http = member.allowHttp
  if allow_http == nil then allow_http = shared.allowHttp end
  return {
    name = name,
    provider = member.provider or name,
    calendar_id = member.selectedCalendarId or member.calendarId,
    endpoint = member.endpoint,
    account = member.accountId or member.accountName,
    credentials = member.credentials,
    allow_http = allow_http,
    ca_file = member.caFile or shared.caFile,
    proxy = member.proxy or shared.proxy,
    timeout_ms = timeout_s and math.ceil(timeout_s * 1000),
    requests_per_minute = member.requestsPerMinute or shared.requestsPerMinute,
    options = merged_options(shared.syncOptions, member.syncOptions),
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

-- The calendarConfig in a file that `title` names: nil where there is none, nil and an error where it is no object.
local function section_in(holder, title)
  local section = given(holder:member(SECTION))
  if section == nil or type(section) == "table" and not getmetatable(section) then return section end
  return failure("%s: calendarConfig must be an object", title)
end

--- The calendarConfig of a board as it stands there, nulls included; {} where there is none. For those who change it.
-- @return table, or nil and an error: a member of it is of a wrong type
function config.section(opened)
  local title = "board " .. name_of(opened)
  local section, err = section_in(opened, title)
  if err then return nil, err end
  local wrong = section and config_schema.mistyped(readable(section), SECTION .. ".")
  if wrong then return failure("%s: %s", title, wrong) end
  return section or {}
end

--- The names of the calendars of a section in the per-provider form, in the order in which they stand there.
-- @param holder fmcal.board whose calendarConfig the section is
function config.calendar_members(section, holder)
  local names, seen = {}, {}
  for _, name in ipairs(holder:member_names(SECTION)) do
    if not seen[name] and config_schema.is_calendar(name, section[name]) then names[#names + 1] = name end
    seen[name] = true
  end
  return names
end

local function targets_of(section, holder)
  if section.provider then return { target_of(section.provider, section, {}) } end
  local targets = {}
  for _, name in ipairs(config.calendar_members(section, holder)) do
    if section[name].connected ~= false then targets[#targets + 1] = target_of(name, section[name], section) end
  end
  return targets
end

-- All calendars of a section, those that are switched off too: list of { name, provider, section }.
local function calendars_of(section, holder)
  if section.provider then return { { name = section.provider, provider = section.provider, section = section } } end
  local list = {}
  for i, name in ipairs(config.calendar_members(section, holder)) do
    list[i] = { name = name, provider = section[name].provider or name, section = section[name] }
  end
  return list
end

-- A file given by --config, as a board: it holds a calendarConfig, or is one.
local function holder_in(path)
  local text, unread = read_file(path, "configuration")
  if not text then return failure("%s", unread) end
  local content, wrong = json.decode(text)
  if content == nil then
    return failure("configuration %s, line %d, column %d: %s", path, wrong.line or 0, wrong.column or 0, wrong.message)
  end
  if type(content) ~= "table" or getmetatable(content) then
    return failure("configuration %s: it must be an object, or hold one called calendarConfig", path)
  end
  if content[SECTION] == nil then text = ('{ "%s": %s }'):format(SECTION, (text:gsub("^\xEF\xBB\xBF", ""))) end
  return board.parse(text, path)
end

-- The calendarConfig and the board that it stands in: the board itself, or the file given by --config.
local function section_of(opened, path)
  local holder, err = opened, nil
  if path then holder, err = holder_in(path) end
  if not holder then return nil, err end
  local section
  section, err = section_in(holder, path and "configuration " .. path or "board " .. name_of(opened))
  if section then return section, holder end
  if err then return nil, err end
  return failure("board %s has no calendarConfig: add one, or give --config FILE", name_of(opened))
end

-- A path as people write it: a file URL of this machine, or ~ for their own folder.
local function plain_path(path)
  local named = path:match("^file://[^/]*(/.*)$") or path:match("^file:(.*)$")
  if named then path = url.decode(named) end
  if path ~= "~" and path:sub(1, 2) ~= "~/" then return path end
  return (os.getenv("HOME") or "~") .. path:sub(2)
end

--- A path of the configuration, relative to the board.
function config.resolve(board_path, path)
  path = path and plain_path(path)
  if not path or path:sub(1, 1) == "/" then return path end
  return folder_of(board_path) .. "/" .. path
end

-- The team and its name, or nil and an error.
local function team_of(opened, wanted)
  local team, name = given(opened:member("team")), given(opened:member("teamName"))
  if type(team) ~= "string" or team == "" or team:find("\0", 1, true) then
    return failure("board %s has no \"team\" (a text without zero bytes): add one", name_of(opened))
  end
  if name ~= nil and type(name) ~= "string" then return failure("board %s: teamName must be a text", name_of(opened)) end
  if wanted and wanted ~= team then return failure("board %s is team %q, not %q", name_of(opened), team, wanted) end
  return team, name
end

-- Slips, and what is allowed but should be known.
local function warnings_of(section, targets)
  local list = config_schema.unknown(section, SECTION .. ".")
  for _, target in ipairs(targets) do
    if target.allow_http and clear_text.is(target.endpoint) then
      list[#list + 1] = clear_text.warning("allowHttp", target.endpoint)
    end
  end
  return list
end

-- Why nothing is synced, as an error, or nil.
local function why_off(opened, section, holder, targets)
  local title, sentence = name_of(opened), nil
  if section.enabled == false then
    sentence = ("calendar sync is switched off for %s: set calendarConfig.enabled to true"):format(title)
  elseif #targets == 0 then
    local off = config.calendar_members(section, holder)
    sentence = #off > 0 and ("board %s is connected with no calendar: %s %s switched off; run connect.lua, or set connected to "
      .. "true"):format(title, table.concat(off, ", "), #off == 1 and "is" or "are")
      or ("board %s names no calendar: set calendarConfig.provider (for example \"vdir\" or \"caldav\")"):format(title)
  end
  return sentence and select(2, failure("%s", sentence))
end

-- The section that is read, and what it stands in. One that is looked at may be missing.
local function section_to_read(opened, options)
  local raw, holder = section_of(opened, options.config)
  if raw or not options.as_it_stands or opened:member(SECTION) ~= nil then return raw, holder end
  return {}, opened
end

--- Reads and checks the configuration of a board.
-- @param opened fmcal.board
-- @param options table { config = path, rules = path, team = name, as_it_stands = true: a board is to be looked at; where
--   nothing is synced, `off` is the error that says why }
-- @return { team, team_name, section, calendars, targets, rules, options, warnings, off }, or nil and an error: `targets` are
--   what a run works on, `calendars` { name, provider, section } also those that are switched off
function config.load(opened, options)
  local raw, holder = section_to_read(opened, options)
  if not raw then return nil, holder end
  local section = readable(raw)
  local team, team_name = team_of(opened, options.team)
  if not team then return nil, team_name end
  local wrong = config_schema.wrong(section, SECTION .. ".")
  if wrong then return failure("board %s: %s", name_of(opened), wrong) end
  local targets = targets_of(section, holder)
  local off = why_off(opened, section, holder, targets)
  if off and not options.as_it_stands then return nil, off end
  return {
    team = team, team_name = team_name, section = section, calendars = calendars_of(section, holder),
    targets = targets, off = off,
    rules = options.rules or config.resolve(opened:path(), section.rules), rules_in_process = options.rules_in_process,
    clock = options.clock, warnings = warnings_of(section, targets), options = section.syncOptions or {},
  }
end

return config
