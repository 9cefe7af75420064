#!/usr/bin/env fmcal-lua
-- Connects a board with a calendar account.
local cli = require "fmcal.cli"
local profiles = require "fmcal.accounts.profiles"

local parser = cli.parser {
  name = "connect.lua",
  summary = "Connects a board with a calendar account: asks for what is not given, lists the calendars, tries the chosen "
    .. "one and stores the credentials, encrypted with CALENDAR_ENCRYPTION_KEY. PROVIDER is one of "
    .. table.concat(profiles.names(), ", ") .. ". A password is typed without being shown, or comes from a program, an "
    .. "environment variable or standard input; it is never an argument. To Google one signs in with a browser, here or on "
    .. "another machine.",
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
  .. "One word with blanks in it is taken apart at them."):args("+"):argname("CMD")
parser:option("--password-env", "Environment variable with the password; the board stores its name."):argname("NAME")
parser:flag("--password-stdin", "Read the password from standard input, to its end.")
parser:option("--endpoint", "Address of the server; for nextcloud its name is enough, for vdir it is a folder."):argname("URL")
parser:option("--calendar", "The calendar: its id or its name."):argname("ID")
parser:option("--create", "google: make a calendar of its own with this name, or take the one made before."):argname("NAME")
parser:option("--client", "google: the JSON file of the OAuth client."):argname("FILE")
parser:option("--client-id", "google: id of the OAuth client, with its secret in GOOGLE_CLIENT_SECRET."):argname("ID")
parser:option("--service-account", "google: JSON key of a service account, a path relative to the board; nobody signs in.")
  :argname("FILE")
parser:flag("--no-browser", "google: only show the link.")
parser:option("--listen-port", "google: wait for the browser's answer on this port of 127.0.0.1, for a tunnel."):argname("N")
  :convert(cli.whole_number(1, 65535))
parser:option("--wait", "google: how long to wait for the browser's answer, in seconds (300)."):argname("S")
  :convert(cli.whole_number(1, 86400))
parser:option("--name", "Store the account beside others, as calendarConfig.NAME."):argname("NAME")
parser:option("--ca-file", "PEM file with a certificate authority of your own."):argname("F")
parser:flag("--allow-http", "Allow an address without encryption that is not on this machine.")
parser:option("--timeout", "Longest silence of the server, in seconds; it is asked once more after that.")
  :argname("S"):convert(cli.whole_number(1))
parser:flag("--plain", "Without a key: store the password as it is, readable by whoever reads the board.")
parser:flag("--no-verify", "Do not try to write a test event.")
parser:flag("--json", "Print the result as JSON.")

cli.main(parser, function(values)
  local profile, sentence = profiles.find(values.provider)
  if not profile then cli.fail(sentence) end
  return require(profile.connect or "fmcal.cli.connect_password").run(profile, values)
end)
