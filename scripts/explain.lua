#!/usr/bin/env fmcal-lua
-- Why the next run would do what it would do to one entry.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local explain = require "fmcal.sync.explain"
local explain_view = require "fmcal.cli.explain_view"
local history_view = require "fmcal.cli.history_view"
local json = require "fmcal.json"
local terminal = require "fmcal.cli.terminal"

local parser = cli.parser {
  name = "explain.lua",
  summary = "Explains what the next run would do to one entry and why: the base, both sides, and the rule or strategy "
    .. "that decides. Reads the calendar and writes nothing. With --at-run, what an earlier run did to it, from the state alone.",
  exits = { 0, 2, 3 },
  examples = { "explain.lua board.json XACA-0040", "explain.lua XACA-0040 --json",
    "explain.lua board.json XACA-0040 --at-run 12" },
}
parser:argument("words", "[BOARD] ID"):args("1-2")
common.place_options(parser)
parser:flag("--json", "Print one line of JSON for the entry, and one for an epic's court date.")
parser:option("--at-run", "Tell what the run of this number did to the entry."):argname("N"):convert(cli.whole_number(1))

-- What a run that the state has kept did to an entry.
local function at_run(values, id)
  values.board = values.words[1]
  local overview <close> = common.overview(values)
  local run = overview:runs { key = id, run = values.at_run }[1]
  if not run then cli.fail(("run %d did nothing to %s, or is not kept: history.lua lists the runs"):format(values.at_run, id)) end
  if values.json then
    cli.print(json.encode(run, { sort = true }))
  else
    cli.print(table.unpack(history_view.lines(terminal.of("stdout"), run, true)))
  end
  return cli.exits.OK
end

cli.main(parser, function(values)
  local id = table.remove(values.words)
  if values.at_run then return at_run(values, id) end
  local path = common.board(values.words[1], values.team)
  local list, result = explain.entry(common.engine_options(values, path), id)
  if not list then cli.fail(result.error, result.exit) end
  for _, about in ipairs(list) do
    if values.json then
      cli.print(json.encode(about, { sort = true }))
    else
      cli.print(table.unpack(explain_view.lines(terminal.of("stdout"), about)))
    end
  end
  for _, warning in ipairs(result.warnings) do cli.complain("warning: " .. terminal.clean(warning)) end
  -- A calendar that failed is missing from the explanation, and that is said.
  if result.error then cli.complain(result.error) end
  return result.error and result.exit or cli.exits.OK
end)
