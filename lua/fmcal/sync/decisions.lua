-- What a run decides about all the entries it looks at, and what that would destroy.

local candidates = require "fmcal.sync.candidates"
local decide = require "fmcal.sync.decide"
local entries = require "fmcal.sync.entries"
local guard = require "fmcal.sync.guard"

local decisions = {}

-- Dropping back to the pristine view keeps what this run pulled from looking like an edit made here.
local function decide_key(run, key)
  local earlier = run.decisions[key]
  local decision = decide.key(run, key, earlier and earlier.view)
  if earlier then
    decision.patched = earlier.patched
  else
    run.order[#run.order + 1] = key
  end
  run.decisions[key] = decision
  return decision
end

-- Writes what is pulled into the board; what an earlier round pulled and this one does not is taken back.
local function patch(run, decision)
  local view, planned = decision.view, decision.plan
  if not view or not planned or decision.error then return end
  if not next(planned.pulled) and not decision.patched then return end
  local now = assert(entries.view(run.board:entry(decision.key), run.settings.options.timeZone))
  if entries.patch(run.board, now, planned.cur.version) then decision.patched = true end
end

--- Decides once more about a key, with what its calendars hold now.
function decisions.again(run, key)
  patch(run, decide_key(run, key))
end

--- Decides about all candidates; what a pulled title changes elsewhere on the board is decided about too.
function decisions.all(run)
  local at = 1
  repeat
    local patched = false
    for i = at, #run.candidates do
      local decision = decide_key(run, run.candidates[i])
      patch(run, decision)
      patched = patched or decision.patched
      run.progress("plan", i, #run.candidates)
    end
    at = #run.candidates + 1
    if patched then candidates.find(run) end
  until at > #run.candidates
end

local function losses_of(run)
  local losses = {}
  for _, key in ipairs(run.order) do
    local decision = run.decisions[key]
    for _, action in ipairs(decision.plan and decision.plan.actions or {}) do
      if action.kind == "delete" then losses[#losses + 1] = { key = key, what = "delete" } end
      if action.step.presence == "cleared" then losses[#losses + 1] = { key = key, what = "clear" } end
    end
  end
  return losses
end

local function known_entries(run)
  local known = 0
  for _, target in ipairs(run.targets) do
    known = known + target.state:count() - #target.state:bases("skipped")
  end
  return known
end

--- What stops the run before anything is written: the guard's sentence, or nil.
function decisions.guarded(run)
  if run.allow_mass_delete then return nil end
  local losses = losses_of(run)
  if #losses == 0 then return nil end
  return guard.check(losses, known_entries(run), run.settings.options.massDeleteLimit)
end

return decisions
