-- "Did you mean …": the nearest of some known names.

local function distance(a, b)
  local previous = {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j) and 0 or 1
      current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + same)
    end
    previous = current
  end
  return previous[#b]
end

-- Nobody types a name that is longer; the distance of long ones takes long to find.
local LONGEST = 100

--- The known name nearest to `name`, or nil if none is near.
-- @param name string
-- @param known list of strings
local function suggest(name, known)
  if #name > LONGEST then return nil end
  local best, best_distance
  for _, candidate in ipairs(known) do
    local d = distance(name:lower(), candidate:lower())
    if not best_distance or d < best_distance then best, best_distance = candidate, d end
  end
  if best and best_distance <= math.max(2, #name // 3) then return best end
  return nil
end

return suggest
