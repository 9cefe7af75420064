-- The server: boards that are kept in step (fmcal.serve.engine), and HTTP around them (fmcal.serve.http), in one loop.

local access = require "fmcal.serve.access"
local checks = require "fmcal.serve.http.checks"
local engine = require "fmcal.serve.engine"
local fail = require "fmcal.util.failure"
local front = require "fmcal.serve.http.front"
local home = require "fmcal.serve.home"
local idempotency = require "fmcal.serve.http.idempotency"
local metrics = require "fmcal.serve.metrics"
local news = require "fmcal.serve.news"
local plans = require "fmcal.serve.plans"
local server = require "fmcal.server"
local service = require "fmcal.service"
local sessions = require "fmcal.serve.access.sessions"
local stream = require "fmcal.serve.stream"
local sys = require "fmcal.sys"
local tasks = require "fmcal.children.tasks"

local serve = { DEFAULT_ADDRESS = "127.0.0.1:8470" }

local Service = {}
Service.__index = Service

-- How long runs that go on get at the end, and answers behind them.
local DRAIN_S, ANSWERS_MS = 20, 2000

-- ---------------------------------------------------------------- opening

local function check_addresses(self, options)
  for _, address in ipairs(self.server:addresses()) do
    if not address.is_local and options.no_token then
      return fail("invalid", "serve", "--no-token lets in everybody who can connect, so %s is refused: listen on 127.0.0.1 or a "
        .. "Unix socket", address.text)
    end
    if not address.is_local and not self.access:has_tokens() then
      return fail("invalid", "serve", "%s can be reached from other machines, and there is no token yet: make one with "
        .. "fmcal-lua tokens.lua new NAME", address.text)
    end
  end
  return true
end

local function listen(options)
  local addresses = options.listen or {}
  if not addresses[1] and not (options.descriptors or {})[1] then addresses = { serve.DEFAULT_ADDRESS } end
  return server.listen { addresses = addresses, descriptors = options.descriptors, trusted_proxies = options.trusted_proxies,
    max_connections = options.max_connections, max_per_address = options.max_per_address }
end

local function open_parts(self, options)
  local folder, err = home.make(home.path(options.state, options.paths[1]), "runs")
  if not folder then return nil, err end
  self.folder, self.tasks = folder, tasks.new()
  self.access = access.open { tasks = self.tasks, folder = folder, is_open = options.no_token }
  self.engine, err = engine.open { tasks = self.tasks, paths = options.paths, state = options.state,
    folder = folder .. "/runs", jobs = options.jobs or 2 * sys.processors() }
  if not self.engine then return nil, err end
  self.plans = plans.new(self.tasks)
  self.server, err = listen(options)
  if not self.server then return nil, err end
  local ok
  ok, err = check_addresses(self, options)
  if not ok then return nil, err end
  self.hosts = checks.hosts(self.server:addresses(), options.hosts, options.public_url)
  self.stream, self.streams = stream.new(self.engine.boot), {}
  news.pass_on(self.engine, self.stream)
  self.metrics = metrics.new(self.engine)
  self.front = front.new { tasks = self.tasks, server = self.server, access = self.access, hosts = self.hosts, service = self,
    keys = idempotency.open(folder .. "/answers.jsonl"),
    on_answer = function(_, status) self.metrics:answered(status) end }
  return true
end

--- Makes a server.
-- @param options { paths = boards and folders, listen = addresses, descriptors = of sockets that listen already, hosts = names,
--   public_url, trusted_proxies = networks, no_token, jobs, state, max_connections, max_per_address }
-- @return service, or nil and an error
function serve.open(options)
  local self = setmetatable({ options = options, is_ready = false }, Service)
  -- Whether a browser reaches us by TLS, which a proxy ends.
  function self.is_secure(request)
    return request.is_secure or self.hosts.public ~= nil and self.hosts.public.scheme == "https"
  end
  local ok, err = open_parts(self, options)
  if not ok then return nil, err end
  return self
end

-- ---------------------------------------------------------------- serving

--- Where it can be asked: "http://127.0.0.1:8470", "unix:PATH".
function Service:addresses()
  local list = {}
  for i, address in ipairs(self.server:addresses()) do
    list[i] = address.host == "" and address.text or "http://" .. address.text
  end
  return list
end

-- The first address that a browser on this machine can open; nil where it listens on Unix sockets alone.
local function address_for_browsers(self)
  if self.options.public_url then return (self.options.public_url:gsub("/+$", "")) end
  for _, address in ipairs(self.server:addresses()) do
    if address.host ~= "" and not address.is_wildcard then return "http://" .. address.text end
  end
  return nil
end

--- A link that signs in whoever opens it first. @return link; or nil, where nobody needs one, or no browser comes here
function Service:link(name)
  local address = address_for_browsers(self)
  if self.options.no_token or not address then return nil end
  local code, err = sessions.code(self.access.sessions, name or sys.who())
  if not code then return nil, err end
  return ("%s/#code=%s"):format(address, code)
end

-- Ends when nothing runs any more and nobody waits for an answer.
local function drain(self)
  self.is_ending = true
  service.notify "STOPPING=1"
  for _, close in pairs(self.streams) do close() end
  tasks.await(self.engine:stop(DRAIN_S))
  local finish = self.tasks:now() + ANSWERS_MS
  repeat self.tasks:sleep(10) until self.server:counts().answering == 0 or self.tasks:now() > finish
  self.tasks:stop()
end

-- Does what signals ask for. A second one that asks to stop ends the process where it stands.
local function heed(self, signals)
  local asked = signals:take()
  if asked == "reread" then self.engine.teams:look() end
  if asked ~= "stop" then return end
  self.tasks:unwatch(signals)
  signals:close()
  self.tasks:spawn(drain, self)
end

-- Says now and then that the loop goes round.
local function tell_watchdog(self, ms)
  service.notify "WATCHDOG=1"
  self.tasks:after(ms, function() tell_watchdog(self, ms) end)
end

--- Serves until a signal asks it to stop.
-- @param ready function() called when boards are known and requests are answered
-- @return true, or nil and an error
function Service:run(ready)
  local signals, err = service.signals()
  if not signals then return nil, err end
  self.tasks:watch(signals, function() heed(self, signals) end)
  local watchdog_ms = service.watchdog_ms()
  if watchdog_ms then tell_watchdog(self, watchdog_ms // 2) end
  self.engine:start(function()
    self.is_ready = true
    ready()
    service.notify "READY=1"
  end)
  local ok, failed = self.tasks:run()
  self.server:close()
  return ok, failed
end

return serve
