-- Commands of the debugger: where to stop, what is there, and how to go on.
local breakpoints = require "fmcal.prompt.debugger.breakpoints"
local debugger = require "fmcal.prompt.debugger"
local inspect = require "fmcal.inspect"
local look = require "fmcal.prompt.commands.look"
local rule_names = require "fmcal.prompt.commands.rule_names"
local source = require "fmcal.prompt.debugger.source"
local terminal = require "fmcal.cli.terminal"

local held = {}
local list = {}
held.list = list

-- Lines of a source that are shown before and behind the one that runs next.
local LINES_AROUND = 3

local NOTHING_HELD = "nothing is held: .break NAME, or fmcal.breakpoint() in a script or a rule"

-- A command that only makes sense where a program is held.
local function when_held(run)
  return function(session, argument)
    if not session.held then return nil, NOTHING_HELD end
    return run(session.held, session, argument)
  end
end

--- The place that is looked at: where it is, and the source round it.
-- @param session
-- @return lines
function held.place(session)
  local stack, at, view = session.held.stack, session.held.at, session.view
  local frame = stack[at]
  local lines = { terminal.paint(view, "bold", frame:place()) .. " in " .. frame:title() .. ": " .. session.held.reason }
  for _, line in ipairs(source.around(frame.info, frame.info.currentline, LINES_AROUND)) do
    local is_next = line.number == frame.info.currentline
    local text = ("%s %4d  %s"):format(is_next and "->" or "  ", line.number, terminal.clean(line.text:gsub("\t", "    ")))
    lines[#lines + 1] = terminal.paint(view, is_next and "yellow" or "dim", text)
  end
  return table.concat(lines, "\n")
end

-- ---------------------------------------------------------------- breakpoints

list["break"] = {
  usage = "NAME [ID]",
  help = "stop in a rule, perhaps for one entry alone; .break FILE:LINE stops at a line",
  words = function(session, _, number) return number == 1 and rule_names.ALL or look.ids(session) end,
  run = function(_, argument)
    local file, line = argument:match("^(.+):(%d+)$")
    local breakpoint
    if file then
      breakpoint = breakpoints.on_line(file, math.tointeger(line))
      debugger.heed_breakpoints()
    else
      local name, key = argument:match("^(%S+)%s*(%S*)$")
      local unknown = rule_names.complaint(name, rule_names.ALL)
      if unknown then return nil, unknown end
      breakpoint = breakpoints.on_rule(name, key ~= "" and key or nil)
    end
    return "breakpoint " .. breakpoints.describe(breakpoint)
  end,
}

list.breaks = {
  usage = "",
  help = "list the breakpoints",
  run = function()
    local lines = {}
    for i, breakpoint in ipairs(breakpoints.all()) do lines[i] = breakpoints.describe(breakpoint) end
    return #lines > 0 and table.concat(lines, "\n") or "there is no breakpoint"
  end,
}

list.unbreak = {
  usage = "N",
  help = "take a breakpoint away",
  words = function()
    local numbers = {}
    for i, breakpoint in ipairs(breakpoints.all()) do numbers[i] = tostring(breakpoint.number) end
    return numbers
  end,
  run = function(_, argument)
    if breakpoints.remove(math.tointeger(argument)) then return "gone" end
    return nil, ("there is no breakpoint %s: .breaks lists them"):format(argument)
  end,
}

-- ---------------------------------------------------------------- what is there

local function add_variables(lines, view, title, variables)
  if #variables == 0 then return end
  lines[#lines + 1] = terminal.paint(view, "dim", title)
  for _, variable in ipairs(variables) do
    local value = inspect(variable.value, { width = view.columns, depth = 3 }):gsub("\n", "\n  ")
    lines[#lines + 1] = ("  %s = %s"):format(variable.name, value)
  end
end

list.locals = {
  usage = "",
  help = "show the local variables, and those of functions around (upvalues); to change one: NAME = VALUE",
  run = when_held(function(it, session)
    local frame, lines = it.stack[it.at], {}
    add_variables(lines, session.view, "locals", frame:locals())
    add_variables(lines, session.view, "upvalues", frame:upvalues())
    return #lines > 0 and table.concat(lines, "\n") or "there are none"
  end),
}

-- The next frame that people wrote, in steps of 1 (to callers) or -1; nil where there is none.
local function next_of_theirs(stack, at, step)
  repeat at = at + step until not stack[at] or stack[at].is_theirs
  return stack[at] and at
end

local function move(step, nothing)
  return when_held(function(it, session)
    local at = next_of_theirs(it.stack, it.at, step)
    if not at then return nil, nothing end
    it.at = at
    return held.place(session)
  end)
end

list.up = { usage = "", help = "look at the function that called this one", run = move(1, "this is the outermost function") }
list.down = { usage = "", help = "look at the function that this one called", run = move(-1, "this is the innermost function") }

-- The lines of a backtrace: what people wrote, and how much lies between.
local function backtrace(stack, at, view)
  local lines, passed_over = {}, 0
  local function tell_what_was_passed_over()
    if passed_over == 0 then return end
    lines[#lines + 1] = terminal.paint(view, "dim", ("     … %d of fmcal and C"):format(passed_over))
    passed_over = 0
  end
  for i, frame in ipairs(stack) do
    if frame.is_theirs then
      tell_what_was_passed_over()
      lines[#lines + 1] = ("%s %2d  %s in %s"):format(i == at and "->" or "  ", i, frame:place(), frame:title())
    else
      passed_over = passed_over + 1
    end
  end
  tell_what_was_passed_over()
  return lines
end

list.bt = {
  usage = "",
  help = "list the functions that run, the innermost first",
  run = when_held(function(it, session) return table.concat(backtrace(it.stack, it.at, session.view), "\n") end),
}

-- ---------------------------------------------------------------- how to go on

local function go_on(how)
  return when_held(function(it)
    it.resume = how
  end)
end

list.step = { usage = "", help = "run to the next line, into functions that are called", run = go_on "step" }
list.next = { usage = "", help = "run to the next line of this function", run = go_on "next" }
list.finish = { usage = "", help = "run to the end of this function", run = go_on "finish" }
list.continue = { usage = "", help = "run on", run = go_on "continue" }

list.quit = {
  usage = "",
  help = "leave (so does Ctrl-D); where a program is held, end its run and stay at the prompt",
  run = function(session)
    if session.held then
      session.held.resume = "quit"
    else
      session.finished = true
    end
  end,
}

return held
