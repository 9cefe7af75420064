-- rules.lua test: runs tests of rules.

local cli = require "fmcal.cli"
local coverage = require "fmcal.trial.coverage"
local formats = require "fmcal.cli.rules.formats"
local read_file = require "fmcal.util.read_file"
local snapshots = require "fmcal.trial.snapshots"
local suite = require "fmcal.trial.suite"
local test_files = require "fmcal.cli.rules.test_files"
local watch = require "fmcal.cli.sync.watch"

local command = {}

local FORMATS = { "text", "tap", "junit", "json" }

--- Its parser.
function command.parser()
  local parser = cli.parser {
    name = "rules.lua test",
    summary = "Runs tests of rules: files *_test.lua, with boards and calendars in memory and the real sync. A test file is Lua "
      .. "of your own and runs as any script does; the rules run in their sandbox.",
    exits = { 0, 1, 2 },
    meanings = { [0] = "all tests passed", [1] = "a test failed, there is none, or too little is covered", [2] = "usage" },
    examples = { "rules.lua test", "rules.lua test rules_test.lua -v --only prefix", "rules.lua test --coverage --threshold 80",
      "rules.lua test --format junit > results.xml" },
  }
  parser:argument("paths", "Files, and folders with files *_test.lua at any depth. Without it: this folder."):args("*")
  parser:flag("-v --verbose", "Name the tests that passed, too.")
  parser:option("--only", "Run only tests whose name matches this Lua pattern."):argname("PATTERN")
  parser:flag("--coverage", "Show which lines of the rules files ran. They run in this process then, without limits.")
  parser:option("--threshold", "With --coverage: status 1 where fewer than N percent of the lines ran."):argname("N")
    :convert(cli.whole_number(0, 100))
  parser:option("--format", "text, tap, junit or json.", "text"):argname("F"):convert(cli.one_of(FORMATS))
  parser:flag("--update", "Take the snapshots anew.")
  parser:flag("--watch", "Run the tests again whenever their files or the rules change.")
  return parser
end

-- ---------------------------------------------------------------- one run

local function is_meant(values, name)
  return not values.only or name:find(values.only) ~= nil
end

local function run_file(values, path, covered)
  local file = { path = path, results = {} }
  local text, unread = read_file(path, "test file")
  if not text then cli.fail(unread) end
  local loaded, sentence = suite.load(path, text, { coverage = covered, update = values.update })
  if not loaded then
    file.error = sentence
    return file
  end
  file.rules = loaded.rules
  local is_whole = true
  for _, test in ipairs(loaded.tests) do
    if is_meant(values, test.name) then
      file.results[#file.results + 1] = loaded:run(test)
    else
      is_whole = false
    end
  end
  cli.check(loaded:finish(is_whole))
  return file
end

local function show_coverage(values, covered)
  if not covered then return true end
  if values.format == "text" then cli.print(table.unpack(covered:lines())) end
  return not values.threshold or covered:percent() >= values.threshold
end

-- Runs all files. @return exit status, the files that it depends on
local function run(values)
  local paths = cli.check(test_files.find(values.paths))
  local covered = values.coverage and coverage.new() or nil
  local report, used = {}, {}
  for i, path in ipairs(paths) do
    report[i] = run_file(values, path, covered)
    used[#used + 1], used[#used + 2], used[#used + 3] = path, snapshots.path(path), report[i].rules
  end
  local all, failed = formats.count(report)
  if all == 0 then
    cli.complain(values.only and ("no test matches %q"):format(values.only)
      or "there is no test: write one into a file whose name ends in _test.lua, or see rules.lua new")
    return cli.exits.SOME_FAILED, used
  end
  cli.print(table.unpack(formats[values.format](report, { verbose = values.verbose,
    coverage = covered and covered:summary() or nil })))
  local is_enough = show_coverage(values, covered)
  if not is_enough then
    cli.complain(("%.1f %% of the lines ran, fewer than the %d %% of --threshold"):format(covered:percent(), values.threshold))
  end
  return (failed > 0 or not is_enough) and cli.exits.SOME_FAILED or cli.exits.OK, used
end

-- ---------------------------------------------------------------- the command

local ONE_DAY_S = 86400

local function run_again_and_again(values)
  while true do
    local _, used = run(values)
    cli.flush()
    local what = watch.wait(used, watch.marks(used), ONE_DAY_S)
    if what == "stop" then return cli.exits.OK end
  end
end

--- The command. @return exit status
function command.run(values)
  if values.only and not pcall(string.find, "", values.only) then
    cli.fail(("--only: %q is no Lua pattern; %%%% stands for a %%, and %%[ for a ["):format(values.only))
  end
  if values.threshold and not values.coverage then cli.fail("--threshold needs --coverage") end
  if values.watch then return run_again_and_again(values) end
  return (run(values))
end

return command
