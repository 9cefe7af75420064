---@meta

---The server behind the mock provider: a calendar in memory. Tests and scripts can edit it as another program would,
---and make it fail. Several providers may share one server.
---
---    local server = mock.server()
---    local p = core.new("mock", {}, server)
---    server:fault { on = "create", kind = "lost", at = 3 }
---@class fmcal.mock
local mock = {}

---@class fmcal.mock.settings
---@field account? string who signed in, "mock" by default
---@field password? string what the option `password` of providers must be; nil: any
---@field page_size? integer changes per page of a listing, 0 (all in one) by default
---@field max_token_age? integer changes after which it rejects a sync token, 0 (never) by default
---@field tokens? boolean it has sync tokens, true by default
---@field etag_on_write? boolean it answers a write with the new ETag, true by default
---@field drop? string name of a property that it does not keep, such as "X-EPIC-ID"
---@field reverse? boolean it reverses the order of an event's properties, false by default
---@field file? string it keeps the changes in this file, for other processes to see (only for server())
---@field calendars? fmcal.mock.calendar[] instead of the one calendar "mock-calendar"

---@class fmcal.mock.calendar
---@field id string
---@field name? string the id by default
---@field color? string "#rrggbb"
---@field writable? boolean true by default
---@field events? boolean it takes events, true by default
---@field primary? boolean false by default

---Makes a server with one empty, primary calendar, "mock-calendar".
---@param settings? fmcal.mock.settings
---@return fmcal.mock.server? server
---@return fmcal.error? err the file cannot be read ("io"), or no mock server wrote it ("parse")
function mock.server(settings) end

---@class fmcal.mock.server
local server = {}

---Changes the settings you name; the others stay.
---@param settings fmcal.mock.settings
function server:set(settings) end

---Adds a calendar, or changes the one with that id.
---@param calendar fmcal.mock.calendar
function server:add_calendar(calendar) end

---Removes a calendar with everything in it.
---@param id string
---@return boolean there_was_one
function server:remove_calendar(id) end

---@class fmcal.mock.fault
---@field kind "refuse"|"network"|"timeout"|"lost"|"stale"|"expired"|"truncate"|"auth"|"throttle"|"server"|"gone"|"forget"|
---   "missing"|"lag"|"damaged"
---@field on? string|string[] requests that it hits: "open", "list", "changes", "fetch", "create", "update", "delete", "read" (the look
---   that settles a write without answer), "write" (the three writes), "any" (the default)
---@field at? integer which matching request from now on, 1 (the next) by default
---@field times? integer how many in a row, 1 by default
---@field uid? string only writes of this event
---@field retry_after_s? integer with "throttle" and "server"

---Orders a fault. The kinds mean, for a write: "refuse" (403), "network" and "timeout" (nothing happened), "lost" (the
---write happened, but the answer is lost), "stale" (somebody touched the event a moment before), "throttle" (429),
---"server" (503), "auth" (401) and "gone" (404: the calendar vanished), which end the operation, and "forget" (the
---server confirms the write and does not keep it); for a listing: "expired" (the server rejects the token), "truncate"
---(the listing ends half-way); for a fetch: "missing" (the server finds no object), "lag" (objects that changed since
---the last listing are as they were before), "damaged" (the first text is no object).
---@param fault fmcal.mock.fault
function server:fault(fault) end

---Drops all ordered faults.
function server:clear_faults() end

---@class fmcal.mock.object
---@field href string
---@field uid? string
---@field etag string
---@field text string

---The objects of a calendar in the order of href.
---@param calendar? string id, the primary one by default
---@return fmcal.mock.object[]?, fmcal.error?
function server:objects(calendar) end

---One object; nil if there is none.
---@param name string its href or UID
---@param calendar? string
---@return fmcal.mock.object?, fmcal.error?
function server:object(name, calendar) end

---The event in one object.
---@param name string its href or UID
---@param calendar? string
---@return table? event nil if there is none
---@return fmcal.error? err the text is no event
function server:event(name, calendar) end

---Puts a text, as another program would. It replaces an object with that href or UID. A new object gets the href you
---give; if you give its UID, the server chooses the href.
---@param name string href or UID
---@param text string any text
---@param calendar? string
---@return string? href
---@return fmcal.error?
function server:put(name, text, calendar) end

---Replaces members of an event, as a person would.
---@param name string its href or UID; raises if there is none
---@param members table event members, see fmcal.provider.core
---@param calendar? string
---@return string? href
---@return fmcal.error?
function server:edit(name, members, calendar) end

---Deletes an object.
---@param name string its href or UID; raises if there is none
---@param calendar? string
---@return string? href
---@return fmcal.error?
function server:delete(name, calendar) end

---The requests so far by kind, their `total`, and `bodies`, the delivered texts.
---@return table<string, integer>
function server:counts() end

---Counts from zero again.
function server:reset_counts() end

return mock
