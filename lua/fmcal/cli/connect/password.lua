-- Connecting an account with a password: where it comes from, and the account made of it.

local ask = require "fmcal.cli.ask"
local clear_text = require "fmcal.util.clear_text"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local connect = require "fmcal.accounts.connect"
local core = require "fmcal.credentials.core"
local steps = require "fmcal.cli.connect"

local connect_password = {}

-- How often a password may be typed.
local MOST_TRIES = 3

local BROWSER_ONLY = { client = "--client", client_id = "--client-id", service_account = "--service-account",
  create = "--create", no_browser = "--no-browser", listen_port = "--listen-port", wait = "--wait" }

local function words_of(list)
  if not list then return nil end
  if #list > 1 then return list end
  local words = {}
  for word in list[1]:gmatch("%S+") do words[#words + 1] = word end
  return #words > 0 and words or list
end

-- Where the password comes from, to be stored as it is; nil for one that is typed or read.
local function source_of(values)
  local ways = 0
  for _, name in ipairs { "password_command", "password_env", "password_stdin" } do
    if values[name] then ways = ways + 1 end
  end
  if ways > 1 then cli.fail("--password-command, --password-env and --password-stdin exclude each other") end
  if values.password_command then return { command = words_of(values.password_command) } end
  if values.password_env then return { env = values.password_env } end
  return nil
end

local function endpoint_of(profile, values)
  if not profile.server then return values.endpoint or profile.endpoint end
  return profile.server.url(steps.wanted(values.endpoint, "--endpoint", profile.server.prompt))
end

-- Nobody types a password for a server that must not get it.
local function check_clear_text(endpoint, values)
  if not clear_text.is(endpoint) then return end
  if not values.allow_http then
    cli.fail(("%s is not encrypted: give an address with https://, or --allow-http where that is meant"):format(endpoint))
  end
  cli.complain("warning: " .. clear_text.warning("--allow-http", endpoint))
end

-- The password: as a secret, or as text where it is to be stored like that.
local function read_password(profile, values, as_text)
  if values.password_stdin then return cli.check(core.from_input(as_text)) end
  if not ask.possible() then
    cli.fail("there is no terminal to ask for the password: give --password-stdin, --password-command or --password-env")
  end
  return ask.secret(profile.password, as_text)
end

-- Puts a typed password into the account.
local function set_password(account, profile, place, values)
  local as_text = steps.is_plain(place, values)
  local password = read_password(profile, values, as_text)
  account.members = { username = account.username, appPassword = as_text and core.secret(password) or password }
  account.plain = as_text and { username = account.username, appPassword = password } or nil
end

local function account_of(profile, place, values, source)
  local account = steps.account(values)
  account.source = source
  account.endpoint = endpoint_of(profile, values)
  check_clear_text(account.endpoint, values)
  if not profile.password then return account end
  account.username = steps.wanted(values.username, "--username", profile.username)
  if source then
    source.username = account.username
    return account
  end
  if not values.password_stdin and ask.possible() then ask.say(table.unpack(profile.explain)) end
  set_password(account, profile, place, values)
  return account
end

-- Asks for the password again where it was typed and refused.
local function another_try(account, profile, place, values)
  local left = MOST_TRIES - 1
  return function(sentence)
    if values.password_stdin or left == 0 then return false end
    left = left - 1
    ask.say(sentence)
    set_password(account, profile, place, values)
    return true
  end
end

--- Connects. @return exit status
function connect_password.run(profile, values)
  for name, option in pairs(BROWSER_ONLY) do
    if values[name] then cli.fail(("%s is for google, not for %s"):format(option, profile.name)) end
  end
  local source = source_of(values)
  local seals = profile.password and not source
  local place = cli.check(connect.prepare(common.board(values.board), profile, { name = values.name, seals = seals }))
  if seals then
    steps.need_key(place, values, "the password", "Or name a source instead (--password-command, --password-env), or")
  end
  local account = account_of(profile, place, values, source)
  local again = account.members and another_try(account, profile, place, values)
  local calendars = steps.list(profile, place, account, again)
  account.calendar_id = steps.choose(profile, calendars, values).id
  return steps.finish(profile, place, account, calendars, values)
end

return connect_password
