-- The parent's side of the worker: starts it, asks it, ends it where a call takes too long, and goes on with a new one.

local log = require "fmcal.log"
local process = require "fmcal.worker"
local quantity = require "fmcal.util.quantity"
local time = require "fmcal.time"

local Client = {}
Client.__index = Client

local client = {}

local LEVELS = { "error", "warn", "info", "debug", "trace" }

-- Of ruleLimits, where they say nothing: of the worker's processor time, and of memory.
local SECONDS, MEBIBYTES = 2, 64
-- So much longer a call may last altogether, on a machine that is busy.
local WALL_FACTOR = 10
-- The worker ends a loop in Lua itself, with a traceback; what it cannot end is ended from outside, somewhat later.
local GRACE_MS = 100

-- ---------------------------------------------------------------- what the worker asks meanwhile

local ANSWERS = {}

function ANSWERS.print(_, line)
  io.stderr:write(line, "\n")
end

function ANSWERS.log(_, level, line)
  log[level]("rules", "%s", line)
end

function ANSWERS.module(self, name)
  return self.sources:module(name)
end

-- Answers what it asks until it says something else.
local function settled(self, word, ...)
  local answer = ANSWERS[word]
  if not answer then return word, ... end
  return settled(self, self.worker:ask(answer(self, ...)))
end

-- Asks within the limits. @return what it says, or nil and an error; an interrupt is raised
local function ask(self, ...)
  self.worker:begin(self.cpu_ms + GRACE_MS, self.cpu_ms * WALL_FACTOR)
  local packed = table.pack(settled(self, self.worker:ask(...)))
  local err = packed[1] == nil and packed[2]
  if err then
    self:close()
    if err.code == "canceled" then error(err, 0) end
  end
  return table.unpack(packed, 1, packed.n)
end

-- ---------------------------------------------------------------- starting

local function levels_shown()
  local shown = {}
  for _, level in ipairs(LEVELS) do shown[level] = log.enabled(level) end
  return shown
end

local function too_long(self)
  return ("it takes more than %s of processor time, the limit of syncOptions.ruleLimits"):format(
    quantity(self.seconds, "second", "seconds"))
end

local SENTENCES = {
  timeout = too_long,
  io = function() return "the process that runs rules has ended" end,
  limit = function() return "the answer is too large" end,
}

local function sentence_of(self, err)
  local sentence = SENTENCES[err.code]
  return sentence and sentence(self) or err.message
end

-- Starts a worker that has loaded the file. @return true, or nil and a sentence
local function start(self)
  if self.worker then return true end
  local started, err = process.start()
  if not started then return nil, err.message end
  self.worker = started
  local word, places, is_filtered = ask(self, "load", {
    path = self.sources.path, text = self.sources.text, team = self.given.team, provider = self.given.provider,
    config = self.given.config, levels = levels_shown(), now = time.epoch(), cpu_ms = self.cpu_ms,
    max_bytes = self.max_bytes,
  })
  if not word then return nil, ("the rules file does not load: %s: %s"):format(self.sources.path, sentence_of(self, places)) end
  if word == "refused" then
    self:close()
    return nil, places
  end
  self.places, self.is_filtered = places, is_filtered
  return true
end

--- Starts a worker for a rules file.
-- @param sources see fmcal.rules.sources
-- @param given { team, provider, config }
-- @return client with `places`, or nil and a sentence
function client.load(sources, given)
  local limits = (given.config.syncOptions or {}).ruleLimits or {}
  local seconds, mebibytes = limits.seconds or SECONDS, limits.mebibytes or MEBIBYTES
  local self = setmetatable({ sources = sources, given = given, seconds = seconds,
    cpu_ms = math.ceil(seconds * 1000), max_bytes = math.ceil(mebibytes * (1 << 20)) }, Client)
  local ok, sentence = start(self)
  if not ok then return nil, sentence end
  return self
end

-- ---------------------------------------------------------------- calling

--- Calls a function. @return as fmcal.rules.inside:call()
function Client:call(name, ...)
  local ok, sentence = start(self)
  if not ok then return false, sentence, false end
  local word, answered, value, reads_clock = ask(self, "call", time.epoch(), name, ...)
  if word == "done" then return answered, value, reads_clock end
  if word == "failed" then return false, answered, false end
  return false, sentence_of(self, answered), false
end

--- Ends the worker; the next call starts another one.
function Client:close()
  if self.worker then self.worker:close() end
  self.worker = nil
end

return client
