-- Coroutines and timers around one loop: who waits for an answer, a time or a descriptor lets the others go on.
--
--   local all = tasks.new()
--   all:spawn(function()               a coroutine
--     local answer = tasks.await(promise)
--   end)
--   all:after(1000, function() … end)  a timer
--   all:watch(thing, function() … end) called whenever a thing of fmcal.loop has something to read
--   all:run()                          until all:stop()
--
-- A promise is settled once, by whoever knows what it stands for; any number of coroutines await it. What is called here must
-- not wait otherwise, and must be through within milliseconds.

local attempt = require "fmcal.util.attempt"
local failure = require "fmcal.util.failure"
local heap = require "fmcal.children.heap"
local log = require "fmcal.log"
local loop = require "fmcal.loop"
local time = require "fmcal.time"

local tasks = {}

local Tasks = {}
Tasks.__index = Tasks

-- ---------------------------------------------------------------- promises

local Promise = {}
Promise.__index = Promise

--- Gives a promise its values. Only the first time counts.
function Promise:settle(...)
  if self.values then return end
  self.values = table.pack(...)
  local waiting = self.waiting
  self.waiting = nil
  for _, resume in ipairs(waiting or {}) do resume() end
end

function Promise:is_settled()
  return self.values ~= nil
end

--- Calls a function with the values, once they are there.
function Promise:done(fn)
  local function resume() self.tasks:soon(fn, table.unpack(self.values, 1, self.values.n)) end
  if self.values then return resume() end
  self.waiting = self.waiting or {}
  table.insert(self.waiting, resume)
end

--- Waits, in a coroutine, until a promise is settled.
-- @param timeout_ms nil: as long as it takes
-- @return its values, or nil and an error "timeout"
function tasks.await(promise, timeout_ms)
  if promise.values then return table.unpack(promise.values, 1, promise.values.n) end
  local waiting, me = true, coroutine.running()
  local timer
  local function resume(...)
    if not waiting then return end
    waiting = false
    if timer then promise.tasks:cancel(timer) end
    promise.tasks:resume(me, ...)
  end
  promise:done(resume)
  if timeout_ms then
    timer = promise.tasks:after(timeout_ms, function() resume(failure("timeout", "serve", "it takes too long")) end)
  end
  return coroutine.yield()
end

-- ---------------------------------------------------------------- what is done next

-- What is raised ends that task alone.
local function guarded(fn, ...)
  local ok, traceback = attempt.xpcall(fn, debug.traceback, ...)
  if not ok then log.error("serve", "%s", traceback) end
end

--- Calls a function when what is done now is through.
function Tasks:soon(fn, ...)
  self.queue[#self.queue + 1] = table.pack(fn, ...)
end

--- Goes on with a coroutine.
function Tasks:resume(co, ...) -- luacheck: no self
  local ok, raised = coroutine.resume(co, ...)
  if ok then return end
  if type(raised) == "table" and raised.code == "canceled" then error(raised, 0) end
  log.error("serve", "%s", debug.traceback(co, tostring(raised)))
end

--- Starts a coroutine.
function Tasks:spawn(fn, ...)
  self:soon(self.resume, self, coroutine.create(fn), ...)
end

function Tasks:promise()
  return setmetatable({ tasks = self }, Promise)
end

-- ---------------------------------------------------------------- times

--- Milliseconds of a clock that never goes back.
function Tasks:now()
  return self.clock()
end

--- Calls a function later. @return what cancels it
function Tasks:after(ms, fn)
  return self.timers:push(self.clock() + math.max(0, math.ceil(ms)), fn)
end

--- Forgets a timer; one that has gone off is no error.
function Tasks:cancel(timer)
  self.timers:remove(timer)
end

--- Waits, in a coroutine.
function Tasks:sleep(ms)
  local over = self:promise()
  self:after(ms, function() over:settle() end)
  return tasks.await(over)
end

-- ---------------------------------------------------------------- the loop

--- Calls a function whenever a thing has something to read.
function Tasks:watch(thing, fn)
  assert(self.loop:add(thing))
  self.watched[thing] = fn
end

--- Forgets a thing; before it is closed.
function Tasks:unwatch(thing)
  if not self.watched[thing] then return end
  self.watched[thing] = nil
  self.loop:remove(thing)
end

local function empty_queue(self)
  while self.queue[1] do
    local now = self.queue
    self.queue = {}
    for _, task in ipairs(now) do guarded(task[1], table.unpack(task, 2, task.n)) end
  end
end

local function go_off(self)
  local now = self.clock()
  local fn = self.timers:pop_until(now)
  while fn do
    guarded(fn)
    fn = self.timers:pop_until(now)
  end
end

local function wait_ms(self, most_ms)
  if self.queue[1] then return 0 end
  local due = self.timers:first()
  local left = due and math.max(0, due - self.clock())
  return left and most_ms and math.min(left, most_ms) or left or most_ms
end

--- One round: waits for something to happen, and does what is to be done then.
-- @param most_ms nil: as long as it takes
-- @return true, or nil and an error: "canceled" (Ctrl-C)
function Tasks:step(most_ms)
  empty_queue(self)
  local ready, err = self.loop:wait(wait_ms(self, most_ms))
  if not ready then return nil, err end
  for _, thing in ipairs(ready) do
    local fn = self.watched[thing]
    if fn then guarded(fn) end
  end
  go_off(self)
  empty_queue(self)
  return true
end

--- Goes on until somebody stops it. @return true, or nil and an error
function Tasks:run()
  self.stopped = false
  while not self.stopped do
    local ok, err = self:step()
    if not ok then return nil, err end
  end
  return true
end

function Tasks:stop()
  self.stopped = true
end

--- @param clock function|nil milliseconds
function tasks.new(clock)
  return setmetatable({ loop = assert(loop.new()), clock = clock or time.monotonic_ms, timers = heap.new(), watched = {},
    queue = {} }, Tasks)
end

return tasks
