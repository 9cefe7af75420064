-- The parent's side of the worker: starts it, asks it, ends it where a call takes too long, and goes on with a new one.
--
-- Questions are answered in turn. A stage that knows what it will ask says so (`foresee`): then the worker answers while the
-- parent does something else, and a call with just these arguments finds its answer there.

local log = require "fmcal.log"
local process = require "fmcal.worker"
local said = require "fmcal.rules.said"
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
-- After so many calls that took too long a function is called no more: a run of thousands of entries has an end.
local MOST_SLOW = 30

-- ---------------------------------------------------------------- what the worker asks meanwhile

local REPLIES = {}

function REPLIES.print(_, line)
  said.print(line)
end

function REPLIES.log(_, level, line)
  said.log(level, line)
end

function REPLIES.module(self, name)
  return self.sources:module(name)
end

-- Replies to what it asks until it says something else.
local function settled(self, word, ...)
  local reply = REPLIES[word]
  if not reply then return word, ... end
  local ok, err = self.worker:reply(reply(self, ...))
  if not ok then return nil, err end
  return settled(self, self.worker:receive())
end

local function begin(self)
  self.worker:begin(self.cpu_ms + GRACE_MS, self.cpu_ms * WALL_FACTOR)
end

-- The next that it says; nil and an error where it does not, and then it is gone. An interrupt is raised.
local function receive(self)
  local word, second, third, fourth, fifth = settled(self, self.worker:receive())
  if word == nil then
    self:close()
    if second.code == "canceled" then error(second, 0) end
  end
  return word, second, third, fourth, fifth
end

-- ---------------------------------------------------------------- starting

local function levels_shown()
  local shown = {}
  for _, level in ipairs(LEVELS) do shown[level] = log.enabled(level) end
  return shown
end

local SENTENCES = {
  timeout = function(self)
    return ("it takes more than %g seconds of processor time, the limit of syncOptions.ruleLimits"):format(self.seconds)
  end,
  io = function() return "the process that runs rules has ended" end,
  limit = function() return "the answer is too large" end,
}

local function sentence_of(self, err)
  local sentence = SENTENCES[err.code]
  return sentence and sentence(self) or err.message
end

local function load(self)
  return self.worker:send {
    path = self.sources.path, text = self.sources.text, team = self.given.team, provider = self.given.provider,
    calendar = self.given.calendar, board = self.given.board, config = self.given.config, levels = levels_shown(),
    now = self.now(), cpu_ms = self.cpu_ms, max_bytes = self.max_bytes, is_quiet = self.places ~= nil,
  }
end

local warned = false

-- The limits hold in any case; only the last fence is missing.
local function warn_of_kernel()
  if warned then return end
  warned = true
  log.warn("rules", "this kernel has no seccomp filters: rules run in a process of their own that is not fenced in by them")
end

-- Starts a worker that has loaded the file. @return true, or nil and a sentence
local function start(self)
  local started, err = process.start()
  if not started then return nil, err.message end
  self.worker = started
  begin(self)
  local ok, word, places, specs
  ok, err = load(self)
  if ok then word, places, self.is_filtered, specs = receive(self) end
  if word == "loaded" then
    self.places, self.declared = places, specs
    if not self.is_filtered then warn_of_kernel() end
    return true
  end
  self:close()
  if word == "refused" then return nil, places end
  return nil, ("the rules file does not load: %s: %s"):format(self.sources.path, sentence_of(self, err or places))
end

--- Starts a worker for a rules file.
-- @param sources see fmcal.rules.sources
-- @param given { team, provider, calendar, board, config, clock }
-- @return client with `places` and `declared`, or nil and a sentence
function client.load(sources, given)
  local limits = (given.config.syncOptions or {}).ruleLimits or {}
  local seconds, mebibytes = limits.seconds or SECONDS, limits.mebibytes or MEBIBYTES
  local self = setmetatable({ sources = sources, given = given, now = given.clock or time.epoch, seconds = seconds,
    cpu_ms = math.ceil(seconds * 1000), max_bytes = math.ceil(mebibytes * (1 << 20)),
    waiting = {}, first = 1, last = 0, foreseen = {}, slow = {} }, Client)
  local ok, sentence = start(self)
  if not ok then return nil, sentence end
  return self
end

-- ---------------------------------------------------------------- questions, answered in turn

-- A question is { name, arguments, n }. One of to_event may bring another one along (`back`): what of its answer to_entry
-- gives back, once the event has the UID `uid`. Answered, a question has `is_done`, `answered`, `value`, `reads_clock`.

local function send(self, question)
  if question.there and not question.there.is_done then return true end -- it was sent with that one
  if question.back then return self.worker:send("there_and_back", self.now(), question.uid, question[1]) end
  return self.worker:send("call", self.now(), question.name, table.unpack(question, 1, question.n))
end

local function fail(question, sentence)
  question.is_done, question.value = true, sentence
end

-- Answers all that wait with a failure.
local function fail_all(self, sentence)
  for i = self.first, self.last do fail(self.waiting[i], sentence) end
  self.waiting, self.first, self.last, self.refusal = {}, 1, 0, sentence
end

-- A worker to whom all that waits has been said.
local function ready(self)
  if self.worker then return true end
  local ok, sentence = start(self)
  if not ok then
    fail_all(self, sentence)
    return false
  end
  for i = self.first, self.last do send(self, self.waiting[i]) end
  begin(self)
  return true
end

local function is_given_up(self, name)
  return (self.slow[name] or 0) >= MOST_SLOW
end

local function refuse(question)
  fail(question, ("it is called no more in this run, for it took too long %d times"):format(MOST_SLOW))
end

local function enqueue(self, question)
  if is_given_up(self, question.name) then return refuse(question) end
  if not ready(self) then return fail(question, self.refusal) end
  if self.first > self.last then begin(self) end
  local ok, err = send(self, question)
  if not ok then return fail(question, err.message) end
  self.last = self.last + 1
  self.waiting[self.last] = question
end

-- Takes what is given up out of what waits. The worker is ended: it may be about to answer that.
local function give_up(self)
  local kept = {}
  self:close()
  for i = self.first, self.last do
    local question = self.waiting[i]
    if is_given_up(self, question.name) or question.there and is_given_up(self, question.there.name) then
      refuse(question)
    else
      kept[#kept + 1] = question
    end
  end
  self.waiting, self.first, self.last = kept, 1, #kept
end

local function note_slow(self, name)
  self.slow[name] = (self.slow[name] or 0) + 1
  if self.slow[name] == MOST_SLOW then give_up(self) end
end

local function dequeue(self)
  local question = self.waiting[self.first]
  self.waiting[self.first] = nil
  self.first = self.first + 1
  return question
end

-- A worker that ended by itself may have been killed by somebody: the question is asked once more.
local function failed(self, question, err)
  if err.code == "io" and not question.is_repeated then
    question.is_repeated = true
    return
  end
  dequeue(self)
  fail(question, sentence_of(self, err))
  if question.back then fail(dequeue(self), question.value) end
  if err.code == "timeout" then note_slow(self, question.name) end
end

local function with_uid(event, uid)
  local shown = {}
  for name, value in next, event do shown[name] = value end
  shown.uid = uid
  return shown
end

-- Takes the answer to the oldest question.
local function take_answer(self)
  if not ready(self) then return end
  local word, answered, value, reads_clock, is_slow = receive(self)
  local question = self.waiting[self.first]
  if word == nil then return failed(self, question, answered) end
  dequeue(self)
  question.is_done, question.is_void, question.answered = true, word == "void", word == "done" and answered
  question.value, question.reads_clock = value, reads_clock
  if word == "failed" then question.value = answered end
  if question.back and question.answered then question.back[1] = with_uid(value, question.uid) end
  begin(self)
  if is_slow then note_slow(self, question.name) end
end

local function settle(self, question)
  while not question.is_done do take_answer(self) end
end

local function answer_of(question)
  return question.answered or false, question.value, question.reads_clock or false
end

-- ---------------------------------------------------------------- calling

local function same(a, b)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  for name, value in next, a do
    if not same(value, b[name]) then return false end
  end
  for name in next, b do
    if a[name] == nil then return false end
  end
  return true
end

-- The foreseen question with these arguments, or nil. It is taken away: what is asked again is asked anew.
local function take_foreseen(self, id, name, given)
  local of_id = self.foreseen[id]
  local question = of_id and of_id[name]
  if not question then return nil end
  of_id[name] = nil
  for i = 1, given.n - 1 do -- the last one stands for ctx
    if not same(given[i], question[i]) then return nil end
  end
  return question
end

--- Calls a function. @return as fmcal.rules.inside:call()
function Client:call(id, name, ...)
  local given = table.pack(...)
  local foreseen = take_foreseen(self, id, name, given)
  if foreseen then settle(self, foreseen) end
  if foreseen and not foreseen.is_void then return answer_of(foreseen) end
  given.name = name
  enqueue(self, given)
  settle(self, given)
  return answer_of(given)
end

local function foresee(self, id, question)
  local of_id = self.foreseen[id] or {}
  self.foreseen[id], of_id[question.name] = of_id, question
  enqueue(self, question)
end

--- Says what will be asked soon. It is a hint: answers are the same without it.
-- @param list of { name, id, arguments but for ctx }; one of to_event with a `uid`: what comes back of its answer, once it has
--   that UID, will be asked too. What an earlier list said and nobody asked is forgotten.
function Client:foresee(list)
  self.foreseen = {}
  for _, hint in ipairs(list) do
    local question = { name = hint.name, n = #hint + 1, uid = hint.uid, table.unpack(hint) }
    if hint.uid then question.back = { name = "to_entry", n = 3, there = question, [2] = hint[1] } end
    foresee(self, hint.id, question)
    if hint.uid then foresee(self, hint.id, question.back) end
  end
end

--- Ends the worker; the next call starts another one.
function Client:close()
  if self.worker then self.worker:close() end
  self.worker = nil
end

return client
