-- For those who watch over the server: figures, and what a report of a fault needs.

local answer = require "fmcal.serve.http.answer"
local json = require "fmcal.json"
local version = require "fmcal.version"

local watch = {}

function watch.metrics(service)
  return answer.text(service.metrics:text(service),
    { headers = { ["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8" } })
end

-- Options of the command line that say nothing of places or secrets.
local TOLD = { "no_token", "jobs", "max_connections", "max_per_address" }

-- How a team stands, without what people have written.
local function standing(status)
  local told = {}
  for _, name in ipairs { "state", "status", "remedy", "conflicts", "errorCount", "syncCount", "lastSync", "nextSync",
    "syncInterval", "autoSync" } do told[name] = status[name] end
  told.calendars = json.array {}
  for i, calendar in ipairs(status.calendars) do
    told.calendars[i] = { provider = calendar.provider, status = calendar.status, remedy = calendar.remedy,
      pending = calendar.pending, errorCount = calendar.errorCount }
  end
  return told
end

function watch.support(service)
  local file = { version = version, lua = _VERSION, options = {}, teams = json.array {}, figures = service.metrics:text(service) }
  for _, name in ipairs(TOLD) do file.options[name] = service.options[name] end
  for i, board in ipairs(service.engine.teams:all()) do file.teams[i] = standing(service.engine.status:of(board)) end
  return answer.json(file, { headers = { ["Content-Disposition"] = 'attachment; filename="fmcal-support.json"' } })
end

return watch
