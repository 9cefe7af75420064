-- A team's rules: loads the file, checks it, and calls its functions with copies and clear errors. What they answer is
-- checked in one place, fmcal.rules.answer_schema.

local attempt = require "fmcal.util.attempt"
local copy = require "fmcal.util.copy"
local defaults = require "fmcal.rules.defaults"
local did_you_mean = require "fmcal.util.did_you_mean"
local failure = require "fmcal.util.failure"
local read_file = require "fmcal.util.read_file"
local schema = require "fmcal.rules.answer_schema"
local sorted_names = require "fmcal.util.sorted_names"
local time = require "fmcal.time"

local rules = {}

local function unknown_function(path, name)
  return ("rules file %s has a member '%s' that nobody reads%s"):format(
    path, tostring(name), did_you_mean(tostring(name), sorted_names(schema.ANSWERS)))
end

-- What a rule prints is for whoever writes it: standard output may be read by a program.
local function print_aside(...)
  local words = table.pack(...)
  for i = 1, words.n do words[i] = tostring(words[i]) end
  local at = debug.getinfo(2, "Sl")
  io.stderr:write(("%s:%d: %s\n"):format(at.short_src, at.currentline, table.concat(words, "\t")))
end

-- A library of a rules file's own, so that what it does to it concerns nobody else.
local function library(original)
  local own = {}
  for name, value in pairs(original) do own[name] = value end
  return own
end

local function metatable_of(value)
  return type(value) == "table" and getmetatable(value) or nil
end

-- What a rules file sees: the pure part of the standard library, and os.time as a reading of ctx.now.
local function environment(reads)
  local env = {
    assert = assert, error = error, getmetatable = metatable_of, ipairs = ipairs, next = next, pairs = pairs,
    pcall = pcall, print = print_aside, rawequal = rawequal, rawget = rawget, rawlen = rawlen, rawset = rawset,
    select = select, setmetatable = setmetatable, tonumber = tonumber, tostring = tostring, type = type,
    xpcall = xpcall, _VERSION = _VERSION, math = library(math), string = library(string),
    table = library(table), utf8 = library(utf8),
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

-- What was raised, as text. A rule may raise anything, also what fails when it is asked for its text.
local function text_of(raised)
  local kind, metatable = type(raised), debug.getmetatable(raised)
  if kind == "string" or kind == "number" then return tostring(raised) end
  local ok, text = false, nil
  if type(metatable) == "table" and metatable.__tostring then ok, text = pcall(tostring, raised) end
  return ok and text or ("(error object is a %s value)"):format(kind)
end

local function fail(message)
  return failure("invalid", "rules", "%s", message)
end

-- One sentence, which names the file also where what was raised does not: what is nested too deeply overflows the
-- parser, which knows of no place.
local function does_not_load(path, message)
  message = message:match("^[^\n]*")
  if message == "C stack overflow" then message = "it is nested too deeply" end
  if not message:find(path, 1, true) then message = ("%s: %s"):format(path, message) end
  return fail("the rules file does not load: " .. message)
end

local function check(functions, path)
  if type(functions) ~= "table" then
    return fail(("rules file %s must return a table of functions, not a %s"):format(path, type(functions)))
  end
  for name, member in next, functions do
    if not schema.ANSWERS[name] then return fail(unknown_function(path, name)) end
    if type(member) ~= "function" then
      return fail(("rules file %s: '%s' must be a function, not a %s"):format(path, name, type(member)))
    end
  end
  return functions
end

local function load_functions(path, reads)
  local text, unread = read_file(path, "rules file")
  if not text then return fail(unread) end
  local chunk, syntax = load(text, "@" .. path, "t", environment(reads))
  if not chunk then return does_not_load(path, syntax) end
  local ok, functions = attempt.pcall(chunk)
  if not ok then return does_not_load(path, text_of(functions)) end
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
  self.ctx = setmetatable({}, { __metatable = false, __index = function(_, name)
    if name ~= "now" then return copy(shown[name]) end
    reads.now = true
    return time.epoch()
  end, __newindex = function() error("ctx cannot be changed: no state survives a call", 2) end })
  return self
end

-- The message with the calls of the rules file that led to it. The frames of the handler itself are left out, and what
-- called the rule.
local function describe(raised)
  return (debug.traceback(text_of(raised), 3):gsub("\n%s*%[C%]: in function 'xpcall'.*", ""))
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
  return false, ("%s: rule %s failed: %s"):format(id, name, text_of(value))
end

--- Where a function is defined: "rules.lua:12"; nil for one of the defaults.
function Rules:place(name)
  local custom = self.functions[name]
  if not custom then return nil end
  return ("%s:%d"):format(self.path, debug.getinfo(custom, "S").linedefined)
end

--- A sentence about what a function answered for an entry.
function Rules:complaint(name, id, problem)
  return ("%s: %s of %s: %s"):format(self:place(name) or "the default rules", name, id, problem)
end

--- A sentence about what an answer leads to: of a team's function that it is to blame, else the entry.
function Rules:blame(name, id, problem)
  if self.functions[name] then return self:complaint(name, id, problem) end
  return ("%s: %s"):format(id, problem)
end

-- Calls a function and checks its answer. @return whether it answered, the answer or a sentence
local function ask(self, name, id, ...)
  local custom, problem = self.functions[name] ~= nil, nil
  local ok, value = call(self, name, id, ...)
  if ok and custom then value, problem = schema.answer(name, value) end
  if self.trace then self.trace[#self.trace + 1] = { name = name, key = id, custom = custom, answer = value } end
  if problem then return false, self:complaint(name, id, problem) end
  return ok, value
end

local function answer(...)
  local ok, value = ask(...)
  if ok then return value end
  return nil, value
end

--- Whether an entry is selected. @return boolean, or nil and a sentence
function Rules:select(key, entry)
  return answer(self, "select", key, entry, self.ctx)
end

--- The event of an entry. @return event table, or nil and a sentence
function Rules:to_event(key, entry)
  return answer(self, "to_event", key, entry, self.ctx)
end

-- The members that a team's to_entry leaves out although the event says something about them. The zone of a local time
-- is no member of its own: without it the time would mean another one.
local function left_out_of(members, whole)
  local left_out = {}
  for name, value in pairs(whole) do
    if members[name] == nil and value ~= nil then left_out[name] = true end
  end
  if members.dueDate and left_out.timeZone then
    members.timeZone, left_out.timeZone = whole.timeZone, nil
  end
  return next(left_out) and left_out or nil
end

--- The members an event gives back.
-- @return table, or nil and a sentence; third, the set of members about which a team's to_entry says nothing, or nil
function Rules:to_entry(key, event, entry)
  local members, sentence = answer(self, "to_entry", key, event, entry, self.ctx)
  if not members or not self.functions.to_entry then return members, sentence end
  local ok, whole = attempt.pcall(defaults.to_entry, event, entry, self.ctx)
  if not ok then return nil, ("%s: %s"):format(key, text_of(whole)) end
  return members, nil, left_out_of(members, whole)
end

--- Who wins. @return "local", "external", "manual" or a table of merged members; or nil and a sentence
function Rules:on_conflict(key, conflict)
  return answer(self, "on_conflict", key, conflict, self.ctx)
end

--- What a deleted event does. @return "clear-due-date", "recreate" or "keep"; or nil and a sentence
function Rules:on_deleted(key, entry)
  return answer(self, "on_deleted", key, entry, "external", self.ctx)
end

--- The item an external event becomes, or nil. @return table|nil, sentence|nil
function Rules:adopt(event)
  return answer(self, "adopt", event.uid or event.eventId or "event", event, self.ctx)
end

--- Runs `fn` and tells whether the rules read the clock meanwhile.
function Rules:watching_clock(fn)
  self.reads.now = false
  local value, err = fn()
  return value, err, self.reads.now
end

return rules
