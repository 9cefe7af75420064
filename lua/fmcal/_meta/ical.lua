---@meta

---iCalendar (RFC 5545): read, build, edit in place, and events as fmcal means them.
---
---Reading first checks size, depth and number of components. It skips lines that are no content lines. Recurrence rules
---stay text; occurrences() alone expands them. A value that you build or set cannot become more than one line: the module refuses
---values with control characters and parameters with quotes.
---
---A failure is `nil, err`; `err.code` is "parse" (with `err.line`), "limit" (too large or deep), "invalid" (cannot be
---written), "unsupported" (no event in it), "notfound".
---
---    local doc = ical.document(text)
---    doc:set("VEVENT", "LOCATION", ical.escape("Room 1; 2nd floor"))
---    doc:add({ "VEVENT", 2, "VALARM" }, "X-SEEN", "1")
---    text = doc:text()
---@class fmcal.ical
local ical = {}

---@class fmcal.ical.limits
---@field max_bytes? integer 1 MiB
---@field max_lines? integer 50000 content lines
---@field max_depth? integer 16 components within one another; at most 64
---@field max_components? integer 10000

---@alias fmcal.ical.params table<string, string|string[]> parameters by name, in capitals; an array for several values

---@class fmcal.ical.property
---@field name string in capitals
---@field value string as in the text; see unescape() for TEXT values
---@field params? fmcal.ical.params

---@class fmcal.ical.component
---@field name string in capitals: "VCALENDAR", "VEVENT", …
---@field properties? fmcal.ical.property[]
---@field components? fmcal.ical.component[]

---Reads a text that holds one component, usually a VCALENDAR.
---@param text string
---@param limits? fmcal.ical.limits
---@return fmcal.ical.component? component
---@return fmcal.error? err
function ical.parse(text, limits) end

---Writes a component: lines end with CR LF and are folded at 75 octets; parameters are sorted by name.
---@param component fmcal.ical.component
---@return string? text
---@return fmcal.error? err "invalid": a name, value or parameter that cannot stand in a line
function ical.build(component) end

---Reads the event of a calendar object: see fmcal.provider.core's decode. Local times in a zone that only the object
---describes come out in UTC.
---@param text string
---@return fmcal.event? event `raw` is the text
---@return fmcal.error? err
function ical.event(text) end

---Writes the object of an event. With `old`, it replaces only what the event says differently; every other line stays
---byte for byte, and if nothing differs the result is `old`.
---@param event fmcal.event must have `uid` and `dueDate`
---@param old? string the object as the calendar has it
---@return string? text
---@return fmcal.error? err
function ical.encode(event, old) end

---@class fmcal.ical.window
---@field from integer seconds since 1970
---@field to integer the same; it is not in the window
---@field zone? string IANA name: where days, and times without a zone, are meant to be; UTC by default
---@field most? integer how many are wanted at most, 10,000 by default

---@class fmcal.ical.occurrence
---@field dueDate string when it begins, as an event has it
---@field endDate string when it ends (exclusive); a time without an end ends when it begins
---@field timeZone? string
---@field changed? boolean somebody has moved or changed this one
---@field title? string of one that was changed
---@field location? string the same

---@class fmcal.ical.expansion
---@field recurring boolean more than one occurrence is to be expected
---@field cut boolean there are more in the window

---When the event of a calendar object takes place within a window: the occurrences of its series, as single ones were moved,
---changed and cancelled. An event that does not repeat has one. The start is the first occurrence, whether the rule names it
---or not. RANGE of an override is not understood. A rule that repeats by the minute is refused ("unsupported").
---@param text string
---@param window fmcal.ical.window
---@return fmcal.ical.occurrence[]? list by their beginning
---@return fmcal.ical.expansion|fmcal.error more the error if the first is nil
function ical.occurrences(text, window) end

---The UID of the first event, to-do or journal entry, without reading the rest.
---@param text string
---@return string? uid nil if there is none
function ical.uid(text) end

---Text as a TEXT value: `\`, `;`, `,` and line ends escaped, control characters removed.
---@param text string
---@return string value
function ical.escape(text) end

---What a TEXT value means.
---@param value string
---@return string text
function ical.unescape(value) end

---A document with every line end made CR LF, as servers want it.
---@param text string
---@return string text
function ical.crlf(text) end

---A DATE or DATE-TIME as fmcal spells dates: "20260215T180000Z" is "2026-02-15T18:00:00Z".
---@param value string
---@return string? date
---@return fmcal.error? err "parse": also for a day that does not exist
function ical.date(value) end

---The reverse of date(). A date with an offset becomes one in UTC.
---@param date string
---@return string? value
---@return fmcal.error? err
function ical.date_value(date) end

---A DURATION: "-P1DT2H" is -1 day and -7200 seconds. Days are days of the calendar, seconds are exact.
---@param value string
---@return integer? days
---@return integer|fmcal.error seconds the error if the first is nil
function ical.duration(value) end

---The VTIMEZONE of a zone.
---@param zone string IANA name
---@param epoch? integer it must be right from this instant on; by default from now on
---@return string? text
---@return fmcal.error? err "notfound": no such zone
function ical.vtimezone(zone, epoch) end

---The IANA name that another program's TZID means: "/freeassociation.sourceforge.net/Europe/Rome",
---"W. Europe Standard Time".
---@param tzid string
---@return string? zone
---@return fmcal.error? err "notfound"
function ical.zone(tzid) end

---@alias fmcal.ical.path nil|string|(string|integer)[] which component: nil for the outermost one; a name for the
---first of that name in it (of several VEVENTs the master of the series); an array of names from the outside in, each
---followed by a number if it is not the first: { "VEVENT", 2, "VALARM" }

---A text that you edit in place. All other lines stay byte for byte, including folds and line ends; new lines get the
---line end of the first one.
---@class fmcal.ical.document
local document = {}

---@param text string
---@param limits? fmcal.ical.limits
---@return fmcal.ical.document? document
---@return fmcal.error? err as for parse()
function ical.document(text, limits) end

---The first property of a name.
---@param path fmcal.ical.path
---@param name string
---@return string? value as in the text; nil if there is none
---@return fmcal.ical.params? params
function document:get(path, name) end

---All properties of a name.
---@param path fmcal.ical.path
---@param name string
---@return {value: string, params: fmcal.ical.params?}[]
function document:all(path, name) end

---A component with everything in it.
---@param path fmcal.ical.path
---@return fmcal.ical.component? nil if there is none
function document:component(path) end

---Replaces the first property of a name, or adds it.
---@param path fmcal.ical.path
---@param name string
---@param value string as it will be in the text; see escape()
---@param params? fmcal.ical.params without it, the present parameters stay
---@return true? done
---@return fmcal.error? err "invalid"; "notfound": no such component
function document:set(path, name, value, params) end

---Adds a property beside those of the same name.
---@param path fmcal.ical.path
---@param name string
---@param value string
---@param params? fmcal.ical.params
---@return true? done
---@return fmcal.error? err as for set()
function document:add(path, name, value, params) end

---Removes all properties of a name.
---@param path fmcal.ical.path
---@param name string
---@return integer count how many there were
function document:remove(path, name) end

---Adds a component at the end of another.
---@param path fmcal.ical.path
---@param component fmcal.ical.component
---@return true? done
---@return fmcal.error? err
function document:add_component(path, component) end

---Removes a component with everything in it.
---@param path fmcal.ical.path not nil
---@return boolean removed
function document:remove_component(path) end

---@return string text as it is now
function document:text() end

---@return boolean edited whether anything was changed
function document:edited() end

---Frees the document. It cannot be used afterwards.
function document:close() end

return ical
