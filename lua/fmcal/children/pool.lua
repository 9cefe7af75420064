-- Children that answer calls (fmcal.children.answering), each one at a time: at most so many, started when they are needed,
-- reused, and replaced before what they may have left behind grows.
--
--   local readers = pool.new(tasks, { module = "fmcal.serve.reader", most = 2 })
--   local call = readers:call("status", { board = path }, { deadline_ms = 10000 })
--   local value, err = tasks.await(call.promise)
--
-- Calls that find no free child wait in turn. An error is what the child answered, or has the code "ended" (it died), "timeout"
-- (its time was over) or "canceled". A call that was cancelled may still answer what it came to.

local child = require "fmcal.child"
local failure = require "fmcal.util.failure"
local json = require "fmcal.json"
local own_command = require "fmcal.util.own_command"

local pool = {}

local Pool = {}
Pool.__index = Pool

-- When a child is replaced.
local MOST_CALLS, MOST_AGE_MS, MOST_MEMORY = 200, 600000, 128 << 20
-- One that has had nothing to do for so long ends.
local IDLE_MS = 60000
-- Most address space: what goes wrong shall not take the machine along.
local ADDRESS_SPACE = 4 << 30
-- How long a child that is asked to stop gets.
local GRACE_MS = 10000

-- ---------------------------------------------------------------- one child

local function kill(self, worker)
  if worker.is_ending then return end
  worker.is_ending = true
  worker.process:kill()
  self.live = self.live - 1
end

local function take_next(self)
  while self.waiting[1] and self:free() > 0 do self:begin(table.remove(self.waiting, 1)) end
end

local function settle(self, call, ...)
  if call.timer then self.tasks:cancel(call.timer) end
  call.is_over = true
  call.promise:settle(...)
end

local function forget_idle(self, worker)
  for i, idle in ipairs(self.idle) do
    if idle == worker then return table.remove(self.idle, i) end
  end
end

local function retire(self, worker)
  forget_idle(self, worker)
  kill(self, worker)
end

local function is_used_up(self, worker, message)
  return message.retire or worker.call.is_stopped or worker.calls >= self.most_calls
    or self.tasks:now() - worker.started >= self.most_age_ms or (message.memory or 0) >= self.most_memory
end

local function rest(self, worker)
  worker.rests_since = self.tasks:now()
  table.insert(self.idle, worker)
  if self.idle_timer then return end
  self.idle_timer = self.tasks:after(self.idle_ms, function() self:end_idle() end)
end

-- What a call that was stopped came to.
local function stopped(call)
  if call.is_stopped == "timeout" then
    return failure("timeout", "serve", "it took longer than %g seconds and was ended", call.deadline_ms / 1000)
  end
  return failure("canceled", "serve", "it was cancelled")
end

local function answered(self, worker, message)
  local call = worker.call
  local used_up = is_used_up(self, worker, message)
  worker.call = nil
  if used_up then kill(self, worker) else rest(self, worker) end
  if call.is_stopped == "timeout" then
    settle(self, call, stopped(call))
  elseif message.error then
    settle(self, call, nil, message.error)
  else
    settle(self, call, message.ok)
  end
  take_next(self)
end

local function how_ended(status)
  if status > 128 then return ("signal %d"):format(status - 128) end
  return ("status %d"):format(status)
end

local function ended(self, worker, status)
  local call = worker.call
  self.tasks:unwatch(worker.process)
  worker.process:close()
  self.workers[worker] = nil
  forget_idle(self, worker)
  if not worker.is_ending then
    worker.is_ending = true
    self.live = self.live - 1
  end
  if call then
    worker.call = nil
    if call.is_stopped then
      settle(self, call, stopped(call))
    else
      settle(self, call, failure("ended", "serve", "its process ended without an answer (%s)", how_ended(status)))
    end
  end
  take_next(self)
end

local function heard(self, worker)
  local lines, is_ended, status = worker.process:lines()
  for _, line in ipairs(lines) do
    local message = json.decode(line)
    if worker.call and message and message.id == worker.call.id then
      if message.progress then
        if worker.call.progress then worker.call.progress(message.progress) end
      else
        answered(self, worker, message)
      end
    end
  end
  if is_ended then ended(self, worker, status) end
end

local function start(self)
  local words = own_command.interpreter()
  words[#words + 1] = "-e"
  words[#words + 1] = ("require(%q).main()"):format(self.module)
  local process, err = child.start(words, { master_keys = true, memory_bytes = self.address_space })
  if not process then return nil, err end
  local worker = { process = process, calls = 0, started = self.tasks:now() }
  self.live = self.live + 1
  self.workers[worker] = true
  self.tasks:watch(process, function() heard(self, worker) end)
  return worker
end

-- ---------------------------------------------------------------- calls

-- A child that rests: the one that worked for this key last, else the one that rests the shortest.
local function take_idle(self, key)
  for i = #self.idle, 1, -1 do
    if key and self.idle[i].key == key then return table.remove(self.idle, i) end
  end
  return table.remove(self.idle)
end

--- How many calls would begin at once.
function Pool:free()
  return self.most - self.live + #self.idle
end

-- Ends a call that has begun.
local function stop(self, call, why)
  if call.is_over or call.is_stopped then return end
  call.is_stopped = why
  local worker = call.worker
  worker.process:interrupt()
  self.tasks:after(self.grace_ms, function()
    if worker.call == call then worker.process:kill() end
  end)
end

--- Begins a call with a free child.
function Pool:begin(call)
  local worker, err = take_idle(self, call.key), nil
  if not worker then worker, err = start(self) end
  if not worker then return settle(self, call, nil, err) end
  worker.call, worker.key, worker.calls = call, call.key, worker.calls + 1
  call.worker = worker
  if call.began then call.began() end
  local sent, unsent = worker.process:send(json.encode { id = call.id, call = call.name, params = call.params, key = call.key })
  call.params = nil
  if not sent then return settle(self, call, nil, unsent) end
  if call.deadline_ms then
    call.timer = self.tasks:after(call.deadline_ms, function() stop(self, call, "timeout") end)
  end
end

--- Makes a call.
-- @param name of the call
-- @param params table
-- @param options { deadline_ms, key = text: whoever worked for the same key is asked first, and learns it,
--   progress = function(table), began = function() when a child begins with it }
-- @return call: `call.promise` is settled with the answer
function Pool:call(name, params, options)
  options = options or {}
  self.last_id = self.last_id + 1
  local call = { id = self.last_id, name = name, params = params, deadline_ms = options.deadline_ms, key = options.key,
    progress = options.progress, began = options.began, promise = self.tasks:promise() }
  table.insert(self.waiting, call)
  take_next(self)
  return call
end

--- Ends a call; its promise is settled when that is done.
function Pool:cancel(call)
  if call.worker then return stop(self, call, "canceled") end
  for i, waiting in ipairs(self.waiting) do
    if waiting == call then
      table.remove(self.waiting, i)
      call.is_stopped = "canceled"
      return settle(self, call, stopped(call))
    end
  end
end

-- ---------------------------------------------------------------- the pool

--- Ends the children that have rested for long.
function Pool:end_idle()
  self.idle_timer = nil
  local now = self.tasks:now()
  while self.idle[1] and now - self.idle[1].rests_since >= self.idle_ms do retire(self, self.idle[1]) end
  if not self.idle[1] then return end
  self.idle_timer = self.tasks:after(self.idle[1].rests_since + self.idle_ms - now, function() self:end_idle() end)
end

--- Ends all children that have nothing to do, so that the next calls begin anew.
function Pool:renew()
  while self.idle[1] do retire(self, self.idle[1]) end
end

--- Kills all children. What was called is not settled any more.
function Pool:close()
  for worker in pairs(self.workers) do
    self.tasks:unwatch(worker.process)
    worker.process:close()
  end
  self.workers, self.idle, self.waiting, self.live = {}, {}, {}, 0
end

Pool.__close = Pool.close

--- @param all fmcal.children.tasks
-- @param options { module = whose `main` answers calls, most = children, most_calls, most_age_ms, most_memory, idle_ms,
--   grace_ms, address_space }
function pool.new(all, options)
  return setmetatable({ tasks = all, module = options.module, most = options.most, workers = {}, idle = {}, waiting = {},
    live = 0, last_id = 0, most_calls = options.most_calls or MOST_CALLS, most_age_ms = options.most_age_ms or MOST_AGE_MS,
    most_memory = options.most_memory or MOST_MEMORY, idle_ms = options.idle_ms or IDLE_MS,
    grace_ms = options.grace_ms or GRACE_MS, address_space = options.address_space or ADDRESS_SPACE }, Pool)
end

return pool
