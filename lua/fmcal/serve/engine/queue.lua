-- The queue of runs: one run a board at a time, at most as many as there are runners; who waits longest goes first, boards of
-- one account follow each other.
--
--   local run = queue:add(board, { kind = "sync", options = {…}, why = "trigger", who = "kim" })
--   local ended = tasks.await(run.promise)         the run itself, once it has ended
--   queue:cancel(run)
--
-- A run: { id = "BOOT-N", number = N, team, path, kind, options, why, who = list of those who asked, state = "queued",
-- "running", "finished" or "canceled", queued, begun, ended (RFC 3339), result = what the runner answered, error = why it did
-- not come to its end }.
--
-- Requests that arrive while a run of their board goes on make one further run, where they want the same; so all who ask get
-- the result of a run that began after they asked.

local accounts = require "fmcal.cli.accounts"
local exits = require "fmcal.exits"
local json = require "fmcal.json"
local time = require "fmcal.time"

local queue = {}

local Queue = {}
Queue.__index = Queue

-- How long a run may take.
local DEADLINE_MS = 1800000
-- How long the boards of an account wait where a server refuses and does not say for how long.
local REFUSED_MS = 60000

-- ---------------------------------------------------------------- asking

-- What must agree for two requests to be one run; only runs of "sync" are joined.
local JOINED = { "direction", "only", "dry_run", "allow_mass_delete", "retry_failed" }

local function wish_of(request)
  if request.kind ~= "sync" then return nil end
  local wish = {}
  for _, name in ipairs(JOINED) do wish[name] = request.options[name] end
  if wish.only then
    wish.only = table.move(wish.only, 1, #wish.only, 1, {})
    table.sort(wish.only)
  end
  wish.direction = wish.direction or "both"
  return json.encode(wish, { sort = true })
end

local function waiting_like(self, board, wish)
  for _, run in ipairs(wish and self.waiting_of[board] or {}) do
    if run.wish == wish then return run end
  end
  return nil
end

local function take_from(list, run)
  for i, other in ipairs(list) do
    if other == run then return table.remove(list, i) end
  end
end

local function put_in(self, run)
  table.insert(self.waiting, run)
  local own = self.waiting_of[run.board] or {}
  self.waiting_of[run.board] = own
  table.insert(own, run)
end

local function take_out(self, run)
  local own = self.waiting_of[run.board]
  take_from(self.waiting, run)
  take_from(own, run)
  if not own[1] then self.waiting_of[run.board] = nil end
  return run
end

local function tell(self, event, run, ...)
  self.on(event, run, ...)
end

--- Asks for a run.
-- @param board of fmcal.serve.engine.teams
-- @param request { kind = "sync" or the name of an act, options = for fmcal.sync.run.sync or the act, why, who, deadline_ms }
-- @return the run, which others may have asked for, too
function Queue:add(board, request)
  local wish = wish_of(request)
  local run = waiting_like(self, board, wish)
  if run then
    table.insert(run.who, request.who)
    return run
  end
  self.last = self.last + 1
  run = { id = ("%s-%d"):format(self.boot, self.last), number = self.last, team = board.team, path = board.path,
    board = board, kind = request.kind, options = request.options, wish = wish, why = request.why, who = { request.who },
    state = "queued", queued = time.now(), deadline_ms = request.deadline_ms or DEADLINE_MS, promise = self.tasks:promise() }
  self.runs[run.id] = run
  put_in(self, run)
  tell(self, "queued", run)
  self.tasks:soon(self.begin_next, self)
  return run
end

-- ---------------------------------------------------------------- running

-- Until when the accounts of a board wait; nil where they need not.
local function held_until(self, board)
  local last
  for _, account in ipairs(board.accounts or {}) do
    local held = self.held[account]
    if held and held > self.tasks:now() then last = math.max(last or 0, held) end
  end
  return last
end

local function is_free(self, run)
  if self.busy[run.board] then return false end
  for _, account in ipairs(run.board.accounts or {}) do
    if self.busy[account] then return false end
  end
  return not held_until(self, run.board)
end

local function set_busy(self, run, value)
  self.busy[run.board] = value
  for _, account in ipairs(run.accounts) do self.busy[account] = value end
end

local function take_free(self)
  for _, run in ipairs(self.waiting) do
    if is_free(self, run) then return take_out(self, run) end
  end
  return nil
end

-- A server that refuses one board slows down the others of the account.
local function hold_accounts(self, run, result)
  if result.error_code ~= "throttled" then return end
  local ms = (result.retry_after_s or REFUSED_MS / 1000) * 1000
  for _, account in ipairs(run.accounts) do self.held[account] = self.tasks:now() + ms end
  self.tasks:after(ms, function() self:begin_next() end)
end

local SENTENCES = {
  ended = "the run of %s was lost (%s); the next one puts right what it left behind",
  timeout = "the run of %s was ended: %s",
  canceled = "the run of %s was cancelled: %s",
}

-- The result of a run that has none.
local function lost(run, err)
  local sentence = (SENTENCES[err.code] or "the run of %s failed: %s"):format(run.team, err.message)
  return { success = false, team = run.team, direction = run.options.direction, message = sentence, error = sentence,
    error_code = err.code, exit = exits.SOME_FAILED }
end

-- A run that was interrupted has told what it came to until then.
local function say_canceled(run, result)
  result.error = ("the run of %s was cancelled while it went on; the next one does what it left undone"):format(run.team)
  result.message = result.error
end

local function finish(self, run, answer, err)
  set_busy(self, run, nil)
  local result = answer and answer.result or lost(run, err)
  run.state = result.error_code == "canceled" and "canceled" or "finished"
  if answer and run.state == "canceled" then say_canceled(run, result) end
  run.ended, run.result, run.error, run.call = time.now(), result, err, nil
  hold_accounts(self, run, result)
  self.running[run.board] = nil
  tell(self, "finished", run, answer and answer.stand)
  self.runs[run.id] = nil
  run.promise:settle(run)
  self:begin_next()
end

local function params_of(run)
  local params = { board = run.path, state = run.board.state }
  for name, value in pairs(run.options) do params[name] = value end
  return params
end

local function begin(self, run)
  run.state, run.begun = "running", time.now()
  run.accounts = run.board.accounts or {}
  set_busy(self, run, true)
  self.running[run.board] = run
  run.call = self.runners:call(run.kind == "sync" and "serve" or run.kind, params_of(run), {
    deadline_ms = run.deadline_ms, key = accounts.key(run.accounts),
    progress = function(report) tell(self, "progress", run, report) end,
  })
  tell(self, "started", run)
  run.call.promise:done(function(...) finish(self, run, ...) end)
end

--- Begins what can begin.
function Queue:begin_next()
  while not self.is_closing and self.runners:free() > 0 do
    local run = take_free(self)
    if not run then return end
    begin(self, run)
  end
end

-- ---------------------------------------------------------------- ending

--- Cancels a run that waits or goes on. @return true; nil where it has ended
function Queue:cancel(run)
  if run.call then
    self.runners:cancel(run.call)
    return true
  end
  if run.state ~= "queued" then return nil end
  take_out(self, run)
  run.state, run.ended, run.accounts = "canceled", time.now(), {}
  run.result = lost(run, { code = "canceled", message = "it had not begun" })
  self.runs[run.id] = nil
  tell(self, "finished", run)
  run.promise:settle(run)
  return true
end

--- Cancels what waits for a board.
function Queue:cancel_waiting(board)
  while self.waiting_of[board] do self:cancel(self.waiting_of[board][1]) end
end

--- Whether a run works on a board.
function Queue:is_busy(board)
  return self.running[board] ~= nil
end

--- The run of a board that goes on, or waits; nil where there is none.
function Queue:of_board(board)
  local own = self.waiting_of[board]
  return self.running[board] or (own and own[1])
end

--- A run that has not ended, by its id.
function Queue:get(id)
  return self.runs[id]
end

--- Whether any run goes on.
function Queue:is_running()
  return next(self.running) ~= nil
end

--- Begins no further run: those that wait are cancelled.
function Queue:close()
  self.is_closing = true
  while self.waiting[1] do self:cancel(self.waiting[1]) end
end

--- Cancels all runs that go on.
function Queue:interrupt()
  for _, run in pairs(self.running) do self:cancel(run) end
end

--- @param all fmcal.children.tasks
-- @param options { runners = fmcal.children.pool, boot = text that no other start of the server has,
--   on = function(event, run, …): "queued", "started", "progress" (report), "finished" (fmcal.serve.engine.stand or nil) }
function queue.new(all, options)
  return setmetatable({ tasks = all, runners = options.runners, boot = options.boot, on = options.on, last = 0, waiting = {},
    waiting_of = {}, running = {}, runs = {}, busy = {}, held = {} }, Queue)
end

return queue
