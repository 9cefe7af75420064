#!/usr/bin/env fmcal-lua
-- What runs have changed and overwritten, newest first, from the state alone.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local history = require "fmcal.cli.history"

local parser = cli.parser {
  name = "history.lua",
  summary = "Lists the runs that changed something or failed: who ran them, what they changed, and what was overwritten. Uses "
    .. "no network. `prune` forgets old runs, but for the last 30.",
  exits = { 0, 2, 3, 6 },
  examples = { "history.lua board.json", "history.lua board.json XACA-0040 --json", "history.lua board.json --run 12",
    "history.lua prune board.json --keep 90d" },
}
parser:argument("words", "[BOARD] [ID] | prune [BOARD]"):args("*")
common.place_options(parser)
parser:option("--run", "Show only the run of this number."):argname("N"):convert(cli.whole_number(1))
parser:option("--since", "Show only runs since then: 2026-11-01, or 7d for the last seven days."):argname("T")
  :convert(common.moment)
parser:option("--only", "Show only what concerns this entry."):argname("ID")
parser:option("--limit", "Show at most this many runs, newest first (20).", 20):argname("N"):convert(cli.whole_number(1))
parser:option("--keep", "With prune: keep runs of this age (90d) or since then."):argname("T"):convert(common.moment)
parser:flag("--json", "Print one line of JSON for each run.")
cli.main(parser, history.run)
