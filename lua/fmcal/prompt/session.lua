-- What is typed at the prompt: a line is run as Lua or as a dot command, and what came out is shown. Where the debugger
-- holds a program, Lua sees what is seen there.
local commands = require "fmcal.prompt.commands"
local debugger = require "fmcal.prompt.debugger"
local inspect = require "fmcal.inspect"
local terminal = require "fmcal.cli.terminal"

--- @class fmcal.prompt.session
--- @field editor userdata        reads lines: src/host/program/editor.h
--- @field view table             what standard output can show (fmcal.cli.terminal)
--- @field board? fmcal.board.handle   opened by .board
--- @field rules fmcal.prompt.rules    see fmcal.prompt.rules_in_use
--- @field trials table<string, string>   files of rules that are edited, by their names: see fmcal.prompt.trial
--- @field finished? boolean      set by .quit
--- @field held? fmcal.prompt.held     while the debugger holds a program
--- @field last_step? string   the last line, where it was `.step` or `.next`
local Session = {}
Session.__index = Session

--- @class fmcal.prompt.held
--- @field stack fmcal.prompt.frame[]
--- @field at integer       the frame that is looked at
--- @field reason string    why it is held
--- @field resume? string   how to go on: "continue", "step", "next", "finish", "quit"

-- The globals _PROMPT and _PROMPT2 change what stands before a line, as in lua.
local function prompt_text(global, default)
  local text = rawget(_G, global)
  return text ~= nil and tostring(text) or default
end

-- A chunk from a line: an expression, `=expression`, or statements.
local function compile(text, scope)
  local chunk = load("return " .. text:gsub("^%s*=", ""), "=stdin", "t", scope)
  if chunk then return chunk end
  return load(text, "=stdin", "t", scope)
end

local function is_incomplete(message)
  return message:sub(-5) == "<eof>"
end

-- The frame that is looked at, or nil.
local function frame_of(session)
  return session.held and session.held.stack[session.held.at]
end

-- Reads lines until they are a chunk or cannot become one. Returns chunk; nil and a message; nil at the end; false
-- after Ctrl-C.
local function read_chunk(session, first)
  local text, frame = first, frame_of(session)
  local scope = frame and frame:scope() or _G
  local chunk, message = compile(text, scope)
  while not chunk and is_incomplete(message) do
    local line = session.editor:read(prompt_text("_PROMPT2", ">> "))
    if not line then return line, message end
    session:remember(line)
    text = text .. "\n" .. line
    chunk, message = load(text, "=stdin", "t", scope)
  end
  return chunk, message
end

-- Whether a table knows its own text, as error objects do.
local function has_text(value)
  local metatable = getmetatable(value)
  return type(metatable) == "table" and metatable.__tostring ~= nil
end

local function text_of(err)
  return type(err) == "table" and not has_text(err) and inspect(err) or tostring(err)
end

-- The frames of the prompt itself say nothing to its user.
local function without_own_frames(traceback)
  return (traceback:gsub("\n%s+%[C%]: in function 'xpcall'.*$", ""))
end

-- Whether code that was typed raised it itself, here: there is no place to look at.
local function is_typed(level)
  local info = debug.getinfo(level + 1, "S")
  while info and info.what == "C" do
    level = level + 1
    info = debug.getinfo(level + 1, "S")
  end
  return not info or info.source == "=stdin"
end

local function handle(raised)
  if not is_typed(2) then raised = debugger.raised(raised, 2, true) end
  if debugger.is_quit(raised) then return raised end
  return without_own_frames(debug.traceback(text_of(raised), 2))
end

--- Makes a session.
--- @param editor userdata   reads lines: src/host/program/editor.h
--- @return fmcal.prompt.session
function Session.new(editor)
  return setmetatable({ editor = editor, view = terminal.of("stdout"), rules = {}, trials = {} }, Session)
end

--- Writes one value per line where one of them is a table, all on one line otherwise, as `print` does.
function Session:show(...)
  local parts, separator = {}, "\t"
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if type(value) == "table" and not has_text(value) then
      parts[i] = inspect(value, { width = self.view.columns })
      separator = "\n"
    else
      parts[i] = tostring(value)
    end
  end
  if #parts > 0 then self:write(table.concat(parts, separator), "\n") end
end

function Session.write(_, ...)
  io.stdout:write(...)
  io.stdout:flush()
end

function Session:complain(message)
  io.stdout:flush()
  io.stderr:write(terminal.paint(self.view, "red", message), "\n")
end

-- A line that starts with a space is not kept.
function Session:remember(line)
  if line:find("%S") and line:sub(1, 1) ~= " " then self.editor:remember(line) end
end

-- Calls in protected mode; an error is shown with its traceback. Returns what xpcall does.
function Session:call(f, ...)
  local results = table.pack(xpcall(f, handle, ...))
  debugger.has_ended()
  if not results[1] then self:complain(tostring(results[2])) end
  return table.unpack(results, 1, results.n)
end

function Session:run_chunk(chunk)
  local frame = frame_of(self)
  local arguments = frame and frame:varargs() or { n = 0 }
  local results = table.pack(self:call(chunk, table.unpack(arguments, 1, arguments.n)))
  if results[1] then self:show(table.unpack(results, 2, results.n)) end
end

function Session:run_command(name, argument)
  local ok, value, err = self:call(commands.run, self, name, argument)
  if not ok then return end
  if value == nil and err then
    self:complain(tostring(err))
  elseif value ~= nil then
    self:show(value)
  end
end

--- Runs one line. Returns false at the end of the input.
function Session:step(line)
  self:remember(line)
  local name, argument = line:match("^%s*%.(%a[%w_-]*)%s*(.-)%s*$")
  if name then
    self:run_command(name, argument)
    return true
  end
  if not line:find("%S") then return true end
  local chunk, message = read_chunk(self, line)
  if chunk then
    self:run_chunk(chunk)
  elseif message then
    self:complain(message)
  end
  return chunk ~= nil or message ~= nil
end

-- An empty line goes another step, as in other debuggers, where the last one was a step.
local function repeated(self, line)
  if line and self.held and not line:find("%S") then return self.last_step or line end
  self.last_step = line and (line:match("^%s*%.step%s*$") or line:match("^%s*%.next%s*$"))
  return line
end

-- Reads and runs lines until the end of the input, or until `is_done()`. Returns false at the end of the input.
local function read_lines(self, prompt, is_done)
  repeat
    if self.view.columns then self.view = terminal.of("stdout") end -- its size may have changed
    local line = repeated(self, self.editor:read(prompt_text("_PROMPT", prompt)))
    local go_on = line ~= nil
    if line then go_on = self:step(line) end
  until not go_on or is_done()
  return is_done()
end

--- Reads and runs lines until the end of the input or `.quit`.
function Session:read()
  read_lines(self, "> ", function() return self.finished end)
end

--- The same where the debugger holds a program: until a command tells how to go on. The end of the input ends the run.
function Session:read_held()
  local held = self.held
  self:show(commands.place(self))
  if not read_lines(self, "held> ", function() return held.resume ~= nil end) then held.resume = "quit" end
end

return Session
