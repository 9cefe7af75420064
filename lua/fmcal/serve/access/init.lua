-- Who asks, and what they may.
--
-- A caller: { kind = "token", "session" or "anyone", name, scope, teams = set of those it may see, nil for all }.

local problem = require "fmcal.serve.http.problem"
local scopes = require "fmcal.serve.access.scopes"
local sessions = require "fmcal.serve.access.sessions"
local store = require "fmcal.serve.access.store"
local throttle = require "fmcal.serve.access.throttle"
local tokens = require "fmcal.serve.access.tokens"

local access = {}

local Access = {}
Access.__index = Access

-- Wrong credentials cost so much, whatever is wrong with them.
local DELAY_MS = 150

local ANYONE = { kind = "anyone", name = "anyone", scope = "admin" }

-- The value of a cookie among those of a request.
local function cookie_of(request, name)
  for key, value in (request.headers.cookie or ""):gmatch("([^=;%s]+)=([^;]*)") do
    if key == name then return value end
  end
  return nil
end

--- The session's cookie that a request brought, or nil.
function access.cookie(request)
  return cookie_of(request, sessions.COOKIE)
end

--- Refuses somebody whose credentials were wrong; takes its time.
-- @return nil, and the problem
function Access:refuse(request, sentence)
  local seconds = self.throttle:fail(request.address)
  if seconds then
    return nil, problem.of("too-many-attempts",
      "Too many wrong tokens or codes came from this address: try again in %d seconds.", seconds):after(seconds)
  end
  self.tasks:sleep(DELAY_MS)
  return nil, problem.of("wrong-credentials", "%s", sentence):header("WWW-Authenticate", "Bearer")
end

--- Who asks. In a coroutine: wrong tokens are slowed down.
-- A cookie that is over is as good as none: browsers send it without being asked, and nobody guesses 256 bits.
-- @return caller; or nil and a problem
function Access:caller(request)
  if self.is_open then return ANYONE end
  local header = request.headers.authorization
  if header then
    local caller = tokens.caller(self.tokens, header:match("^[Bb][Ee][Aa][Rr][Ee][Rr] +(%S+) *$") or "")
    if caller then return caller end
    return self:refuse(request, "The token is not known here, or it has expired: make one with tokens.lua new.")
  end
  local cookie = access.cookie(request)
  local caller = cookie and sessions.caller(self.sessions, cookie)
  if caller then return caller end
  return nil, problem.of("not-signed-in", "Say who you are: with a token in the header Authorization, or sign in with the link "
    .. "that tokens.lua login makes."):header("WWW-Authenticate", "Bearer")
end

--- Whether what a request was let in with still counts: tokens are revoked, sessions end.
function Access:still_counts(request)
  if self.is_open then return true end
  local header, cookie = request.headers.authorization, access.cookie(request)
  if header then return tokens.caller(self.tokens, header:match("(%S+) *$")) ~= nil end
  return cookie ~= nil and sessions.caller(self.sessions, cookie) ~= nil
end

--- Whether a caller may do what needs a scope.
function access.covers(caller, scope)
  return scopes.covers(caller.scope, scope)
end

--- Whether a caller may see a team.
function access.sees(caller, team)
  return caller.teams == nil or caller.teams[team] == true
end

--- Tells whether there is any token yet.
function Access:has_tokens()
  return #(self.tokens:read().tokens or {}) > 0
end

--- @param options { tasks, folder, is_open = everybody who can connect is admin }
function access.open(options)
  return setmetatable({ tasks = options.tasks, is_open = options.is_open,
    tokens = store.open(options.folder .. "/" .. tokens.FILE), sessions = store.open(options.folder .. "/" .. sessions.FILE),
    throttle = throttle.new(function() return options.tasks:now() end) }, Access)
end

return access
