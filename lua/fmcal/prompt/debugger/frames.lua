-- The functions that are running, seen from another coroutine, and what expressions see that are typed at one of them.

local source = require "fmcal.prompt.debugger.source"
local terminal = require "fmcal.cli.terminal"
local threads = require "fmcal.prompt.debugger.threads"

local frames = {}

--- @class fmcal.prompt.frame
--- @field thread thread
--- @field level integer   as somebody outside the coroutine counts
--- @field info table      what debug.getinfo says
--- @field is_theirs boolean   Lua that people wrote
local Frame = {}
Frame.__index = Frame

-- Frames of one coroutine that are looked at: the innermost. Where a recursion never ends there are 200,000, and Lua counts
-- to each.
local MOST_FRAMES = 100

local function add(stack, thread, first)
  for level = first, first + MOST_FRAMES - 1 do
    local info = debug.getinfo(thread, level, "nSlf")
    if not info then return end
    stack[#stack + 1] = setmetatable(
      { thread = thread, level = level, info = info, is_theirs = source.is_theirs(info) }, Frame)
  end
end

--- The frames of a coroutine that stands still, then those of the ones that resumed it.
-- @param thread the coroutine
-- @param level of the first frame
-- @return list of fmcal.prompt.frame
function frames.stack(thread, level)
  local stack, chain = {}, threads.chain(thread)
  add(stack, thread, level)
  for i = #chain - 1, 1, -1 do add(stack, chain[i], 0) end
  return stack
end

--- "rules.lua:12", or "[C]".
function Frame:place()
  local info = self.info
  if info.what == "C" then return "[C]" end
  local is_file = info.source:sub(1, 1) == "@"
  return ("%s:%d"):format(is_file and terminal.path(info.source:sub(2)) or info.short_src, info.currentline)
end

-- The name by which it was called: what fmcal calls it says nothing.
local function name_of(self)
  local caller = debug.getinfo(self.thread, self.level + 1, "S")
  if not caller or source.is_of_fmcal(caller) or self.info.name == "?" then return nil end
  return self.info.name
end

--- What the function is called, for a person.
function Frame:title()
  local info, name = self.info, name_of(self)
  if info.what == "main" then return "main chunk" end
  if name then return ("%s '%s'"):format(info.namewhat == "method" and "method" or "function", name) end
  return info.what == "C" and "a function in C" or ("function of line %d"):format(info.linedefined)
end

-- Names in parentheses are values that have none.
local function is_name(name)
  return name:sub(1, 1) ~= "("
end

-- The local variable of a name that is seen: the innermost, which is the last. Returns its number, or nil, and its value.
local function find_local(self, wanted)
  local number, seen
  for i = 1, math.huge do
    local name, value = debug.getlocal(self.thread, self.level, i)
    if not name then break end
    if name == wanted then number, seen = i, value end
  end
  return number, seen
end

local function find_upvalue(self, wanted)
  for i = 1, math.huge do
    local name, value = debug.getupvalue(self.info.func, i)
    if not name then return nil end
    if name == wanted then return i, value end
  end
end

-- What global names of the function mean: its _ENV, which it need not have.
local function environment(self)
  local number, value = find_local(self, "_ENV")
  if not number then number, value = find_upvalue(self, "_ENV") end
  return number and type(value) == "table" and value or _G
end

local function variables(next_one)
  local list, at = {}, {}
  for i = 1, math.huge do
    local name, value = next_one(i)
    if not name then return list end
    if is_name(name) and name ~= "_ENV" and name ~= "" then
      at[name] = at[name] or #list + 1
      list[at[name]] = { name = name, value = value }
    end
  end
end

--- Its local variables that are seen: list of { name, value }. Constants that the compiler knew are not there.
function Frame:locals()
  return variables(function(i) return debug.getlocal(self.thread, self.level, i) end)
end

--- Its upvalues: list of { name, value }.
function Frame:upvalues()
  return variables(function(i) return debug.getupvalue(self.info.func, i) end)
end

--- Its variable arguments, packed.
function Frame:varargs()
  local list = { n = 0 }
  while true do
    local name, value = debug.getlocal(self.thread, self.level, -(list.n + 1))
    if not name then return list end
    list.n = list.n + 1
    list[list.n] = value
  end
end

--- What expressions see at this frame, and change: locals, upvalues, the globals of the function, those of the prompt.
-- @return table for `load`
function Frame:scope()
  local globals = environment(self)
  local function look_up(_, name)
    local number, value = find_local(self, name)
    if number then return value end
    number, value = find_upvalue(self, name)
    if number then return value end
    value = globals[name]
    if value == nil then value = rawget(_G, name) end
    return value
  end
  local function assign(_, name, value)
    local number = find_local(self, name)
    if number then
      debug.setlocal(self.thread, self.level, number, value)
      return
    end
    number = find_upvalue(self, name)
    if number then
      debug.setupvalue(self.info.func, number, value)
    else
      globals[name] = value
    end
  end
  return setmetatable({}, { __index = look_up, __newindex = assign })
end

--- The names that can be typed at this frame, as a table for completion: no code of others runs to make it.
function Frame:names()
  local names = setmetatable({}, { __index = _G })
  for name, value in next, environment(self) do names[name] = value end
  for _, list in ipairs { self:upvalues(), self:locals() } do
    for _, variable in ipairs(list) do names[variable.name] = variable.value end
  end
  return names
end

return frames
