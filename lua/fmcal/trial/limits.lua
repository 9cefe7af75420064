-- The time that a test has. A hook looks at the clock; it may also note the lines that run.

local time = require "fmcal.time"

local limits = {}

-- After how many instructions the clock is looked at, and how many once the time is over: who catches that is ended again.
local LOOK_EVERY, LOOK_AGAIN = 100000, 1000

--- Calls a function, which is ended after a time.
-- @param seconds
-- @param on_line function(line)|nil called in each new line, as by a hook
-- @param handler of xpcall
-- @return as xpcall
function limits.call(seconds, on_line, handler, fn, ...)
  local deadline = time.monotonic_ms() + seconds * 1000
  local hook
  local function look(event, line)
    if event == "line" then
      on_line(line)
      return
    end
    if time.monotonic_ms() < deadline then return end
    debug.sethook(hook, on_line and "l" or "", LOOK_AGAIN)
    error(("it takes more than %g seconds"):format(seconds), 0)
  end
  hook = look
  local before, mask, count = debug.gethook()
  debug.sethook(hook, on_line and "l" or "", LOOK_EVERY)
  local results = table.pack(xpcall(fn, handler, ...))
  debug.sethook(before, mask, count)
  return table.unpack(results, 1, results.n)
end

-- A coroutine has no hook of its own: what it runs counts as well.
local function create(fn)
  local made = coroutine.create(fn)
  debug.sethook(made, debug.gethook())
  return made
end

local function passed(ok, ...)
  if not ok then error(..., 0) end
  return ...
end

--- Lua's library, for what runs within the limits.
limits.coroutine = setmetatable({
  create = create,
  wrap = function(fn)
    local made = create(fn)
    return function(...) return passed(coroutine.resume(made, ...)) end
  end,
}, { __index = coroutine })

return limits
