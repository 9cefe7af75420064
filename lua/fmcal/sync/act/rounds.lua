-- Carries decisions out in rounds: what the calendar answers "changed" to is planned again.

local attempt = require "fmcal.util.attempt"
local deliver = require "fmcal.sync.act.deliver"
local entries = require "fmcal.model.entry"
local inverse = require "fmcal.rules.inverse"
local outgoing = require "fmcal.sync.act.outgoing"

local rounds = {}

-- What this very run has pulled may have changed a parent's title or an epic's counts.
local function refresh_dependencies(run, decision)
  if not run.pulled or not decision.view then return end
  local entry = attempt.found(run.board:entry(decision.key))
  if not entry then return end
  local raw = decision.view.raw
  raw.itemCounts = entry.counts
  if entry.parent and not entries.member(entry, "parentTitle") then raw.parentTitle = entry.parent_title end
end

-- What the actions of a decision come to, and the writes among it.
local function prepare(run, decision)
  decision.effects, decision.jobs = {}, {}
  if decision.error then return end
  for i, side in ipairs(decision.sides) do
    local effect = outgoing.effect(decision, i)
    decision.effects[i] = effect
    inverse.note(run.findings, side.target, decision.key, effect.lost or {})
    if effect.write then
      decision.jobs[i] = { decision = decision, side = side, action = decision.plan.actions[i], write = effect.write }
    end
  end
end

local function prepare_all(run, keys)
  local sound = {}
  for _, key in ipairs(keys) do
    local decision = run.decisions[key]
    refresh_dependencies(run, decision)
    if not decision.error then sound[#sound + 1] = decision end
  end
  for i, target in ipairs(run.targets) do outgoing.foresee(target, sound, i) end
  for _, key in ipairs(keys) do prepare(run, run.decisions[key]) end
end

local VERB = { create = "created", update = "updated", delete = "deleted" }

local function count_job(run, job)
  if job.outcome ~= "done" then return end
  local acts = run.acts[job.decision.key] or {}
  acts[VERB[job.write.kind]] = true
  run.acts[job.decision.key] = acts
end

local function round(run, keys)
  local all = {}
  prepare_all(run, keys)
  for _, key in ipairs(keys) do
    for _, job in pairs(run.decisions[key].jobs) do all[#all + 1] = job end
  end
  deliver.round(run, all)
  local changed = {}
  for _, job in ipairs(all) do
    job.side.target.wrote = true
    count_job(run, job)
    if job.changed then changed[#changed + 1] = job.decision.key end
  end
  return changed
end

--- A calendar that should have been written to and cannot be fails as a whole; its entries wait.
function rounds.report_read_only(run, keys)
  for _, key in ipairs(keys) do
    local decision = run.decisions[key]
    for i, side in ipairs(decision.plan and decision.sides or {}) do
      local target = side.target
      if target.read_only and run.direction == "both" and decision.effects[i].restrained == "wait" then
        target.error = target.error or target:read_only_error()
      end
    end
  end
end

--- Makes the writes of decisions and leaves it at that.
function rounds.plan(run, keys)
  prepare_all(run, keys)
end

--- Carries decisions out; what the calendar answered "changed" to is planned again.
-- @param decide_again function(run, key)
function rounds.carry_out(run, keys, decide_again)
  for number = 1, run.max_rounds do
    local changed = round(run, keys)
    if #changed == 0 or number == run.max_rounds then break end
    for _, key in ipairs(changed) do decide_again(run, key) end
    keys = changed
  end
end

return rounds
