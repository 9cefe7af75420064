-- Members of an entry that no team can declare: those that fmcal itself reads or writes, and why each is none of a team's. What
-- lies within one of them, or round one, is not either.

local fields = require "fmcal.model.fields"
local own_fields = require "fmcal.model.own_fields"

local reserved = {}

local WRITTEN, READ_OF_ENTRY = "fmcal writes it", "fmcal makes it for rules"
local GOES_OUT, WITH_DATE = "it goes out with the event by itself", "it travels with dueDate"

--- {[path] = why}
reserved.MEMBERS = {
  id = "it names the entry", type = "it says what the entry is", subitems = "they are entries of their own",
  calendarSync = WRITTEN, ["metadata.courtDateSync"] = WRITTEN,
  ["metadata.courtDate"] = "it is the date of an entry of its own",
  timeZone = WITH_DATE, durationMinutes = WITH_DATE, startDate = WITH_DATE .. ", where syncOptions.spans is set",
  status = GOES_OUT, epicId = GOES_OUT, parentTitle = "it is the title of the entry's parent",
  updatedAt = "it says when the entry was edited",
  eventType = READ_OF_ENTRY, parentId = READ_OF_ENTRY, itemCounts = READ_OF_ENTRY,
}

-- Whether a path is another one or lies within it.
local function is_within(path, outer)
  for i, name in ipairs(outer) do
    if path[i] ~= name then return false end
  end
  return true
end

--- Why a member cannot be declared, or nil. @param member its path: "metadata.courtroom"
function reserved.reason(member)
  local path = own_fields.path(member)
  for _, name in ipairs(fields.MEMBERS) do
    if #path > 1 and path[1] == name then return ("%s holds no members"):format(name) end
  end
  local found
  for name, why in pairs(reserved.MEMBERS) do
    local theirs = own_fields.path(name)
    local sentence = is_within(path, theirs) and why or is_within(theirs, path) and ("%s is in it: %s"):format(name, why)
    if sentence and (not found or sentence < found) then found = sentence end
  end
  return found
end

return reserved
