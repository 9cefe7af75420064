-- Holds a program where it is and opens the prompt there: at fmcal.breakpoint(), a breakpoint, a step's end, or an error.

local breakpoints = require "fmcal.prompt.debugger.breakpoints"
local frames = require "fmcal.prompt.debugger.frames"
local program = require "fmcal.prompt.program"
local stepping = require "fmcal.prompt.debugger.stepping"
local text_of = require("fmcal.rules.said").raised
local threads = require "fmcal.prompt.debugger.threads"
local witness = require "fmcal.util.witness"

local debugger = {}

-- What ends a run at the prompt. It goes through everything that lets an interrupt through.
local Quit = { __name = "fmcal.prompt.quit", __tostring = function(self) return self.message end }

local stops_at_errors = false
local is_held = false
local is_ending = false -- a person ended the run: whatever catches that gets no further than its next line
local due -- why to stop in the rule that is about to be called, or nil
local passing -- an error that comes out of a coroutine, where it was shown
local said -- what was said last about a prompt that cannot be opened

--- @class fmcal.prompt.debugger.host
--- @field session fun(): fmcal.prompt.session?, string?   where to talk, or nil and why the prompt cannot be opened here
--- @field end_run fun()                                   sees to it that the prompt is there when the run has ended
--- @type fmcal.prompt.debugger.host
local host

local function quit()
  return setmetatable({ code = "canceled", message = "the run was ended at the prompt" }, Quit)
end

--- Whether what was raised says that a person ended the run at the prompt.
function debugger.is_quit(raised)
  return getmetatable(raised) == Quit
end

--- Ends the run, as `.quit` does.
function debugger.quit()
  error(quit(), 0)
end

-- The first frame that a person wrote, else the first one.
local function first_of_theirs(stack)
  for i, frame in ipairs(stack) do
    if frame.is_theirs then return i end
  end
  return 1
end

-- The prompt at a place. Returns how to go on, and from where.
local function converse(session, thread, level, reason)
  local stack = frames.stack(thread, level)
  session.held = { stack = stack, at = first_of_theirs(stack), reason = reason }
  session:read_held()
  local how, frame = session.held.resume, stack[session.held.at]
  session.held = nil
  return how, { thread = frame.thread, height = threads.height(frame.thread, frame.level) }
end

-- Runs a function in a coroutine of its own until it ends: the one that is held stands still meanwhile, and Ctrl-C stops
-- code that is typed also where a hook called this. What is typed may yield, to nobody.
local function run_apart(fn, ...)
  local apart = coroutine.create(fn)
  program.watch(apart, "nothing")
  local results = table.pack(coroutine.resume(apart, ...))
  while coroutine.status(apart) ~= "dead" do results = table.pack(coroutine.resume(apart)) end
  if not results[1] then error(debug.traceback(apart, tostring(results[2])), 0) end
  return table.unpack(results, 2, results.n)
end

-- While the prompt is open: a value that ends it when it is closed.
local function opened()
  is_held = true
  program.stop_clock()
  return setmetatable({}, { __close = function()
    program.go_on()
    is_held = false
  end })
end

-- Opens the prompt. @param level of the function that is held; 1 called this. @return whether the run is to end
local function hold(session, reason, level)
  local open <close> = opened() -- luacheck: ignore
  local how, from = run_apart(converse, session, coroutine.running(), level + 2, reason)
  is_ending = how == "quit"
  if how == "continue" then
    stepping.clear()
  else
    stepping.go(is_ending and "step" or how, from)
  end
  if is_ending then host.end_run() end
  return is_ending
end

--- Called where a run has ended, in whatever way: nothing is looked for any more.
function debugger.has_ended()
  if stepping.is_looking() then stepping.clear() end
  is_ending = false
end

local function say_once(sentence)
  if said ~= sentence then io.stderr:write(sentence) end
  said = sentence
end

--- Opens the prompt where this is called. @param level integer 1: the caller
function debugger.breakpoint(level)
  if is_ending then debugger.quit() end
  if is_held then return end
  local session, why_not = host.session()
  if not session then
    say_once(("fmcal.breakpoint() goes on: %s\n"):format(why_not))
    return
  end
  if hold(session, "breakpoint", level + 1) then debugger.quit() end
end

function stepping.stop(reason, level)
  if is_ending then debugger.quit() end
  if is_held then return end
  local session = host.session()
  if session and hold(session, reason, level + 1) then debugger.quit() end
end

--- Notes that an error that was shown goes on out of a coroutine, and is raised again there.
function debugger.goes_on(raised)
  passing = raised
end

-- Whether an error comes out of a coroutine. On its way a text gets places put in front.
local function is_passing(raised)
  local is_same = rawequal(raised, passing)
  if type(raised) == "string" and type(passing) == "string" then is_same = raised:sub(-#passing) == passing end
  if is_same then passing = nil end
  return is_same
end

--- See fmcal.util.witness. Under --debug it opens the prompt.
function debugger.raised(raised, level, is_told)
  local is_interrupt = type(raised) == "table" and raised.code == "canceled"
  if not stops_at_errors or is_held or is_ending or is_interrupt or is_passing(raised) then return raised end
  local session, why_not = host.session()
  if not session then
    say_once(("the prompt does not open at errors: %s\n"):format(why_not))
    if not is_told then io.stderr:write(debug.traceback(text_of(raised), level + 1), "\n") end
    return raised
  end
  return hold(session, "error: " .. text_of(raised), level + 1) and quit() or raised
end

--- See fmcal.util.witness.
function debugger.calls_rule(name, key)
  due = not is_held and breakpoints.at_rule(name, key) or nil
end

--- See fmcal.util.witness.
function debugger.enters_rule(fn)
  if due then stepping.enter(fn, due) end
  due = nil
end

--- Heeds breakpoints that are new.
function debugger.heed_breakpoints()
  stepping.clear()
end

--- Lets the debugger look on.
--- @param by fmcal.prompt.debugger.host
--- @param at_errors? boolean   whether the prompt opens at errors too; nil: as it was, at first not
function debugger.start(by, at_errors)
  host = by
  if at_errors ~= nil then stops_at_errors = at_errors end
  witness.attach(debugger)
end

return debugger
