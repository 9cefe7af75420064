-- A team's rules: calls the functions of its file, or the defaults, with copies and clear errors. What they answer is checked
-- in one place, fmcal.rules.schema.

local attempt = require "fmcal.util.attempt"
local copy = require "fmcal.util.copy"
local declared = require "fmcal.rules.declared"
local defaults = require "fmcal.rules.defaults"
local did_you_mean = require "fmcal.util.did_you_mean"
local failure = require "fmcal.util.failure"
local first_line = require "fmcal.util.first_line"
local log = require "fmcal.log"
local mapping = require "fmcal.rules.mapping"
local said = require "fmcal.rules.said"
local schema = require "fmcal.rules.schema"
local shown = require "fmcal.util.shown"
local sorted_names = require "fmcal.util.sorted_names"
local sources = require "fmcal.rules.sources"
local time = require "fmcal.time"
local witness = require "fmcal.util.witness"

local rules = {}

local Rules = {}
Rules.__index = Rules

-- What a rules file is run with in this process: only a debugger is in the way of a rule that never ends.
local function world_here(texts, clock)
  return {
    now = clock,
    say = said.print,
    logs = log.enabled,
    log = said.log,
    module = function(name) return texts:module(name) end,
    xpcall = attempt.xpcall,
    breakpoint = witness.breakpoint,
    enters = witness.enters_rule,
    argument = copy,
    max_bytes = math.maxinteger,
  }
end

-- Reads and loads a rules file. @return its sources and who calls its functions; or nil and a sentence
local function open(given, context)
  local texts, sentence = given, nil
  if type(given) == "string" then texts, sentence = sources.read(given) end
  if not texts then return nil, sentence end
  local caller
  if context.in_process or witness.is_there() then
    caller, sentence = require("fmcal.rules.inside").load(texts, context, world_here(texts, context.clock or time.epoch))
  else
    caller, sentence = require("fmcal.rules.client").load(texts, context)
  end
  if not caller then return nil, said.text(sentence) end
  return texts, caller
end

local function has_spans(context)
  return context.config ~= nil and (context.config.syncOptions or {}).spans == true
end

-- What the file's `fields` say. Where they have functions, the whole mapping is made where those are.
local function declare(self, specs)
  self.mapped, self.mapping = declared.plan(specs, has_spans(self.ctx)), mapping.of(specs, nil)
  self.is_mapped_there = declared.has_functions(specs)
  self.ctx.defaults = self.mapping
end

--- Loads a team's rules.
-- @param given string|table|nil path of a file, or what fmcal.rules.sources has read of one; nil for the defaults alone
-- @param context table { team, provider, config (without secrets), calendar (its name), calendars (the names of all that the
--   board has), board ({ team, teamName }), in_process: the file's functions run in this process, without
--   limits, and not in the worker; clock: function() -> seconds since 1970, the time that they see }
-- @return rules, or nil and an error
function rules.load(given, context)
  local self = setmetatable({ functions = {}, reads = {}, source = "", mapping = defaults,
    mapped = declared.plan({}, has_spans(context)) }, Rules)
  self.calendar, self.calendars = context.calendar, context.calendars
  self.ctx = { team = context.team, provider = context.provider, calendar = context.calendar, board = context.board,
    config = context.config, options = context.config and context.config.syncOptions, log = log, defaults = defaults }
  if not given then return self end
  local texts, caller = open(given, context)
  if not texts then return failure("invalid", "rules", "%s", caller) end
  self.path = texts.path
  self.caller, self.functions, self.source = caller, caller.places, texts:all()
  if #caller.declared > 0 then declare(self, caller.declared) end
  return self
end

-- What is raised says its line, unless it is no text or comes from a limit: then the line of the function is said.
local function placed(self, name, text)
  local place = self.functions[name]
  if not place or first_line(tostring(text)):find(self.path:match("[^/]*$"), 1, true) then return text end
  return ("%s: %s"):format(place, text)
end

-- Calls a function of the file, or what its fields make of the default one.
local function call_there(self, name, id, ...)
  if self.functions[name] then witness.calls_rule(name, id) end
  local ok, value, reads_clock = self.caller:call(id, name, ...)
  self.reads.now = self.reads.now or reads_clock
  if ok then return true, value end
  return false, ("%s: rule %s failed: %s"):format(id, self.functions[name] and name or "fields", placed(self, name, value))
end

local IS_MAPPING = { to_event = true, to_entry = true }

-- Calls the mapping that is declared, whatever functions the file has besides.
local function call_mapping(self, name, id, ...)
  if self.is_mapped_there and IS_MAPPING[name] then return call_there(self, ":" .. name, id, ...) end
  local ok, value = attempt.pcall(self.mapping[name], ...)
  if ok then return true, value end
  return false, ("%s: %s"):format(id, tostring(value):gsub("^[^\n]-%.lua:%d+: ", ""))
end

-- Calls one function; a failure names the function and the entry.
local function call(self, name, id, ...)
  if self.functions[name] then return call_there(self, name, id, ...) end
  return call_mapping(self, name, id, ...)
end

--- Where a function is defined: "rules.lua:12"; nil for one of the defaults.
function Rules:place(name)
  return self.functions[name]
end

--- Where the text of a function lies: path, first line, last line. Nil for one of the defaults; only of what runs in this
-- process is it known.
function Rules:lines_of(name)
  if self.functions[name] then return self.caller:lines_of(name) end
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
  if ok and custom then value, problem = schema.answer(name, value, self.mapped.own) end
  local failed = not ok and value or problem and self:complaint(name, id, problem)
  failed = failed and said.text(failed)
  if self.trace then
    self.trace[#self.trace + 1] = { name = name, key = id, custom = custom, answer = value, failure = failed or nil }
  end
  if failed then return false, failed end
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

local function has(list, name)
  for _, one in ipairs(list) do
    if one == name then return true end
  end
  return false
end

-- The first name of a list that no calendar of the board has.
local function unknown_among(names, calendars)
  for _, name in ipairs(names) do
    if not has(calendars, name) then return name end
  end
end

--- The calendars that an entry belongs in. @return list of names; or nil and a sentence
function Rules:route(key, entry)
  local names, sentence = answer(self, "route", key, entry, self.ctx)
  if sentence then return nil, sentence end
  names = names or {}
  local unknown = self.calendars and unknown_among(names, self.calendars)
  if not unknown then return names end
  return nil, self:complaint("route", key, ("the board has no calendar %q%s; it has %s"):format(unknown,
    did_you_mean(unknown, self.calendars, ", did you mean %q?"), table.concat(self.calendars, ", ")))
end

--- Whether a route leads to the calendar of these rules. @param names of route(), nil where it failed
function Rules:leads_here(names)
  return names ~= nil and has(names, self.calendar)
end

--- Whether an entry belongs in the calendar of these rules: it is selected, and its route leads there.
-- @return boolean, or nil and a sentence; where it is false, the name of the function that says so
function Rules:wants(key, entry)
  local selected, sentence = self:select(key, entry)
  if not selected then return selected, sentence or "select" end
  if not self.functions.route then return true end
  local names
  names, sentence = self:route(key, entry)
  if not names then return nil, sentence end
  if self:leads_here(names) then return true end
  return false, "route"
end

-- What of an event says whose it is, and whether it is there, is not for a team's to_event to say; where it does, a sentence.
local function identity_problem(event, key, entry, team)
  local ours = { team = team, kanbanId = entry.id or key, deleted = false }
  for _, name in ipairs(sorted_names(ours)) do
    if event[name] ~= nil and event[name] ~= ours[name] then
      return ("%s: fmcal itself says that it is %s, not %s; leave it out"):format(name, shown(ours[name]), shown(event[name]))
    end
  end
  return nil
end

--- The event of an entry. @return event table, or nil and a sentence
function Rules:to_event(key, entry)
  local event, sentence = answer(self, "to_event", key, entry, self.ctx)
  local problem = event and self.functions.to_event and identity_problem(event, key, entry, self.ctx.team)
  if problem then return nil, self:complaint("to_event", key, problem) end
  return event, sentence
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
  local ok, whole = call_mapping(self, "to_entry", key, event, entry, self.ctx)
  if not ok then return nil, whole end
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

--- Says which events and entries will be asked for soon, so that they are made while something else is done. It is a hint:
-- answers are the same without it.
-- @param list of { name = "to_event", id = key, entry, uid = that the event will get before what comes back of it is asked }
--   or { name = "to_entry", id = key, event, entry }
function Rules:foresee(list)
  local custom = {}
  for _, hint in ipairs(list) do
    local is_custom = self.functions[hint.name]
    if is_custom or self.is_mapped_there then
      if not self.functions.to_entry then hint.uid = nil end
      if not is_custom then hint.name = ":" .. hint.name end
      custom[#custom + 1] = hint
    end
  end
  if self.caller then self.caller:foresee(custom) end
end

--- Ends what runs the rules file. Twice is allowed; whoever forgets it leaves it to the collector.
function Rules:close()
  if self.caller then self.caller:close() end
end

--- Runs `fn` and tells whether the rules read the clock meanwhile.
function Rules:watching_clock(fn)
  self.reads.now = false
  local value, err = fn()
  return value, err, self.reads.now
end

return rules
