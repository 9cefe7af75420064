-- Signing in and out.

local access = require "fmcal.serve.access"
local answer = require "fmcal.serve.http.answer"
local sessions = require "fmcal.serve.access.sessions"

local session = {}

local function cookie(value, seconds, is_secure)
  return ("%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"):format(sessions.COOKIE, value, seconds,
    is_secure and "; Secure" or "")
end

function session.begin(service, request)
  local value = sessions.begin(service.access.sessions, request.body.code)
  if not value then
    return service.access:refuse(request,
      "The code is not known, was used already, or is older than 10 minutes: make another with tokens.lua login.")
  end
  return answer.nothing { ["Set-Cookie"] = cookie(value, sessions.HOURS * 3600, service.is_secure(request)) }
end

function session.finish(service, request)
  local value = access.cookie(request)
  if value then sessions.finish(service.access.sessions, value) end
  return answer.nothing { ["Set-Cookie"] = cookie("", 0, service.is_secure(request)) }
end

return session
