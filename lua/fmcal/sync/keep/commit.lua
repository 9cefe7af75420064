-- What a slice of a run leaves behind, in this order: calendarSync and the board file, then the base in the state.

local adopted = require "fmcal.place.adopted"
local attempt = require "fmcal.util.attempt"
local bases = require "fmcal.sync.keep.bases"
local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local calendar_sync = require "fmcal.model.calendar_sync"
local decided = require "fmcal.model.decided"
local entries = require "fmcal.sync.keep.entries"
local history = require "fmcal.place.history"
local json = require "fmcal.json"
local rewind = require "fmcal.model.rewind"
local stale_token = require "fmcal.place.stale_token"
local summary = require "fmcal.sync.keep.summary"

local commit = {}

local function fingerprints(run, keys)
  local prints = {}
  for _, key in ipairs(keys) do
    local decision = run.decisions[key]
    prints[key] = {}
    for i, side in ipairs(decision.sides) do
      if decision.view or decision.entry then
        prints[key][i] = run.board:fingerprint(key, side.target.context)
      end
    end
  end
  return prints
end

-- A member that another program changed meanwhile stays as it wrote it: nothing counts as pulled into that entry, and
-- the next run merges it.
local function reopen_skipped(run, skipped)
  for _, member in ipairs(skipped or {}) do
    local decision = member.key and run.decisions[member.key]
    for _, result in ipairs(decision and decision.outcomes or {}) do
      result.unpulled, result.revisit = decision.plan and decision.plan.pulled, true
    end
  end
end

-- What the board is about to lose must be in the history before, and what is pulled into it in the journal; most runs have
-- nothing of that kind.
local function prepare_board(run, keys)
  local concerned = {}
  for _, key in ipairs(keys) do
    local decision = run.decisions[key]
    if decision.patched or decision.adopted or history.is_due(decision) then concerned[#concerned + 1] = decision end
  end
  if #concerned == 0 then return end
  assert(run.state:begin())
  for _, decision in ipairs(concerned) do
    history.keep(run, decision)
    if decision.view and (decision.patched or decision.adopted) then bases.pulled(run, decision) end
  end
  assert(run.state:commit())
end

local function save_board(run)
  local dirty, lock, err
  dirty, err = run.board:dirty()
  if dirty == nil then return nil, err end
  if not dirty or not run.board:path() then return true end
  lock, err = board.lock(run.board:path(), board_state.LOCK_WAIT_MS)
  if not lock then return nil, err end
  local saved
  saved, err = run.board:save { keep = not run.saved and board_state.previous_board(run.state) or nil }
  lock:release()
  if not saved then return nil, err end
  run.saved = true
  reopen_skipped(run, saved.skipped)
  return true
end

-- An older copy over a date that was cleared is no slip: with the date somebody may want the event back. It counts as an
-- edit, and makes a new event.
local function note_replaced(run, decision)
  local _, clears = decided.destroys(decision)
  if clears > 0 or run.reverts then return assert(run.state:set_replaced(decision.key, nil)) end
  local entry = attempt.found(run.board:entry(decision.key))
  local written = entry and calendar_sync.read(entry)
  assert(run.state:set_replaced(decision.key, rewind.note(decision, written)))
end

local function commit_state(run, keys, prints, is_last)
  assert(run.state:begin())
  for _, key in ipairs(keys) do
    local decision = run.decisions[key]
    bases.commit(run, decision, prints[key])
    if decision.patched and decision.plan then note_replaced(run, decision) end
  end
  if is_last then adopted.note_asked(run) end
  assert(run.state:set("run", tostring(run.number)))
  stale_token.note(run)
  assert(run.state:set("last_run", run.now))
  local failure = summary.failure(run)
  assert(run.state:set("last_error", failure and json.encode { message = failure, at = run.now }))
  assert(run.state:commit())
end

--- Writes calendarSync and the summary into the board, the board to its file, and the base to the state.
-- @param keys of the slice, their outcomes told
-- @param is_last whether it is the run's last slice
-- @return true, or nil and an error
function commit.slice(run, keys, is_last)
  for _, key in ipairs(keys) do entries.write(run, run.decisions[key]) end
  if run.board:dirty() or run.saved or is_last and summary.is_news(run) then summary.write(run) end
  local prints = fingerprints(run, keys)
  prepare_board(run, keys)
  local ok, err = save_board(run)
  if not ok then return nil, err end
  commit_state(run, keys, prints, is_last)
  return true
end

return commit
