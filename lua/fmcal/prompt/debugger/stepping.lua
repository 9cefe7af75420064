-- Running on to a place: the next line, the line behind a call, the end of a function, a line of a file. A coroutine
-- tells its lines only while there is somewhere to stop.

local breakpoints = require "fmcal.prompt.debugger.breakpoints"
local program = require "fmcal.prompt.program"
local source = require "fmcal.prompt.debugger.source"
local threads = require "fmcal.prompt.debugger.threads"

local stepping = {}

-- What is looked for: { kind, thread, height, resumers, fn, reason }, or nil.
local goal

-- The coroutines that may tell something.
local watched = setmetatable({}, { __mode = "k" })

local function watch(thread, what)
  watched[thread] = what ~= "nothing" or nil
  program.watch(thread, what)
end

-- Calls are told where a coroutine that nobody watches yet may come to the place.
local function watch_all(thread)
  local into_others = breakpoints.has_lines() or goal and goal.kind == "step"
  local what = into_others and "calls" or goal and "lines" or "nothing"
  for other in pairs(watched) do watch(other, what) end
  for _, other in ipairs(threads.chain(thread)) do watch(other, what) end
end

-- Whether a line is behind the function that was left: further out in its coroutine, or in one that resumed it.
local function is_outside(thread, height, least)
  if thread == goal.thread then return height < least end
  return goal.resumers[thread] ~= nil
end

local REACHED = {
  step = function() return true end,
  next = function(thread, height) return is_outside(thread, height, goal.height + 1) end,
  finish = function(thread, height) return is_outside(thread, height, goal.height) end,
  entry = function(_, _, fn) return fn == goal.fn end,
}

-- Why to stop at a line that is about to run, or nil. The function it is in lies below on_event.
local function reason_to_stop(line)
  local info = debug.getinfo(3, "Sf")
  local by_breakpoint = breakpoints.at_line(info.source, line)
  if by_breakpoint then return by_breakpoint end
  if not goal or source.is_of_fmcal(info) then return nil end
  local thread = coroutine.running()
  return REACHED[goal.kind](thread, threads.height(thread, 4), info.func) and goal.reason
end

local function on_event(event, line)
  if event == "call" then
    local resumed = threads.resumed_by(coroutine.running(), 3)
    if resumed and not watched[resumed] then watch(resumed, "calls") end
    return
  end
  local reason = reason_to_stop(line)
  if reason then
    stepping.stop(reason, 2)
  elseif not goal and not breakpoints.has_lines() then
    watch(coroutine.running(), "nothing")
  end
end

--- What is called at a place: function(reason, level of the function as for error). The debugger puts itself here.
function stepping.stop() end

--- Looks for a place that is `kind` away from a frame: "step" the next line anywhere, "next" the next one that no call
--- of it runs, "finish" the one behind its end.
-- @param from table { thread, height } of the frame
function stepping.go(kind, from)
  local resumers = {}
  for _, thread in ipairs(threads.chain(from.thread)) do resumers[thread] = true end
  resumers[from.thread] = nil
  goal = { kind = kind, thread = from.thread, height = from.height, resumers = resumers, reason = kind }
  program.follow(on_event)
  watch_all(from.thread)
end

--- Looks for the first line of a function.
function stepping.enter(fn, reason)
  goal = { kind = "entry", fn = fn, reason = reason }
  program.follow(on_event)
  watch_all(coroutine.running())
end

--- Whether some place is looked for.
function stepping.is_looking()
  return goal ~= nil
end

--- Looks for lines that have a breakpoint, and nothing else.
function stepping.clear()
  goal = nil
  if breakpoints.has_lines() then program.follow(on_event) end
  watch_all(coroutine.running())
end

return stepping
