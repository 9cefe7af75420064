-- The command sync.lua: its options, one run of each board, and what is shown of it.

local boards = require "fmcal.cli.boards"
local cli = require "fmcal.cli"
local exits = require "fmcal.cli.exits"
local json = require "fmcal.json"
local progress = require "fmcal.cli.progress"
local run = require "fmcal.sync.run"
local sync_view = require "fmcal.cli.sync_view"
local terminal = require "fmcal.cli.terminal"

local sync = {}

--- Adds the options of sync.lua to a parser.
function sync.options(parser)
  parser:argument("boards", "Board files. Without one: FMCAL_BOARD, or the folder's only board."):args("*")
  parser:option("--direction", "both (default), outbound (board to calendar) or inbound.", "both")
    :argname("D"):convert(cli.one_of { "both", "outbound", "inbound" })
  parser:option("--team", "Work on the boards of this team only."):argname("T")
  parser:option("--only", "Work on this entry only; may be given several times."):argname("ID"):count("*")
  parser:option("--config", "Take the calendar configuration from a file instead of the board."):argname("F")
  parser:option("--rules", "Take the rules from this file."):argname("F")
  parser:option("--state", "Keep the state in this file, or in this folder (with a / at its end)."):argname("F")
  parser:flag("--dry-run", "Print the plan; touch nothing.")
  parser:option("--plan", "Write the plan to a file, for review; touch nothing else."):argname("F")
  parser:option("--apply", "Carry out exactly the plan in a file, or refuse if anything it touches has changed.")
    :argname("F")
  parser:flag("--retry-failed", "Try entries again that failed too often.")
  parser:flag("--allow-mass-delete", "Go on where the run would delete unusually much.")
  parser:option("--lock-timeout", "Seconds to wait for another run to end (30)."):argname("S")
    :convert(cli.whole_number(0))
  parser:option("--jobs", "Work on so many boards at a time (1). The calendars and requests of one board run together anyway.", 1)
    :argname("N"):convert(cli.whole_number(1))
  parser:flag("--watch", "Go on: run again every syncInterval minutes and whenever a board file changes.")
  parser:flag("--json", "Print one line of JSON for each board.")
  parser:flag("-q --quiet", "Print nothing but what went wrong.")
end

--- What the engine is told for one board.
function sync.engine_options(values, path)
  return {
    board = path, direction = values.direction, only = values.only, config = values.config, rules = values.rules,
    state = values.state, team = values.team, dry_run = values.dry_run, retry_failed = values.retry_failed,
    allow_mass_delete = values.allow_mass_delete,
    lock_wait_ms = values.lock_timeout and values.lock_timeout * 1000,
  }
end

--- Shows one result: on standard output the table or the line of JSON, on standard error what went wrong.
function sync.show(values, result)
  if values.json then
    cli.print(json.encode(sync_view.for_programs(result), { sort = true }))
  elseif not values.quiet then
    cli.print(table.unpack(sync_view.lines(terminal.of("stdout"), result)))
  end
  io.stdout:flush()
  for _, sentence in ipairs(sync_view.complaints(result)) do
    io.stderr:write("sync.lua: ", sentence, "\n")
  end
end

local function run_one(values, path)
  local bar = progress.new(values.quiet or values.json)
  local options = sync.engine_options(values, path)
  options.progress = function(...) bar:show(...) end
  local result = run.sync(options)
  bar:clear()
  return result
end

--- Runs the boards one after the other. @return exit status
local function run_all(values, paths)
  local statuses = {}
  for i, path in ipairs(paths) do
    local result = run_one(values, path)
    sync.show(values, result)
    statuses[i] = result.exit
  end
  return exits.worst(statuses)
end

local CONTRADICTIONS = {
  { "plan", "apply" }, { "plan", "watch" }, { "apply", "watch" }, { "apply", "dry_run" }, { "watch", "dry_run" },
}

local function check_combination(values)
  for _, pair in ipairs(CONTRADICTIONS) do
    if values[pair[1]] and values[pair[2]] then
      cli.fail(("--%s and --%s do not go together"):format(pair[1]:gsub("_", "-"), (pair[2]:gsub("_", "-"))))
    end
  end
end

--- The command. @return exit status
function sync.run(values)
  check_combination(values)
  local paths, sentence = boards.find(values.boards, values.team)
  if not paths then cli.fail(sentence, exits.UNREACHABLE) end
  return run_all(values, paths)
end

return sync
