#!/usr/bin/env fmcal-lua
-- Conflicts that wait for a person: list them, show one, decide one.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local conflicts = require "fmcal.cli.conflicts"

local parser = cli.parser {
  name = "conflicts.lua",
  summary = "Lists conflicts that wait for a person, shows one, or decides one and syncs that entry.",
  exits = { 0, 1, 2, 3, 4, 5, 6 },
  examples = {
    "conflicts.lua board.json", "conflicts.lua board.json show XACA-0040",
    "conflicts.lua board.json resolve XACA-0040 keep_local",
    "conflicts.lua board.json resolve XACA-0040 merge dueDate=2026-03-01 title='File the motion'",
  },
}
parser:argument("words", "[BOARD] [list | show ID | resolve ID keep_local | resolve ID keep_external | "
  .. "resolve ID merge MEMBER=VALUE ...]"):args("*")
common.place_options(parser)
parser:flag("--json", "Print one line of JSON for each conflict.")
cli.main(parser, conflicts.run)
