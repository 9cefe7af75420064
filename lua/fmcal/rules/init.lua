-- A team's rules: loads the file, checks it, and calls its functions with copies and clear errors.

local attempt = require "fmcal.attempt"
local defaults = require "fmcal.rules.defaults"
local failure = require "fmcal.failure"
local json = require "fmcal.json"
local suggest = require "fmcal.suggest"
local time = require "fmcal.time"

local rules = {}

local MEMBERS = { "select", "to_event", "to_entry", "on_conflict", "on_deleted", "adopt" }
local EVENT_MEMBERS = {
  "eventId", "uid", "kanbanId", "title", "description", "footer", "dueDate", "endDate", "timeZone", "priority",
  "status", "epicId", "team", "eventType", "caseNumber", "source", "lastModified", "etag", "raw", "tags",
  "reminders", "deleted", "recurring", "hasAttendees",
}
local ENTRY_MEMBERS = {
  "title", "description", "dueDate", "timeZone", "durationMinutes", "tags", "priority",
}

local function set(list)
  local members = {}
  for _, name in ipairs(list) do members[name] = true end
  return members
end

local KNOWN_MEMBERS, KNOWN_EVENT, KNOWN_ENTRY = set(MEMBERS), set(EVENT_MEMBERS), set(ENTRY_MEMBERS)

local function unknown_member(what, name, list)
  local near = suggest(tostring(name), list)
  return ("%s has a member '%s' that nobody reads%s"):format(
    what, tostring(name), near and (": did you mean '%s'?"):format(near) or "")
end

-- What a rules file sees: the pure part of the standard library, and os.time as a reading of ctx.now.
local function environment(reads)
  local env = {
    assert = assert, error = error, getmetatable = getmetatable, ipairs = ipairs, next = next, pairs = pairs,
    pcall = pcall, print = print, rawequal = rawequal, rawget = rawget, rawlen = rawlen, rawset = rawset,
    select = select, setmetatable = setmetatable, tonumber = tonumber, tostring = tostring, type = type,
    xpcall = xpcall, _VERSION = _VERSION, math = math, string = string, table = table, utf8 = utf8,
    os = {
      time = function(at)
        if at then return os.time(at) end
        reads.now = true
        return time.epoch()
      end,
      date = function(format, at)
        if not at then reads.now = true end
        return os.date(format, at or time.epoch())
      end,
    },
  }
  env._G = env
  return env
end

local function fail(message)
  return failure("invalid", "rules", "%s", message)
end

local function check(functions, path)
  if type(functions) ~= "table" then
    return fail(("rules file %s must return a table of functions, not a %s"):format(path, type(functions)))
  end
  for name, member in pairs(functions) do
    if not KNOWN_MEMBERS[name] then return fail(unknown_member("rules file " .. path, name, MEMBERS)) end
    if type(member) ~= "function" then
      return fail(("rules file %s: '%s' must be a function, not a %s"):format(path, name, type(member)))
    end
  end
  return functions
end

local function load_functions(path, reads)
  local file, open_error = io.open(path, "rb")
  if not file then return fail("cannot read the rules file " .. open_error) end
  local text = file:read("a")
  file:close()
  local chunk, syntax = load(text, "@" .. path, "t", environment(reads))
  if not chunk then return fail("the rules file does not load: " .. syntax) end
  local ok, functions = xpcall(chunk, debug.traceback)
  if not ok then return fail("the rules file does not load: " .. tostring(functions)) end
  local checked, err = check(functions, path)
  return checked, err, text
end

local Rules = {}
Rules.__index = Rules

--- Loads a team's rules.
-- @param path string|nil file; nil for the defaults alone
-- @param context table { team, provider, config (without credentials), log }
-- @return rules, or nil and an error
function rules.load(path, context)
  local reads = {}
  local functions, text = {}, ""
  if path then
    local loaded, err, source = load_functions(path, reads)
    if not loaded then return nil, err end
    functions, text = loaded, source
  end
  local self = setmetatable({ functions = functions, reads = reads, path = path, source = text }, Rules)
  local shown = { team = context.team, provider = context.provider, config = context.config, log = context.log,
    defaults = defaults }
  self.ctx = setmetatable({}, { __index = function(_, name)
    if name ~= "now" then return shown[name] end
    reads.now = true
    return time.epoch()
  end, __newindex = function() error("ctx cannot be changed: no state survives a call", 2) end })
  return self
end

local function copy(value)
  if type(value) ~= "table" or value == json.null then return value end
  local result = {}
  for name, member in pairs(value) do result[name] = copy(member) end
  return getmetatable(value) == "fmcal.json.array" and json.array(result) or result
end

-- The message with the calls of the rules file that led to it. The frames of the handler itself are left out, and what
-- called the rule.
local function describe(raised)
  local kind, metatable = type(raised), getmetatable(raised)
  local said = kind == "string" or kind == "number" or metatable and metatable.__tostring
  local whole = debug.traceback(said and tostring(raised) or ("(error object is a %s value)"):format(kind), 3)
  return (whole:gsub("\n%s*%[C%]: in function 'xpcall'.*", ""))
end

-- Calls one function; a failure names the function and the entry.
local function call(self, name, id, ...)
  local custom = self.functions[name]
  if not custom then
    local ok, value = attempt.pcall(defaults[name], ...)
    if ok then return true, value end
    return false, ("%s: %s"):format(id, tostring(value):gsub("^[^\n]-%.lua:%d+: ", ""))
  end
  local given = table.pack(...)
  for i = 1, given.n - 1 do given[i] = copy(given[i]) end -- the last one is ctx
  local ok, value = attempt.xpcall(custom, describe, table.unpack(given, 1, given.n))
  if ok then return true, value end
  return false, ("%s: rule %s failed: %s"):format(id, name, value)
end

function Rules:call(name, id, ...)
  local ok, value = call(self, name, id, ...)
  if self.trace then
    self.trace[#self.trace + 1] = { name = name, key = id, custom = self.functions[name] ~= nil, answer = value }
  end
  return ok, value
end

local function check_members(value, known, list, what)
  for name in pairs(value) do
    if not known[name] then return unknown_member(what, name, list) end
  end
  return nil
end

function Rules:table_of(name, id, known, list, ...)
  local ok, value = self:call(name, id, ...)
  if not ok then return nil, value end
  if type(value) ~= "table" then
    return nil, ("rule %s must return a table for %s, not a %s"):format(name, id, type(value))
  end
  local wrong = self.functions[name] and check_members(value, known, list, ("what %s returns for %s"):format(name, id))
  if wrong then return nil, wrong end
  return value
end

--- Whether an entry is selected. @return boolean, or nil and a sentence
function Rules:select(key, entry)
  local ok, value = self:call("select", key, entry, self.ctx)
  if not ok then return nil, value end
  if type(value) ~= "boolean" then
    return nil, ("rule select must return true or false for %s, not a %s"):format(key, type(value))
  end
  return value
end

--- The event of an entry. @return event table, or nil and a sentence
function Rules:to_event(key, entry)
  return self:table_of("to_event", key, KNOWN_EVENT, EVENT_MEMBERS, entry, self.ctx)
end

--- The members an event gives back. @return table, or nil and a sentence
function Rules:to_entry(key, event, entry)
  return self:table_of("to_entry", key, KNOWN_ENTRY, ENTRY_MEMBERS, event, entry, self.ctx)
end

local ANSWERS = set { "local", "external", "manual" }

--- Who wins. @return "local", "external", "manual" or a table of merged members; or nil and a sentence
function Rules:on_conflict(key, conflict)
  local ok, value = self:call("on_conflict", key, conflict, self.ctx)
  if not ok then return nil, value end
  if ANSWERS[value] then return value end
  if type(value) ~= "table" then
    return nil, ('rule on_conflict must return "local", "external", "manual" or a table of members for %s')
      :format(key)
  end
  local wrong = check_members(value, KNOWN_ENTRY, ENTRY_MEMBERS, "what on_conflict returns for " .. key)
  if wrong then return nil, wrong end
  return value
end

local DELETED = set { "clear-due-date", "recreate", "keep" }

--- What a deleted event does. @return "clear-due-date", "recreate" or "keep"; or nil and a sentence
function Rules:on_deleted(key, entry)
  local ok, value = self:call("on_deleted", key, entry, "external", self.ctx)
  if not ok then return nil, value end
  if DELETED[value] then return value end
  return nil, ('rule on_deleted must return "clear-due-date", "recreate" or "keep" for %s'):format(key)
end

--- The item an external event becomes, or nil. @return table|nil, sentence|nil
function Rules:adopt(event)
  local ok, value = self:call("adopt", event.uid or "event", event, self.ctx)
  if not ok then return nil, value end
  if value ~= nil and type(value) ~= "table" then
    return nil, ("rule adopt must return an item table or nil for %s"):format(event.uid or "event")
  end
  return value
end

--- Runs `fn` and tells whether the rules read the clock meanwhile.
function Rules:watching_clock(fn)
  self.reads.now = false
  local value, err = fn()
  return value, err, self.reads.now
end

return rules
