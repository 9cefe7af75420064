-- Connects a board with an account that has a password: `POST /api/calendar/connect/{provider}`. Asked without a calendar it
-- signs in and answers those of the account; with one it tries it and stores the account, encrypted.

local connect = require "fmcal.accounts.connect"
local core = require "fmcal.credentials.core"
local json = require "fmcal.json"
local place = require "fmcal.serve.acts.place"
local profiles = require "fmcal.accounts.profiles"
local told = require "fmcal.serve.told"
local views = require "fmcal.serve.views"

local ASKED = { provider = "name", name = "name", username = "name", password = "name", endpoint = "name", calendarId = "name" }

local NO_KEY = "CALENDAR_ENCRYPTION_KEY is not set where the server runs, so the password could not be stored safely: make a key "
  .. "with openssl rand -hex 32, and start the server with it"

-- The service that is meant; a folder of this machine is none that can be connected from elsewhere.
local function profile_of(wanted)
  local profile = wanted.provider and profiles.find(wanted.provider)
  if profile and profile.password then return profile end
  return told.wrong("provider", "no account of %s is connected with a password here", tostring(wanted.provider))
end

local function endpoint_of(profile, wanted)
  if not profile.server then return wanted.endpoint or profile.endpoint or true end
  if not wanted.endpoint then return told.wrong("endpoint", "endpoint is missing: which server of %s?", profile.title) end
  return profile.server.url(wanted.endpoint)
end

local function account_of(profile, wanted)
  for _, name in ipairs { "username", "password" } do
    if not wanted[name] then return told.wrong(name, "%s is missing", name) end
  end
  local endpoint, err = endpoint_of(profile, wanted)
  if not endpoint then return nil, err end
  if endpoint == true then endpoint = nil end
  return { username = wanted.username, endpoint = endpoint,
    members = { username = wanted.username, appPassword = core.secret(wanted.password) } }
end

local function refused(profile, err, params)
  local message = err.code == "auth" and profile.refused and err.message .. ". " .. profile.refused or err.message
  return told.error({ code = err.code, message = message }, params)
end

local function list(board, profile, account)
  local made <close>, err = connect.provider(board, profile, account)
  if not made then return nil, err end
  return made:list()
end

local function shown(calendars)
  local found = json.array {}
  for i, calendar in ipairs(calendars) do
    found[i] = { id = calendar.id, name = calendar.name, writable = calendar.writable, primary = calendar.primary,
      events = calendar.events }
  end
  return { connected = false, calendars = found }
end

-- Tries the calendar and stores the account. @return what is lost there, or nil and an error
local function store(board, profile, account, calendars)
  local made <close>, err = connect.provider(board, profile, account)
  if not made then return nil, err end
  local verified, failed = connect.verify(made, board.team, true)
  if not verified then return nil, failed end
  local binding = verified.binding
  local ok, unsaved = connect.store(board, profile, account,
    { calendar_id = binding.calendar_id, name = binding.name, account = binding.account, calendars = calendars })
  if not ok then return nil, unsaved end
  return verified.lost
end

local function carry_out(wanted, params, board, profile, account)
  local calendars, err = list(board, profile, account)
  if not calendars then return refused(profile, err, params) end
  if not wanted.calendarId then return shown(calendars) end
  local chosen, sentence = connect.choose(calendars, wanted.calendarId)
  if not chosen then return told.wrong("calendarId", "%s", sentence) end
  account.calendar_id = chosen.id
  local lost, failed = store(board, profile, account, calendars)
  if not lost then return refused(profile, failed, params) end
  local answer, unread = views.find "calendar_config"(place.of_views(params))
  if not answer then return nil, unread end
  return { connected = true, name = board.member or profile.provider, calendars = shown(calendars).calendars,
    lost = json.array(lost), config = answer }
end

--- Connects a board.
-- @param params { board, …, provider = a service of fmcal.accounts.profiles, name = of the calendar where the board has several,
--   username, password, endpoint, calendarId = id or name }
-- @return { connected, calendars = {{ id, name, writable, primary, events }}, and where it is connected name, lost = what the
--   calendar does not keep, config = as the view `calendar_config` }, or nil and an error
return function(params)
  local wanted, err = place.asked(ASKED, params)
  if not wanted then return nil, err end
  local profile, unknown = profile_of(wanted)
  if not profile then return nil, unknown end
  local account, incomplete = account_of(profile, wanted)
  if not account then return nil, incomplete end
  local board, unread = connect.prepare(params.board, profile, { name = wanted.name, seals = true })
  if not board then return told.error(unread, params) end
  if not board.keyring:can_seal() then return told.error({ code = "crypto", message = NO_KEY }, params) end
  return carry_out(wanted, params, board, profile, account)
end
