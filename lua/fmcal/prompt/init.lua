-- The prompt: reads a line, runs it as Lua or as a dot command, shows what came out.
local commands = require "fmcal.prompt.commands"
local complete = require "fmcal.prompt.complete"
local inspect = require "fmcal.inspect"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"

local prompt = {}

local function history_file()
  local state = os.getenv("XDG_STATE_HOME")
  if state and state:sub(1, 1) == "/" then return state .. "/fmcal/prompt_history" end
  local home = os.getenv("HOME")
  return home and home:sub(1, 1) == "/" and home .. "/.local/state/fmcal/prompt_history" or nil
end

-- The globals _PROMPT and _PROMPT2 change what stands before a line, as in lua.
local function prompt_text(global, default)
  local text = rawget(_G, global)
  return text ~= nil and tostring(text) or default
end

-- A chunk from a line: an expression, `=expression`, or statements.
local function compile(text)
  local chunk = load("return " .. text:gsub("^%s*=", ""), "=stdin", "t")
  if chunk then return chunk end
  return load(text, "=stdin", "t")
end

local function is_incomplete(message)
  return message:sub(-5) == "<eof>"
end

-- Reads lines until they are a chunk or cannot become one. Returns chunk; nil and a message; nil at the end; false
-- after Ctrl-C.
local function read_chunk(session, first)
  local text = first
  local chunk, message = compile(text)
  while not chunk and is_incomplete(message) do
    local line = session.editor:read(prompt_text("_PROMPT2", ">> "))
    if not line then return line, message end
    session:remember(line)
    text = text .. "\n" .. line
    chunk, message = load(text, "=stdin", "t")
  end
  return chunk, message
end

-- Whether a table knows its own text, as error objects do.
local function has_text(value)
  local metatable = getmetatable(value)
  return type(metatable) == "table" and metatable.__tostring ~= nil
end

local function with_traceback(err)
  local text = type(err) == "table" and not has_text(err) and inspect(err) or tostring(err)
  return debug.traceback(text, 2)
end

-- The frames of the prompt itself say nothing to its user.
local function without_own_frames(traceback)
  return (traceback:gsub("\n%s+%[C%]: in function 'xpcall'.*$", ""))
end

--- @class fmcal.prompt.session
--- @field editor userdata        reads lines
--- @field view table             what standard output can show (fmcal.cli.terminal)
--- @field board? fmcal.board.handle   opened by .board
--- @field finished? boolean      set by .quit
local session_methods = {}
session_methods.__index = session_methods

--- Writes one value per line where one of them is a table, all on one line otherwise, as `print` does.
function session_methods:show(...)
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

function session_methods.write(_, ...)
  io.stdout:write(...)
  io.stdout:flush()
end

function session_methods:complain(message)
  io.stdout:flush()
  io.stderr:write(terminal.paint(self.view, "red", message), "\n")
end

-- A line that starts with a space is not kept.
function session_methods:remember(line)
  if line:find("%S") and line:sub(1, 1) ~= " " then self.editor:remember(line) end
end

-- Calls in protected mode; an error is shown with its traceback. Returns what xpcall does.
function session_methods:call(f, ...)
  local results = table.pack(xpcall(f, with_traceback, ...))
  if not results[1] then self:complain(without_own_frames(results[2])) end
  return table.unpack(results, 1, results.n)
end

function session_methods:run_chunk(chunk)
  local results = table.pack(self:call(chunk))
  if results[1] then self:show(table.unpack(results, 2, results.n)) end
end

function session_methods:run_command(name, argument)
  local ok, value, err = self:call(commands.run, self, name, argument)
  if not ok then return end
  if value == nil and err then
    self:complain(tostring(err))
  elseif value ~= nil then
    self:show(value)
  end
end

-- Runs one line. Returns false at the end of the input.
function session_methods:step(line)
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

--- Reads and runs lines until the end of the input or `.quit`.
--- @param editor userdata   reads lines: src/host/program/editor.h
function prompt.run(editor)
  local session = setmetatable({ editor = editor, view = terminal.of("stdout") }, session_methods)
  if sys.is_terminal("stdin") and session.view.columns then
    local file = history_file()
    if file then editor:history(file) end
    session:write("Type .help for help.\n")
  end
  editor:completer(function(text)
    return complete.tab(text, _G, commands.names(), terminal.of("stdout").columns or 80,
      function(name, argument) return commands.complete(session, name, argument) end)
  end)
  repeat
    local line = editor:read(prompt_text("_PROMPT", "> "))
    local go_on = line ~= nil
    if line then go_on = session:step(line) end
  until not go_on or session.finished
end

return prompt
