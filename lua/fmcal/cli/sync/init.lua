-- The command sync.lua: its options, one run of each board, and what is shown of it. What a plain run of one board does not
-- need is loaded where it is: most runs find nothing to do.

local board = require "fmcal.board"
local boards = require "fmcal.cli.boards"
local cli = require "fmcal.cli"
local common = require "fmcal.cli.common"
local config = require "fmcal.config"
local exits = require "fmcal.exits"
local files = require "fmcal.cli.files"
local json = require "fmcal.json"
local own_command = require "fmcal.util.own_command"
local progress = require "fmcal.cli.sync.progress"
local run = require "fmcal.sync.run"
local sync_view = require "fmcal.cli.sync.view"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"
local time = require "fmcal.time"

local sync = {}

local MOST_SETTLING_RUNS = 5

--- Adds the options of sync.lua to a parser.
function sync.options(parser)
  parser:argument("boards", "Board files. Without one: FMCAL_BOARD, or the folder's only board."):args("*")
  parser:option("--direction", "both (default), outbound (board to calendar) or inbound.", "both")
    :argname("D"):convert(cli.one_of { "both", "outbound", "inbound" })
  parser:option("--team", "Work on the boards of this team only."):argname("TEAM")
  parser:option("--only", "Work on this entry only; may be given several times."):argname("ID"):count("*")
  parser:option("--config", "Take the calendar configuration from a file instead of the board."):argname("F")
  parser:option("--rules", "Take the rules from this file."):argname("F")
  parser:option("--state", "Keep the state in this file, or in this folder (with a / at its end)."):argname("F")
  parser:flag("--dry-run", "Print what a run would do; touch nothing.")
  parser:option("--plan", "Write the plan to a file, for review; touch nothing else."):argname("F")
  parser:option("--apply", "Carry out exactly the plan in a file; refuse if anything it touches has changed.")
    :argname("F")
  parser:flag("--exit-code", "With --dry-run or --plan: end with status 10 instead of 0 if there is something to do.")
  parser:flag("--retry-failed", "Also try entries that failed too often.")
  parser:flag("--allow-mass-delete", "Continue even if the run deletes unusually much.")
  parser:option("--lock-timeout", "Seconds to wait for another run to end (30)."):argname("S")
    :convert(cli.whole_number(0))
  parser:option("--retry-for", "Seconds to repeat requests that a busy server refuses (300).")
    :argname("S"):convert(cli.whole_number(0))
  parser:option("--adopt-team", "The team's former name: take over the events that have it.")
    :argname("OLD")
  parser:option("--jobs", "Work on this many boards at a time (1).", 1)
    :argname("N"):convert(cli.whole_number(1))
  parser:flag("--watch", "Run again every syncInterval minutes and whenever a board file changes.")
  parser:flag("--json", "Print one line of JSON for each board.")
  parser:flag("-q --quiet", "Print only what went wrong, and how many conflicts wait.")
end

--- What the engine is told for one board.
function sync.engine_options(values, path)
  local options = common.engine_options(values, path)
  options.direction, options.dry_run = values.direction, values.dry_run
  options.only = #values.only > 0 and values.only or nil
  options.retry_failed, options.allow_mass_delete = values.retry_failed, values.allow_mass_delete
  options.lock_wait_ms = values.lock_timeout and values.lock_timeout * 1000
  options.adopt_team = values.adopt_team
  options.retry_for_ms = values.retry_for and values.retry_for * 1000
  return options
end

-- A run that did something or has something to tell.
local function is_eventful(result)
  return #(result.actions or {}) > 0 or (result.exit ~= exits.OK and result.exit ~= exits.CONFLICTS)
end

--- Shows one result: on standard output the table or the line of JSON, on standard error what went wrong.
function sync.show(values, result)
  if values.json then
    cli.print(json.encode(sync_view.for_programs(result), { sort = true }))
  elseif not values.quiet and (is_eventful(result) or not values.watch) then
    cli.print(table.unpack(sync_view.lines(terminal.of("stdout"), result)))
  end
  cli.flush()
  if values.quiet and not values.json then cli.complain(sync_view.waiting(result)) end
  local told_to_stop = values.watch and result.error_code == "canceled"
  if not told_to_stop then cli.complain(table.unpack(sync_view.complaints(result))) end
end

-- Calls the engine with a progress bar.
local function with_progress(values, call, options)
  local bar = progress.new(values.quiet or values.json)
  options.progress = function(...) bar:show(...) end
  local result, more = call(options)
  bar:clear()
  return result, more
end

-- The status of a run, or of one that would be.
local function status_of(values, result)
  local is_news = values.exit_code and result.exit == exits.OK and (result.writes or 0) > 0
  return is_news and exits.SOMETHING_TO_DO or result.exit
end

-- Shows the results as they come, and sums them up.
local function collector(values)
  local statuses, eventful = {}, false
  local function collect(result)
    sync.show(values, result)
    statuses[#statuses + 1] = status_of(values, result)
    eventful = eventful or is_eventful(result)
  end
  return collect, function() return exits.worst(statuses), eventful end
end

-- The result for a board that is not there.
local function not_there(path, sentence)
  local folder = sys.absolute(path:match("^(.*/)") or ".")
  local whole = sys.absolute(path) or folder and folder .. "/" .. path:match("[^/]*$") or path
  return { success = false, board = whole, error = sentence, error_code = "notfound", message = sentence,
    exit = exits.UNREACHABLE }
end

-- Tells of the boards that are missing. @return the others
local function tell_missing(paths, collect)
  local there = {}
  for _, path in ipairs(paths) do
    local missing = boards.missing(path)
    if missing then collect(not_there(path, missing)) else there[#there + 1] = path end
  end
  return there
end

local function run_in_turn(values, paths, collect)
  for _, path in ipairs(paths) do collect(with_progress(values, run.sync, sync.engine_options(values, path))) end
end

local function run_at_once(parallel, values, paths, collect)
  local bar, done = progress.new(values.quiet or values.json), 0
  bar:show("boards", 0, #paths)
  parallel.run(values, paths, function(path) return sync.engine_options(values, path) end, function(result)
    bar:clear()
    collect(result)
    done = done + 1
    bar:show("boards", done, #paths)
  end)
  bar:clear()
end

-- Syncs all boards. @return exit status, whether anything happened
local function run_all(values, paths)
  local collect, sum = collector(values)
  paths = tell_missing(paths, collect)
  local parallel = #paths > 1 and values.jobs > 1 and require "fmcal.cli.sync.parallel"
  if parallel and own_command.is_there() then
    run_at_once(parallel, values, paths, collect)
  else
    run_in_turn(values, paths, collect)
  end
  return sum()
end

-- ---------------------------------------------------------------- plans

local function one_board(values, what)
  local path = common.board(values.boards[1], values.team)
  if #values.boards > 1 then cli.fail(("--%s takes one board at a time"):format(what)) end
  return path
end

local function make_plan(values)
  local plan_file, review = require "fmcal.sync.plan_file", require "fmcal.sync.review"
  local options = sync.engine_options(values, one_board(values, "plan"))
  options.board = cli.check(sys.absolute(options.board))
  for _, name in ipairs { "config", "rules" } do
    options[name] = options[name] and cli.check(sys.absolute(options[name]))
  end
  local result, plan = with_progress(values, review.plan, options)
  sync.show(values, result)
  if plan then files.write(values.plan, plan_file.text(plan), "plan", plan_file.SIGN) end
  return status_of(values, result)
end

local function apply_plan(values)
  local plan_file, review = require "fmcal.sync.plan_file", require "fmcal.sync.review"
  local plan = cli.check(plan_file.read(files.read(values.apply, "plan"), values.apply))
  local named = values.boards[1]
  if #values.boards > 1 or (named and sys.absolute(named) ~= plan.board) then
    cli.fail(("the plan %s is for the board %s"):format(values.apply, plan.board))
  end
  local result = with_progress(values, function(options) return review.apply(plan, options) end,
    { lock_wait_ms = values.lock_timeout and values.lock_timeout * 1000, command = cli.command() })
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
      local own = target.options.syncInterval or config.DEFAULT_INTERVAL
      minutes = math.min(minutes or own, own)
    end
  end
  return math.max(1, (minutes or config.DEFAULT_INTERVAL) * 60)
end

-- Runs until nothing happens any more, so that what others wrote into a board while it was synced is synced at once.
-- @return exit status, and the marks that tell a change from then on. Of a run that did nothing these are the marks
-- before it; a run that failed may have written the board, and its own writing is no reason to try again at once
local function run_until_quiet(watch, values, paths)
  for _ = 1, MOST_SETTLING_RUNS do
    local marks = watch.marks(paths)
    local status, eventful = run_all(values, paths)
    if not eventful then return status, marks end
    if status ~= exits.OK and status ~= exits.CONFLICTS then return status, watch.marks(paths) end
  end
  return exits.OK, watch.marks(paths)
end

-- What a person who watches the runs wants to know between them: how it stands, since when, and when it goes on.
local function tell(values, status, before, seconds)
  if values.quiet or values.json then return end
  local good = status == exits.OK or status == exits.CONFLICTS
  local was_good = before == nil or before == exits.OK or before == exits.CONFLICTS
  local now = time.epoch()
  local how = good and (was_good and "done" or "works again") or "failed"
  cli.print(("%s: %s; next run at %s, or when a board file changes"):format(common.when(time.format(now)), how,
    common.when(time.format(now + seconds))))
  cli.flush()
end

local function go_on(values, paths)
  local watch, before = require "fmcal.cli.sync.watch", nil
  repeat
    local status, marks = run_until_quiet(watch, values, paths)
    local seconds = interval_of(values, paths)
    if status ~= exits.INTERRUPTED then tell(values, status, before, seconds) end
    before = status
    local why = status ~= exits.INTERRUPTED and watch.wait(paths, marks, seconds)
  until why == "stop" or not why
end

-- Being told to stop is how it ends, wherever it is.
local function watch_boards(values, paths)
  local ok, raised = pcall(go_on, values, paths)
  if not ok and not cli.is_interrupt(raised) then error(raised, 0) end
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
  if values.exit_code and not values.dry_run and not values.plan then
    cli.fail("--exit-code goes with --dry-run or --plan only")
  end
  if values.dry_run and not values.plan then sys.refuse_writes() end
  if values.apply then return apply_plan(values) end
  if values.plan then return make_plan(values) end
  local paths, sentence, status = boards.find(values.boards, values.team)
  if not paths then cli.fail(sentence, status) end
  if values.watch then return watch_boards(values, paths) end
  return (run_all(values, paths))
end

return sync
