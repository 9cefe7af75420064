#!/usr/bin/env fmcal-lua
-- Connects a board with a calendar account.
local cli = require "fmcal.cli"
local profiles = require "fmcal.accounts.profiles"

local parser = cli.parser {
  name = "connect.lua",
  summary = "Connects a board with a calendar account: asks for what you do not give, lists the calendars, tries the chosen "
    .. "one and stores the credentials, encrypted with CALENDAR_ENCRYPTION_KEY. PROVIDER is one of "
    .. table.concat(profiles.names(), ", ") .. ". You type the password, which is not shown, or name a program, an "
    .. "environment variable or standard input as its source; it is never an argument. For Google, you sign in with a "
    .. "browser, on this machine or another one.",
  exits = { 0, 2, 3, 6 },
  examples = {
    "connect.lua nextcloud board.json", "connect.lua fastmail board.json --name home",
    "connect.lua caldav board.json --endpoint https://dav.example.org/ --username julia --calendar Work "
      .. "--password-command pass show dav",
    "connect.lua google board.json --client client_secret.json --create Academy",
  },
}
parser:argument("provider", "The service: " .. table.concat(profiles.names(), ", ") .. "."):argname("PROVIDER")
parser:argument("board", "Board file. Without it: FMCAL_BOARD, or the folder's only board."):args("?")
parser:option("--username", "Name of the account."):argname("U")
parser:option("--password-command", "Program that prints the password, and its arguments; the board stores the command. "
  .. "A single word with blanks in it is split at them."):args("+"):argname("CMD")
parser:option("--password-env", "Environment variable with the password; the board stores its name."):argname("NAME")
parser:flag("--password-stdin", "Read the password from standard input, to its end.")
parser:option("--endpoint", "Address of the server; for nextcloud just its name, for vdir a folder."):argname("URL")
parser:option("--calendar", "The calendar: its id or its name."):argname("CALENDAR")
parser:option("--create", "google: make a calendar of this name for the board, or reuse the one made before."):argname("NAME")
parser:option("--client", "google: the JSON file of the OAuth client."):argname("FILE")
parser:option("--client-id", "google: id of the OAuth client, with its secret in GOOGLE_CLIENT_SECRET."):argname("CLIENT")
parser:option("--service-account", "google: JSON key of a service account, a path relative to the board; nobody signs in.")
  :argname("FILE")
parser:flag("--no-browser", "google: print the link instead of opening it.")
parser:option("--listen-port", "google: the local port that receives the browser's answer, for a tunnel."):argname("N")
  :convert(cli.whole_number(1, 65535))
parser:option("--wait", "google: seconds to wait for the browser's answer (300)."):argname("S")
  :convert(cli.whole_number(1, 86400))
parser:option("--name", "Store the account beside others, as calendarConfig.NAME."):argname("NAME")
parser:option("--ca-file", "PEM file with the certificates of an authority of your own."):argname("F")
parser:flag("--allow-http", "Allow an address without encryption that is not on this machine.")
parser:option("--timeout", "Seconds of silence from the server after which a request fails; it is then sent once more.")
  :argname("S"):convert(cli.whole_number(1))
parser:flag("--plain", "Without a key: store the password unencrypted; whoever reads the board can read it.")
parser:flag("--no-verify", "Sign in, but write no test event.")
parser:flag("--json", "Print the result as JSON.")

cli.main(parser, function(values)
  local profile, sentence = profiles.find(values.provider)
  if not profile then cli.fail(sentence) end
  return require(profile.connect or "fmcal.cli.connect.password").run(profile, values)
end)
