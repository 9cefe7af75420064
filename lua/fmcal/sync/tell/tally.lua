-- Counts what becomes of the entries of a run, as the outcomes of its decisions are known.

local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local entries = require "fmcal.model.entry"

local tally = {}

local STATUS_RANK = { skipped = 1, deleted = 2, synced = 3, pending = 4, conflict = 5, error = 6, delete_error = 6 }

-- One status for an entry that lies in several calendars: the one that needs a person most.
local function worst(outcomes)
  local status = "skipped"
  for _, outcome in ipairs(outcomes) do
    local own = outcome.row_status or (outcome.failed and "error") or outcome.status
    if (STATUS_RANK[own] or 0) > STATUS_RANK[status] then status = own end
  end
  return status == "delete_error" and "error" or status
end

local BUCKET = {
  synced = "unchanged", pending = "unchanged", deleted = "skipped", skipped = "skipped", error = "errors",
  delete_error = "errors", conflict = "conflicts",
}

local function add(counts, status, n)
  local bucket = BUCKET[status] or "unchanged"
  counts[bucket] = counts[bucket] + n
end

-- A court date that an epic does not have (any more) is no entry.
local function is_entry(board, key)
  local entry = attempt.found(board:entry(key))
  return entry ~= nil and (entry.kind ~= "court-date" or (entries.member(entry, "dueDate") or "") ~= "")
end

-- The entries of the first calendar that the run does not look at; where it is confined to some, edited ones too.
local function count_untouched(counts, first, board, considered)
  for status, n in pairs(first.compared.counts) do add(counts, status, n) end
  for _, key in ipairs(first.compared.changed) do
    counts.looked_at_anew[key] = true
    if not considered[key] and is_entry(board, key) then
      local row = attempt.found(first.state:base(key))
      add(counts, row and row.status or "skipped", 1)
    end
  end
end

local LEFT_ALONE = " (it failed too often and is left alone: edit it, or run sync.lua with --retry-failed)"

local function named(key, sentence)
  if sentence:find(key, 1, true) then return sentence end
  return key .. ": " .. sentence
end

-- The keys of entries that failed in an earlier run. A run that is confined to some says nothing of what is gone: of a
-- board in a program's memory it may have been given a part.
local function failed_earlier(run, target)
  local compared, is_gone, keys = target.compared, {}, {}
  for _, key in ipairs(compared.gone) do
    is_gone[key] = true
    if not run.only then keys[#keys + 1] = key end
  end
  for _, key in ipairs((compared.counts.error or 0) > 0 and target.state:bases("error") or {}) do
    if not is_gone[key] then keys[#keys + 1] = key end
  end
  return keys
end

-- What kept entries from being synced in an earlier run, where this one does not look at them.
local function tell_earlier_failures(counts, run, target, considered)
  for _, key in ipairs(failed_earlier(run, target)) do
    local row = not considered[key] and target:base(key)
    local err = row and base.failure(row)
    if err then
      local is_left = base.retries_exhausted(row)
      counts.messages[#counts.messages + 1] = named(key, err.message) .. (is_left and LEFT_ALONE or "")
      if is_left then
        table.insert(counts.left_alone, { key = key, title = row.base.l and row.base.l.title or "", calendar = target.name })
      end
      if row.status == "delete_error" then counts.delete_errors = counts.delete_errors + 1 end
    end
  end
end

--- An empty tally; entries that the run does not look at count as what they were.
-- @param run with its candidates found
-- @return { unchanged, skipped, errors, conflicts, created, updated, deleted, pulled, cleared, delete_errors,
--   unreadable (objects in the calendars), messages, updated_beside (events of entries that wait for a person),
--   waiting (conflicts, one a calendar), pending, failure (the first sentence), left_alone (list of { key, title, calendar }) }
function tally.new(run)
  local counts = { unchanged = 0, skipped = 0, errors = 0, conflicts = 0, created = 0, updated = 0, deleted = 0,
    pulled = 0, cleared = 0, delete_errors = 0, unreadable = 0, updated_beside = 0, waiting = 0, pending = 0, messages = {},
    looked_at_anew = {}, left_alone = {}, decided = {} }
  local considered, problem = {}, run.board:problems()[1]
  for _, key in ipairs(run.order) do considered[key] = true end
  for i, target in ipairs(run.targets) do
    if i == 1 then count_untouched(counts, target, run.board, considered) end
    tell_earlier_failures(counts, run, target, considered)
    for _, sentence in ipairs(target:unreadable()) do
      counts.unreadable = counts.unreadable + 1
      counts.messages[#counts.messages + 1] = sentence
    end
  end
  counts.failure = problem and problem.message or counts.messages[1] or run.messages[1]
  return counts
end

local function count_outcomes(counts, decision)
  local gone = not (decision.view or decision.entry)
  for _, outcome in ipairs(decision.outcomes) do
    if outcome.failed then
      counts.failure = counts.failure or outcome.error
      counts.messages[#counts.messages + 1] = named(decision.key, outcome.error)
      if gone then counts.delete_errors = counts.delete_errors + 1 end
    end
    if outcome.status == "conflict" then counts.waiting = counts.waiting + 1 end
    if outcome.status == "pending" then counts.pending = counts.pending + 1 end
  end
end

local function is_absent_court_date(view, version)
  return view ~= nil and view.entry.kind == "court-date" and not version.date
end

-- An entry that is on the board counts once: as what was done with it, else as what it is.
local function count_entry(counts, decision, acts)
  local row, view = decision.sides[1] and decision.sides[1].row, decision.view
  local was_counted = row and view and not counts.looked_at_anew[decision.key] and not is_absent_court_date(view, view.version)
  if was_counted then add(counts, row.status, -1) end
  local status = worst(decision.outcomes)
  local is_failure = BUCKET[status] == "errors" or BUCKET[status] == "conflicts"
  if not is_failure and is_absent_court_date(view, decision.plan.cur.version) then return end
  local in_step = status == "synced" or status == "pending"
  if in_step and acts.created then
    counts.created = counts.created + 1
  elseif in_step and acts.updated then
    counts.updated = counts.updated + 1
  else
    add(counts, status, 1)
    if status == "conflict" and acts.updated then counts.updated_beside = counts.updated_beside + 1 end
  end
end

--- Counts a decision whose outcomes are known.
-- @param acts { created, updated, deleted = true } what was done in the calendars
function tally.add(counts, decision, acts)
  counts.decided[decision.key] = true
  count_outcomes(counts, decision)
  if acts.deleted then counts.deleted = counts.deleted + 1 end
  if decision.view or decision.entry then count_entry(counts, decision, acts) end
  if decision.patched or decision.adopted then counts.pulled = counts.pulled + 1 end
  for _, action in ipairs(decision.plan and decision.plan.actions or {}) do
    if action.step.presence == "cleared" then counts.cleared = counts.cleared + 1 end
  end
end

-- Calls fn(key, status) for what is in a further calendar and may say more than the first one does: conflicts, failures, and
-- what the first one does not have.
local function each_elsewhere(run, fn)
  local not_in_first = #run.targets > 1 and run.targets[1].state:bases("skipped") or {}
  for i = 2, #run.targets do
    local state = run.targets[i].state
    for _, key in ipairs(not_in_first) do
      local row = attempt.found(state:base(key))
      if row then fn(key, row.status) end
    end
    for _, status in ipairs { "conflict", "error" } do
      for _, key in ipairs(state:bases(status)) do fn(key, status) end
    end
  end
end

-- Where an entry that the run did not look at lies in several calendars, its worst status counts; the first calendar's
-- has been counted.
local function count_other_calendars(counts, run)
  local counted = {}
  each_elsewhere(run, function(key, status)
    local first = not counts.decided[key] and attempt.found(run.board:entry(key))
      and attempt.found(run.targets[1].state:base(key))
    local before = counted[key] or (first and first.status)
    if before and (STATUS_RANK[status] or 0) > (STATUS_RANK[before] or 0) then
      add(counts, before, -1)
      add(counts, status, 1)
      counted[key] = status
    end
  end)
end

--- Adds what no decision was made about: entries in further calendars, those with problems, rules and calendars that failed.
function tally.finish(counts, run)
  count_other_calendars(counts, run)
  for _, problem in ipairs(run.board:problems()) do
    counts.errors = counts.errors + 1
    counts.messages[#counts.messages + 1] = problem.message
  end
  for _, sentence in ipairs(run.messages) do counts.messages[#counts.messages + 1] = sentence end
  for _, target in ipairs(run.failed_targets) do
    counts.messages[#counts.messages + 1] = target.name .. ": " .. target.error.message
  end
end

return tally
