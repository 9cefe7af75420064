#!/usr/bin/env fmcal-lua
-- Takes the last run back, or does it again.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local sync = require "fmcal.cli.sync"
local undo = require "fmcal.sync.undo"

local parser = cli.parser {
  name = "undo.lua",
  summary = "Takes back what the last run changed, on the board and in its calendars, entry by entry; again, and it goes one run "
    .. "further back. Entries that were edited since stay as they are.",
  exits = { 0, 1, 2, 3, 5, 6 },
  examples = { "undo.lua board.json --dry-run", "undo.lua board.json", "undo.lua board.json --run 12 --only XACA-0040",
    "undo.lua board.json --redo" },
}
common.board_options(parser)
parser:option("--run", "Take back the run of this number: history.lua lists them."):argname("N"):convert(cli.whole_number(1))
parser:option("--only", "Take back only what concerns this entry; may be given several times."):argname("ID"):count("*")
parser:flag("--redo", "Do again what was taken back last.")
parser:flag("--dry-run", "Print what would be done; touch nothing.")
parser:flag("--allow-mass-delete", "Continue even if that deletes unusually much.")
parser:option("--lock-timeout", "Seconds to wait for another run to end (30)."):argname("S"):convert(cli.whole_number(0))
parser:flag("--json", "Print one line of JSON.")
parser:flag("-q --quiet", "Print only what went wrong.")

cli.main(parser, function(values)
  if values.redo and values.run then cli.fail("--redo and --run do not go together: --run N does an undo of number N again") end
  if values.dry_run then require("fmcal.sys").refuse_writes() end
  local options = common.engine_options(values, common.board(values.board, values.team))
  options.only = #values.only > 0 and values.only or nil
  options.dry_run, options.allow_mass_delete = values.dry_run, values.allow_mass_delete
  options.lock_wait_ms = values.lock_timeout and values.lock_timeout * 1000
  local result = undo.run(options, values.run, values.redo)
  sync.show(values, result)
  return result.exit
end)
