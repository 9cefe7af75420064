-- Which lines of a Lua text can run: read out of what string.dump gives of it, functions that never were made included.
-- The layout is that of Lua 5.4 (ldump.c).

local chunk_lines = {}

local ABSOLUTE = -0x80

local Reader = {}
Reader.__index = Reader

function Reader:byte()
  local value = self.data:byte(self.at)
  self.at = self.at + 1
  return value
end

function Reader:skip(bytes)
  self.at = self.at + bytes
end

-- Groups of seven bits, the last one marked.
function Reader:number()
  local value = 0
  while true do
    local byte = self:byte()
    value = value << 7 | byte & 0x7F
    if byte & 0x80 ~= 0 then return value end
  end
end

function Reader:text()
  local size = self:number()
  if size > 0 then self:skip(size - 1) end
end

local SKIP_CONSTANT = {
  [0x00] = function() end, [0x01] = function() end, [0x11] = function() end,
  [0x03] = function(reader) reader:skip(8) end, [0x13] = function(reader) reader:skip(8) end,
  [0x04] = Reader.text, [0x14] = Reader.text,
}

local function each(reader, fn)
  for i = 1, reader:number() do fn(reader, i) end
end

local function read_lines(reader, defined, is_vararg, lines)
  local deltas, absolute = {}, {}
  each(reader, function(_, i)
    deltas[i] = string.unpack("b", reader.data, reader.at)
    reader:skip(1)
  end)
  each(reader, function()
    local pc = reader:number()
    absolute[pc + 1] = reader:number()
  end)
  local line = defined
  for pc, delta in ipairs(deltas) do
    line = delta == ABSOLUTE and absolute[pc] or line + delta
    local is_own = pc == #deltas or is_vararg and pc == 1 -- returns at the end, takes the arguments: nobody wrote that
    if not is_own then lines[line] = true end
  end
end

local function read_function(reader, lines)
  reader:text()
  local defined = reader:number()
  reader:number()
  reader:skip(1)
  local is_vararg = reader:byte() ~= 0
  reader:skip(1)
  reader:skip(4 * reader:number())
  each(reader, function() SKIP_CONSTANT[reader:byte()](reader) end)
  each(reader, function() reader:skip(3) end)
  each(reader, function() read_function(reader, lines) end)
  read_lines(reader, defined, is_vararg, lines)
  each(reader, function()
    reader:text()
    reader:number()
    reader:number()
  end)
  each(reader, Reader.text)
end

-- Signature, version, format, six bytes of data, three sizes, an integer, a number, and the count of upvalues.
local HEADER_BYTES = 4 + 1 + 1 + 6 + 3 + 8 + 8 + 1

--- The lines that can run. @param text of a Lua file. @return set of numbers; empty where it is no Lua
function chunk_lines.of(text)
  local chunk = load(text, "=lines", "t")
  local lines = {}
  if not chunk then return lines end
  local reader = setmetatable({ data = string.dump(chunk), at = HEADER_BYTES + 1 }, Reader)
  read_function(reader, lines)
  return lines
end

return chunk_lines
