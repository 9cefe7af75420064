#!/usr/bin/env fmcal-lua
-- Connects a board with a calendar account.
local ask = require "fmcal.cli.ask"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local connect = require "fmcal.accounts.connect"
local connect_view = require "fmcal.cli.connect_view"
local core = require "fmcal.credentials.core"
local json = require "fmcal.json"
local profiles = require "fmcal.accounts.profiles"

local parser = cli.parser {
  name = "connect.lua",
  summary = "Connects a board with a calendar account: asks for what is not given, lists the calendars, tries the chosen "
    .. "one and stores the credentials, encrypted with CALENDAR_ENCRYPTION_KEY. PROVIDER is one of "
    .. table.concat(profiles.names(), ", ") .. ". A password is typed without being shown, or comes from a program, an "
    .. "environment variable or standard input; it is never an argument.",
  exits = { 0, 2, 3, 6 },
  examples = {
    "connect.lua nextcloud board.json", "connect.lua fastmail board.json --name home",
    "connect.lua caldav board.json --endpoint https://dav.example.org/ --username julia --calendar Work "
      .. "--password-command pass show dav",
  },
}
parser:argument("provider", "The service: " .. table.concat(profiles.names(), ", ") .. "."):argname("PROVIDER")
parser:argument("board", "Board file. Without it: FMCAL_BOARD, or the folder's only board."):args("?")
parser:option("--username", "Name of the account."):argname("U")
parser:option("--password-command", "Program that prints the password, and its arguments; the board stores the command. "
  .. "One word with blanks in it is taken apart at them."):args("+"):argname("CMD")
parser:option("--password-env", "Environment variable with the password; the board stores its name."):argname("NAME")
parser:flag("--password-stdin", "Read the password from standard input, to its end.")
parser:option("--endpoint", "Address of the server; for nextcloud its name is enough, for vdir it is a folder."):argname("URL")
parser:option("--calendar", "The calendar: its id or its name."):argname("ID")
parser:option("--name", "Store the account beside others, as calendarConfig.NAME."):argname("NAME")
parser:option("--ca-file", "PEM file with a certificate authority of your own."):argname("F")
parser:flag("--allow-http", "Allow an address without encryption that is not on this machine.")
parser:option("--timeout", "Longest silence of the server, in seconds; it is asked once more after that.")
  :argname("S"):convert(cli.whole_number(1))
parser:flag("--plain", "Without a key: store the password as it is, readable by whoever reads the board.")
parser:flag("--no-verify", "Do not try to write a test event.")
parser:flag("--json", "Print the result as JSON.")

local function words_of(list)
  if not list then return nil end
  if #list > 1 then return list end
  local words = {}
  for word in list[1]:gmatch("%S+") do words[#words + 1] = word end
  return #words > 0 and words or list
end

-- Where the password comes from: { source = } to be stored as it is, or {} for one that is typed or read.
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

-- A value from the command line, or from the person at the terminal.
local function wanted(value, option, prompt)
  if value then return value end
  if not ask.possible() then cli.fail(("%s is missing: there is no terminal to ask on"):format(option)) end
  return ask.text(prompt)
end

local function endpoint_of(profile, values)
  if not profile.server then return values.endpoint or profile.endpoint end
  return profile.server.url(wanted(values.endpoint, "--endpoint", profile.server.prompt))
end

local function need_key(place, values)
  if place.keyring:can_seal() or values.plain then return end
  cli.fail("CALENDAR_ENCRYPTION_KEY is not set, so the password could not be stored safely. Make a key, keep it where "
    .. "you keep passwords, and set it before each run:\n  export CALENDAR_ENCRYPTION_KEY=$(openssl rand -hex 32)\n"
    .. "Or name a source instead (--password-command, --password-env), or store the password unencrypted with --plain")
end

-- Adds the password to the account: as a secret, and as text where it is to be stored like that.
local function read_password(account, profile, place, values)
  local plain = values.plain and not place.keyring:can_seal()
  local value
  if values.password_stdin then
    value = cli.check(core.from_input(plain))
  elseif ask.possible() then
    ask.say(table.unpack(profile.explain))
    value = ask.secret(profile.password, plain)
  else
    cli.fail("there is no terminal to ask for the password: give --password-stdin, --password-command or --password-env")
  end
  account.secret = plain and core.secret(value) or value
  account.plain = plain and value or nil
end

local function account_of(profile, place, values, source)
  local account = { source = source, calendar_id = values.calendar, allow_http = values.allow_http, ca_file = values.ca_file,
    timeout_ms = values.timeout and values.timeout * 1000 }
  account.endpoint = endpoint_of(profile, values)
  if not profile.password then return account end
  account.username = wanted(values.username, "--username", profile.username)
  if source then
    source.username = account.username
  else
    read_password(account, profile, place, values)
  end
  return account
end

local function signed_in(profile, err)
  if err.code == "auth" and profile.name == "apple" then
    cli.fail(err.message .. ". iCloud wants an app-specific password from https://account.apple.com, not the password of "
      .. "the Apple account", cli.exits.UNREACHABLE)
  end
  cli.fail(err)
end

local function list_calendars(profile, place, account)
  account.calendar_id = nil
  local made <close> = cli.check(connect.provider(place, profile, account))
  local calendars, err = made:list()
  if not calendars then signed_in(profile, err) end
  if #calendars == 0 then cli.fail(("%s has no calendars for this account"):format(profile.title), cli.exits.UNREACHABLE) end
  return calendars
end

local function choose(calendars, values)
  if values.calendar then return cli.check(connect.choose(calendars, values.calendar)) end
  local only = connect.only_choice(calendars)
  if only then return only end
  if not ask.possible() then
    cli.fail("the account has several calendars; name one with --calendar: " .. connect_view.names(calendars))
  end
  ask.say(table.unpack(connect_view.list(calendars)))
  return ask.until_valid("Calendar (number or name)", function(line) return connect.choose(calendars, line) end)
end

local function verify(profile, place, account, calendar, values)
  account.calendar_id = calendar.id
  local made <close> = cli.check(connect.provider(place, profile, account))
  local verified, err = connect.verify(made, place.team, not values.no_verify)
  if not verified then signed_in(profile, err) end
  return verified
end

cli.main(parser, function(values)
  local profile, sentence = profiles.find(values.provider)
  if not profile then cli.fail(sentence) end
  local source = source_of(values)
  local seals = profile.password and not source
  local place = cli.check(connect.prepare(common.board(values.board), profile, { name = values.name, seals = seals }))
  if seals then need_key(place, values) end
  local account = account_of(profile, place, values, source)
  local calendars = list_calendars(profile, place, account)
  local verified = verify(profile, place, account, choose(calendars, values), values)
  local binding = verified.binding
  cli.check(connect.store(place, profile, account,
    { calendar_id = binding.calendar_id, name = binding.name, account = binding.account, calendars = calendars }))
  local result = connect_view.result(profile, place, account, calendars, verified)
  if values.json then
    cli.print(json.encode(result, { sort = true }))
  else
    common.print_clean(table.unpack(connect_view.sentences(profile, result)))
  end
  return cli.exits.OK
end)
