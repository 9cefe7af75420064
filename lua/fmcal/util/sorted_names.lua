-- The names of a table's members in their order, so that what is said of them is the same in every run.

--- @param members table with strings for names
-- @return list
local function sorted_names(members)
  local names = {}
  for name in pairs(members) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return sorted_names
