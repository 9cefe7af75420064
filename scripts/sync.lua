#!/usr/bin/env fmcal-lua
-- Keeps boards and their calendars in step.
local cli = require "fmcal.cli"
local sync = require "fmcal.cli.sync"

local parser = cli.parser {
  name = "sync.lua",
  summary = "Keeps boards and their calendars in step, both ways.",
  exits = { 0, 1, 2, 3, 4, 5, 6, 10 },
  examples = {
    "sync.lua board.json --dry-run", "sync.lua board.json", "sync.lua board.json --direction outbound --json",
    "sync.lua boards/*.json --jobs 4", "sync.lua board.json --plan plan.json && fmcal-lua sync.lua --apply plan.json",
  },
}
sync.options(parser)
cli.main(parser, sync.run)
