-- For those who watch whether the server works.

local answer = require "fmcal.serve.http.answer"

local health = {}

local function told(is_well, sentence)
  return answer.json({ status = sentence }, { status = is_well and 200 or 503,
    headers = not is_well and { ["Retry-After"] = "1" } or nil })
end

function health.live()
  return told(true, "alive")
end

function health.ready(service)
  if service.is_ending then return told(false, "ending") end
  return told(service.is_ready, service.is_ready and "ready" or "reading boards")
end

health.whole = health.ready

return health
