-- What a run leaves behind that could not be carried out: the state and the board say that it failed, and why.

local board = require "fmcal.board"
local exits = require "fmcal.exits"
local json = require "fmcal.json"
local summary = require "fmcal.sync.keep.summary"

local failed = {}

local LOCK_WAIT_MS = 5000

-- A run that somebody stopped, or that was asked for what cannot be, has not failed; one that never got hold of the state
-- of its board has nothing to note.
local function is_notable(run, result)
  if run.dry_run or not run.lock or not run.is_claimed or run.is_refused then return false end
  return result.error ~= nil and not result.result and result.exit ~= exits.INTERRUPTED
end

-- The board is read anew: of what the run has in memory nothing is written.
local function write_board(run, sentence)
  local opened <close> = board.open(run.board:path())
  if not opened or not summary.write_failure(opened, sentence) then return end
  local lock <close> = board.lock(opened:path(), LOCK_WAIT_MS)
  if lock then opened:save {} end
end

--- Notes a failed run, as far as that can be written. One that the guard stopped leaves the board as it is.
-- @param run with its state and lock
-- @param result of it
function failed.note(run, result)
  if not is_notable(run, result) then return end
  run.state:rollback()
  run.state:set("last_error", json.encode { message = result.error, at = run.now })
  if result.exit ~= exits.GUARD and run.board:path() then write_board(run, result.error) end
end

return failed
