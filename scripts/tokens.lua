#!/usr/bin/env fmcal-lua
-- Who may ask the server: tokens for programs, links for people.
local cli = require "fmcal.cli"
local home = require "fmcal.serve.home"
local json = require "fmcal.json"
local scopes = require "fmcal.serve.access.scopes"
local sessions = require "fmcal.serve.access.sessions"
local store = require "fmcal.serve.access.store"
local sys = require "fmcal.sys"
local table_of = require "fmcal.cli.table"
local terminal = require "fmcal.cli.terminal"
local tokens = require "fmcal.serve.access.tokens"

local parser = cli.parser {
  name = "tokens.lua",
  summary = "Makes, lists and revokes the tokens by which programs ask the server, and links by which people sign in. A running "
    .. "server notices.",
  exits = { 0, 1, 2, 3 },
  meanings = { [0] = "done", [1] = "the file could not be written", [3] = "there is no such token" },
  examples = { "tokens.lua new fleet --scope trigger --team academy", "tokens.lua login", "tokens.lua list",
    "tokens.lua revoke fleet" },
}
parser:command_target("command")

local function places(command)
  command:option("--state", "The server's folder, as it was started with."):argname("DIR")
  command:option("--boards", "The first board or folder that the server serves, where it has no --state."):argname("PATH")
    :default(".")
  return command
end

local new = places(parser:command("new", "Make a token. It is shown once."))
new:argument("name")
new:option("--scope", "What it may do: " .. table.concat(scopes.LIST, ", ") .. "."):convert(cli.one_of(scopes.LIST))
  :default("read")
new:option("--team", "It sees this team. Without: all."):argname("TEAM"):count("*")
new:option("--expires", "It ends after so many days."):argname("DAYS"):convert(cli.whole_number(1, 36500))
places(parser:command("list", "Show the tokens.")):flag("--json", "Print JSON.")
places(parser:command("revoke", "Take a token away.")):argument("name")
local login = places(parser:command("login", "Make a link that signs a person in, once, within 10 minutes."))
login:option("--name", "The name in runs and logs; by default yours."):argname("NAME")
login:option("--url", "Where the server is reached."):argname("URL"):default "http://127.0.0.1:8470"

local function open(values, file)
  local folder = cli.check(home.make(home.path(values.state, values.boards)))
  return store.open(folder .. "/" .. file)
end

local commands = {}

function commands.new(values)
  local teams = #values.team > 0 and values.team or nil
  cli.print((cli.check(tokens.new(open(values, tokens.FILE),
    { name = values.name, scope = values.scope, teams = teams, days = values.expires }))))
end

local COLUMNS = { { title = "Name", shrinks = true }, { title = "Scope" }, { title = "Teams", shrinks = true },
  { title = "Expires" }, { title = "Used" } }

local function row_of(token)
  return { token.name, token.scope, token.teams and table.concat(token.teams, ", ") or "all teams",
    token.isExpired and "it has" or token.expires and token.expires:sub(1, 10) or "never",
    token.lastUsed and token.lastUsed:sub(1, 10) or "never" }
end

function commands.list(values)
  local list = tokens.list(open(values, tokens.FILE))
  if values.json then return cli.print((json.encode({ tokens = list }, { sort = true }))) end
  if #list == 0 then return cli.print("there is no token") end
  local rows = {}
  for i, token in ipairs(list) do rows[i] = row_of(token) end
  cli.print(table.unpack(table_of.lines(terminal.of("stdout"), COLUMNS, rows)))
end

function commands.revoke(values)
  cli.check(tokens.revoke(open(values, tokens.FILE), values.name))
end

function commands.login(values)
  local code = cli.check(sessions.code(open(values, sessions.FILE), values.name or sys.who()))
  cli.print(("%s/#code=%s"):format(values.url:gsub("/+$", ""), code))
end

cli.main(parser, function(values)
  commands[values.command](values)
  return cli.exits.OK
end)
