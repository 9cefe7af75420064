local attempt = require "fmcal.util.attempt"
local breakpoints = require "fmcal.prompt.debugger.breakpoints"
local debugger = require "fmcal.prompt.debugger"
local fmcal = require "fmcal"
local lu = require "luaunit"
local scripted = require "scripted_prompt"
local shell = require "shell"
local time = require "fmcal.time"

local function here(offset)
  return debug.getinfo(2, "l").currentline + (offset or 0)
end

-- As fmcal.breakpoint(), which opens the prompt of this process: code of fmcal, that is, which steps pass over.
local stop = assert(load("local debugger = ... return function() debugger.breakpoint(2) return end", "=stop.lua"))(debugger)

local function assert_shown(shown, n, ...)
  for _, expected in ipairs { ... } do lu.assertStrContains(shown[n], expected, false, false, "line " .. n) end
end

TestBreakpoint = {}

function TestBreakpoint.test_it_opens_the_prompt_where_it_is_called()
  local line
  local shown, ok, value = scripted.debug({ ".continue" }, function()
    line = here(1)
    stop()
    return "went on"
  end)
  lu.assertEquals({ ok, value }, { true, "went on" })
  assert_shown(shown, 0, ("debugger_test.lua:%d in "):format(line), (": breakpoint\n"),
    ("->  %3d      stop()"):format(line), ("   %4d      return \"went on\""):format(line + 1))
end

function TestBreakpoint.test_locals_upvalues_and_varargs_are_seen_and_changed()
  local outer = "up"
  local function held(first, ...)
    local second <const> = first .. "!"
    local nothing = nil -- luacheck: ignore
    do
      local first = "inner" -- luacheck: ignore
    end
    stop()
    return first, second, nothing, outer, select("#", ...)
  end
  local shown, _, first, second, nothing, up, count = scripted.debug(
    { ".locals", "first, second, nothing", "...", "first = 'new'", "nothing = 7", "outer = 'changed'", "first .. outer",
      "local own = 1", "own", "known_nowhere", ".continue" },
    function() return held("old", "a", "b") end)
  assert_shown(shown, 1, 'locals\n  first = "old"\n  second = "old!"\n  nothing = nil\n', 'upvalues\n', 'outer = "up"')
  lu.assertEquals({ shown[2], shown[3], shown[7], shown[9], shown[10] },
    { "old\told!\tnil\n", "a\tb\n", "newchanged\n", "nil\n", "nil\n" })
  lu.assertEquals({ first, second, nothing, up, count }, { "new", "old!", 7, "changed", 2 })
end

function TestBreakpoint.test_globals_are_those_of_the_function()
  local own = { stop = stop, tostring = tostring, x = 1 }
  local held = load("stop() return x, y, _G", "@own.lua", "t", own)
  local shown, _, x, y = scripted.debug({ "x", "y = 2", "x = x + 10", "type(fmcal)", "print", ".continue" }, held)
  lu.assertEquals({ shown[1], x, y }, { "1\n", 11, 2 })
  lu.assertStrContains(shown[5], "function: ")
  lu.assertNil(rawget(_G, "y"))
end

function TestBreakpoint.test_up_down_and_backtrace()
  local function inner(inside)
    stop()
    return inside
  end
  local function outer()
    local outside = "out"
    local value = inner("in")
    return outside .. value
  end
  local shown = scripted.debug({ "outside", ".up", "outside", ".bt", ".down", "inside", ".down", ".continue" }, outer)
  lu.assertEquals(shown[1], "nil\n")
  assert_shown(shown, 2, "debugger_test.lua:", 'local value = inner("in")')
  lu.assertEquals(shown[3], "out\n")
  assert_shown(shown, 4, "    1  ", "\n->  2  ", "of fmcal and C")
  assert_shown(shown, 5, "stop()")
  lu.assertEquals(shown[6], "in\n")
  lu.assertEquals(shown[7], "this is the innermost function\n")
end

function TestBreakpoint.test_quit_ends_the_run_through_everything_but_pcall()
  local after = false
  local shown, ok, raised = scripted.debug({ ".quit" }, function()
    attempt.xpcall(function() stop() end, tostring)
    after = true
  end)
  lu.assertEquals({ ok, after, #shown }, { false, false, 1 })
  lu.assertTrue(debugger.is_quit(raised))
  lu.assertEquals(tostring(raised), "the run was ended at the prompt")
end

function TestBreakpoint.test_nothing_that_catches_the_end_goes_on()
  local turns, later = 0, 0
  local _, ok, raised = scripted.debug({ ".quit" }, function()
    for _ = 1, 3 do
      turns = turns + 1
      pcall(function()
        stop()
        later = later + 1
      end)
    end
    return "went on"
  end)
  lu.assertEquals({ turns, later, ok }, { 1, 0, false })
  lu.assertTrue(debugger.is_quit(raised))
  local shown = scripted.debug({ ".continue" }, stop) -- the next run is held again
  assert_shown(shown, 0, "breakpoint")
end

function TestBreakpoint.test_the_end_of_the_input_ends_the_run()
  local _, ok, raised = scripted.debug({}, stop)
  lu.assertFalse(ok)
  lu.assertTrue(debugger.is_quit(raised))
end

function TestBreakpoint.test_what_is_typed_is_not_held()
  local shown, ok = scripted.debug({ "stop()", "coroutine.yield(1)", "error('typed')", ".continue" }, function()
    local stop = stop -- luacheck: ignore
    stop()
  end)
  lu.assertTrue(ok)
  lu.assertEquals({ shown[1], shown[2] }, { "", "" })
  assert_shown(shown, 3, "stdin:1: typed")
end

function TestBreakpoint.test_deadlines_wait()
  local before = time.monotonic_ms()
  scripted.debug({ "local t = os.clock() while os.clock() < t + 0.05 do end", ".continue" }, stop)
  lu.assertTrue(time.monotonic_ms() - before < 50)
end

function TestBreakpoint.test_of_the_module_without_a_terminal()
  local said = shell.lines(("%s -e 'fmcal.breakpoint() print(\"went on\")' </dev/null 2>&1"):format(
    shell.quote(os.getenv("FMCAL_LUA"))))
  lu.assertEquals(said, { "fmcal.breakpoint() goes on: standard input is no terminal", "went on" })
  lu.assertEquals(type(fmcal.breakpoint), "function")
end

-- ---------------------------------------------------------------- steps

TestSteps = {}

-- The places where the steps stopped, as numbers of lines of a source.
local function places(source, steps, at_errors)
  local lines = {}
  for i, step in ipairs(steps) do lines[i] = "." .. step end
  lines[#lines + 1] = ".continue"
  local globals = setmetatable({ stop = stop }, { __index = _G })
  local shown = scripted.debug(lines, assert(load(source, "@steps.lua", "t", globals)), at_errors)
  local found = {}
  for i = 0, #steps do found[#found + 1] = math.tointeger((shown[i] or ""):match("^steps%.lua:(%d+)")) end
  return found
end

local CALLS = [[
local function double(x)
  local y = x * 2
  return y
end
stop()
local a = double(1)
local b = pcall(error)
local c = double(a)
return c
]]

function TestSteps.test_step_goes_into_calls()
  lu.assertEquals(places(CALLS, { "step", "step", "step", "step" }), { 5, 6, 2, 3, 7 })
end

function TestSteps.test_next_does_not()
  lu.assertEquals(places(CALLS, { "next", "next", "next", "next" }), { 5, 6, 7, 8, 9 })
end

function TestSteps.test_finish_goes_behind_the_call()
  lu.assertEquals(places(CALLS, { "step", "step", "finish", "next" }), { 5, 6, 2, 7, 8 })
end

function TestSteps.test_an_empty_line_goes_another_step()
  local globals = setmetatable({ stop = stop }, { __index = _G })
  local shown = scripted.debug({ "", ".next", "", " ", "1", "", ".continue" }, assert(load(CALLS, "@steps.lua", "t", globals)))
  lu.assertEquals(shown[1], "")
  for i, line in pairs { [2] = 6, [3] = 7, [4] = 8 } do assert_shown(shown, i, ("steps.lua:%d in"):format(line)) end
  lu.assertEquals({ shown[5], shown[6] }, { "1\n", "" })
end

function TestSteps.test_a_step_out_of_a_run_is_over_with_it()
  local shown = scripted.debug({ ".next", ".next" }, assert(load("stop() return 1", "@steps.lua", "t", { stop = stop })))
  lu.assertEquals(#shown, 1)
  shown = scripted.debug({}, function() local x = 1 return x end)
  lu.assertEquals(shown[0], "")
end

function TestSteps.test_next_in_a_function_above()
  lu.assertEquals(places([[
local function inner()
  stop()
  return 1
end
local x = inner()
x = x + 1
return x
]], { "up", "next" }), { 2, 5, 6 })
end

function TestSteps.test_recursion_is_a_call_too()
  lu.assertEquals(places([[
local function down(n)
  if n == 2 then stop() end
  if n == 0 then return 0 end
  local rest = down(n - 1)
  return rest + 1
end
down(2)
]], { "next", "next", "next" }), { 2, 3, 4, 5 })
end

function TestSteps.test_a_call_that_raises_is_left()
  lu.assertEquals(places([[
local function raise()
  stop()
  error("x")
end
pcall(raise)
return 1
]], { "next", "next" }), { 2, 3, 6 })
end

local COROUTINES = [[
local co = coroutine.create(function(x)
  local y = coroutine.yield(x + 1)
  return y
end)
local wrapped = coroutine.wrap(function()
  coroutine.yield(1)
  return 2
end)
stop()
coroutine.resume(co, 1)
wrapped()
coroutine.resume(co, 5)
return 1
]]

function TestSteps.test_step_goes_into_coroutines_that_are_there_already()
  lu.assertEquals(places(COROUTINES, { "step", "step", "step", "step", "step", "step", "step" }),
    { 9, 10, 2, 11, 6, 12, 2 + 1, 13 })
end

function TestSteps.test_next_passes_them_over()
  lu.assertEquals(places(COROUTINES, { "next", "next", "next", "next" }), { 9, 10, 11, 12, 13 })
end

function TestSteps.test_a_coroutine_that_yields_is_left_and_entered_again()
  lu.assertEquals(places([[
local resume = coroutine.wrap(function()
  stop()
  coroutine.yield()
  return 1
end)
resume()
local a = 1
resume()
return a
]], { "next", "next", "step", "step", "step" }), { 2, 3, 7, 8, 4, 9 })
end

function TestSteps.test_finish_of_a_coroutine_in_a_coroutine()
  lu.assertEquals(places([[
local outer = coroutine.wrap(function()
  local inner = coroutine.wrap(function()
    stop()
    return 1
  end)
  local x = inner()
  return x
end)
outer()
return 2
]], { "finish", "finish" }), { 3, 7, 10 })
end

function TestSteps.test_code_of_fmcal_is_passed_over()
  lu.assertEquals(places([[
local fmcal = require "fmcal"
stop()
local text = fmcal.inspect({ 1, 2 })
return text
]], { "step", "step" }), { 2, 3, 4 })
end

function TestSteps.test_lines_with_breakpoints()
  local number = breakpoints.on_line("steps.lua", 2).number
  lu.assertEquals(places(CALLS, { "continue", "continue" }), { 5, 2, 2 })
  breakpoints.remove(number)
  lu.assertEquals(places(CALLS, { "continue" }), { 5 })
end

function TestSteps.test_lines_in_coroutines_that_are_there_already()
  local number = breakpoints.on_line("steps.lua", 3).number
  lu.assertEquals(places(COROUTINES, { "continue" }), { 9, 3 })
  breakpoints.remove(number)
end

-- ---------------------------------------------------------------- errors

TestErrors = {}

function TestErrors.tearDown()
  require("fmcal.util.witness").attach(nil)
end

function TestErrors.test_the_prompt_opens_where_an_error_is_raised()
  local function faulty(entry)
    local title = "x"
    return title .. entry.none.title
  end
  local shown, ok, passed, message = scripted.debug({ "title", "entry.id", ".continue" }, function()
    return attempt.xpcall(faulty, tostring, { id = "A-1" })
  end, true)
  assert_shown(shown, 0, ": error: ", "attempt to index a nil value (field 'none')", "->", "return title .. entry.none.title")
  lu.assertEquals({ shown[1], shown[2] }, { "x\n", "A-1\n" })
  lu.assertEquals({ ok, passed }, { true, false })
  lu.assertStrContains(message, "attempt to index a nil value")
end

function TestErrors.test_quit_ends_the_run()
  local _, ok, raised = scripted.debug({ ".quit" }, function()
    return attempt.xpcall(error, tostring, "x")
  end, true)
  lu.assertFalse(ok)
  lu.assertTrue(debugger.is_quit(raised))
end

function TestErrors.test_each_failure_is_shown()
  local shown = scripted.debug({ ".continue", ".continue" }, function()
    for _ = 1, 2 do attempt.xpcall(error, tostring, "the same") end
  end, true)
  assert_shown(shown, 0, "error: the same")
  assert_shown(shown, 1, "error: the same")
end

function TestErrors.test_an_interrupt_is_no_error()
  local shown = scripted.debug({}, function()
    return attempt.xpcall(error, tostring, { code = "canceled" })
  end, true)
  lu.assertEquals(shown[0], "")
end

os.exit(lu.LuaUnit.run())
