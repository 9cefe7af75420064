---@meta

---Calendars of any kind behind one set of calls. `fmcal.provider` adds calls for single events.
---
---Calls block. A call that fails returns `nil, err`; see `err.code`: "auth", "notfound", "network", "timeout",
---"throttled", "server", "access", "readonly" (a dry run), "canceled" (Ctrl-C), …
---@class fmcal.provider.core
local core = {}

---@class fmcal.provider.options
---Names may be camelCase or snake_case; a dot reaches members of nested tables. Strings, whole numbers,
---booleans and secrets; json.null counts as absent.
---@field calendar_id? string id, name or "primary", which is the default
---@field endpoint? string|table base URL or folder
---@field username? string
---@field password? string|userdata
---@field allow_http? boolean plain http beyond loopback addresses
---@field ca_file? string
---@field proxy? string
---@field dry_run? boolean apply() answers "readonly", and the provider writes nothing else either
---@field discovery? string what binding() answered the last time; saves the discovery requests

---Makes a provider; uses no network yet.
---@param name string "mock", "vdir", "caldav", …
---@param options? fmcal.provider.options
---@param server? fmcal.mock.server for "mock"
---@return fmcal.provider.handle?
---@return fmcal.error? err "invalid" names the setting, or lists the providers
function core.new(name, options, server) end

---Makes one that only reads and writes the texts of events (encode, decode): no settings, no account.
---@param name string
---@return fmcal.provider.handle?
---@return fmcal.error? err "invalid": says which providers there are
function core.codec(name) end

---What sets a kind of provider apart.
---@class fmcal.provider.traits
---@field remote boolean it talks to a network
---@field token boolean changes() needs no complete listing each time
---@field one_uid_per_account boolean a UID may be used once in the whole account
---@field mock_server boolean its calendar may be a server of fmcal.mock
---@field disconnects boolean signing out ends something on the other side
---@field endpoint "url"|"path"|"urls" what the setting is: an address, a file or folder, several addresses by name
---@field main_secret? string the secret that is meant where credentials say only where it comes from

---@param name string
---@return fmcal.provider.traits?
---@return fmcal.error? err "invalid": says which providers there are
function core.traits(name) end

---Names of all providers.
---@return string[]
function core.names() end

---@class fmcal.provider.handle
local handle = {}

---@class fmcal.provider.binding
---@field account string who signed in
---@field calendar_id string the calendar's lasting identity
---@field name string its display name
---@field writable boolean
---@field discovery? string

---Signs in and chooses the calendar.
---@return fmcal.provider.binding?, fmcal.error?
function handle:open() end

---What open() answered; nil before.
---@return fmcal.provider.binding?
function handle:binding() end

---@return {remote: boolean, token: boolean, one_uid_per_account: boolean}
function handle:capabilities() end

---@return string
function handle:name() end

---Closes. Raises while apply() runs, that is, from its progress function.
function handle:close() end

---Signs out: revokes tokens on the server.
---@return true?, fmcal.error?
function handle:disconnect() end

---The calendars of the account. Works before open().
---@return {id: string, name: string, color: string?, writable: boolean, events: boolean, primary: boolean}[]?, fmcal.error?
function handle:list() end

---Reads what changed since the target's token into its remote rows, and stores the new token: page by page, each page
---in one transaction. If a page fails, the pages before it stay.
---@param target fmcal.state.target
---@param own_writes? boolean the same run has written before: infer nothing about rows that no listing has shown yet
---@return {changed: integer, deleted: integer, seen: integer, unread: integer?, full: boolean}? counts `full`: a complete
--- listing; `unread`: existing objects that cannot be read
---@return fmcal.error?
function handle:changes(target, own_writes) end

---Reads objects. With a target, it also stores them in its remote rows, settled.
---@param hrefs string[]
---@param target? fmcal.state.target
---@return ({href: string, uid: string?, etag: string?, text: string}|{href: string, deleted: true}|{href: string, unread: string})[]? `unread`: why it cannot be read
---@return fmcal.error?
function handle:fetch(hrefs, target) end

---@class fmcal.provider.write
---@field kind "create"|"update"|"delete"
---@field uid string
---@field href? string where it is: for update and delete
---@field etag? string the version to replace; nil: any version
---@field text? string from encode(): for create and update

---@class fmcal.provider.result
---@field outcome "done"|"changed"|"refused"|"failed"|"none" "changed": the calendar has something else; "none": not
---   attempted, or not known, because the whole operation ended
---@field href? string where it is now: done create, changed
---@field etag? string
---@field text? string the present text: changed
---@field gone? boolean there is no object: changed
---@field error? fmcal.error refused, failed

---Carries writes out, many at a time, in any order. Creates never overwrite; updates and deletes only
---replace the version named by `etag`.
---@param writes fmcal.provider.write[]
---@param progress? fun(done: integer, total: integer) called between steps; raising ends the operation
---@return fmcal.provider.result[]? results in the order of the writes
---@return fmcal.error? err if the whole operation ended; the results so far come with it
function handle:apply(writes, progress) end

---@class fmcal.event
---@field eventId? string where it is
---@field uid? string its identity
---@field kanbanId? string
---@field title? string
---@field description? string
---@field footer? string
---@field dueDate? string the start: date, RFC 3339, or local time with `timeZone`
---@field endDate? string exclusive
---@field timeZone? string IANA name
---@field unknownDate? string why fmcal does not understand the date in the calendar: there is no `dueDate` then
---@field priority? "high"|"medium"|"low"
---@field status? string
---@field epicId? string
---@field team? string
---@field eventType? "item"|"epic"|"court-date"
---@field caseNumber? string
---@field source? string "fleet-monitor" on events fmcal made
---@field lastModified? string RFC 3339 UTC
---@field etag? string
---@field raw? string the text that decode() read
---@field tags? string[] always present after decode()
---@field location? string as `url`, `color`, `visibility`, `busy` and `x:NAME`: absent, an event that is there keeps
---its own; empty, it has none
---@field url? string
---@field color? string a CSS name or "#rrggbb"
---@field visibility? "public"|"private"|"confidential"|""
---@field busy? boolean said where it is not as usual: a day leaves its time free, a time takes it
---@field reminders? string[] such as "-P1D": alarms that are shown at a time relative to the start; for new events alone
---@field ownsReminders? boolean they take the place of those of an event that is there
---@field [string] any `x:NAME`: a text in a property of its own, X-NAME or Google's private extended property NAME
---@field deleted? boolean
---@field recurring? boolean the master of a series
---@field hasAttendees? boolean

---The text for an event: a new object, or `old_text` with only what fmcal owns replaced. Raises an error that names a
---member of the wrong type.
---@param event fmcal.event
---@param old_text? string
---@return string?, fmcal.error?
function handle:encode(event, old_text) end

---The event in an object's text.
---@param text string
---@return fmcal.event?, fmcal.error?
function handle:decode(text) end

return core
