-- Calls the functions of a rules file in this process: in the worker, and where a person looks into rules with a debugger.
--
-- What it needs of the process is its `world`:
--   now()              seconds since 1970
--   say(line)          prints
--   logs(level), log(level, line)   whether a level is shown, and a line of it
--   module(name)       text and path of a file beside the rules file, or nil and a sentence
--   xpcall             as Lua's; what it lets through ends the run
--   argument(value)    what a rule gets in place of an argument: a copy, where it is not one
--   max_bytes          of memory
--   breakpoint(), enters(fn)   for a debugger, where there is one: the first opens it, the second tells what is called

local context = require "fmcal.rules.context"
local declared = require "fmcal.rules.declared"
local defaults = require "fmcal.rules.defaults"
local file = require "fmcal.rules.file"
local lib = require "fmcal.rules.lib"
local mapping = require "fmcal.rules.mapping"
local said = require "fmcal.rules.said"

local Inside = {}
Inside.__index = Inside

local inside = {}

-- A world that notes whether the time was asked for, and prints only while the file is loaded: it is run for each call.
local function watched(world, notes)
  return setmetatable({
    lib = lib,
    now = function()
      notes.reads_clock = true
      return world.now()
    end,
    say = function(line)
      if notes.may_print then world.say(line) end
    end,
  }, { __index = world })
end

--- Loads a rules file.
-- @param source { path, text }
-- @param given { team, provider, calendar, board, config, is_quiet: what the file prints while it is loaded was shown before };
--   without a config what depends on it is not checked
-- @return inside with `places` (see fmcal.rules.file) and `declared` (see fmcal.rules.declared), or nil and a sentence
function inside.load(source, given, world)
  local notes = { may_print = not given.is_quiet }
  world = watched(world, notes)
  local loaded, sentence = file.load(source.path, source.text, world)
  if not loaded then return nil, sentence end
  local specs, member
  specs, sentence, member = declared.read(loaded.fields, not given.config or (given.config.syncOptions or {}).timeZone)
  if not specs then return nil, ("rules file %s: %s"):format(file.place_of_field(source.path, source.text, member), sentence) end
  return setmetatable({ file = loaded, places = loaded.places, declared = specs, given = given, world = world,
    notes = notes, ctx = context(given, world, defaults) }, Inside)
end

-- What a call of a name means in a run of the file, and its ctx. The functions of declared fields are those of this run; a name
-- with ":" in front is the declared mapping's, whatever the file has.
local function found(self, functions, name)
  if #self.declared == 0 then return functions[name], self.ctx end
  local mapped = mapping.of(self.declared, functions.fields)
  return functions[name] or mapped[name:match("[^:]+")], context(self.given, self.world, mapped)
end

-- What a call has given goes by no name of this file in a traceback.
local function itself(fn)
  return fn
end

local function run(self, name, given)
  self.notes.may_print = false
  local functions = self.file:functions()
  self.notes.may_print = true
  local fn
  fn, given[given.n] = found(self, functions, name)
  if self.world.enters then self.world.enters(fn) end
  local value = itself(fn)(table.unpack(given, 1, given.n)) -- no tail call: a traceback shows the rule
  return value
end

--- Calls a function.
-- @param name of it; before it, what is called for: whom it concerns matters to fmcal.rules.client
-- @param ... its arguments; the last one stands for ctx
-- @return whether it answered, the answer or what it raised, and whether it asked for the time
function Inside:call(_, name, ...)
  local given = table.pack(...)
  for i = 1, given.n - 1 do given[i] = self.world.argument(given[i]) end
  self.notes.reads_clock = false
  local ok, value = self.world.xpcall(run, said.with_calls, self, name, given)
  return ok, value, self.notes.reads_clock
end

--- Where the text of a function lies: path, first line, last line.
function Inside:lines_of(name)
  self.notes.may_print = false
  local info = debug.getinfo(self.file:functions()[name], "S")
  self.notes.may_print = true
  return info.source:sub(2), info.linedefined, info.lastlinedefined
end

function Inside.foresee() end

function Inside.close() end

return inside
