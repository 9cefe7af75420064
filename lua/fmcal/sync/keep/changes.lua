-- What a run changed of an entry, for the history and for undo: what both sides had agreed on before it, and after it.

local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local change = require "fmcal.model.change"
local fields = require "fmcal.model.fields"
local journal = require "fmcal.place.journal"
local names = require "fmcal.names"
local runs = require "fmcal.place.runs"

local changes = {}

local function done(decision, i)
  local job = decision.jobs and decision.jobs[i]
  return job and job.outcome == "done" and not job.error and job.write.kind or nil
end

local function list_of(decision)
  if decision.view then return decision.view.fields end
  local kind = names.is_court_date(decision.key) and "court-date" or "item"
  return fields.of_kind(kind, decision.sides[1].target.rules.mapped)
end

-- What was agreed on before the run: as the state had it, else as both sides were found.
local function agreed_before(decision, side)
  local known, view = base.agreed(side.row and side.row.base) or side.base, decision.view
  if known or not view then return known end
  if side.remote then return base.of(view.version, side.remote.version) end
  return decision.patched and base.of(view.version, view.version) or nil
end

-- An event is made of what the board says by then: only what was pulled with it has changed.
local function fields_of(decision, before, doc, did)
  if not before or not base.agreed(doc) then return {} end
  local version = decision.view and decision.view.version
  if did == "create" then
    if not decision.patched then return {} end
    before, doc = base.of(version, version), base.of(doc.l, doc.l)
  end
  return change.fields(list_of(decision), before, doc)
end

-- The text of an event that went, where it can be kept as text.
local function text_of_gone(side)
  local row = side.remote and side.remote.row or side.tomb
  return row and row.text and utf8.len(row.text) and row.text or nil
end

local function title_of(decision, before)
  local version = decision.view and decision.view.version or before and before.l or {}
  return version.title
end

-- Hash of what a person can edit in an event that was made.
local function seen_of(decision, i, doc)
  if doc and doc.seen then return doc.seen end
  local job = decision.jobs and decision.jobs[i]
  local text = job and job.write.text -- a create that this run has found done may be followed by a delete
  local event = text and decision.sides[i].target.provider:decode(text)
  return event and decision.sides[i].target:content_hash(event)
end

-- An item that was made of an event, or is one no more.
local function add_item(found, run, decision, i)
  local side = decision.sides[i]
  if side.target.adopted[decision.key] then
    found.adopted, found.item = true, change.item(attempt.found(run.board:entry(decision.key)).value)
  elseif decision.taken_off and decision.plan.actions[i].released then
    found.released, found.item = side.uid, decision.taken_off
  end
end

-- @param doc the base that the run leaves, nil for none
local function made(run, decision, i, did, doc)
  local side, action = decision.sides[i], decision.plan and decision.plan.actions[i]
  local before = agreed_before(decision, side)
  local found = { did = did, title = did ~= "create" and title_of(decision, before) or nil,
    fields = fields_of(decision, before, doc, did), cleared = action and action.step.presence == "cleared" or nil }
  add_item(found, run, decision, i)
  if did == "create" then found.seen = seen_of(decision, i, doc) end
  if before and (did == "delete" or found.cleared) then
    found.before, found.text = base.folded { l = before.l, r = before.r }, text_of_gone(side)
  end
  return found
end

-- Whether a run that nobody has seen the end of may have done what this one has found done.
local function completes(decision, side)
  return side.observed and journal.is_noted(side.target, decision.key)
end

-- What such a run has done to the event, nil where it is none of these.
local function completed(decision, side)
  local kind = completes(decision, side) and journal.noted_write(side.target, decision.key)
  local was_known = base.agreed(side.row and side.row.base) ~= nil
  if kind == "create" and side.remote and not was_known then return kind end
  if kind == "delete" and not side.remote and was_known then return kind end
  return nil
end

local function is_worth_it(found)
  return found.did or found.cleared or found.adopted or found.released or next(found.fields) ~= nil
end

--- Keeps what a run has changed of an entry in one calendar; called inside the transaction that puts the base.
-- @param doc the base that the run leaves, nil for none
function changes.keep(run, decision, i, doc)
  local side = decision.sides[i]
  local did = done(decision, i) or completed(decision, side)
  if not (did or decision.patched or decision.adopted or completes(decision, side)) or decision.error then return end
  local found = made(run, decision, i, did, doc)
  if not is_worth_it(found) then return end
  runs.begin(run)
  local why = decision.told and decision.told[i] or {}
  assert(run.state:put_change { run = run.number, target = side.target.name, key = decision.key, reason = why.reason,
    decided_by = why.decided_by, doc = change.encode(found) })
end

return changes
