-- Values as a person reads them: sorted keys, short tables on one line, limits on depth, length and cycles.

local json = require "fmcal.json"

--- @class fmcal.inspect.options
--- @field width? integer      columns a line may have (80)
--- @field depth? integer      tables inside tables that are shown (6)
--- @field entries? integer    members of one table that are shown (100)
--- @field text? integer       bytes of one string inside a table that are shown (500)

local defaults = { width = 80, depth = 6, entries = 100, text = 500 }

local escapes = { ["\a"] = "\\a", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
  ["\v"] = "\\v", ["\\"] = "\\\\", ['"'] = '\\"' }

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true
  until while]]):gmatch("%a+") do
  keywords[word] = true
end

local type_order = { number = 1, boolean = 3 }

local function by_type_then_value(a, b)
  local type_a, type_b = type(a), type(b)
  if type_a ~= type_b then return (type_order[type_a] or 2) < (type_order[type_b] or 2) end
  if type_a == "number" or type_a == "string" then return a < b end
  return tostring(a) < tostring(b)
end

-- Cuts at a whole UTF-8 character.
local function cut(text, limit)
  if #text <= limit then return text, "" end
  local last = limit
  while last > 0 and (text:byte(last + 1) & 0xC0) == 0x80 do last = last - 1 end
  return text:sub(1, last), (" … %d bytes more"):format(#text - last)
end

local function quote(text, limit)
  local shown, rest = cut(text, limit)
  shown = shown:gsub('[%c"\\]', function(c) return escapes[c] or ("\\x%02X"):format(c:byte()) end)
  return '"' .. shown .. '"' .. rest
end

local function has_tostring(value)
  local metatable = getmetatable(value)
  return type(metatable) == "table" and rawget(metatable, "__tostring") ~= nil
end

local show

local function show_key(key, options)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") and not keywords[key] then return key end
  return "[" .. show(key, options, options.depth, {}) .. "]"
end

-- The members of a table as text, the list part without keys. `rest` counts those over the limit.
local function members(value, options, depth, path)
  local parts, length, total = {}, 0, 0
  for i = 1, options.entries do
    if rawget(value, i) == nil then break end
    length = i
    parts[i] = show(value[i], options, depth + 1, path)
  end
  local keys = {}
  for key in next, value do
    total = total + 1
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then keys[#keys + 1] = key end
  end
  table.sort(keys, by_type_then_value)
  for _, key in ipairs(keys) do
    if #parts >= options.entries then break end
    parts[#parts + 1] = show_key(key, options) .. " = " .. show(rawget(value, key), options, depth + 1, path)
  end
  return parts, total - #parts
end

local function fits(parts, options, depth)
  local width = 2 * depth + 4
  for _, part in ipairs(parts) do
    width = width + #part + 2
    if width > options.width or part:find("\n", 1, true) then return false end
  end
  return true
end

local function show_table(value, options, depth, path)
  if path[value] then return "<cycle>" end
  if next(value) == nil then return "{}" end
  if depth >= options.depth then return "{…}" end
  path[value] = true
  local parts, rest = members(value, options, depth, path)
  path[value] = nil
  if rest > 0 then parts[#parts + 1] = ("… %d more"):format(rest) end
  if fits(parts, options, depth) then return "{ " .. table.concat(parts, ", ") .. " }" end
  local indent = ("  "):rep(depth + 1)
  return "{\n" .. indent .. table.concat(parts, ",\n" .. indent) .. "\n" .. ("  "):rep(depth) .. "}"
end

function show(value, options, depth, path)
  if type(value) == "string" then return quote(value, options.text) end
  if value == json.null then return "json.null" end
  if type(value) ~= "table" then return tostring(value) end
  if has_tostring(value) then return "<" .. tostring(value) .. ">" end
  return show_table(value, options, depth, path)
end

--- The text of a value. A string stands in quotes; a table with `__tostring` shows what that gives.
--- @param value any
--- @param options? fmcal.inspect.options
--- @return string
local function inspect(value, options)
  return show(value, setmetatable(options or {}, { __index = defaults }), 0, {})
end

return inspect
