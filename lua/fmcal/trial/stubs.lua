-- What a language server is told of rules and their tests: annotations for the Lua language server, made from the schema of
-- answers and from what is written here.

local schema = require "fmcal.rules.schema"
local sorted_names = require "fmcal.util.sorted_names"

local stubs = {}

local HEAD = [==[
---@meta
-- For the Lua language server; made by `fmcal-lua rules.lua new`. Nothing runs this file.

]==]

local RULES = [==[
---@class fmcal.Entry an item, a subitem, an epic or a court date; other members as on the board
---@field id string
---@field eventType "item"|"epic"|"court-date"
---@field title string
---@field dueDate? string
---@field status? string
---@field metadata? table
---@field parentId? string of a subitem
---@field parentTitle? string of a subitem
---@field itemCounts? { total: integer, done: integer } of an epic
---@field [string] any

---@class fmcal.Conflict
---@field entry fmcal.Entry
---@field event fmcal.Event
---@field base? fmcal.Entry as both sides last agreed on it
---@field local_time? integer seconds since 1970
---@field external_time? integer seconds since 1970
---@field fields table<string, { ["local"]: any, external: any, base: any }>

---@class fmcal.Context
---@field team string
---@field provider string
---@field calendar string name of the calendar that is asked about
---@field options table its syncOptions
---@field board { team: string, teamName: string? }
---@field config table the calendarConfig, without credentials
---@field now integer seconds since 1970
---@field log table<"error"|"warn"|"info"|"debug"|"trace", fun(format: string, ...: any)>
---@field defaults fmcal.Rules what would be answered without the rules file
---@field lib fmcal.Lib

---@class fmcal.Rules what a rules file returns
---@field fields? table<string, fmcal.Field|string|false> how members of the board travel
---@field select? fun(entry: fmcal.Entry, ctx: fmcal.Context): boolean
---@field route? fun(entry: fmcal.Entry, ctx: fmcal.Context): string[]? names of calendars
---@field to_event? fun(entry: fmcal.Entry, ctx: fmcal.Context): fmcal.Event
---@field to_entry? fun(event: fmcal.Event, entry: fmcal.Entry, ctx: fmcal.Context): fmcal.Members
---@field on_conflict? fun(conflict: fmcal.Conflict, ctx: fmcal.Context): "local"|"external"|"manual"|fmcal.Members
---@field on_deleted? fun(entry: fmcal.Entry, side: string, ctx: fmcal.Context): "clear-due-date"|"recreate"|"keep"
---@field adopt? fun(event: fmcal.Event, ctx: fmcal.Context): table?

---@class fmcal.Lib
lib = {}
---@param date string
---@param n integer
---@return string
function lib.add_days(date, n) end
---@param date string
---@return integer number 1 for Monday to 7 for Sunday
---@return string name in English, small letters
function lib.weekday(date) end
---@param date string
---@param holidays? string[]|table<string, any>
---@return boolean
function lib.is_workday(date, holidays) end
---@param date string
---@param n integer
---@param holidays? string[]|table<string, any>
---@return string
function lib.workday(date, n, holidays) end
---@param date string
---@param clock string "09:00"
---@param zone? string
---@return string, string
function lib.at(date, clock, zone) end
---@param ... string durations such as "-P1D"
---@return string[]
function lib.chain(...) end
---@param text string
---@param pattern string
---@return string
function lib.redact(text, pattern) end
---@param text string
---@param n integer
---@return string
function lib.shorten(text, n) end
---@param text string
---@param whole string
---@return string
function lib.lengthen(text, whole) end
---@param text string
---@return string
function lib.slug(text) end
---@param list any[]?
---@param value any
---@return boolean
function lib.contains(list, value) end

fmcal = {}
---Opens the prompt under --debug; does nothing in a run.
function fmcal.breakpoint() end

]==]

local TESTS = [==[
---@class fmcal.Tests what a test file gets: `local t = ...`
---@field none any in place of a value: takes the member away
local t = {}
---@param path string the rules file, relative to the test file
function t.rules(path) end
---@param members table of the scenes' boards: team, calendarConfig, …
function t.board(members) end
---@param name string
---@param fn fun(s: fmcal.Scene)
function t.test(name, fn) end
---@param name string
---@param cases { given: any, expect: any, name: string? }[]
---@param fn fun(s: fmcal.Scene, given: any): any
function t.cases(name, cases, fn) end
---@param name string
---@param fn fun(s: fmcal.Scene): any
function t.snapshot(name, fn) end
---@param actual any
---@param expected any
---@param message? string
function t.equal(actual, expected, message) end
---@param key string
---@param reason string
---@param decided_by? string compared from the left
function t.reason(key, reason, decided_by) end

---@param path string of a recording (see rules.lua record)
---@param fn? fun(s: fmcal.Scene)
function t.recording(path, fn) end

---@class fmcal.Scene
local s = {}
---@param entry table
function s:item(entry) end
---@param entry table
function s:epic(entry) end
---@param id string
---@param members table<string, any>
function s:edit(id, members) end
---@param id string
function s:remove(id) end
---@param id string
---@return table?
function s:entry(id) end
---@param name? string
---@return fmcal.SceneCalendar
function s:calendar(name) end
---@return fmcal.Event[]
function s:events() end
---@param path string of a board
---@return table<string, fmcal.Event>
function s:events_of(path) end
---@param fault { kind: string, on: string?, calendar: string?, times: integer? }
function s:fault(fault) end
---@param time? string "2027-03-01T09:00Z"
---@return string
function s:clock(time) end
---@param options? { dry_run: boolean?, direction: string?, only: string[]?, retry_failed: boolean?, allow_mass_delete: boolean? }
---@return table result
function s:sync(options) end
---@return table result
function s:last_run() end
---@param entry table
---@return fmcal.Event
function s:to_event(entry) end
---@param event fmcal.Event
---@param entry? table
---@return fmcal.Members
function s:to_entry(event, entry) end
---@param entry table
---@return boolean
function s:select(entry) end
---@param entry table
---@return string[] names of calendars
function s:route(entry) end

---@class fmcal.SceneCalendar
local calendar = {}
---@param key string of an entry, or a UID
---@return fmcal.Event?
function calendar:event(key) end
---@return fmcal.Event[]
function calendar:events() end
---@param key string
---@param members table
function calendar:edit(key, members) end
---@param key string
function calendar:delete(key) end
---@param event table
---@return string uid
function calendar:add(event) end
]==]

-- The type of a member, by what its kind is said to be.
local TYPES = { ["a list of texts"] = "string[]", ["true or false"] = "boolean", ["a value that JSON can hold"] = "any",
  ["a function"] = "function", ["a table"] = "table" }

local function type_of(kind)
  local expected = kind.expected
  if TYPES[expected] then return TYPES[expected] end
  if expected:find('^"') then return (expected:gsub(" or ", "|"):gsub(", ", "|")) end
  return expected:find("^a number") and "number" or "string"
end

local function class_of(name, shape)
  local lines = { "---@class " .. name }
  for _, member in ipairs(sorted_names(shape.members)) do
    local kind = shape.members[member]
    lines[#lines + 1] = ("---@field %s? %s %s"):format(member, type_of(kind), kind.expected:gsub('"', ""))
  end
  return table.concat(lines, "\n")
end

--- The text of the stubs.
function stubs.text()
  return HEAD .. class_of("fmcal.Event", schema.EVENT) .. "\n---@field [string] string x:NAME\n\n"
    .. class_of("fmcal.Members the mapped members of an entry", schema.ENTRY) .. "\n\n"
    .. class_of("fmcal.Field how a member of the board travels", schema.FIELD) .. "\n\n" .. RULES .. TESTS
end

return stubs
