-- A session with one assistant: what its messages mean, the calls that are under way, the plans that it has made.

local answer = require "fmcal.mcp.answer"
local catalogue = require "fmcal.mcp.catalogue"
local crypto = require "fmcal.crypto"
local fmcal = require "fmcal"
local job = require "fmcal.mcp.job"
local places = require "fmcal.mcp.places"
local protocol = require "fmcal.mcp.protocol"
local sys = require "fmcal.sys"

local VERSION = "2025-06-18"
local MOST_AT_ONCE, MOST_WAITING, MOST_PLANS = 4, 100, 32
local MOST_OF_A_NAME = 60
local NONE = {}

local INSTRUCTIONS = "fmcal keeps the dated entries of kanban boards and the events of calendars in step. `status`, `entries`, "
  .. "`explain`, `conflicts` and `history` say how it stands and why. To write, make a plan (`plan`, `resolve` or `undo`), show "
  .. "it to the person you work for, and give its plan_id to `apply`. " .. answer.NOTICE

local Session = {}
Session.__index = Session

local session = {}

--- @param options { places (see fmcal.mcp.places), read_only, send = function(line), started = function(child),
--   ended = function(child) }
function session.new(options)
  return setmetatable({ places = options.places, read_only = options.read_only, send = options.send,
    started = options.started, ended = options.ended, calls = {}, waiting = {}, running = 0, plans = {}, plan_ids = {} },
    Session)
end

-- ---------------------------------------------------------------- plans

local function forget_the_oldest(self)
  if #self.plan_ids > MOST_PLANS then self.plans[table.remove(self.plan_ids, 1)] = nil end
end

-- An id that nobody can guess: what a text on a board says cannot be one.
local function keep_plan(self, text)
  local id = crypto.encode("hex", crypto.random(8))
  self.plans[id] = { text = text }
  self.plan_ids[#self.plan_ids + 1] = id
  forget_the_oldest(self)
  return id
end

local function plan_of(self, id)
  local plan = self.plans[id]
  if not plan then
    return nil, "there is no such plan in this session: make one with plan, resolve or undo, and give its plan_id"
  end
  if plan.is_spent then return nil, "this plan was carried out already: make a new one" end
  return plan
end

-- ---------------------------------------------------------------- calls

local function who(self)
  local client = self.client or NONE
  local name = type(client.name) == "string" and client.name or "an assistant"
  name = sys.fit(name:gsub("%c", " "), MOST_OF_A_NAME)
  return ("%s through mcp.lua (%s)"):format(sys.who(), name)
end

local function folders(self)
  return places.folders(self.places)
end

local function refuse_call(self, id, sentence)
  self.send(protocol.result(id, answer.failure(sentence, folders(self))))
end

local function begin(self, call)
  local child, err = job.start { tool = call.tool.name, arguments = call.arguments, places = self.places, who = who(self),
    plan = call.plan and call.plan.text }
  if not child then return refuse_call(self, call.id, err.message) end
  call.child = child
  self.calls[call.id], self.running = call, self.running + 1
  self.started(child)
end

local function begin_waiting(self)
  while self.running < MOST_AT_ONCE and #self.waiting > 0 do
    local call = table.remove(self.waiting, 1)
    self.calls[call.id] = nil
    begin(self, call)
  end
end

local function end_call(self, call)
  self.ended(call.child)
  call.child:close()
  self.calls[call.id], self.running = nil, self.running - 1
end

-- What a tool answered, with the id of the plan that it made.
local function finished(self, call, told)
  local result = told.result
  if call.plan and not result.isError then call.plan.is_spent = true end
  if not told.plan then return result end
  local data = result.structuredContent.data
  data.plan_id = keep_plan(self, told.plan)
  return answer.of(data, folders(self), result.isError)
end

--- Takes what a child has said, once it has ended.
function Session:hear(child)
  local lines, ended = child:lines()
  for _, call in pairs(self.calls) do
    if call.child == child then
      call.line = call.line or lines[1]
      if not ended then return end
      end_call(self, call)
      local told = job.read(call.line)
      if not call.is_cancelled and told then
        self.send(protocol.result(call.id, finished(self, call, told)))
      elseif not call.is_cancelled then
        self.send(protocol.failure(call.id, protocol.INTERNAL_ERROR, call.tool.name
          .. " ended without an answer: what went wrong is on the standard error of mcp.lua"))
      end
      return begin_waiting(self)
    end
  end
end

-- ---------------------------------------------------------------- methods

local methods = {}

function methods.initialize(self, message)
  self.client = type(message.params.clientInfo) == "table" and message.params.clientInfo or NONE
  return { protocolVersion = VERSION, capabilities = { tools = { listChanged = false } }, instructions = INSTRUCTIONS,
    serverInfo = { name = "fmcal", title = "fmcal", version = fmcal._VERSION:match("%S+$") } }
end

function methods.ping()
  return {}
end

methods["tools/list"] = function(self)
  return { tools = catalogue.list(self.read_only) }
end

-- What an assistant can mend is an answer of the tool, for that is what it is shown; the rest is for the program it runs in.
-- @return nothing where the answer is sent already or comes later; or nil, a code and a sentence
methods["tools/call"] = function(self, message)
  local params = message.params
  local tool, sentence = catalogue.find(params.name, self.read_only)
  if not tool then return nil, protocol.INVALID_PARAMS, sentence end
  local arguments = params.arguments == nil and {} or params.arguments
  if type(arguments) ~= "table" then return nil, protocol.INVALID_PARAMS, "arguments must be an object" end
  local wrong = catalogue.wrong(tool, arguments)
  if wrong then return refuse_call(self, message.id, ("%s: %s"):format(tool.name, wrong)) end
  local call = { id = message.id, tool = tool, arguments = arguments }
  if tool.applies then
    call.plan, sentence = plan_of(self, arguments.plan_id)
    if not call.plan then return refuse_call(self, call.id, sentence) end
  end
  if #self.waiting >= MOST_WAITING then return nil, protocol.INVALID_REQUEST, "too many calls wait: read their answers first" end
  self.calls[call.id] = call
  self.waiting[#self.waiting + 1] = call
  begin_waiting(self)
end

local function forget_waiting(self, call)
  for i, waiting in ipairs(self.waiting) do
    if waiting == call then table.remove(self.waiting, i) end
  end
  self.calls[call.id] = nil
end

local notifications = {
  -- A plan that is being carried out ends in order; whatever else is under way writes nothing.
  ["notifications/cancelled"] = function(self, message)
    local call = self.calls[message.params.requestId]
    if not call or call.is_cancelled then return end
    call.is_cancelled = true
    if not call.child then return forget_waiting(self, call) end
    if call.tool.applies then call.child:interrupt() else call.child:kill() end
  end,
}

local FIRST = { initialize = true, ping = true }

local function refusal(self, message)
  if not methods[message.method] then return protocol.NO_METHOD, "there is no method " .. message.method end
  if not self.client and not FIRST[message.method] then return protocol.INVALID_REQUEST, "initialize comes first" end
  if self.client and message.method == "initialize" then return protocol.INVALID_REQUEST, "this session is initialized" end
  if self.calls[message.id] then return protocol.INVALID_REQUEST, "a request with this id is under way" end
  return nil
end

local function answer_request(self, message)
  local code, sentence = refusal(self, message)
  local result
  if not code then result, code, sentence = methods[message.method](self, message) end
  if code then return self.send(protocol.failure(message.id, code, sentence)) end
  if result then self.send(protocol.result(message.id, result)) end
end

--- Takes a line of the assistant.
function Session:take(line)
  local message, answered = protocol.read(line)
  if not message then return answered and self.send(answered) end
  if message.id then return answer_request(self, message) end
  local notified = notifications[message.method]
  return notified and notified(self, message)
end

--- Answers a line that was longer than allowed.
function Session:take_too_long(most)
  self.send(protocol.failure(nil, protocol.INVALID_REQUEST, ("a message may have %d bytes"):format(most)))
end

--- Whether calls are under way.
function Session:is_busy()
  return self.running > 0 or #self.waiting > 0
end

--- Ends what is under way.
function Session:close()
  for _, call in pairs(self.calls) do
    if call.child then call.child:close() end
  end
end

return session
