-- The values of the parts of a line that failed, each under its part:
--     t.equal(s:entry("A-1").title, "First")
--               |            |
--               |            "Second"
--               {"dueDate":"2027-02-15","id":"A-1"}
-- Parts are names, their members, and calls that only look at a scene.

local json = require "fmcal.json"
local shown = require "fmcal.util.shown"
local sys = require "fmcal.sys"

local parts = {}

-- Methods that may be called once more, for they change nothing.
local LOOKS = { calendar = true, entry = true, event = true, events = true, last_run = true }

local OTHER = {}
for word in ("t and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch "%a+" do
  OTHER[word] = true
end

local CLOSING = { ["("] = ")", ["{"] = "}", ["["] = "]" }

-- ---------------------------------------------------------------- reading the line

-- Behind the text in quotes that begins there.
local function behind_text(line, at)
  local quote = line:sub(at, at)
  repeat
    local escaped
    at, escaped = line:match("()(\\?)[\\" .. quote .. "]", at + 1)
    if at and escaped ~= "" then at = at + 1 end
  until not at or escaped == ""
  return (at or #line) + 1
end

-- Behind the brackets that open there; nil where they do not close in this line.
local function behind_brackets(line, at)
  local closing = CLOSING[line:sub(at, at)]
  at = at + 1
  while at <= #line do
    local char = line:sub(at, at)
    if char == closing then return at + 1 end
    if char == '"' or char == "'" then
      at = behind_text(line, at)
    elseif CLOSING[char] then
      at = behind_brackets(line, at)
      if not at then return nil end
    else
      at = at + 1
    end
  end
  return nil
end

-- Behind the arguments of a call: in parentheses, a text, or a table.
local function behind_arguments(line, at)
  at = line:match("^%s*()", at)
  local char = line:sub(at, at)
  if char == '"' or char == "'" then return behind_text(line, at) end
  return (char == "(" or char == "{") and behind_brackets(line, at) or nil
end

local find

-- One more link of a chain. @return where it stands and where it ends; nil where the chain is over
local function link(found, line, at)
  local name_at, name, behind = line:match("^%.()([%a_][%w_]*)()", at)
  if name then return name_at, behind end
  name_at, name, behind = line:match("^:()([%a_][%w_]*)()", at)
  if name and LOOKS[name] then
    local ends = behind_arguments(line, behind)
    if ends then find(found, line, behind, ends - 1) end
    return ends and name_at, ends
  end
  if line:sub(at, at) == "[" then return at, behind_brackets(line, at) end
  return nil
end

-- The chain that begins there: s, s:entry("A"), s:entry("A").title.
local function add_chain(found, line, from, at)
  local stands = from
  while stands and at do
    found[#found + 1] = { at = stands, code = line:sub(from, at - 1) }
    local next_stands, behind = link(found, line, at)
    if not behind then return at end
    stands, at = next_stands, behind
  end
  return at
end

-- Whether a name that ends there is no value: a key of a table, or a function that is called.
local function is_no_value(line, at)
  return line:find("^%s*=[^=]", at) or line:find("^%s*[({\"']", at)
end

-- Adds the parts between two places of a line.
function find(found, line, at, last)
  while at <= last do
    local name = line:match("^[%a_][%w_]*", at)
    local char = line:sub(at, at)
    if char == '"' or char == "'" then
      at = behind_text(line, at)
    elseif not name then
      at = line:match("^%d[%w.]*()", at) or line:match("^[.:][%a_][%w_]*()", at) or at + 1
    elseif OTHER[name] or is_no_value(line, at + #name) then
      at = at + #name
    else
      at = add_chain(found, line, at, at + #name)
    end
  end
end

-- ---------------------------------------------------------------- their values

local function is_plain(value)
  if type(value) == "table" then
    local meta = getmetatable(value)
    return (meta == nil or type(meta) == "string") and json.encode(value) ~= nil
  end
  return type(value) ~= "function" and type(value) ~= "userdata" and type(value) ~= "thread"
end

-- @return list of { column (from 0), text }, from the left
local function values_of(line, variables)
  local found, values = {}, {}
  find(found, line, 1, #line)
  for _, part in ipairs(found) do
    local chunk = load("return " .. part.code, "=part", "t", variables)
    local ok, value = pcall(chunk or error)
    if ok and is_plain(value) then
      values[#values + 1] = { column = sys.width(line:sub(1, part.at - 1)), text = shown(value) }
    end
  end
  table.sort(values, function(a, b) return a.column < b.column end)
  return values
end

-- A line with a bar for each of the first `count` values, and something behind them.
local function row(values, count, text)
  local made = ""
  for i = 1, count do made = made .. (" "):rep(values[i].column - #made) .. "|" end
  local column = text and values[count + 1].column
  return text and made .. (" "):rep(column - #made) .. text or made
end

--- What names mean in a function that is running.
-- @param level of it, as the caller counts
-- @param globals where names are looked up that it does not know
function parts.variables_at(level, globals)
  local names, values = {}, {}
  local function add(name, value)
    if name and name:find("^[%a_]") then names[name], values[name] = true, value end
  end
  local fn = debug.getinfo(level + 1, "f").func
  for i = 1, math.huge do
    local name, value = debug.getupvalue(fn, i)
    if not name then break end
    add(name, value)
  end
  for i = 1, math.huge do
    local name, value = debug.getlocal(level + 1, i)
    if not name then break end
    add(name, value)
  end
  return setmetatable({}, { __index = function(_, name)
    if names[name] then return values[name] end
    return globals[name]
  end })
end

--- The lines that belong under a line of a test.
-- @param line as it is shown
-- @param variables {[name] = value}: what names in it mean
-- @return list of lines
function parts.under(line, variables)
  local values, lines = values_of(line, variables), {}
  if #values == 0 then return lines end
  lines[1] = row(values, #values)
  for i = #values, 1, -1 do lines[#lines + 1] = row(values, i - 1, values[i].text) end
  return lines
end

return parts
