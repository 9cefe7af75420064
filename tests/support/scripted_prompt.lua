-- The prompt with lines that are given instead of typed.
local debugger = require "fmcal.prompt.debugger"
local Session = require "fmcal.prompt.session"

local scripted = {}

--- Makes a session that reads these lines.
-- @return session; session.shown is a list of what it showed, one text a line read
function scripted.session(lines)
  local next_line = 0
  local editor = { remember = function() end, history = function() end, completer = function() end }
  local session = Session.new(editor)
  session.view = { colour = false }
  session.shown = { [0] = "" }
  function session:write(...) self.shown[next_line] = (self.shown[next_line] or "") .. table.concat { ... } end
  function session:complain(message) self:write(message, "\n") end
  function editor.read()
    next_line = next_line + 1
    session.shown[next_line] = ""
    return lines[next_line]
  end
  return session
end

--- Runs a function under the debugger; what it holds is told these lines.
-- @param at_errors boolean|nil also where an error is raised
-- @return what was shown before the first line, and for each line; whether the function returned, and what
function scripted.debug(lines, fn, at_errors)
  local session = scripted.session(lines)
  debugger.start({ session = function() return session end, end_run = function() session.ended = true end }, at_errors or false)
  -- One line, for after .quit the next one raises until somebody says that the run has ended.
  local results, _ = table.pack(pcall(fn)), debugger.has_ended()
  return session.shown, table.unpack(results, 1, results.n)
end

return scripted
