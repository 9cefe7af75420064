#!/usr/bin/env fmcal-lua
-- What may stand at the cursor of a command line of fmcal-lua, for the completion of shells.
local cli = require "fmcal.cli"
local completion = require "fmcal.cli.completion"
local terminal = require "fmcal.cli.terminal"

local parser = cli.parser {
  name = "complete.lua",
  summary = "Prints what may stand at the cursor of a command line, for the completion of shells: a word a line, with a tab and "
    .. "what it means. A line that begins with a tab stands for names of files.",
  exits = { 0, 2 },
  examples = { "complete.lua -- sync.lua --dir" },
}
parser:argument("words", "[WORD ...]"):args("*")

cli.main(parser, function(values)
  local found, files = completion.of(values.words)
  for _, candidate in ipairs(found) do
    if not candidate.word:find("%c") then cli.print(candidate.word .. "\t" .. terminal.clean(candidate.about or "")) end
  end
  if files then cli.print("\tfiles") end
  return cli.exits.OK
end)
