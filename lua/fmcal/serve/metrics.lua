-- Figures for Prometheus: what the server does, and how its teams stand.

local metrics = {}

local Metrics = {}
Metrics.__index = Metrics

local STATES = { "failing", "waiting", "syncing", "paused", "in-step", "not-connected" }

--- Counts an answer.
function Metrics:answered(status)
  local class = ("%dxx"):format(status // 100)
  self.answers[class] = (self.answers[class] or 0) + 1
end

local function count_run(self, run)
  local how = run.state == "canceled" and "canceled" or run.result.success and "success" or "failure"
  self.runs[how] = (self.runs[how] or 0) + 1
end

local function add(lines, name, kind, help, rows)
  lines[#lines + 1] = ("# HELP fmcal_%s %s"):format(name, help)
  lines[#lines + 1] = ("# TYPE fmcal_%s %s"):format(name, kind)
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ("fmcal_%s%s %d"):format(name, row[1] and ("{%s}"):format(row[1]) or "", row[2])
  end
end

local function rows_of(label, counts)
  local rows = {}
  for name, count in pairs(counts) do rows[#rows + 1] = { ('%s="%s"'):format(label, name), count } end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return rows
end

local function counts_of_teams(engine)
  local states, conflicts, errors = {}, 0, 0
  for _, state in ipairs(STATES) do states[state] = 0 end
  for _, board in ipairs(engine.teams:all()) do
    local status = engine.status:short(board)
    states[status.state] = states[status.state] + 1
    conflicts, errors = conflicts + status.conflicts, errors + status.errorCount
  end
  return states, conflicts, errors
end

--- The figures as text.
-- @param service { engine, server, stream, streams }
function Metrics:text(service)
  local lines, counts = {}, service.server:counts()
  local states, conflicts, errors = counts_of_teams(service.engine)
  local streams = 0
  for _ in pairs(service.streams) do streams = streams + 1 end
  add(lines, "teams", "gauge", "Teams by how they stand.", rows_of("state", states))
  add(lines, "conflicts", "gauge", "Conflicts that wait for a person.", { { nil, conflicts } })
  add(lines, "entry_errors", "gauge", "Entries that could not be synced.", { { nil, errors } })
  add(lines, "runs_total", "counter", "Runs that have ended.", rows_of("result", self.runs))
  add(lines, "http_answers_total", "counter", "Answers by their class.", rows_of("status", self.answers))
  add(lines, "http_refused_total", "counter", "Requests and connections refused for their bytes or number.",
    { { nil, counts.refused } })
  add(lines, "http_connections", "gauge", "Open connections.", { { nil, counts.connections } })
  add(lines, "streams", "gauge", "Open streams.", { { nil, streams } })
  return table.concat(lines, "\n") .. "\n"
end

--- @param engine fmcal.serve.engine, whose runs are counted
function metrics.new(engine)
  local self = setmetatable({ answers = {}, runs = { success = 0, failure = 0, canceled = 0 } }, Metrics)
  engine:on(function(event, run, how)
    if event == "run" and how == "finished" then count_run(self, run) end
  end)
  return self
end

return metrics
