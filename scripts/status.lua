#!/usr/bin/env fmcal-lua
-- How a board and its calendars stand, from the state alone.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local json = require "fmcal.json"
local status_view = require "fmcal.cli.status_view"
local terminal = require "fmcal.cli.terminal"

local parser = cli.parser {
  name = "status.lua",
  summary = "Shows the last run, and for each calendar the state of the entries, conflicts and errors. Uses no network.",
  exits = { 0, 2, 3 },
  examples = { "status.lua board.json", "status.lua board.json --json" },
}
common.board_options(parser)
parser:flag("--json", "Print one JSON object.")

cli.main(parser, function(values)
  local overview <close> = common.overview(values)
  local status = overview:status()
  if values.json then
    cli.print(json.encode(status, { sort = true }))
  else
    cli.print(table.unpack(status_view.lines(terminal.of("stdout"), status)))
  end
  return cli.exits.OK
end)
