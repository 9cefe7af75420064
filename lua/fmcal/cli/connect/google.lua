-- Connecting a Google account: the OAuth client, the kind of calendar (it decides what is asked for), the sign-in, the
-- calendar; or the key of a service account, where nobody signs in.

local ask = require "fmcal.cli.ask"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local config = require "fmcal.config"
local connect = require "fmcal.accounts.connect"
local core = require "fmcal.credentials.core"
local given = require "fmcal.util.given"
local google = require "fmcal.accounts.google"
local google_client = require "fmcal.accounts.google_client"
local google_sign_in = require "fmcal.cli.connect.google_sign_in"
local steps = require "fmcal.cli.connect"
local time = require "fmcal.time"

local connect_google = {}

local WAIT_S = 300
local PASSWORD_ONLY = { username = "--username", password_command = "--password-command", password_env = "--password-env",
  password_stdin = "--password-stdin", endpoint = "--endpoint" }

-- ---------------------------------------------------------------- before the sign-in

local function check_options(values)
  for name, option in pairs(PASSWORD_ONLY) do
    if values[name] then cli.fail(("%s is not for google: one signs in with a browser"):format(option)) end
  end
  if values.create and values.calendar then cli.fail("--create and --calendar exclude each other") end
  if values.service_account and (values.client or values.client_id or values.create) then
    cli.fail("--service-account goes with --calendar CALENDAR alone: nobody signs in, and the calendar is shared with it")
  end
end

-- The calendar that the board has now, where it is one of this service.
local function calendar_of(place, profile)
  local before = place.before
  if (given(before.provider) or place.member) ~= profile.provider then return nil end
  return given(before.selectedCalendarId) or given(before.calendarId)
end

local function typed_secret(client, as_text)
  local typed = ask.secret("Client secret", as_text)
  client.secret, client.text = as_text and core.secret(typed) or typed, as_text and typed or nil
end

-- The client, its secret as text too where it is to be stored like that.
local function find_client(place, profile, values)
  local as_text = steps.is_plain(place, values)
  if values.client then return cli.check(google_client.from_file(values.client, as_text)) end
  local client = google_client.from_environment(values.client_id, as_text)
    or not as_text and google_client.from_board(given(place.before.credentials),
      { team = place.team, provider = profile.provider }, place.keyring)
  if not client and ask.possible() then
    ask.say(table.unpack(profile.explain))
    client = { id = ask.text("Client id") }
  end
  if not client then
    cli.fail("the OAuth client is missing: give the file that Google's console gives out (--client FILE), or --client-id and "
      .. "the secret in GOOGLE_CLIENT_SECRET; docs/google.md shows how to make one")
  end
  if not client.secret and not ask.possible() then
    cli.fail("the secret of the OAuth client is missing: set GOOGLE_CLIENT_SECRET, or give --client FILE")
  end
  if not client.secret then typed_secret(client, as_text) end
  return client
end

-- The name of a calendar to make, or nil for one that is there.
local function own_name(place, values)
  if values.create then return values.create end
  if values.calendar or not ask.possible() then return nil end
  ask.say("Which calendar should the board use?",
    "  1  one of its own, made now (recommended: fmcal then sees no other calendar of the account)",
    "  2  one that is there")
  local choice = ask.until_valid("1 or 2", function(line)
    if line == "1" or line == "2" then return line end
    return nil, "1 or 2, please"
  end)
  if choice == "2" then return nil end
  local name = given(place.before.calendarName) or place.team_name or place.team
  local line = ask.line(("Name of the calendar [%s]"):format(name))
  return line ~= "" and line or name
end

-- ---------------------------------------------------------------- the account

local function transport_of(place, values)
  return { allow_http = values.allow_http, ca_file = config.resolve(place.path, values.ca_file), proxy = place.proxy,
    timeout_ms = values.timeout and values.timeout * 1000, as_text = steps.is_plain(place, values) }
end

local function base_account(place, values)
  local account = steps.account(values)
  account.proxy = place.proxy
  account.endpoint = type(given(place.before.endpoint)) == "table" or nil
  return account
end

local function account_of(place, values, client, grant)
  local account = base_account(place, values)
  account.members = { clientId = client.id, clientSecret = client.secret, refreshToken = grant.refresh_token }
  if steps.is_plain(place, values) then
    account.plain = { clientId = client.id, clientSecret = client.text, refreshToken = grant.refresh_text }
  end
  account.expires_at = grant.life_s and time.format(time.epoch() + grant.life_s) or nil
  return account
end

-- ---------------------------------------------------------------- the calendar

-- Whether the calendar the board has now is the one that is asked for: connecting again makes no second one.
local function is_there(place, profile, account, name)
  account.calendar_id = calendar_of(place, profile)
  if not account.calendar_id then return false end
  local made <close> = connect.provider(place, profile, account)
  local binding = made and made:open()
  return binding ~= nil and binding.writable and binding.name == name
end

-- Makes the calendar, or takes the one that was made before. @return list of the one calendar
local function own_calendar(place, profile, account, grant, name, endpoints, transport)
  if not is_there(place, profile, account, name) then
    account.calendar_id = cli.check(google.create_calendar(grant.access_token, name, place.time_zone, endpoints, transport))
    account.created = true
    ask.say(("The calendar %q was made."):format(name))
  end
  return { { id = account.calendar_id, name = name, writable = true, events = true, primary = false } }
end

-- A calendar that is shared with the account need not stand in its list: then the id is taken as it is.
local function existing_calendar(place, profile, account, values)
  local calendars = steps.list(profile, place, account)
  local listed = values.calendar and connect.choose(calendars, values.calendar)
  if values.calendar and not listed and values.calendar:find("@", 1, true) then
    account.calendar_id = values.calendar
  else
    account.calendar_id = (listed or steps.choose(profile, calendars, values)).id
  end
  return calendars
end

-- ---------------------------------------------------------------- the two ways

local function with_browser(profile, place, values)
  steps.need_key(place, values, "the sign-in", "Or")
  local client = find_client(place, profile, values)
  local name = own_name(place, values)
  local endpoints, transport = google.endpoints(given(place.before.endpoint)), transport_of(place, values)
  local grant = google_sign_in.run(name and "own" or "existing", client, endpoints, { wait_s = values.wait or WAIT_S,
    port = values.listen_port or 0, browser = not values.no_browser, transport = transport })
  local account = account_of(place, values, client, grant)
  if name then
    return account, own_calendar(place, profile, account, grant, name, endpoints, transport)
  end
  return account, existing_calendar(place, profile, account, values)
end

local function with_key_file(profile, place, values)
  local account = base_account(place, values)
  account.key_file = values.service_account
  return account, existing_calendar(place, profile, account, values)
end

--- Connects. @return exit status
function connect_google.run(profile, values)
  check_options(values)
  local way = values.service_account and with_key_file or with_browser
  local place = cli.check(connect.prepare(common.board(values.board), profile,
    { name = values.name, seals = not values.service_account }))
  local account, calendars = way(profile, place, values)
  return steps.finish(profile, place, account, calendars, values)
end

return connect_google
