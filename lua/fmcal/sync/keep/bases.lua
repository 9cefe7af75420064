-- What a run leaves in the state of an entry: the base of the next merge, and the notes that are over.

local adopted = require "fmcal.place.adopted"
local agreed = require "fmcal.model.agreed"
local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local changes = require "fmcal.sync.keep.changes"
local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local journal = require "fmcal.place.journal"
local json = require "fmcal.json"
local remapped = require "fmcal.model.remapped"
local texts = require "fmcal.model.texts"
local time = require "fmcal.time"

local bases = {}

local function timestamp(epoch)
  return epoch and time.format(epoch) or json.null
end

-- What both sides agreed on.
local function agreed_now(decision, side, action, outcome)
  local cur, step = decision.plan.cur, action.step
  local doc = base.of(fields.copy(cur.version), fields.copy(outcome.remote or cur.version))
  doc.open, doc.out, doc.seen, doc.texts = {}, outcome.out, outcome.content, outcome.texts
  doc.deleted, doc.stamp, doc.lm = action.deleted_mark or nil, outcome.external_time, timestamp(cur.time)
  doc.by = remapped.members(side.target.rules.mapped.own)
  for _, held in ipairs { step.open, step.waits, outcome.unpulled } do base.hold(doc, held, side.base) end
  return doc
end

-- Where a write did not get through, or nobody knows whether it did: what is the same on both sides all the same is agreed.
local function agreed_without_write(decision, i)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  local action = decision.view and decision.plan and decision.plan.actions[i]
  if not action or not action.push or decision.error then return base.planned_with(side) end
  local note, list = agreed.note(decision.plan, action, decision.view.fields), decision.view.fields
  for field in pairs(outcome.unpulled or {}) do note.held[field] = true end
  local doc = agreed.without(side.base, note, list, decision.plan.cur.version)
  doc.seen, doc.held = side.target:content_hash(side.remote.event), next(note.held) ~= nil or nil
  doc.texts = texts.of(side.remote.event, side.remote.version, side.target.rules.mapped.own)
  doc.deleted, doc.lm = nil, timestamp(decision.plan.cur.time)
  base.hold_texts(doc, note.held, side.base)
  return doc
end

local function failure_of(outcome, now)
  return outcome.error and { message = outcome.error, at = now, count = outcome.retries } or nil
end

-- The base that an outcome leaves, or nil for none.
local function document(run, decision, i)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  if outcome.status == "error" or outcome.status == "delete_error" then
    return base.with_failure(agreed_without_write(decision, i), failure_of(outcome, run.now))
  end
  if outcome.status == "gone" or outcome.row_status == "skipped" then return nil end
  if outcome.keep_base then return agreed_without_write(decision, i) end
  return agreed_now(decision, side, decision.plan and decision.plan.actions[i], outcome)
end

local function put_row(decision, i, doc, fingerprint, day)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  side.target:put_base {
    key = decision.key, uid = outcome.uid or (side.row and side.row.uid), href = outcome.href or (side.row and side.row.href),
    status = outcome.row_status or outcome.status, fingerprint = not outcome.revisit and fingerprint or nil, day = day,
    base = doc,
  }
end

-- The event of an entry counts as looked at, unless it is to be looked at again.
local function clear_pending(decision, i, outcome)
  local side = decision.sides[i]
  if outcome.revisit then return end
  local row = side.remote and side.remote.row or side.tomb
  if row and not outcome.acted then assert(side.target.state:settle(row.href)) end
end

-- Whether the outcome of all that was noted of an entry has been seen: a calendar that refuses says so.
local function is_seen(decision, i)
  local job = decision.jobs and decision.jobs[i]
  if not decision.sides[i].observed then return false end
  if not job or not job.noted or job.outcome == "refused" then return true end
  return job.outcome == "done" and not job.error
end

--- Notes in the journal what was pulled into an entry; called inside a transaction, before the board file is written.
function bases.pulled(run, decision)
  local entry = attempt.found(run.board:entry(decision.key))
  local sync = entry and calendar_sync.read(entry)
  for i, side in ipairs(decision.sides) do
    journal.pull(side.target, decision.key, decision.view.sync, sync, document(run, decision, i), is_seen(decision, i))
  end
end

-- Where an event could not be looked at, what earlier runs have noted stays as it is.
local function end_notes(decision, i)
  local target = decision.sides[i].target
  if is_seen(decision, i) then
    journal.seen(target, decision.key)
  elseif decision.sides[i].observed then
    journal.pulled(target, decision.key, not decision.outcomes[i].unpulled)
  end
end

-- The event of an item that is gone, where somebody else made it, is external again.
local function release(run, side)
  if not side.remote or not side.target:is_foreign(side.uid) then return end
  local content = side.base and side.base.seen or side.target:content_hash(side.remote.event)
  adopted.release(run, side.target, side.uid, content)
end

--- Commits one decided key to the state; called inside a transaction, after the board file was written.
-- @param fingerprints {[i] = string} of the entry as planned with and patched, one a calendar; none for an entry that is gone
function bases.commit(run, decision, fingerprints)
  local day = decision.reads_clock and run.now:sub(1, 10) or nil
  for i, side in ipairs(decision.sides) do
    local doc = document(run, decision, i)
    changes.keep(run, decision, i, doc)
    if decision.outcomes[i].status == "gone" then
      release(run, side)
      assert(side.target.state:delete_base(decision.key))
    else
      put_row(decision, i, doc, fingerprints[i], day)
    end
    end_notes(decision, i)
    clear_pending(decision, i, decision.outcomes[i])
  end
end

return bases
