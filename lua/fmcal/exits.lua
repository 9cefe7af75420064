-- Exit statuses, the same for every command.

local exits = {
  OK = 0, SOME_FAILED = 1, USAGE = 2, UNREACHABLE = 3, CONFLICTS = 4, GUARD = 5, LOCKED = 6,
  SOMETHING_TO_DO = 10,
  INTERRUPTED = 130,
}

exits.MEANING = {
  [0] = "all in step",
  [1] = "some entries failed, or a file could not be written",
  [2] = "usage, configuration, wrong key, stale plan",
  [3] = "a board or calendar could not be reached, signed in to or read",
  [4] = "conflicts wait for a person",
  [5] = "stopped by the mass-delete guard",
  [6] = "another run holds the lock",
  [10] = "there is something to do (--exit-code)",
}

-- The one that counts when several boards end differently: the first of these.
local RANK = { 2, 3, 5, 6, 1, 4, 10, 0 }

--- The exit status of several runs.
-- @param list of statuses
function exits.worst(list)
  local seen = {}
  for _, status in ipairs(list) do
    local known = exits.MEANING[status] or status == exits.INTERRUPTED
    seen[known and status or exits.SOME_FAILED] = true
  end
  if seen[exits.INTERRUPTED] then return exits.INTERRUPTED end
  for _, status in ipairs(RANK) do
    if seen[status] then return status end
  end
  return exits.OK
end

local BY_CODE = {
  invalid = exits.USAGE, crypto = exits.USAGE, locked = exits.LOCKED, io = exits.SOME_FAILED, nomem = exits.SOME_FAILED,
  readonly = exits.SOME_FAILED, canceled = exits.INTERRUPTED,
}

-- Codes of a state that cannot be written: no matter of configuration, and none of the calendar's.
local UNWRITABLE = { io = true, access = true }

--- The exit status for an error object of fmcal. What a server answered is never our usage or lock.
function exits.of_error(err)
  return not err.status and BY_CODE[err.code] or exits.UNREACHABLE
end

--- The exit status for a state that cannot be opened or written; nil where the error says nothing of that.
function exits.of_state(err)
  return UNWRITABLE[err.code] and exits.SOME_FAILED or nil
end

--- The exit status for the error that ended a run: a board or calendar that cannot be read is out of reach.
function exits.of_run(err)
  local of_state = err.domain == "state" and exits.of_state(err)
  if of_state then return of_state end
  local status = exits.of_error(err)
  return status == exits.SOME_FAILED and exits.UNREACHABLE or status
end

return exits
