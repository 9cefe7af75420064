-- A number with its noun: "1 event", "2 events".

--- @param count integer
-- @param noun string in the singular
-- @param plural string|nil where it is not the noun with an "s"
local function quantity(count, noun, plural)
  return ("%d %s"):format(count, count == 1 and noun or plural or noun .. "s")
end

return quantity
