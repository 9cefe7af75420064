-- rules.lua check: what can be said of a rules file without a calendar.

local board = require "fmcal.board"
local check = require "fmcal.trial.check"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local json = require "fmcal.json"
local quantity = require "fmcal.util.quantity"
local samples = require "fmcal.trial.samples"
local terminal = require "fmcal.cli.terminal"

local command = {}

--- Its parser.
function command.parser()
  local parser = cli.parser {
    name = "rules.lua check",
    summary = "Checks a rules file on the entries of a board, or on sample entries: answers that are not allowed, entries that "
      .. "do not come back from their events as they were, functions that are never called or not repeatable, slow ones. Asks "
      .. "no calendar, writes nothing.",
    exits = { 0, 1, 2, 3 },
    meanings = { [0] = "nothing to find fault with", [1] = "there are findings", [2] = "usage; the rules file does not load" },
    examples = { "rules.lua check rules.lua", "rules.lua check rules.lua board.json --json" },
  }
  parser:argument("rules", "Rules file.")
  parser:argument("board", "Board file with the entries. Without it: sample entries of every kind."):args("?")
  parser:option("--config", "Take the calendar configuration from a file instead of the board."):argname("F")
  parser:flag("--json", "Print one line of JSON.")
  return parser
end

local function opened(path)
  if not path then return samples.board() end
  return (cli.check(board.open(common.board(path))))
end

local function show(path, report)
  local view = terminal.of("stdout")
  for _, finding in ipairs(report.findings) do
    common.print_clean(finding.sentence)
  end
  for _, warning in ipairs(report.warnings) do
    cli.print(terminal.paint(view, "yellow", "warning: ") .. terminal.clean(warning))
  end
  cli.print(("%s: %s, %s, %s"):format(terminal.clean(path), quantity(#report.functions, "function"),
    quantity(report.entries, "entry", "entries"), quantity(#report.findings, "finding")))
end

--- The command. @return exit status
function command.run(values)
  local report = cli.check(check.board(opened(values.board), { rules = values.rules, config = values.config }))
  if values.json then
    report.rules = values.rules
    cli.print((cli.check(json.encode(report, { sort = true }))))
  else
    show(values.rules, report)
  end
  return #report.findings > 0 and cli.exits.SOME_FAILED or cli.exits.OK
end

return command
