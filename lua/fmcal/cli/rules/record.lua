-- rules.lua record: entries and events of a real board, masked, for tests.

local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local files = require "fmcal.cli.files"
local quantity = require "fmcal.util.quantity"
local recording = require "fmcal.trial.recording"

local command = {}

--- Its parser.
function command.parser()
  local parser = cli.parser {
    name = "rules.lua record",
    summary = "Writes the entries of a board and the events of the last run into a file that t.recording plays in tests. "
      .. "Personal texts are masked: each word becomes another one of its length, the same everywhere. Ids, dates, status, "
      .. "priority and tags stay. It holds no secrets.",
    exits = { 0, 1, 2, 3 },
    meanings = { [0] = "written", [1] = "the file could not be written" },
    examples = { "rules.lua record board.json board.recording.json" },
  }
  parser:argument("board", "Board file.")
  parser:argument("file", "File to write.")
  parser:option("--config", "Take the calendar configuration from a file instead of the board."):argname("F")
  parser:option("--state", "The state is in this file, or in this folder (with a / at its end)."):argname("F")
  return parser
end

--- The command. @return exit status
function command.run(values)
  local text, entries, events = cli.check(recording.make(common.board(values.board), values))
  files.write(values.file, text, "recording", '"format": "fmcal recording"')
  cli.print(("%s: %s, %s; look through it before you pass it on"):format(values.file, quantity(entries, "entry", "entries"),
    quantity(events, "event")))
  return cli.exits.OK
end

return command
