-- The worker's side: loads one rules file and calls its functions, as it is told over a pipe. It has no other way to know
-- or to do anything (see src/host/worker/).

local copy = require "fmcal.util.copy"
local declared = require "fmcal.rules.declared"
local file = require "fmcal.rules.file"
local inside = require "fmcal.rules.inside"
local said = require "fmcal.rules.said"
local schema = require "fmcal.rules.schema"

local worker = {}

local function identity(value) return value end

-- Rules and fmcal's own code get methods of strings from a table that nobody can change.
local function freeze_strings(strings)
  local metatable = debug.getmetatable("")
  metatable.__index, metatable.__metatable = strings, false
end

local function world_of(channel, asked)
  local levels = asked.levels
  return {
    now = function() return channel.now end,
    say = function(line) channel.ask("print", line) end,
    logs = function(level) return levels[level] end,
    log = function(level, line) channel.ask("log", level, line) end,
    module = function(name) return channel.ask("module", name) end,
    xpcall = channel.xpcall,
    argument = identity,
    max_bytes = asked.max_bytes,
  }
end

local function call(channel, loaded, name, ...)
  math.randomseed(0) -- a call is repeatable
  local ok, value, reads_clock = loaded:call(nil, name, ...)
  return ok, value, reads_clock, not ok and channel.is_late()
end

local ANSWERS = {}

function ANSWERS.call(channel, loaded, name, ...)
  channel.send("done", call(channel, loaded, name, ...))
end

-- The event of an entry, and what comes back of it: two answers.
function ANSWERS.there_and_back(channel, loaded, uid, entry)
  local given = copy(entry)
  local ok, event, reads_clock, is_late = call(channel, loaded, "to_event", entry, nil)
  channel.send("done", ok, event, reads_clock, is_late)
  local checked
  if ok then ok, checked = channel.xpcall(schema.answer, said.raised, "to_event", event, loaded.own) end
  if not ok or not checked then return channel.send("void") end
  checked.uid = uid
  channel.send("done", call(channel, loaded, "to_entry", checked, given, nil))
end

local function answer(channel, loaded, word, now, ...)
  channel.now = now
  ANSWERS[word](channel, loaded, ...)
end

--- Answers questions until the parent is gone.
-- @param channel from C: question() waits for the next question, send(...) sends values, ask(...) sends values and waits for
--   the reply, xpcall is Lua's within the limits, is_late() tells whether the last call met that of time,
--   lock(max_bytes, cpu_ms) gives away all that a process may do
function worker.run(channel)
  local asked = channel.question()
  local is_filtered = channel.lock(asked.max_bytes, asked.cpu_ms)
  channel.now = asked.now
  local ok, loaded, sentence = channel.xpcall(inside.load, said.raised, asked, asked, world_of(channel, asked))
  if not ok then loaded, sentence = file.does_not_load(asked.path, loaded) end
  if not loaded then return channel.send("refused", sentence) end
  loaded.own = declared.plan(loaded.declared).own
  freeze_strings(loaded.file.shared.string)
  channel.send("loaded", loaded.places, is_filtered, loaded.declared)
  while true do answer(channel, loaded, channel.question()) end
end

return worker
