-- What became of a decided key in each calendar, once its writes are through.

local base = require "fmcal.model.base"
local texts = require "fmcal.model.texts"

local outcome = {}

-- Failures in a row so far; an entry that was left alone and is tried again starts anew.
local function previous_failures(side)
  local known = base.failure(side.row)
  return known and known.count < base.MAX_RETRIES and known.count or 0
end

local function failed(side, sentence, transient, reason)
  local count = previous_failures(side) + (transient and 0 or 1)
  return {
    status = transient and "pending" or "error", error = sentence, reason = reason, retries = count, failed = true,
    revisit = transient or count < base.MAX_RETRIES, uid = side.row and side.row.uid, keep_base = true,
  }
end

-- A write that did not get through, or nil.
local function failed_write(side, job)
  if not job or not (job.error or job.changed) then return nil end
  local passes = job.transient or job.changed
  return failed(side, job.error or "it keeps changing in the calendar; the next run tries again", passes,
    passes and "unreached" or "refused")
end

local function of_gone_entry(side, effect, job)
  local result = failed_write(side, job)
  if result then
    result.status = "delete_error"
    return result
  end
  if effect.restrained then return { status = "pending", revisit = true, keep_base = true } end
  return { status = "gone", acted = job ~= nil }
end

local function of_unwanted(action, side, job)
  local had_event = side.base ~= nil
  local is_deleted = had_event and action.step.presence ~= "orphan" and not action.released
  return { status = is_deleted and "deleted" or "skipped", row_status = "skipped",
    acted = job ~= nil }
end

local function status_of(action)
  if next(action.step.open) then return "conflict" end
  if action.deleted_mark then return "deleted" end
  if next(action.step.waits) then return "pending" end
  return "synced"
end

local function of_wanted(side, action, effect, job)
  local after = job and job.after or side.remote
  local row = after and after.row
  return {
    status = status_of(action), uid = side.uid, href = job and job.href or (row and row.href), acted = job ~= nil,
    remote = after and after.version, content = after and side.target:content_hash(after.event),
    texts = after and texts.of(after.event, after.version, side.target.rules.mapped.own), external_time = after and after.stamp,
    out = effect.out or (side.base and side.base.out),
    revisit = next(action.step.waits) ~= nil,
  }
end

local function of_side(decision, i, job)
  local side = decision.sides[i]
  if decision.error then
    local result = failed(side, decision.error, false, decision.reason)
    if not decision.view and not decision.entry then result.status = "delete_error" end
    return result
  end
  local action, effect = decision.plan.actions[i], decision.effects[i]
  if not decision.view then return of_gone_entry(side, effect, job) end
  if effect.error then return failed(side, effect.error, false, effect.reason) end
  local failure = failed_write(side, job)
  if failure then return failure end
  if effect.restrained then return { status = "pending", revisit = true, keep_base = true, uid = side.uid } end
  if action.drop_base then return of_unwanted(action, side, job) end
  return of_wanted(side, action, effect, job)
end

--- Says what became of a decision: fills decision.outcomes, one a calendar (see Outcome in fmcal.model.shapes).
-- @param jobs {[i] = job} the writes of this decision; none where they are not made
function outcome.tell(decision, jobs)
  decision.outcomes = {}
  for i in ipairs(decision.sides) do
    decision.outcomes[i] = of_side(decision, i, jobs[i])
  end
end

return outcome
