---@meta

---Clocks, dates and time zones. The clock is the host's (a test may replace it); the zones are those of the system's
---tzdata. Years run from 1 to 9999, and every call checks ranges. A failure is `nil, err` with `err.code` "parse" (a
---text that is no date), "invalid" or "notfound" (no such zone).
---@class fmcal.time
local time = {}

---A date or date-time in fields.
---@class fmcal.time.fields
---@field kind "date"|"utc"|"offset"|"local" the spelling: "2026-02-15", "…T18:00:00Z", "…T10:00:00-08:00", "…T10:00:00"
---@field year integer
---@field month integer 1 to 12
---@field day integer
---@field hour integer
---@field min integer
---@field sec integer 0 to 59; a leap second is read as 59
---@field offset_s integer seconds east of UTC, 0 unless kind is "offset"
---@field epoch integer seconds since 1970; of a date or local time as if it were UTC

---The wall clock as RFC 3339 text in UTC: "2026-01-25T12:30:00Z".
---@return string
function time.now() end

---The wall clock in whole seconds since 1970.
---@return integer
function time.epoch() end

---A clock that never goes back, in milliseconds; only differences mean something.
---@return integer
function time.monotonic_ms() end

---Waits.
---@param ms integer milliseconds, not negative
---@return true? waited nil if somebody asked the script to stop meanwhile (Ctrl-C, SIGTERM)
---@return fmcal.error? err `err.code` "canceled"
function time.sleep(ms) end

---Reads a date, a local time or an RFC 3339 date-time. Seconds may be missing; parse() drops a fraction.
---@param text string
---@return fmcal.time.fields|nil fields
---@return fmcal.error? err "parse"
function time.parse(text) end

---An instant as RFC 3339 text in UTC.
---@param epoch integer seconds since 1970
---@return string|nil text
---@return fmcal.error? err "invalid": outside the years 1 to 9999
function time.format(epoch) end

---An instant as RFC 3339 text with an offset: "2026-02-15T10:00:00-08:00".
---@param epoch integer seconds since 1970
---@param offset_s integer seconds east of UTC, less than a day; cut to whole minutes
---@return string|nil text
---@return fmcal.error? err "invalid"
function time.format_offset(epoch, offset_s) end

---Whether a name is a time zone of the IANA database; aliases such as "US/Pacific" count.
---@param name string
---@return boolean
function time.is_zone(name) end

---The instant of a local time. If a change to daylight time skips it, it moves forward by the skipped time; if it
---happens twice, the first one counts.
---@param local_text string "2026-02-15T10:00:00", or a date for its midnight
---@param zone string IANA name
---@return integer|nil epoch
---@return fmcal.error? err "parse", "notfound"; "invalid" for a text with an offset
function time.to_utc(local_text, zone) end

---The local time of an instant.
---@param epoch integer seconds since 1970
---@param zone string IANA name
---@return string|nil local_text "2026-02-15T10:00:00"
---@return integer|fmcal.error offset_s seconds east of UTC then and there; the error if the first is nil ("notfound", "invalid")
function time.to_zone(epoch, zone) end

---The same time of day some days later, in the same spelling.
---@param date_text string a date or date-time
---@param n integer days; negative for earlier
---@return string|nil
---@return fmcal.error? err "parse", "invalid"
function time.add_days(date_text, n) end

return time
