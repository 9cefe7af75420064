-- The keys that a run has to look at.

local adopt = require "fmcal.sync.look.adopt"
local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local did_you_mean = require "fmcal.util.did_you_mean"
local fail = require "fmcal.util.failure"
local json = require "fmcal.json"
local names = require "fmcal.names"

local candidates = {}

-- An event that could not be deleted too often waits until somebody asks for it; an entry that failed too often, until
-- it is edited.
local function is_left_alone(run, target, key)
  local row = target:base(key)
  return row and row.status == "delete_error" and base.retries_exhausted(row) and not run.retry_failed
end

local function add_candidate(run, found, key)
  if found[key] or (run.only and not run.only[key]) then return end
  found[key] = true
  run.candidates[#run.candidates + 1] = key
end

local function is_known(run, key)
  if attempt.found(run.board:entry(key)) then return true end
  for _, problem in ipairs(run.board:problems()) do
    if problem.key == key then return true end
  end
  for _, target in ipairs(run.targets) do
    if attempt.found(target.state:base(key)) then return true end
  end
  return false
end

--- Checks that the entries the run is confined to exist; an epic brings its court date along. Not where `exact`.
-- @return true, or nil and an error
function candidates.check_only(run)
  if run.exact then return true end
  local court_dates = {}
  for key in pairs(run.only or {}) do
    if not is_known(run, key) then
      return fail("invalid", "sync", "%s", ("there is no entry %s on the board%s%s"):format(key,
        run.board:path() and " " .. run.board:path() or "",
        did_you_mean(key, run.board:keys(), ": did you mean %s?")))
    end
    court_dates[#court_dates + 1] = names.court_date(key)
  end
  for _, key in ipairs(court_dates) do
    if is_known(run, key) then run.only[key] = true end
  end
  return true
end

-- Entries with problems are not gone. One without an id can be any of them, and one whose subitems cannot be read hides
-- any of them: then nothing counts as gone.
local function problems_of(run)
  local keys, hidden = {}, false
  for _, problem in ipairs(run.board:problems()) do
    if problem.key then keys[problem.key] = true end
    hidden = hidden or problem.hides
  end
  return keys, hidden
end

local function compared_with(run, target)
  local compared = run.board:compare(target.state, target.context, run.now:sub(1, 10))
  target.compared = compared
  return compared
end

--- Compares the board with what the state knows. @return set of keys of entries that have changed
function candidates.compare(run)
  local changed = {}
  for _, target in ipairs(run.targets) do
    for _, key in ipairs(compared_with(run, target).changed) do changed[key] = true end
  end
  return changed
end

local function compare_target(run, target, found)
  local compared = compared_with(run, target)
  for _, key in ipairs(compared.changed) do add_candidate(run, found, key) end
  local problems, hidden = problems_of(run)
  for _, key in ipairs(hidden and {} or compared.gone) do
    if not problems[key] and not is_left_alone(run, target, key) then add_candidate(run, found, key) end
  end
end

local function pending_events(run, target, found)
  for _, row in ipairs(target.state:pending()) do
    local key = target:key(row.uid)
    if key and (is_known(run, key) or not target:is_external(row)) then
      add_candidate(run, found, key)
    elseif not run.only then
      target.external_news = target.external_news or {}
      table.insert(target.external_news, row)
    end
  end
end

-- What nobody has seen the end of; of an entry that is left alone it stays open.
local function open_notes(run, target, found)
  for key in pairs(target.intents) do
    if run.retry_failed or not base.retries_exhausted(target:base(key)) then add_candidate(run, found, key) end
  end
end

local function failed_entries(run, target, found)
  if not run.retry_failed then return end
  for _, status in ipairs(base.FAILED) do
    for _, key in ipairs(target.state:bases(status)) do add_candidate(run, found, key) end
  end
end

--- The keys that this run has to look at: edited here, changed there, or left over.
function candidates.find(run)
  local found = {}
  for _, key in ipairs(run.candidates) do found[key] = true end
  for _, target in ipairs(run.targets) do
    compare_target(run, target, found)
    pending_events(run, target, found)
    open_notes(run, target, found)
    failed_entries(run, target, found)
  end
  for key in pairs(run.answers or {}) do add_candidate(run, found, key) end
  for _, key in ipairs(run.consider or {}) do add_candidate(run, found, key) end
end

--- Lets the rules make items of external events.
function candidates.adopt(run)
  run.candidates = {}
  local keys, failures = adopt.events(run)
  for _, key in ipairs(keys) do add_candidate(run, {}, key) end
  for _, failure in ipairs(failures) do
    run.messages[#run.messages + 1] = failure.sentence
    run.actions[#run.actions + 1] = { key = failure.uid, title = failure.title or "", action = "error", target = failure.target,
      detail = failure.sentence }
    run.entries[#run.entries + 1] = { key = failure.uid, title = failure.title or "", calendar = failure.target,
      reason = "rule_failed", fields = json.array {} }
  end
end

return candidates
