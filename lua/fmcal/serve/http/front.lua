-- From what the server in C tells to calls, and back: each request is a coroutine, so that a call may wait for a run.
--
-- The order decides what somebody learns who may not know it: host, path and method, where it comes from, who, what, body, team.

local access = require "fmcal.serve.access"
local answer = require "fmcal.serve.http.answer"
local attempt = require "fmcal.util.attempt"
local checks = require "fmcal.serve.http.checks"
local log = require "fmcal.log"
local members = require "fmcal.serve.http.members"
local problem = require "fmcal.serve.http.problem"
local request_of = require "fmcal.serve.http.request".of
local routes = require "fmcal.serve.http.routes"
local tasks = require "fmcal.children.tasks"

local front = {}

local Front = {}
Front.__index = Front

local BODY_MAX = 1 << 20

local UNSAFE = { POST = true, PUT = true, PATCH = true, DELETE = true }

-- ---------------------------------------------------------------- steps

local function find_route(request)
  local route, found = routes.find(request.method, request.segments)
  if route then
    request.route, request.params = route, found
    return true
  end
  if not found then return nil, problem.of("unknown-path", "There is nothing at this address.") end
  return nil, problem.of("wrong-method", "This address takes %s.", found):header("Allow", found)
end

local function find_caller(self, request)
  if request.route.scope == "public" then return true end
  local caller, refused = self.access:caller(request)
  if not caller then return nil, refused end
  request.caller = caller
  if access.covers(caller, request.route.scope) then return true end
  return nil, problem.of("not-allowed", "%s has the scope %s, and this needs %s.", caller.name, caller.scope, request.route.scope)
end

local REFUSED_BODY = {
  limit = function() return problem.of("body-too-large", "The body has more than 1 MiB: send less at once.") end,
  throttled = function() return problem.of("busy", "Too many bodies are on their way: try again in a moment."):after(1) end,
}

-- Waits for the body. @return true; or nil and a problem, or nil alone where the client has gone
local function read_body(self, exchange, request)
  local here, err = exchange:receive(BODY_MAX)
  if err then return nil, REFUSED_BODY[err.code] and REFUSED_BODY[err.code]() end
  if not here then
    local arrived = self.tasks:promise()
    self.waiting[exchange] = arrived
    local what = tasks.await(arrived)
    self.waiting[exchange] = nil
    if what ~= "request" then return nil end
  end
  request.text = exchange:body()
  return true
end

local function check_members(request)
  local query, refused = members.query(request.route, request.query)
  if not query then return nil, refused end
  request.query = query
  if not UNSAFE[request.method] then return true end
  request.body, refused = members.body(request.route, request.text)
  return request.body and true or nil, refused
end

-- The board that is meant, where one is. A team that is none of the caller's is refused, whether it exists or not.
local function find_board(self, request)
  local where = request.route.team
  local team
  if where == "path" then team = request.params.team
  elseif where == "body" then team = request.body.team
  elseif where ~= "all" then team = request.query.team end
  if not team then return true end
  if not access.sees(request.caller, team) then
    return nil, problem.of("not-allowed", "%s may not see this team.", request.caller.name)
  end
  request.team, request.board = team, self.service.engine.teams:get(team)
  if request.board then return true end
  return nil, problem.of("unknown-team", "There is no team %s here.", team)
end

local function call_of(name)
  local group, member = name:match("^(.-)%.(.*)$")
  return require("fmcal.serve.calls." .. group)[member]
end

local STEPS = {
  function(self, request) return checks.host(self.hosts, request) end,
  function(_, request) return find_route(request) end,
  function(self, request) return checks.source(self.hosts, request) end,
  find_caller,
  function(self, request, exchange) return read_body(self, exchange, request) end,
  function(_, request) return check_members(request) end,
  find_board,
}

-- Runs the steps and the call. @return answer; or nil and a problem, or nil alone where nobody is there any more
local function work(self, exchange, request)
  for _, step in ipairs(STEPS) do
    local ok, refused = step(self, request, exchange)
    if not ok then return nil, refused end
  end
  request.exchange = exchange
  return self.keys:through(request, function() return call_of(request.route.call)(self.service, request) end)
end

-- ---------------------------------------------------------------- exchanges

local function defect(traceback)
  log.error("serve", "%s", traceback)
  return nil, problem.of("internal-error", "This should not have happened; the server's log says more.")
end

local function respond(exchange, made, headers)
  local status, fields, body = answer.finished(made, headers)
  local done, err = exchange:respond(status, fields, body)
  if not done and err.code ~= "network" then log.error("serve", "an answer was not sent: %s", err.message) end
end

-- One request, from its head to its answer. A call that streams has answered itself, and gives "streams".
local function serve(self, exchange)
  local head = exchange:head()
  local request = head and request_of(head, function(address) return self.server:trusts(address) end)
  if not head then return end
  local ok, made, refused
  if request then
    ok, made, refused = attempt.xpcall(work, debug.traceback, self, exchange, request)
    if not ok then made, refused = defect(made) end
  else
    refused = problem.of("malformed-request", "The address in the request cannot be read.")
  end
  if made == "streams" then return end
  if refused then made = refused:answer() end
  if made then respond(exchange, made, head.headers) end
  self.on_answer(request, made and made.status or 0)
end

local ON = {}

function ON.head(self, exchange)
  self.tasks:spawn(serve, self, exchange)
end

function ON.request(self, exchange)
  local waiting = self.waiting[exchange]
  if waiting then waiting:settle("request") end
end

function ON.gone(self, exchange)
  local waiting = self.waiting[exchange]
  if waiting then waiting:settle("gone") end
end

--- Calls a function when the client of a stream has gone.
function Front:when_gone(exchange, fn)
  self.waiting[exchange] = { settle = function() self.waiting[exchange] = nil; fn() end }
end

--- Does what the server has to do.
function Front:step()
  local events, err = self.server:step()
  if not events then error(err, 0) end
  for _, event in ipairs(events) do ON[event.kind](self, event.exchange) end
end

--- @param options { tasks, server = fmcal.server.handle, access, hosts = of checks.hosts, service = what calls get,
--   keys = fmcal.serve.http.idempotency,
--   on_answer = function(request or nil, status) }
function front.new(options)
  local self = setmetatable({ waiting = {}, on_answer = options.on_answer or function() end }, Front)
  for _, part in ipairs { "tasks", "server", "access", "hosts", "service", "keys" } do self[part] = options[part] end
  self.tasks:watch(self.server, function() self:step() end)
  return self
end

return front
