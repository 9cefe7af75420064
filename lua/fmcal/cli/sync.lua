-- The command sync.lua: its options, one run of each board, and what is shown of it.

local board = require "fmcal.board"
local boards = require "fmcal.cli.boards"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local config = require "fmcal.config"
local exits = require "fmcal.cli.exits"
local files = require "fmcal.cli.files"
local json = require "fmcal.json"
local parallel = require "fmcal.cli.parallel"
local progress = require "fmcal.cli.progress"
local review = require "fmcal.sync.review"
local run = require "fmcal.sync.run"
local sync_view = require "fmcal.cli.sync_view"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"
local watch = require "fmcal.cli.watch"

local sync = {}

local DEFAULT_INTERVAL = 15 -- minutes
local INTERRUPTED = "interrupted; nothing is lost, the next run goes on from here"

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
  parser:option("--jobs", "Work on so many boards at a time (1); a board's own requests run together anyway.", 1)
    :argname("N"):convert(cli.whole_number(1))
  parser:flag("--watch", "Go on: run again every syncInterval minutes and whenever a board file changes.")
  parser:flag("--json", "Print one line of JSON for each board.")
  parser:flag("--child"):hidden(true) -- prints the whole result as JSON, for a parent with --jobs
  parser:flag("-q --quiet", "Print nothing but what went wrong.")
end

--- What the engine is told for one board.
function sync.engine_options(values, path)
  local options = common.engine_options(values, path)
  options.direction, options.dry_run = values.direction, values.dry_run
  options.only = #values.only > 0 and values.only or nil
  options.retry_failed, options.allow_mass_delete = values.retry_failed, values.allow_mass_delete
  options.lock_wait_ms = values.lock_timeout and values.lock_timeout * 1000
  return options
end

-- A run with nothing to tell: --watch passes over it.
local function is_uneventful(result)
  return result.exit == exits.OK and #(result.actions or {}) == 0
end

--- Shows one result: on standard output the table or the line of JSON, on standard error what went wrong.
function sync.show(values, result)
  if values.child then
    cli.print(json.encode(result))
    return
  elseif values.json then
    cli.print(json.encode(sync_view.for_programs(result), { sort = true }))
  elseif not values.quiet and not (values.watch and is_uneventful(result)) then
    cli.print(table.unpack(sync_view.lines(terminal.of("stdout"), result)))
  end
  io.stdout:flush()
  cli.complain(table.unpack(sync_view.complaints(result)))
end

-- Calls the engine with a progress bar.
local function with_progress(values, call, options)
  local bar = progress.new(values.quiet or values.json)
  options.progress = function(...) bar:show(...) end
  local result, more = call(options)
  bar:clear()
  if result.error_code == "canceled" then cli.fail(INTERRUPTED, exits.INTERRUPTED) end
  return result, more
end

local function run_in_turn(values, paths)
  local statuses = {}
  for i, path in ipairs(paths) do
    local result = with_progress(values, run.sync, sync.engine_options(values, path))
    sync.show(values, result)
    statuses[i] = result.exit
  end
  return exits.worst(statuses)
end

local function run_at_once(values, paths)
  local bar, statuses = progress.new(values.quiet or values.json), {}
  bar:show("boards", 0, #paths)
  parallel.run(values, paths, function(result)
    bar:clear()
    sync.show(values, result)
    statuses[#statuses + 1] = result.exit
    bar:show("boards", #statuses, #paths)
  end)
  bar:clear()
  return exits.worst(statuses)
end

local function run_all(values, paths)
  if #paths > 1 and values.jobs > 1 then return run_at_once(values, paths) end
  return run_in_turn(values, paths)
end

-- ---------------------------------------------------------------- plans

local function one_board(values, what)
  local path = common.board(values.boards[1], values.team)
  if #values.boards > 1 then cli.fail(("--%s takes one board at a time"):format(what)) end
  return path
end

local function make_plan(values)
  local options = sync.engine_options(values, one_board(values, "plan"))
  options.board = cli.check(sys.absolute(options.board))
  for _, name in ipairs { "config", "rules" } do
    options[name] = options[name] and cli.check(sys.absolute(options[name]))
  end
  local result, plan = with_progress(values, review.plan, options)
  sync.show(values, result)
  if plan then files.write(values.plan, review.text(plan)) end
  return result.exit
end

local function apply_plan(values)
  local plan = cli.check(review.read(files.read(values.apply, "plan"), values.apply))
  local named = values.boards[1]
  if #values.boards > 1 or (named and sys.absolute(named) ~= plan.board) then
    cli.fail(("the plan %s is for the board %s"):format(values.apply, plan.board))
  end
  local result = with_progress(values, function(options) return review.apply(plan, options) end,
    { lock_wait_ms = values.lock_timeout and values.lock_timeout * 1000 })
  sync.show(values, result)
  return result.exit
end

-- ---------------------------------------------------------------- watching

-- The shortest syncInterval of the boards, in seconds; a board that cannot be read has the default.
local function interval_of(values, paths)
  local minutes
  for _, path in ipairs(paths) do
    local opened <close> = board.open(path)
    local settings = opened and config.load(opened, sync.engine_options(values, path))
    for _, target in ipairs(settings and settings.targets or {}) do
      local own = target.options.syncInterval or DEFAULT_INTERVAL
      minutes = math.min(minutes or own, own)
    end
  end
  return math.max(1, (minutes or DEFAULT_INTERVAL) * 60)
end

-- What others wrote into a board while it was synced is synced at once; a run that failed waits for its time.
local function run_and_settle(values, paths)
  local marks = watch.marks(paths)
  local status = run_all(values, paths)
  local fine = status == exits.OK or status == exits.CONFLICTS
  if fine and watch.changed(paths, marks) then run_all(values, paths) end
end

local function watch_boards(values, paths)
  repeat
    run_and_settle(values, paths)
    local why = watch.wait(paths, watch.marks(paths), interval_of(values, paths))
  until why == "stop"
  return exits.OK
end

-- ---------------------------------------------------------------- the command

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
  if values.apply then return apply_plan(values) end
  if values.plan then return make_plan(values) end
  local paths, sentence = boards.find(values.boards, values.team)
  if not paths then cli.fail(sentence, exits.UNREACHABLE) end
  if values.watch then return watch_boards(values, paths) end
  return run_all(values, paths)
end

return sync
