-- The names of entries and of their events.
--
-- The key of an entry is its id; an epic's court date is an entry of its own. The UID of an event is its name, a key with the
-- suffix of its calendar where it has one, and "@fleetmonitor" behind it. Calendars drop blanks before a UID: the first
-- character of a name that begins with one is percent-encoded, and so is a "%" there, so that no two names have one UID.

local names = {}

local DOMAIN = "@fleetmonitor"
local COURT_DATE = ".court-date"

local function encode(byte)
  return ("%%%02X"):format(byte:byte())
end

local function decode(digits)
  return string.char(tonumber(digits, 16))
end

--- The UID for a name.
function names.uid(name)
  return name:gsub("^[%s%%]", encode) .. DOMAIN
end

--- Whether a UID is of fmcal's making. @param uid string|nil
function names.is_ours(uid)
  return uid ~= nil and uid:sub(-#DOMAIN) == DOMAIN
end

--- The name that a UID of ours stands for.
function names.of_uid(uid)
  return (uid:sub(1, -#DOMAIN - 1):gsub("^%%(%x%x)", decode))
end

--- The key of the court date of an epic.
function names.court_date(epic)
  return epic .. COURT_DATE
end

--- The key of the entry that an event of a type stands for.
-- @param id string of the item or epic
function names.key(id, event_type)
  return event_type == "court-date" and names.court_date(id) or id
end

--- Whether a key is that of a court date.
function names.is_court_date(key)
  return key:sub(-#COURT_DATE) == COURT_DATE
end

return names
