-- What rules often need, as pure functions: the global `lib` of a rules file.

local lib = {}

--- Whether a list has a value.
function lib.contains(list, value)
  for _, member in ipairs(list or {}) do
    if member == value then return true end
  end
  return false
end

return lib
