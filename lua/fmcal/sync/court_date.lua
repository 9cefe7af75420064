-- The key of an epic's court date, which is an entry of its own.

local court_date = {}

local SUFFIX = ".court-date"

--- The key of the court date of an epic.
function court_date.key(epic)
  return epic .. SUFFIX
end

--- Whether a key is that of a court date.
function court_date.is(key)
  return key:sub(-#SUFFIX) == SUFFIX
end

return court_date
