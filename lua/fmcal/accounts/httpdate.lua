-- The time in a Date header (RFC 9110 section 5.6.7; the form that servers must send).

local time = require "fmcal.time"

local httpdate = {}

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

--- @return seconds since 1970, or nil for anything else than such a date
function httpdate.parse(text)
  local day, month, year, clock = (text or ""):match("^%a+, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d:%d%d:%d%d) GMT$")
  if not MONTHS[month] then return nil end
  local parsed = time.parse(("%s-%02d-%sT%sZ"):format(year, MONTHS[month], day, clock))
  return parsed and parsed.epoch
end

return httpdate
