-- The lines under the description of an event: what of an entry only goes out.

local filled = require("fmcal.model.fields").filled

-- A number in the place of a text stands for its digits.
local function text(value)
  value = filled(value)
  return value ~= nil and tostring(value) or nil
end

--- @param entry table as rules get it
-- @param without set of mapped members that are left out, or nil
-- @return text, or nil for none
local function footer(entry, without)
  local lines = {}
  without = without or {}
  local function add(label, value)
    if value then lines[#lines + 1] = label .. ": " .. value end
  end
  add("Status", text(entry.status))
  add("Priority", not without.priority and text(entry.priority))
  local tags = not without.tags and filled(entry.tags)
  add("Tags", tags and #tags > 0 and table.concat(tags, ", "))
  local counts = entry.itemCounts
  add("Items", counts and counts.total > 0 and ("%d of %d done"):format(counts.done, counts.total))
  return #lines > 0 and table.concat(lines, "\n") or nil
end

return footer
