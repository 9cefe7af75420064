#!/usr/bin/env fmcal-lua
-- Plans of sync.lua --plan: show one, compare two.
local cli = require "fmcal.cli"
local plan = require "fmcal.cli.plan"

local parser = cli.parser {
  name = "plan.lua",
  summary = "Shows a plan that sync.lua --plan has written, or says how two plans differ (status 1 if they do). Asks neither "
    .. "board nor calendar.",
  exits = { 0, 1, 2, 3 },
  meanings = { [0] = "shown; both plans do the same", [1] = "the plans differ" },
  examples = { "plan.lua show plan.json", "plan.lua diff plan.json plan2.json" },
}
parser:argument("words", "show PLAN | diff PLAN PLAN2"):args("2+")
parser:flag("--json", "Print one line of JSON.")
cli.main(parser, plan.run)
