#!/usr/bin/env fmcal-lua
-- Checks a board's set-up from the key to the calendar.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local doctor = require "fmcal.accounts.doctor"
local json = require "fmcal.json"
local terminal = require "fmcal.cli.terminal"

local parser = cli.parser {
  name = "doctor.lua",
  summary = "Checks a board's set-up: file modes, board, key, rules, state, server, clock, sign-in, rights, and what the "
    .. "calendar does to a test event, which it deletes again. Prints one line for each check, with what to do.",
  exits = { 0, 2, 3 },
  examples = { "doctor.lua board.json", "doctor.lua board.json --no-write --json" },
}
common.board_options(parser)
parser:flag("--no-write", "Do not write the test event.")
parser:option("--timeout", "Seconds of silence from the server after which a request fails; it is then sent once more.")
  :argname("S"):convert(cli.whole_number(1))
parser:flag("--json", "Print the checks as JSON.")

local STYLES = { ok = "green", warning = "yellow", problem = "red" }

local function show(checks)
  local view = terminal.of("stdout")
  for _, check in ipairs(checks) do
    local status = terminal.paint(view, STYLES[check.status], ("%-8s"):format(check.status))
    local name = check.target and ("%s: %s"):format(check.target, check.check) or check.check
    cli.print(("%s %s: %s"):format(status, terminal.clean(name), terminal.clean(check.message)))
    if check.advice then cli.print("         " .. terminal.clean(check.advice)) end
  end
end

cli.main(parser, function(values)
  local path = common.board(values.board, values.team)
  local options = common.engine_options(values, path)
  options.write, options.timeout_ms = not values.no_write, values.timeout and values.timeout * 1000
  local checks, status = doctor.check(path, options)
  if values.json then
    cli.print(json.encode({ board = path, usable = status == cli.exits.OK, checks = checks }, { sort = true }))
  else
    show(checks)
  end
  return status
end)
