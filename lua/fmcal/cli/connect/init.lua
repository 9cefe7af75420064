-- The steps that every way of connecting shares: the key, the list of calendars and the choice, the test event, the end.

local advice = require "fmcal.place.advice"
local ask = require "fmcal.cli.ask"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local connect = require "fmcal.accounts.connect"
local connect_view = require "fmcal.cli.connect.view"
local json = require "fmcal.json"

local steps = {}

--- A value from the command line, or from the person at the terminal.
function steps.wanted(value, option, prompt)
  if value then return value end
  if not ask.possible() then cli.fail(("%s is missing: there is no terminal to ask on"):format(option)) end
  return ask.text(prompt)
end

--- Ends the command where there is no key to encrypt with and --plain was not given.
-- @param what how the secret is called
-- @param instead sentence with other ways than a key, or ""
function steps.need_key(place, values, what, instead)
  if place.keyring:can_seal() or values.plain then return end
  cli.fail(("CALENDAR_ENCRYPTION_KEY is not set, so %s could not be stored safely. Make a key, keep it where "
    .. "you keep passwords, and set it before each run:\n  export CALENDAR_ENCRYPTION_KEY=$(openssl rand -hex 32)\n"
    .. "%s store %s unencrypted with --plain"):format(what, instead, what))
end

--- Whether secrets are to be stored as text.
function steps.is_plain(place, values)
  return values.plain and not place.keyring:can_seal()
end

--- What every account is told of the command line.
function steps.account(values)
  return { allow_http = values.allow_http, ca_file = values.ca_file, timeout_ms = values.timeout and values.timeout * 1000 }
end

-- What a sign-in that failed is told as.
local function sentence_of(profile, err)
  if err.code ~= "auth" or not profile.refused then return err.message end
  return err.message .. ". " .. profile.refused
end

local function fail_with(profile, err)
  if err.code == "auth" then cli.fail(sentence_of(profile, err), cli.exits.UNREACHABLE) end
  cli.fail(advice.in_board_words(err))
end

--- The calendars of the account; ends the command where they cannot be had.
-- @param ask_again function(sentence) -> boolean: asks for what the server did not accept, or answers false | nil
function steps.list(profile, place, account, ask_again)
  account.calendar_id = nil
  local made <close> = cli.check(connect.provider(place, profile, account))
  local calendars, err = made:list()
  if calendars then return calendars end
  if err.code == "auth" and ask_again and ask_again(sentence_of(profile, err)) then
    return steps.list(profile, place, account, ask_again)
  end
  return fail_with(profile, err)
end

--- The calendar of the list that is meant: by --calendar, the only one, or by asking.
function steps.choose(profile, calendars, values)
  if #calendars == 0 then cli.fail(("%s has no calendars for this account"):format(profile.title), cli.exits.UNREACHABLE) end
  if values.calendar then return cli.check(connect.choose(calendars, values.calendar)) end
  local only = connect.only_choice(calendars)
  if only then return only end
  if not ask.possible() then
    cli.fail("the account has several calendars; name one with --calendar: " .. connect_view.names(calendars))
  end
  ask.say(table.unpack(connect_view.list(calendars)))
  return ask.until_valid("Calendar (number or name)", function(line) return connect.choose(calendars, line) end)
end

local function verify(profile, place, account, values)
  local made <close> = cli.check(connect.provider(place, profile, account))
  local verified, err = connect.verify(made, place.team, not values.no_verify)
  if not verified then fail_with(profile, err) end
  return verified
end

--- Tries the chosen calendar, stores the account, and says what was done.
-- @param account as for fmcal.accounts.connect.provider; `calendar_id` is the choice
-- @return exit status
function steps.finish(profile, place, account, calendars, values)
  local verified = verify(profile, place, account, values)
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
end

return steps
