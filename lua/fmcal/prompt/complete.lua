-- Completion at the prompt: names in tables, methods behind metatables, dot commands and their files' names aside.
local complete = {}

local keywords = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
  "nil", "not", "or", "repeat", "return", "then", "true", "until", "while" }

-- What indexing a value can find: itself where it is a table, then the tables behind `__index`.
local function index_tables(value)
  local tables = {}
  local seen = {}
  while value ~= nil and not seen[value] do
    seen[value] = true
    if type(value) == "table" then tables[#tables + 1] = value end
    local metatable = debug.getmetatable(value)
    value = type(metatable) == "table" and rawget(metatable, "__index") or nil
    if type(value) == "function" then value = nil end
  end
  return tables
end

local function is_name(text)
  return type(text) == "string" and text:find("^[%a_][%w_]*$") ~= nil
end

-- Names of the members of `value` that start with `prefix`; only what can be called where `callable`.
local function member_names(value, prefix, callable)
  local found, names = {}, {}
  for _, members in ipairs(index_tables(value)) do
    for name, member in next, members do
      local fits = is_name(name) and name:sub(1, #prefix) == prefix and not name:find("^__")
      if fits and not found[name] and (not callable or type(member) == "function") then
        found[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

-- Members of a value, found without running code of others: only tables and tables behind `__index` are asked, but
-- for fmcal itself, whose modules load when first used.
local function member(value, name, fmcal)
  if rawequal(value, fmcal) then return fmcal[name] end
  for _, members in ipairs(index_tables(value)) do
    local found = rawget(members, name)
    if found ~= nil then return found end
  end
end

-- The value of a path such as `a.b.c` in the globals.
local function resolve(path, globals, fmcal)
  local value = globals
  for name in path:gmatch("[%a_][%w_]*") do
    value = member(value, name, fmcal)
    if value == nil then return nil end
  end
  return value
end

-- Modules of fmcal that are not loaded yet.
local function module_names(prefix)
  local names = {}
  for name in next, package.preload do
    local short = name:match("^fmcal%.([%a_][%w_]*)$")
    if short and short:sub(1, #prefix) == prefix then names[#names + 1] = short end
  end
  return names
end

local function merge(into, more)
  local seen = {}
  for _, name in ipairs(into) do seen[name] = true end
  for _, name in ipairs(more) do
    if not seen[name] then into[#into + 1] = name end
  end
  table.sort(into)
  return into
end

--- The names that can stand where the text ends, and how much of them is there already.
--- @param text string         the line up to the cursor
--- @param globals table       where names start
--- @param commands string[]   names of dot commands
--- @param arguments? fun(name: string, argument: string): string, string[]   the same for a dot command's argument
--- @return string prefix, string[] names
function complete.candidates(text, globals, commands, arguments)
  local named, argument = text:match("^%s*%.(%a+)%s+(.*)$")
  if named and arguments then return arguments(named, argument) end
  local command = text:match("^%s*%.(%a*)$")
  if command then
    local names = {}
    for _, name in ipairs(commands) do
      if name:sub(1, #command) == command then names[#names + 1] = name end
    end
    return command, names
  end
  local fmcal = rawget(globals, "fmcal")
  local path, separator, prefix = text:match("([%a_][%w_%.]*)%s*([%.:])([%w_]*)$")
  if path then
    local value = resolve(path, globals, fmcal)
    local names = value == nil and {} or member_names(value, prefix, separator == ":")
    if fmcal ~= nil and rawequal(value, fmcal) then merge(names, module_names(prefix)) end
    return prefix, names
  end
  prefix = text:match("[%a_][%w_]*$")
  if not prefix then return "", {} end
  local names = member_names(globals, prefix)
  local words = {}
  for _, word in ipairs(keywords) do
    if word:sub(1, #prefix) == prefix then words[#words + 1] = word end
  end
  return prefix, merge(names, words)
end

local function common_prefix(names)
  local common = names[1]
  for _, name in ipairs(names) do
    while name:sub(1, #common) ~= common do common = common:sub(1, -2) end
  end
  return common
end

-- Names in columns, down first, as `ls` shows them.
local function columns(names, width)
  local longest = 0
  for _, name in ipairs(names) do longest = math.max(longest, #name) end
  local across = math.max(1, width // (longest + 2))
  local rows = (#names + across - 1) // across
  local lines = {}
  for row = 1, rows do
    local cells = {}
    for i = row, #names, rows do cells[#cells + 1] = names[i] .. (" "):rep(longest + 2 - #names[i]) end
    lines[row] = table.concat(cells):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

--- What Tab does: the text to insert at the cursor, and where several names fit, lines that show them.
--- @return string? insert, string? lines
function complete.tab(text, globals, commands, width, arguments)
  local prefix, names = complete.candidates(text, globals, commands, arguments)
  if #names == 0 then return nil end
  local insert = common_prefix(names):sub(#prefix + 1)
  if #names == 1 or insert ~= "" then return insert end
  return nil, columns(names, width)
end

return complete
