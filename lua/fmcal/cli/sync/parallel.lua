-- Several boards at once: one child process for each, at most so many at a time, results in the order they come. Boards of
-- one account follow each other.

local accounts = require "fmcal.cli.accounts"
local cli = require "fmcal.cli"
local exits = require "fmcal.exits"
local json = require "fmcal.json"
local own_command = require "fmcal.cli.own_command"
local sys = require "fmcal.sys"

local parallel = {}

local OPTIONS = { direction = "--direction", config = "--config", rules = "--rules", state = "--state", team = "--team",
  lock_timeout = "--lock-timeout", retry_for = "--retry-for", adopt_team = "--adopt-team" }
local FLAGS = { dry_run = "--dry-run", retry_failed = "--retry-failed", allow_mass_delete = "--allow-mass-delete" }

--- The command line that syncs one board and prints its result as JSON.
function parallel.command(values, path)
  local words = own_command.words()
  for name, option in pairs(OPTIONS) do
    if values[name] then
      words[#words + 1] = option
      words[#words + 1] = tostring(values[name])
    end
  end
  for name, flag in pairs(FLAGS) do
    if values[name] then words[#words + 1] = flag end
  end
  for _, id in ipairs(values.only) do
    words[#words + 1] = "--only"
    words[#words + 1] = id
  end
  for _, word in ipairs { "--child", "--", path } do words[#words + 1] = word end
  return words
end

-- A child that did not say how it ended.
local function lost(path, process)
  return { board = path, success = false, exit = exits.SOME_FAILED, targets = {},
    error = ("the run of %s ended without a result (status %d)"):format(path, process:status()) }
end

local function result_of(path, process)
  local line = process:output():match("([^\n]*)\n?$")
  local result = line ~= "" and json.decode(line)
  return type(result) == "table" and math.type(result.exit) == "integer" and result or lost(path, process)
end

-- The boards that wait, each with its accounts.
local function waiting_boards(values, paths)
  local waiting = {}
  for i, path in ipairs(paths) do waiting[i] = { path = path, accounts = accounts.of(path, { config = values.config }) } end
  return waiting
end

local function uses_any(entry, busy)
  for _, account in ipairs(entry.accounts) do
    if busy[account] then return true end
  end
  return false
end

-- Takes the first board out of those that wait whose accounts no running one uses; nil where there is none.
local function take_free(waiting, running)
  local busy = {}
  for _, entry in ipairs(running) do
    for _, account in ipairs(entry.accounts) do busy[account] = true end
  end
  for i, entry in ipairs(waiting) do
    if not uses_any(entry, busy) then return table.remove(waiting, i) end
  end
  return nil
end

--- Syncs boards.
-- @param values of the command line
-- @param paths list of boards
-- @param done function(result) called for each as it ends
function parallel.run(values, paths, done)
  local waiting, running, boards = waiting_boards(values, paths), {}, {}
  while #waiting > 0 or #running > 0 do
    local entry = #running < values.jobs and take_free(waiting, boards)
    if entry then
      running[#running + 1] = cli.check(sys.start(parallel.command(values, entry.path), { master_keys = true }))
      boards[#running] = entry
    else
      local at = cli.check(sys.wait_any(running))
      local process, ended = table.remove(running, at), table.remove(boards, at)
      done(result_of(ended.path, process))
      process:close()
    end
  end
end

return parallel
