-- The runs that the state keeps: those that changed something or failed, with who ran them and how they ended.

local crypto = require "fmcal.crypto"
local exits = require "fmcal.exits"
local sys = require "fmcal.sys"
local version = require "fmcal.version"

local runs = {
  --- What undo of so many runs needs is never forgotten.
  UNDOABLE = 30,
}

local function hash_of_rules(run)
  local target = run.targets[1] or run.all_targets[1]
  local source = target and target.rules.source or ""
  return source ~= "" and crypto.encode("hex", crypto.sha256(source)) or nil
end

local function put(run, status, message)
  local revert = run.revert or {}
  return run.state:put_run { number = run.number, time = run.now, kind = revert.kind or "sync", undoes = revert.number or 0,
    who = run.who or sys.who(), command = run.command, version = version:match("%S+$"), rules = hash_of_rules(run),
    status = status, message = message }
end

--- Keeps a run that is about to record its first change; called inside a transaction.
function runs.begin(run)
  if run.is_kept then return end
  run.is_kept = true
  assert(put(run, -1))
end

-- A run that fails as the one before it did says nothing new.
local function is_repeated(run, status, message)
  local last = (run.state:runs() or {})[1]
  return last ~= nil and last.status == status and last.message == message
end

local FINE = { [exits.OK] = true, [exits.CONFLICTS] = true, [exits.INTERRUPTED] = true }

local function is_failure(run, result)
  return not FINE[result.exit] and run.lock ~= nil and run.is_claimed and not run.is_refused
end

--- Notes how a run ended, as far as that can be written. One that neither changed anything nor failed leaves no trace; the
--- result of another gets the number by which history and undo know it.
function runs.finish(run, result)
  if run.dry_run or not run.state or not run.number then return end
  local message = result.error or (result.error_messages or {})[1] or result.message
  if run.is_kept then
    put(run, result.exit, message)
    result.number = run.number
  elseif is_failure(run, result) and not is_repeated(run, result.exit, message) and put(run, result.exit, message) then
    run.state:set("run", tostring(run.number))
    result.number = run.number
  end
end

-- A run that was stopped before it wrote anything has taken nothing back; one that refused every entry has had its turn.
local WENT_ON = { [-1] = true, [exits.OK] = true, [exits.SOME_FAILED] = true, [exits.CONFLICTS] = true }

--- Which runs were taken back and not done again. A run of which single entries were taken back still stands.
-- @param list of fmcal.state's runs, newest first
-- @return {[number] = true}
function runs.taken_back(list)
  local back, by_number = {}, {}
  for i = #list, 1, -1 do
    local row = list[i]
    local taken = by_number[row.undoes]
    by_number[row.number] = row
    local went_on = row.undoes > 0 and WENT_ON[row.status]
    if went_on and row.kind ~= "undo_entry" then back[row.undoes] = true end
    if went_on and row.kind == "redo" and taken then back[taken.undoes] = nil end
  end
  return back
end

return runs
