-- What of all that happens in the engine is told to those who watch.

local news = {}

-- How many entries a run made, changed and took away, on either side.
local function counts_of(result)
  local outbound = result.result and result.result.outbound or {}
  local stats = result.result and result.result.inbound and result.result.inbound.stats or {}
  return { created = outbound.created, updated = outbound.updated, deleted = outbound.deleted, pulled = stats.pulled,
    conflicts = result.conflicts, errors = outbound.errors }
end

local function run_of(run, how, report)
  local data = { run = run.id, team = run.team, state = how, kind = run.kind, why = run.why, who = run.who }
  for name, value in pairs(report or {}) do data[name] = value end
  if how ~= "finished" then return data end
  data.exit, data.success, data.error, data.counts = run.result.exit, run.result.success, run.result.error, counts_of(run.result)
  data.canceled = run.state == "canceled" or nil
  return data
end

-- Conflicts that have come or gone since the team was last looked at.
local function tell_conflicts(stream, engine, board, known)
  local now = engine.status:of(board).conflicts
  local before = known[board] or 0
  known[board] = now
  if now ~= before then
    stream:tell("conflict", board.team, { team = board.team, state = now > before and "added" or "settled", conflicts = now })
  end
end

--- Passes on what happens.
-- @param engine fmcal.serve.engine
-- @param stream fmcal.serve.stream
function news.pass_on(engine, stream)
  local conflicts = setmetatable({}, { __mode = "k" })
  engine:on(function(event, subject, how, report)
    if event == "run" then
      stream:tell("run", subject.team, run_of(subject, how, report), how == "progress")
    elseif event == "team" then
      stream:tell("team", subject.team, engine.status:short(subject))
      tell_conflicts(stream, engine, subject, conflicts)
    else
      conflicts[subject] = conflicts[subject] or engine.status:of(subject).conflicts
      stream:tell("board", subject.team, { team = subject.team, state = how })
    end
  end)
end

return news
