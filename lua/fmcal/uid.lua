-- The UIDs of fmcal's events, and the names that they stand for.
--
-- A UID is the name with "@fleetmonitor" behind it. Calendars drop blanks before a UID: the first character of a name that
-- begins with one is percent-encoded, and so is a "%" there, so that no two names have one UID.

local uids = {}

local DOMAIN = "@fleetmonitor"

local function encode(byte)
  return ("%%%02X"):format(byte:byte())
end

local function decode(digits)
  return string.char(tonumber(digits, 16))
end

--- The UID for a name: an entry's key, with the suffix of its calendar where it has one.
function uids.of(name)
  return name:gsub("^[%s%%]", encode) .. DOMAIN
end

--- Whether a UID is of fmcal's making. @param uid string|nil
function uids.is_ours(uid)
  return uid ~= nil and uid:sub(-#DOMAIN) == DOMAIN
end

--- The name that a UID of ours stands for.
function uids.name(uid)
  return (uid:sub(1, -#DOMAIN - 1):gsub("^%%(%x%x)", decode))
end

return uids
