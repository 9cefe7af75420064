-- The worker's side: loads one rules file and calls its functions, as it is told over a pipe. It has no other way to know
-- or to do anything (see src/host/worker/).

local inside = require "fmcal.rules.inside"

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

-- Sends an answer, which may be too large, and waits for the next question.
local function answer(channel, ...)
  return channel.ask("done", ...)
end

local function serve(channel, loaded, word, now, name, ...)
  assert(word == "call")
  channel.now = now
  math.randomseed(0) -- a call is repeatable
  return serve(channel, loaded, answer(channel, loaded:call(name, ...)))
end

--- Answers questions until the parent is gone.
-- @param channel from C: ask(...) sends values and waits for the next ones, xpcall as Lua's within the limits,
--   lock(max_bytes, cpu_ms) gives away all that a process may do
function worker.run(channel)
  local _, asked = channel.receive()
  local is_filtered = channel.lock(asked.max_bytes, asked.cpu_ms)
  channel.now = asked.now
  local loaded, sentence = inside.load(asked, asked, world_of(channel, asked))
  if not loaded then
    channel.ask("refused", sentence)
    return
  end
  freeze_strings(loaded.file.shared.string)
  return serve(channel, loaded, channel.ask("loaded", loaded.places, is_filtered))
end

return worker
