-- What callers of the API are told of a run; the rest is in the state.

local told = require "fmcal.serve.told"

local outcome = {}

local MEMBERS = { "success", "message", "team", "direction", "result", "conflicts", "exit", "error", "error_code",
  "error_messages", "warnings", "targets", "dry_run", "retry_after_s", "started", "number", "writes", "reverted" }

-- How many entries and events a run changed, or would.
local function count_changes(result)
  local count = 0
  for _, action in ipairs(result.actions or {}) do
    if action.action ~= "error" then count = count + 1 end
  end
  return count
end

--- A result of fmcal.sync.run.sync, shortened, and without the folders that the board and its state lie in.
-- @param params of the run or act
function outcome.of(result, params)
  local short = { changes = count_changes(result) }
  for _, name in ipairs(MEMBERS) do short[name] = result[name] end
  return told.all(short, params)
end

--- An error to answer with, of a run that failed as a whole; a run that failed for some entries is none.
-- @param params of the view or act
-- @return nil, and the error
function outcome.failure(result, params)
  return told.error({ code = result.error_code or "invalid", message = result.error, line = result.line,
    column = result.column }, params)
end

return outcome
