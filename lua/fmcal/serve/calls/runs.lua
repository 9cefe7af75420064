-- Runs: asked for, looked at, cancelled.

local access = require "fmcal.serve.access"
local answer = require "fmcal.serve.http.answer"
local asked = require "fmcal.serve.asked"
local exits = require "fmcal.exits"
local json = require "fmcal.json"
local kept = require "fmcal.serve.engine.kept"
local problem = require "fmcal.serve.http.problem"
local prefer = require "fmcal.serve.http.prefer"
local tasks = require "fmcal.children.tasks"

local runs = {}

local DIRECTIONS = { "both", "inbound", "outbound" }

-- What callers are told of a result beside the run's id.
local TOLD = { "success", "message", "team", "direction", "result", "conflicts", "changes", "number", "error", "error_messages",
  "warnings", "writes" }

local function result_of(run)
  local result = { run = run.id }
  for _, name in ipairs(TOLD) do result[name] = run.result[name] end
  return result
end

runs.told = result_of

-- What is wrong with an act that did nothing.
local function refusal_of_act(run, stale)
  local found = problem.from(run.error)
  if stale and run.error.code == "precondition" then return problem.of(stale, "%s", run.error.message) end
  return found
end

-- What is wrong with a run whose board could not even be read or locked; nil where the run itself came to something.
local function refusal_of(run, stale)
  local result = run.result
  if run.error and run.kind ~= "sync" then return refusal_of_act(run, stale) end
  if run.state == "canceled" then return problem.of("canceled", "%s", result.error) end
  if result.exit == exits.LOCKED then return problem.of("locked", "%s", result.error) end
  local is_unread = result.error_code == "parse" or result.exit == exits.USAGE
  if not is_unread then return nil end
  local kind = result.error_code == "parse" and "unreadable-board" or "misconfigured-board"
  return problem.of(kind, "%s", result.error or result.message):with { line = result.line, column = result.column }
end

local function under_way(run, applied)
  return answer.json({ run = run.id, team = run.team, state = run.state },
    { status = 202, headers = { Location = "/api/calendar/runs/" .. run.id, ["Preference-Applied"] = applied } })
end

--- The answer to who has asked for a run: what came of it, or, where that is preferred, where to look.
-- @param told_of function(run) -> body, or nil
-- @param stale the type of the problem where what was to be done is out of date; nil: another tag was wanted
function runs.answer(request, run, told_of, stale)
  local wish = prefer.of(request.headers)
  if wish.is_async then return under_way(run, "respond-async") end
  tasks.await(run.promise, wish.wait_ms)
  if not run.ended then return under_way(run, wish.text) end
  local refused = refusal_of(run, stale)
  if refused then return nil, refused:with { run = run.id } end
  return answer.json((told_of or result_of)(run))
end

function runs.trigger(service, request)
  local body = request.body
  local ok, err = asked.one_of(DIRECTIONS, body, "direction")
  if not ok then return nil, problem.from(err) end
  if request.board.facts and request.board.facts.is_paused then
    return nil, problem.of("nothing-to-sync", "All calendars of %s are paused: resume one of them.", request.team)
  end
  local run = service.engine:trigger(request.board, { direction = body.direction, only = body.only, dry_run = body.dryRun,
    allow_mass_delete = body.allowMassDelete }, request.caller.name, "trigger")
  return runs.answer(request, run)
end

function runs.list(service, request)
  local found, err = tasks.await(service.engine:runs(request.query))
  if not found then return nil, problem.from(err) end
  local running = service.engine.queue:of_board(request.board)
  if running and not request.query.before then
    found.current = kept.row(running)
  end
  return answer.json(found, { tagged = true })
end

-- The run of an id, where its team is one of the caller's.
local function find(service, request)
  local found, err = tasks.await(service.engine:run(request.params.id))
  if not found then return nil, problem.from(err) end
  local row = found.row
  if not row or row == json.null or not access.sees(request.caller, row.team) then
    return nil, problem.of("not-found", "There is no run %s here.", request.params.id)
  end
  return row
end

function runs.get(service, request)
  local row, refused = find(service, request)
  if not row then return nil, refused end
  return answer.json(row, { tagged = true })
end

function runs.cancel(service, request)
  local row, refused = find(service, request)
  if not row then return nil, refused end
  local run = service.engine.queue:get(request.params.id)
  if not run or not service.engine.queue:cancel(run) then
    return nil, problem.of("canceled", "The run %s has ended already.", request.params.id)
  end
  return answer.json { success = true, run = run.id }
end

return runs
