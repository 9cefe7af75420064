-- The prompt: reads a line, runs it as Lua or as a dot command, shows what came out. It opens without a script, and where
-- a program is held.
local commands = require "fmcal.prompt.commands"
local complete = require "fmcal.prompt.complete"
local debugger = require "fmcal.prompt.debugger"
local program = require "fmcal.prompt.program"
local Session = require "fmcal.prompt.session"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"
local trial = require "fmcal.prompt.trial"

local prompt = {}

-- The one session of the process, made when it is needed.
local session

-- Whether the prompt was opened to stay, rather than where a script is held.
local is_open = false

local function history_file()
  local state = os.getenv("XDG_STATE_HOME")
  if state and state:sub(1, 1) == "/" then return state .. "/fmcal/prompt_history" end
  local home = os.getenv("HOME")
  return home and home:sub(1, 1) == "/" and home .. "/.local/state/fmcal/prompt_history" or nil
end

local function names_in_sight()
  local held = session.held
  return held and held.stack[held.at]:names() or _G
end

local function make_session()
  session = Session.new(program.terminal())
  if rawget(_G, "fmcal") == nil then rawset(_G, "fmcal", require "fmcal") end -- for what is typed
  if sys.is_terminal("stdin") and session.view.columns then
    local file = history_file()
    if file then session.editor:history(file) end
    session:write("Type .help for help.\n")
  end
  session.editor:completer(function(text)
    return complete.tab(text, names_in_sight(), commands.names(session), terminal.of("stdout").columns or 80,
      function(name, argument) return commands.complete(session, name, argument) end)
  end)
end

-- A command ends with os.exit, which would end the prompt as well: until it is there, that ends the run alone.
local real_exit

local function outlive_commands()
  real_exit = os.exit
  rawset(os, "exit", debugger.quit)
  program.stay()
end

local host = {
  session = function()
    if not session and not sys.is_terminal("stdin") then return nil, "standard input is no terminal" end
    if not session then make_session() end
    return session
  end,
  end_run = function()
    if not is_open then outlive_commands() end
  end,
}

--- Opens the prompt: reads and runs lines until the end of the input or `.quit`.
function prompt.run()
  if real_exit then rawset(os, "exit", real_exit) end
  real_exit, is_open = nil, true
  debugger.has_ended()
  debugger.start(host)
  if not session then make_session() end
  session:read()
  trial.forget(session)
end

--- Debugs what runs from now on: the prompt opens where an error is raised.
function prompt.debug()
  debugger.start(host, true)
  require("fmcal.prompt.debugger.coroutines").watch()
end

--- Opens the prompt at the function that called this one; 2: at the one that called that.
--- @param level integer
function prompt.breakpoint(level)
  debugger.start(host)
  debugger.breakpoint(level + 1)
  return -- no tail call: levels count this function
end

return prompt
