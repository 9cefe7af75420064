-- The names of a table's members in their order, so that what is said of them is the same in every run.

local function by_text(a, b)
  return tostring(a) < tostring(b)
end

--- @param members table; where people write it, a name may be no string
-- @return list
local function sorted_names(members)
  local names, order = {}, nil
  for name in pairs(members) do
    names[#names + 1] = name
    if type(name) ~= "string" then order = by_text end
  end
  table.sort(names, order)
  return names
end

return sorted_names
