-- Several boards at once, in the children that fmcal.serve runs boards in: at most so many at a time, results in the order they
-- come. Boards of one account follow each other.

local accounts = require "fmcal.cli.accounts"
local cli = require "fmcal.cli"
local exits = require "fmcal.exits"
local pool = require "fmcal.children.pool"
local tasks = require "fmcal.children.tasks"

local parallel = {}

-- A run that did not come to its end.
local function lost(path, err)
  return { board = path, success = false, exit = exits.SOME_FAILED, targets = {},
    error = ("the run of %s was lost: %s"):format(path, err.message) }
end

-- Whether a board uses an account that is busy. Which ones it uses is looked up when it might be its turn.
local function uses_any(entry, config, busy)
  entry.accounts = entry.accounts or accounts.of(entry.path, { config = config })
  for _, account in ipairs(entry.accounts) do
    if busy[account] then return true end
  end
  return false
end

-- Takes the first board out of those that wait whose accounts no running one uses; nil where there is none.
local function take_free(waiting, config, busy)
  for i, entry in ipairs(waiting) do
    if not uses_any(entry, config, busy) then return table.remove(waiting, i) end
  end
  return nil
end

--- Syncs boards.
-- @param values of the command line: jobs, config
-- @param paths list of boards
-- @param options_of function(path) -> options of fmcal.sync.run.sync
-- @param done function(result) called for each as it ends
function parallel.run(values, paths, options_of, done)
  local all, waiting, busy, left = tasks.new(), {}, {}, #paths
  local runners <close> = pool.new(all, { module = "fmcal.serve.engine.runner", most = values.jobs })
  local begin_next

  for i, path in ipairs(paths) do waiting[i] = { path = path } end

  local function set_busy(entry, is_busy)
    for _, account in ipairs(entry.accounts) do busy[account] = is_busy or nil end
  end

  local function ended(entry, result, err)
    set_busy(entry, false)
    left = left - 1
    begin_next()
    done(result or lost(entry.path, err))
    if left == 0 then all:stop() end
  end

  function begin_next()
    while runners:free() > 0 do
      local entry = take_free(waiting, values.config, busy)
      if not entry then return end
      set_busy(entry, true)
      local call = runners:call("sync", options_of(entry.path), { key = accounts.key(entry.accounts) })
      call.promise:done(function(...) ended(entry, ...) end)
    end
  end

  all:soon(begin_next)
  cli.check(all:run())
end

return parallel
