-- What writes to boards besides runs of the sync: acts, done by a runner (fmcal.serve.acts).

local answer = require "fmcal.serve.http.answer"
local problem = require "fmcal.serve.http.problem"
local runs = require "fmcal.serve.calls.runs"

local acts = {}

local function whole(run)
  return run.result
end

-- Does an act with the members of the body and those of the path, and answers what it answers.
local function act(name, told)
  return function(service, request)
    local params = {}
    for member, value in pairs(request.body) do params[member] = value end
    for member, value in pairs(request.params) do params[member] = value end
    params.team = request.team
    local run = service.engine:act(request.board, name, params, request.caller.name)
    return runs.answer(request, run, told)
  end
end

for _, name in ipairs { "config", "pause", "resume", "select", "connect" } do acts[name] = act(name, whole) end

-- By its name, or by the name of its calendar in the per-provider form.
local disconnect = act("disconnect", whole)

function acts.disconnect(service, request)
  request.params = { name = request.params.name or request.params.provider }
  return disconnect(service, request)
end

-- In the per-provider form the name of the calendar is that of the service, unless the body says which that is.
local connect = acts.connect

function acts.connect_calendar(service, request)
  local name = request.params.provider
  request.params = { provider = request.body.provider or name, name = request.body.provider and name or nil }
  request.body.provider = nil
  return connect(service, request)
end

acts.undo = act("undo", function(run)
  local told = runs.told(run)
  told.actions, told.dryRun, told.reverted = run.result.actions, run.result.dry_run, run.result.reverted
  return told
end)

local resolve = act("resolve")

-- The tag of a conflict, out of If-Match.
local function tag_of(request)
  return (request.headers["if-match"] or ""):match('^%s*W?/?"([^"]+)"%s*$')
end

function acts.resolve(service, request)
  local tag = tag_of(request)
  if not tag and request.caller.kind == "session" then
    return nil, problem.of("precondition-required", "Send the conflict's etag in If-Match: it may have changed meanwhile.")
  end
  request.body.etag = tag
  return resolve(service, request)
end

-- ---------------------------------------------------------------- plans

--- Plans a run. The plan is kept for an hour, for `apply`.
function acts.plan(service, request)
  local body = request.body
  local planned, err = service.plans:make(service.engine, request.board, { direction = body.direction, only = body.only,
    team = request.team })
  if not planned then return nil, problem.from(err) end
  return answer.json(planned)
end

function acts.apply(service, request)
  if not request.body.plan then
    return nil, problem.of("invalid-member", "plan is missing: which one?"):with { member = "plan" }
  end
  local text = service.plans:text(request.body.plan, request.team)
  if not text then
    return nil, problem.of("not-found", "There is no plan %s of %s: plans are kept for an hour.", request.body.plan, request.team)
  end
  local run = service.engine:act(request.board, "apply", { plan = text, team = request.team }, request.caller.name)
  return runs.answer(request, run, nil, "stale-plan")
end

return acts
