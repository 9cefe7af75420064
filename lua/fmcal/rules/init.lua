-- A team's rules: calls the functions of its file, or the defaults, with copies and clear errors. What they answer is checked
-- in one place, fmcal.rules.answer_schema.

local attempt = require "fmcal.util.attempt"
local copy = require "fmcal.util.copy"
local defaults = require "fmcal.rules.defaults"
local file = require "fmcal.rules.file"
local raised = require "fmcal.rules.raised"
local schema = require "fmcal.rules.answer_schema"
local time = require "fmcal.time"

local rules = {}

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
    local loaded, source = file.load(path, reads)
    if not loaded then return nil, source end
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
  local ok, value = attempt.xpcall(custom, raised.describe, table.unpack(given, 1, given.n))
  if ok then return true, value end
  return false, ("%s: rule %s failed: %s"):format(id, name, raised.text(value))
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
  if not ok then return nil, ("%s: %s"):format(key, raised.text(whole)) end
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
