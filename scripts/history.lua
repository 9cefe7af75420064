#!/usr/bin/env fmcal-lua
-- What runs have overwritten, newest first, from the state alone.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local history_view = require "fmcal.cli.history_view"
local json = require "fmcal.json"
local terminal = require "fmcal.cli.terminal"

local parser = cli.parser {
  name = "history.lua",
  summary = "Lists what runs have overwritten: the side that lost, and its value. Uses no network.",
  exits = { 0, 2, 3 },
  examples = { "history.lua board.json", "history.lua board.json --only XACA-0040 --json" },
}
common.board_options(parser)
parser:option("--only", "List only this entry."):argname("ID")
parser:option("--limit", "List at most this many, newest first (100).", 100):argname("N"):convert(cli.whole_number(1))
parser:flag("--json", "Print one line of JSON for each value.")

cli.main(parser, function(values)
  local overview <close> = common.overview(values)
  local rows = overview:history { key = values.only, limit = values.limit }
  if values.json then
    for _, row in ipairs(rows) do cli.print(json.encode(row, { sort = true })) end
  elseif #rows == 0 then
    cli.print("nothing has been overwritten")
  else
    cli.print(table.unpack(history_view.lines(terminal.of("stdout"), rows)))
  end
  return cli.exits.OK
end)
