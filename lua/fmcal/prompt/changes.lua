-- Two values beside each other: what went and what came.
local inspect = require "fmcal.inspect"
local json = require "fmcal.json"
local sorted_names = require "fmcal.util.sorted_names"
local terminal = require "fmcal.cli.terminal"

local function is_same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  local whole = { text = math.huge, entries = math.huge, depth = math.huge }
  return inspect(a, whole) == inspect(b, whole)
end

local function is_record(value)
  return type(value) == "table" and value ~= json.null and #value == 0
end

local function add(lines, view, name, old, new)
  local what = name and name .. " = " or ""
  if is_same(old, new) then
    lines[#lines + 1] = "  " .. what .. inspect(new, { width = view.columns })
    return
  end
  if old ~= nil then lines[#lines + 1] = terminal.paint(view, "red", "- " .. what .. inspect(old, { width = view.columns })) end
  if new ~= nil then lines[#lines + 1] = terminal.paint(view, "green", "+ " .. what .. inspect(new, { width = view.columns })) end
end

--- The text that shows an old and a new value, member by member where both have members.
-- @param view from terminal.of
local function changes(view, old, new)
  local lines = {}
  if not (is_record(old) and is_record(new)) then
    add(lines, view, nil, old, new)
    return table.concat(lines, "\n")
  end
  local both = {}
  for _, side in ipairs { old, new } do
    for name in next, side do both[tostring(name)] = true end
  end
  for _, name in ipairs(sorted_names(both)) do add(lines, view, name, old[name], new[name]) end
  return table.concat(lines, "\n")
end

return changes
