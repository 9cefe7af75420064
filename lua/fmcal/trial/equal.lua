-- Where two values differ, path by path. null is as good as absent, as everywhere on a board.

local given = require "fmcal.util.given"

local equal = {}

local function is_list(value)
  return #value > 0 or next(value) == nil
end

local function names_of(expected, actual, is_partial)
  local names, seen = {}, {}
  for _, members in ipairs(is_partial and { expected } or { expected, actual }) do
    for name in next, members do
      if not seen[name] then names[#names + 1], seen[name] = name, true end
    end
  end
  table.sort(names, function(a, b)
    if math.type(a) and math.type(b) then return a < b end
    return tostring(a) < tostring(b)
  end)
  return names
end

local function below(path, name)
  if math.type(name) == "integer" then return ("%s[%d]"):format(path, name) end
  return path == "" and tostring(name) or ("%s.%s"):format(path, tostring(name))
end

local function compare(found, path, expected, actual, is_partial)
  expected, actual = given(expected), given(actual)
  if rawequal(expected, actual) then return end
  if type(expected) ~= "table" or type(actual) ~= "table" then
    if expected ~= actual then found[#found + 1] = { path = path, expected = expected, actual = actual } end
    return
  end
  local only_expected = is_partial and not is_list(expected)
  for _, name in ipairs(names_of(expected, actual, only_expected)) do
    compare(found, below(path, name), expected[name], actual[name], is_partial)
  end
end

--- The differences of two values, in order.
-- @param is_partial of tables with names only the members that `expected` has are compared
-- @return list of { path, expected, actual }; empty where they are equal
function equal.differences(expected, actual, is_partial)
  local found = {}
  compare(found, "", expected, actual, is_partial)
  return found
end

return equal
