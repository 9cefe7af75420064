-- When boards are synced by themselves: at their interval, at a place in it that their name decides, later after errors, soon
-- after somebody has changed them.
--
--   scheduler:next(board)          when its next run is due, in milliseconds of tasks:now(); nil: not by itself
--   scheduler:watch(board, 1)      somebody looks on (-1: no longer): it runs every two minutes at least
--   scheduler:forgive(board)       what has failed counts no more

local crypto = require "fmcal.crypto"
local exits = require "fmcal.exits"

local scheduler = {}

local Scheduler = {}
Scheduler.__index = Scheduler

local MINUTE_MS = 60000
local MOST_BACKOFF_MS = 6 * 3600000
local WATCHED_MS = 2 * MINUTE_MS
-- The first runs after the start come at least so far apart, on average.
local FIRST_APART_MS = 500

-- A number from 0 to 1 that depends on the team alone.
local function share_of(team)
  return string.unpack("<I4", crypto.sha256(team)) / 4294967296
end

local function is_watched(self, board)
  return (self.watched[board.team] or 0) > 0
end

local function interval_ms(self, board)
  local ms = board.facts.minutes * MINUTE_MS
  return math.max(1000, is_watched(self, board) and math.min(ms, WATCHED_MS) or ms)
end

-- The next moment in the board's own place of the intervals.
local function next_in_turn(self, board, now)
  local interval = interval_ms(self, board)
  local offset = share_of(board.team) * interval
  return self.begun + offset + math.ceil((now - self.begun - offset + 1) / interval) * interval
end

local function delay_after_failures(self, board)
  return math.min(MOST_BACKOFF_MS, interval_ms(self, board) * 2 ^ math.min(board.failures - 1, 20))
end

local function due_at(self, board, now)
  if board.failures > 0 then return now + delay_after_failures(self, board) end
  if board.has_run then return next_in_turn(self, board, now) end
  return now + share_of(board.team) * math.min(interval_ms(self, board), FIRST_APART_MS * self.count)
end

local function runs_by_itself(board)
  local facts = board.facts
  return facts ~= nil and facts.is_auto and not facts.is_paused and not board.error
end

-- Sets the timer of a board anew.
local function plan(self, board)
  local timer = self.timers[board]
  if timer then self.tasks:cancel(timer) end
  self.timers[board] = nil
  if not runs_by_itself(board) then return end
  local now = self.tasks:now()
  self.timers[board] = self.tasks:after(due_at(self, board, now) - now, function() self:due(board) end)
end

-- Asks for a run at once; the next one is planned when it has ended.
local function request_now(self, board, why)
  if self.timers[board] then self.tasks:cancel(self.timers[board]) end
  self.timers[board] = nil
  self.request(board, why)
end

--- Asks for the run of a board whose time has come.
function Scheduler:due(board)
  request_now(self, board, "schedule")
end

--- A board is served from now on.
function Scheduler:appeared(board)
  board.failures, self.count = 0, self.count + 1
  plan(self, board)
end

--- A board is served no longer.
function Scheduler:vanished(board)
  if self.timers[board] then self.tasks:cancel(self.timers[board]) end
  self.timers[board], self.count = nil, self.count - 1
end

--- A board, or its configuration, or its rules have changed.
-- @param why of fmcal.serve.engine.teams
function Scheduler:changed(board, why)
  if why == "run" then return end
  board.failures = 0
  if runs_by_itself(board) then return request_now(self, board, "board") end
  plan(self, board)
end

local FINE = { [exits.OK] = true, [exits.CONFLICTS] = true }

-- Whether somebody has changed the board while its run went on: more waits than what the run before it left.
local function has_more(board, run)
  local before = board.left or 0
  board.left = board.facts and board.facts.pending or 0
  return FINE[run.result.exit] and not run.options.only and run.options.direction ~= "inbound" and board.left > before
end

--- A run of a board has ended.
function Scheduler:ran(board, run)
  if run.options.dry_run then return end
  local is_edited = run.kind == "sync" and has_more(board, run)
  if run.state ~= "canceled" then
    board.has_run = true
    board.failures = FINE[run.result.exit] and 0 or board.failures + 1
  end
  if is_edited and runs_by_itself(board) then return request_now(self, board, "board") end
  plan(self, board)
end

--- Somebody asked for a run, or has mended something.
function Scheduler:forgive(board)
  board.failures = 0
end

--- Somebody looks on, or no longer does.
function Scheduler:watch(board, by)
  local before = is_watched(self, board)
  self.watched[board.team] = math.max(0, (self.watched[board.team] or 0) + by)
  if self.watched[board.team] == 0 then self.watched[board.team] = nil end
  if before ~= is_watched(self, board) and self.timers[board] then plan(self, board) end
end

--- When the next run of a board is due, in milliseconds of tasks:now(); nil: it does not run by itself.
function Scheduler:next(board)
  return self.timers[board] and self.timers[board].at
end

--- Starts no further run.
function Scheduler:close()
  for _, timer in pairs(self.timers) do self.tasks:cancel(timer) end
  self.timers, self.request = {}, function() end
end

--- @param all fmcal.children.tasks
-- @param request function(board, why) asks for a run: "schedule" or "board"
function scheduler.new(all, request)
  return setmetatable({ tasks = all, request = request, begun = all:now(), timers = {}, watched = {}, count = 0 }, Scheduler)
end

return scheduler
