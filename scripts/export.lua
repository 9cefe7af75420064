#!/usr/bin/env fmcal-lua
-- A feed: what a board says as one iCalendar file.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local feed = require "fmcal.feed"
local files = require "fmcal.cli.files"

local parser = cli.parser {
  name = "export.lua",
  summary = "Prints the board's dated entries as one iCalendar file, as the rules map them. Contacts no calendar.",
  exits = { 0, 1, 2, 3 },
  examples = { "export.lua board.json > board.ics", "export.lua board.json --output board.ics" },
}
common.board_options(parser)
parser:option("-o --output", "Write to a file instead of standard output."):argname("F")

cli.main(parser, function(values)
  local options = common.engine_options(values, common.board(values.board, values.team))
  local text, _, problems = cli.check(feed.of(options))
  if values.output then files.write(values.output, text, "calendar", "^BEGIN:VCALENDAR") else cli.write(text) end
  cli.complain(table.unpack(problems))
  return #problems == 0 and cli.exits.OK or cli.exits.SOME_FAILED
end)
