-- Connecting a board with a calendar account: sign in, list, choose, verify, store. Asks nobody: see scripts/connect.lua.

local board = require "fmcal.board"
local config = require "fmcal.config"
local config_edit = require "fmcal.place.config_edit"
local credentials = require "fmcal.credentials"
local failure = require "fmcal.util.failure"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local probe = require "fmcal.accounts.probe"
local provider = require "fmcal.provider"
local sorted_names = require "fmcal.util.sorted_names"
local time = require "fmcal.time"

local connect = {}

local SECTION = "calendarConfig"

-- ---------------------------------------------------------------- the board

-- The member of the per-provider form to store under; nil for the single form.
local function member_name(opened, section, profile, name)
  local single = given(section.provider)
  if name and single then
    return failure("invalid", "connect", 'the board %s names one calendar (calendarConfig.provider is "%s"), which leaves no '
      .. "room for %q: disconnect it, and connect both with --name", opened:path(), single, name)
  end
  if name then return name end
  if not single and #config.calendar_members(section, opened) > 0 then return profile.name end
  return nil, nil
end

-- Blobs that the board has already must have the key of today: a board with two keys cannot be read.
local function check_other_blobs(section, team, own_path, keyring)
  for _, place in ipairs(credentials.places(section)) do
    local blob = given(place.section.encrypted)
    if blob and table.concat(place.path, "/") ~= own_path then
      local opened, err = credentials.open(blob, { team = team, provider = place.provider }, keyring)
      if not opened then
        return failure(err.code, "connect", "the credentials of %s on this board do not open, so a new account would have "
          .. "another key: %s; or disconnect it first", place.path[1], err.message)
      end
    end
  end
  return true
end

--- Looks at a board before anything is asked.
-- @param path string
-- @param profile from fmcal.accounts.profiles
-- @param options { name = member of the per-provider form | nil, seals = whether a secret will be encrypted }
-- @return { path, team, team_name, member (nil: single form), keyring, before = the calendar's part of calendarConfig as it
--   is, proxy, time_zone, replaces = name of the calendar that goes }, or nil and an error
function connect.prepare(path, profile, options)
  local opened <close>, err = board.open(path)
  if not opened then return nil, err end
  local team = given(opened:member("team"))
  if type(team) ~= "string" or team == "" then
    return failure("invalid", "connect", 'the board %s has no "team" (a string): add one', path)
  end
  local section, refused = config.section(opened)
  if not section then return nil, refused end
  local member, wrong = member_name(opened, section, profile, options.name)
  if wrong then return nil, wrong end
  local keyring
  keyring, err = credentials.keyring()
  if not keyring then return nil, err end
  if options.seals then
    local ok
    ok, err = check_other_blobs(section, team, (member and member .. "/" or "") .. "credentials", keyring)
    if not ok then return nil, err end
  end
  local before = member and given(section[member]) or not member and section or {}
  local options_of = given(before.syncOptions) or given(section.syncOptions) or {}
  return { path = path, team = team, team_name = given(opened:member("teamName")), member = member, keyring = keyring,
    before = before, proxy = given(before.proxy) or given(section.proxy), time_zone = given(options_of.timeZone),
    replaces = given(before.provider) or (member and given(before.credentials) and member) or nil }
end

-- ---------------------------------------------------------------- the account

--- Makes the provider of an account; no network yet.
-- @param place from connect.prepare
-- @param profile from fmcal.accounts.profiles
-- @param account what is known of it:
--     username
--     members      credentials: { username, appPassword } or { clientId, clientSecret, refreshToken }, secrets opaque
--     plain        the same as text, to be stored unencrypted
--     source       { command = } or { env = }: where the password comes from instead
--     key_file     key of a service account, a path relative to the board
--     expires_at   when the sign-in ends
--     endpoint (true: the board's own stays), calendar_id, allow_http, ca_file, proxy, timeout_ms
-- @return fmcal.provider, or nil and an error
function connect.provider(place, profile, account)
  local members = {}
  if account.source then
    local resolved, err = credentials.resolve(account.source, { team = place.team, provider = profile.provider })
    if not resolved then return nil, err end
    members = resolved
  end
  for name, value in pairs(account.members or {}) do members[name] = value end
  members.password, members.appPassword = members.appPassword or members.password, nil
  members.username = account.username
  members.serviceAccountFile = config.resolve(place.path, account.key_file)
  members.team, members.calendar_id = place.team, account.calendar_id
  members.endpoint, members.allow_http = account.endpoint, account.allow_http
  if account.endpoint == true then members.endpoint = place.before.endpoint end
  members.timeout_ms, members.proxy = account.timeout_ms, account.proxy
  members.retry_for_ms = probe.RETRY_FOR_MS
  members.ca_file = config.resolve(place.path, account.ca_file)
  if provider.traits(profile.provider).endpoint == "path" then members.endpoint = config.resolve(place.path, account.endpoint) end
  return provider.new(profile.provider, members)
end

local function names_of(calendars)
  local names = {}
  for i, calendar in ipairs(calendars) do names[i] = ("%q"):format(calendar.name or calendar.id) end
  return table.concat(names, ", ")
end

-- The one that the service calls primary, else the first that holds events and may be written to.
local function primary_of(calendars)
  local first
  for i, calendar in ipairs(calendars) do
    if calendar.primary then return i end
    first = first or (calendar.events and calendar.writable ~= false and i) or nil
  end
  return first
end

--- The calendar that a person means.
-- @param calendars list from provider:list()
-- @param wanted string number in the list, id or name, or "primary"
-- @return calendar, or nil and a sentence
function connect.choose(calendars, wanted)
  local found = {}
  for i, calendar in ipairs(calendars) do
    if calendar.id == wanted then return calendar end
    if calendar.name == wanted or calendar.id:gsub("/+$", ""):match("[^/]*$") == wanted then found[#found + 1] = i end
  end
  if #found == 0 and calendars[math.tointeger(tonumber(wanted))] then found[1] = math.tointeger(tonumber(wanted)) end
  if #found == 0 and wanted == "primary" then found[1] = primary_of(calendars) end
  if #found == 0 then return nil, ("there is no calendar %q; there are %s"):format(wanted, names_of(calendars)) end
  if #found > 1 then
    return nil, ("%d calendars are called %q: give the number, or --calendar with the id of one"):format(#found, wanted)
  end
  local calendar = calendars[found[1]]
  if not calendar.events then return nil, ("%q holds tasks only, no events: choose another"):format(calendar.name) end
  return calendar
end

--- The calendar to take where none is named: the only one that holds events.
function connect.only_choice(calendars)
  local only
  for _, calendar in ipairs(calendars) do
    if calendar.events and only then return nil end
    if calendar.events then only = calendar end
  end
  return only
end

--- Signs in to the chosen calendar and, where it may be written to, tries that.
-- @return { binding, lost = list of what the calendar does not keep, tried = boolean }; or nil and an error
function connect.verify(account_provider, team, with_write)
  local binding, err = account_provider:open()
  if not binding then return nil, err end
  if not with_write or not binding.writable then return { binding = binding, lost = {}, tried = false } end
  local lost, wrong, what = probe.round_trip(account_provider, team)
  if lost then return { binding = binding, lost = lost, tried = true } end
  local sentences = {
    write = "the calendar %q takes no events: %s", read = "a test event in %q could not be read back: %s",
    remove = "a test event (\"fmcal check\") in %q could not be removed: %s; please delete it",
  }
  return failure(wrong.code, "connect", sentences[what], binding.name, wrong.message)
end

-- ---------------------------------------------------------------- storing

-- The order in which credentials stand on a board; others follow by name.
local ORDER = { "encrypted", "serviceAccountFile", "username", "appPassword", "clientId", "clientSecret", "refreshToken",
  "command", "env" }

local function stored_members(place, profile, account)
  if account.key_file then return { serviceAccountFile = account.key_file } end
  if account.plain then return account.plain end
  if account.source then
    return { username = account.username, command = account.source.command, env = account.source.env }
  end
  if not account.members then return {} end
  local blob, err = credentials.seal(account.members, { team = place.team, provider = profile.provider }, place.keyring)
  if not blob then return nil, err end
  return { encrypted = blob }
end

-- What calendarConfig.credentials becomes: a list of { name, value } in the order of writing, empty where there is
-- nothing to sign in with; or nil and an error.
local function credential_members(place, profile, account)
  local stored, err = stored_members(place, profile, account)
  if not stored then return nil, err end
  local list, added = {}, {}
  local function add(name, value)
    if value ~= nil and not added[name] then list[#list + 1], added[name] = { name, value }, true end
  end
  for _, name in ipairs(ORDER) do add(name, stored[name]) end
  for _, name in ipairs(sorted_names(stored)) do add(name, stored[name]) end
  if #list == 0 then return list end
  add("lastVerified", time.now())
  add("expiresAt", account.expires_at or json.null)
  return list
end

local function joined(path, ...)
  local copy = { table.unpack(path) }
  for _, name in ipairs { ... } do copy[#copy + 1] = name end
  return copy
end

-- Makes an object hold these members and no others.
local function replace_object(opened, path, before, members)
  local wanted, stale = {}, {}
  for _, member in ipairs(members) do wanted[member[1]] = true end
  for name in pairs(before or {}) do
    if not wanted[name] then stale[#stale + 1] = name end
  end
  table.sort(stale)
  for _, name in ipairs(stale) do assert(opened:remove(nil, joined(path, name))) end
  for _, member in ipairs(members) do assert(opened:set(nil, joined(path, member[1]), member[2])) end
end

local function set_or_remove(opened, path, value)
  if value == nil or value == false then assert(opened:remove(nil, path)) else assert(opened:set(nil, path, value)) end
end

local function listed(calendars)
  local list = json.array {}
  for i, calendar in ipairs(calendars) do list[i] = { id = calendar.id, name = calendar.name } end
  return list
end

local function write_single(opened, profile, chosen)
  assert(opened:set(nil, { SECTION, "provider" }, profile.provider))
  assert(opened:set(nil, { SECTION, "calendarId" }, chosen.calendar_id))
  return { SECTION }
end

local function write_member(opened, place, profile, account, chosen)
  local path = { SECTION, place.member }
  assert(opened:set(nil, joined(path, "connected"), true))
  set_or_remove(opened, joined(path, "provider"), place.member ~= profile.provider and profile.provider or nil)
  assert(opened:set(nil, joined(path, "accountName"), account.username or profile.title))
  assert(opened:set(nil, joined(path, "accountId"), chosen.account))
  assert(opened:set(nil, joined(path, "selectedCalendarId"), chosen.calendar_id))
  assert(opened:set(nil, joined(path, "calendarName"), chosen.name))
  assert(opened:set(nil, joined(path, "availableCalendars"), listed(chosen.calendars)))
  return path
end

local function write_all(opened, section, place, profile, account, chosen, members)
  if given(section.enabled) ~= true then assert(opened:set(nil, { SECTION, "enabled" }, true)) end
  local path = place.member and write_member(opened, place, profile, account, chosen)
    or write_single(opened, profile, chosen)
  if account.endpoint ~= true then set_or_remove(opened, joined(path, "endpoint"), account.endpoint) end
  set_or_remove(opened, joined(path, "allowHttp"), account.allow_http)
  set_or_remove(opened, joined(path, "caFile"), account.ca_file)
  local before = place.member and given(section[place.member]) or not place.member and section or {}
  if #members == 0 then
    assert(opened:remove(nil, joined(path, "credentials")))
    return
  end
  replace_object(opened, joined(path, "credentials"), given(before.credentials), members)
end

--- Stores the account on the board; everything else on it stays as it is, byte for byte.
-- @param chosen { calendar_id, name, account, calendars }
-- @return true, or nil and an error
function connect.store(place, profile, account, chosen)
  local members, err = credential_members(place, profile, account)
  if not members then return nil, err end
  local changed, failed = config_edit(place.path, function(opened, section)
    write_all(opened, section, place, profile, account, chosen, members)
    return true
  end)
  if changed == nil then return nil, failed end
  return true
end

return connect
