#!/usr/bin/env fmcal-lua
-- The events in a board's calendars that belong to no entry, from the state alone.
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local json = require "fmcal.json"
local layout = require "fmcal.cli.table"
local terminal = require "fmcal.cli.terminal"

local parser = cli.parser {
  name = "events.lua",
  summary = "Lists the events in the calendars that belong to no entry: external ones, and orphans whose entry is gone. "
    .. "Shows them as the last run saw them; uses no network.",
  exits = { 0, 2, 3 },
  examples = { "events.lua board.json", "events.lua board.json --json" },
}
common.board_options(parser)
parser:flag("--json", "Print one line of JSON for each event.")

local COLUMNS = {
  { title = "Date" }, { title = "Kind" }, { title = "Title", shrinks = true }, { title = "Calendar", shrinks = true },
  { title = "UID", shrinks = true },
}

local function print_table(events)
  local rows = {}
  for i, event in ipairs(events) do
    rows[i] = { event.dueDate or "?", event.kind, event.title or event.error, event.calendar, event.uid }
  end
  cli.print(table.unpack(layout.lines(terminal.of("stdout"), COLUMNS, rows)))
end

cli.main(parser, function(values)
  local overview <close> = common.overview(values)
  local events = overview:events()
  if values.json then
    for _, event in ipairs(events) do cli.print(json.encode(event, { sort = true })) end
  elseif #events == 0 then
    cli.print("no external events and no orphans")
  else
    print_table(events)
  end
  return cli.exits.OK
end)
