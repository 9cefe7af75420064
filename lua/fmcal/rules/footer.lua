-- The lines under the description of an event: what of an entry only goes out.

local filled = require("fmcal.model.fields").filled

-- A number in the place of a text stands for its digits.
local function text(value)
  value = filled(value)
  return value ~= nil and tostring(value) or nil
end

--- @param entry table as rules get it
-- @param without set of members that are left out, or nil
-- @return text, or nil for none
local function footer(entry, without)
  local lines = {}
  local function add(label, member, value)
    if value and not (without and without[member]) then lines[#lines + 1] = label .. ": " .. value end
  end
  add("Status", "status", text(entry.status))
  add("Priority", "priority", text(entry.priority))
  local tags = filled(entry.tags)
  add("Tags", "tags", tags and #tags > 0 and table.concat(tags, ", "))
  local counts = entry.itemCounts
  add("Items", "itemCounts", counts and counts.total > 0 and ("%d of %d done"):format(counts.done, counts.total))
  return #lines > 0 and table.concat(lines, "\n") or nil
end

return footer
