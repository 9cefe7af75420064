-- What a run leaves in the board's calendarConfig: how it ended and when, and its credentials encrypted.

local Target = require "fmcal.place.target"
local credentials = require "fmcal.credentials"
local json = require "fmcal.json"
local log = require "fmcal.log"

local summary = {}

local SECTION = "calendarConfig"

local function section_of(board)
  local section = board:member(SECTION)
  return type(section) == "table" and section or nil
end

local function set(board, value, ...)
  board:set(nil, { SECTION, ... }, value)
end

-- What the board holds unencrypted goes into a blob, where there is a key.
local function encrypt_credentials(run, section)
  for _, place in ipairs(credentials.places(section)) do
    local ids = { team = run.settings.team, provider = place.provider }
    local blob, names = credentials.encrypted(place.section, ids)
    if blob then
      local path = { SECTION, table.unpack(place.path) }
      local last = #path + 1
      path[last] = "encrypted"
      run.board:set(nil, path, blob)
      for _, name in ipairs(names) do
        path[last] = name
        run.board:remove(nil, path)
      end
    elseif names then
      log.warn("credentials", "the credentials of %s stay unencrypted: %s", place.provider, names)
    end
  end
end

--- The sentence for what failed first in a run, or nil.
function summary.failure(run)
  local failure = Target.first_failure(run)
  return failure and failure.message or run.tally.failure
end

--- Whether the board says that the last run succeeded where this one failed, or the other way round.
function summary.is_news(run)
  local section = section_of(run.board)
  return section ~= nil and (summary.failure(run) ~= nil) ~= (section.lastSyncStatus == "error")
end

--- Writes into a board that a run failed before it could do anything, where the board says something else of its last run.
-- @return whether anything was written
function summary.write_failure(board, sentence)
  local section = section_of(board)
  if not section or type(section.lastSyncStatus) ~= "string" then return false end
  if section.lastSyncStatus == "error" and section.lastSyncError == sentence then return false end
  set(board, "error", "lastSyncStatus")
  set(board, sentence, "lastSyncError")
  return true
end

--- Writes how a run ended, and encrypts credentials; called only where the board is written anyway, or where there is news.
function summary.write(run)
  local section = section_of(run.board)
  if not section then return end
  local board, failure = run.board, summary.failure(run)
  encrypt_credentials(run, section)
  set(board, run.now, "lastSyncAt")
  set(board, failure and "error" or "success", "lastSyncStatus")
  set(board, failure or json.null, "lastSyncError")
  set(board, run.tally.pending, "stats", "pendingChanges")
  if run.tally.waiting > 0 then set(board, run.now, "stats", "lastConflictAt") end
end

return summary
