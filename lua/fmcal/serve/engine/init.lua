-- What serves boards, without HTTP: finds them, syncs them, knows how they stand, keeps their runs. What the API does is calls of
-- this.
--
--   local engine = engine.open { tasks, paths, state_folder, jobs, … }
--   engine:start(function() … end)                       called once the boards are known
--   engine.teams:get(team), engine.teams:all()           boards (fmcal.serve.engine.teams)
--   engine.status:text(board)                            how one stands, as JSON (fmcal.serve.engine.status)
--   engine:trigger(board, options, who, why)             asks for a run -> run (fmcal.serve.engine.queue)
--   engine:act(board, name, params, who)                 asks for one of fmcal.serve.acts -> run
--   tasks.await(run.promise)                             the run, ended: run.state, run.result
--   engine:read(name, board, params)                     promise of what a view answers: value, or nil and an error
--   engine:run(id)                                       promise of a run as callers see it, or of nil
--   engine:runs(params)                                  promise of { runs, next } (fmcal.serve.engine.kept.list)
--   engine:on(fn)                                        fn(event, …) of all that happens: "run" (run, "queued", "started",
--                                                        "progress", "finished", report), "team" (board), "board" (board,
--                                                        "appeared" or "vanished")
--   engine:reload()                                      reads everything anew
--   engine:stop(seconds)                                 promise: nothing runs any more

local crypto = require "fmcal.crypto"
local failure = require "fmcal.util.failure"
local kept = require "fmcal.serve.engine.kept"
local log = require "fmcal.log"
local own_command = require "fmcal.util.own_command"
local pool = require "fmcal.children.pool"
local queue = require "fmcal.serve.engine.queue"
local scheduler = require "fmcal.serve.engine.scheduler"
local status = require "fmcal.serve.engine.status"
local teams = require "fmcal.serve.engine.teams"

local engine = {}

local Engine = {}
Engine.__index = Engine

local READERS = 2
local READ_MS = 30000

-- ---------------------------------------------------------------- what happens

local function tell(self, ...)
  for _, fn in ipairs(self.listeners) do fn(...) end
end

-- How a board stands may have changed.
local function tell_team(self, board)
  self.status:touch(board)
  tell(self, "team", board)
end

local ON_TEAMS = {}

function ON_TEAMS.appeared(self, board)
  self.scheduler:appeared(board)
  tell(self, "board", board, "appeared")
end

function ON_TEAMS.vanished(self, board)
  self.scheduler:vanished(board)
  self.queue:cancel_waiting(board)
  tell(self, "board", board, "vanished")
end

function ON_TEAMS.changed(self, board, why)
  if why ~= "run" then board.last = nil end
  self.scheduler:changed(board, why)
  tell_team(self, board)
end

function ON_TEAMS.refused(self, board)
  tell_team(self, board)
end

local ON_QUEUE = {}

function ON_QUEUE.started(self, run)
  self.kept:put(run)
  tell_team(self, run.board)
end

function ON_QUEUE.finished(self, run, stand)
  local board = run.board
  self.status:ran(board, run)
  if stand then self.teams:ran(stand) end
  self.scheduler:ran(board, run)
  self.kept:put(run)
  local result = run.result
  log[result.success and "info" or "warn"]("serve", "%s: run %s (%s) %s: %s", run.team, run.id, run.why, run.state,
    result.error or result.message or "done")
  tell_team(self, board)
end

function ON_QUEUE.queued(self, run)
  tell_team(self, run.board)
end

local function on_queue(self, event, run, more)
  if ON_QUEUE[event] then ON_QUEUE[event](self, run, more) end
  tell(self, "run", run, event, event == "progress" and more or nil)
end

-- ---------------------------------------------------------------- calls

--- Asks for a run of a board.
-- @param options { direction, only, dry_run, allow_mass_delete, retry_failed }
-- @param who text for the history
-- @param why "trigger" (the default), "schedule", "board"
function Engine:trigger(board, options, who, why)
  why = why or "trigger"
  if why == "trigger" then self.scheduler:forgive(board) end
  local told = { who = who, command = "serve.lua " .. why }
  for name, value in pairs(options or {}) do told[name] = value end
  return self.queue:add(board, { kind = "sync", options = told, why = why, who = who })
end

--- Asks for an act: resolve, undo, apply and whatever else writes to a board.
-- @return the run
function Engine:act(board, name, params, who)
  local told = { who = who, command = "serve.lua " .. name }
  for member, value in pairs(params) do told[member] = value end
  return self.queue:add(board, { kind = name, options = told, why = name, who = who })
end

--- Asks a reader for a view of a board.
-- @param board nil for what concerns none
-- @return promise: what the view answers, or nil and an error
function Engine:read(name, board, params, deadline_ms)
  local told = board and { board = board.path, state = board.state } or {}
  for member, value in pairs(params or {}) do told[member] = value end
  return self.readers:call(name, told, { deadline_ms = deadline_ms or READ_MS }).promise
end

--- A run by its id, as callers see it. @return promise: { row = the run }, `row` nil where there is none
function Engine:run(id)
  local run = self.queue:get(id)
  if run then
    local there = self.tasks:promise()
    there:settle { row = kept.row(run) }
    return there
  end
  local told = { folder = self.kept.folder, boot = self.boot, id = id }
  return self.readers:call("kept_run", told, { deadline_ms = READ_MS }).promise
end

--- Runs of a team, newest first; those that wait or go on are not among them.
-- @param params { team, changed, limit, before } of fmcal.serve.engine.kept.list
-- @return promise
function Engine:runs(params)
  local told = { folder = self.kept.folder, boot = self.boot }
  for member, value in pairs(params) do told[member] = value end
  return self.readers:call("kept_runs", told, { deadline_ms = READ_MS }).promise
end

--- Tells a function of all that happens.
function Engine:on(fn)
  table.insert(self.listeners, fn)
end

--- Somebody looks on at a board (1), or no longer does (-1).
function Engine:watch(board, by)
  self.scheduler:watch(board, by)
  self.status:touch(board)
end

-- ---------------------------------------------------------------- start and end

--- Finds the boards and begins to sync them. @param done function() called once they are known
function Engine:start(done)
  self.readers:call("prune_kept", { folder = self.kept.folder }, { deadline_ms = 10 * READ_MS })
  self.teams:start(done)
end

--- Reads all boards anew, and has further runs begin in new processes.
function Engine:reload()
  self.runners:renew()
  self.teams:reread()
end

-- Waits until no run goes on.
local function when_idle(self, fn)
  if not self.queue:is_running() then return fn() end
  self.tasks:after(20, function() when_idle(self, fn) end)
end

--- Ends: nothing begins any more, what goes on gets some seconds and is then interrupted.
-- @return promise, settled when nothing runs any more
function Engine:stop(seconds)
  local over = self.tasks:promise()
  self.scheduler:close()
  self.queue:close()
  local timer = self.tasks:after(seconds * 1000, function() self.queue:interrupt() end)
  when_idle(self, function()
    self.tasks:cancel(timer)
    self.runners:close()
    self.readers:close()
    over:settle(true)
  end)
  return over
end

--- @param options { tasks = fmcal.children.tasks, paths = boards and folders, state = --state for boards, folder = where the
--   server keeps what it must, jobs = most runs at a time, deadline_ms = of a run }
-- @return engine, or nil and an error
function engine.open(options)
  if not own_command.is_there() then return failure("unsupported", "serve", "only fmcal-lua can serve boards") end
  local all, self = options.tasks, setmetatable({ tasks = options.tasks, listeners = {} }, Engine)
  self.boot = crypto.encode("hex", crypto.random(4))
  self.kept = kept.open(options.folder, self.boot)
  self.runners = pool.new(all, { module = "fmcal.serve.engine.runner", most = options.jobs })
  self.readers = pool.new(all, { module = "fmcal.serve.engine.reader", most = READERS })
  self.queue = queue.new(all, { runners = self.runners, boot = self.boot,
    on = function(event, run, more) on_queue(self, event, run, more) end })
  self.scheduler = scheduler.new(all, function(board, why) self:trigger(board, {}, "scheduler", why) end)
  self.status = status.new(all, { queue = self.queue, scheduler = self.scheduler })
  self.teams = teams.new(all, { paths = options.paths, state = options.state, readers = self.readers,
    is_busy = function(board) return self.queue:is_busy(board) end,
    on = function(event, board, more) ON_TEAMS[event](self, board, more) end })
  return self
end

return engine
