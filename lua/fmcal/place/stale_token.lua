-- Calendars whose token is older than what a run wrote there. Some servers make tokens of the calendar's content: undoing
-- our writes would look as if nothing had happened since such a token. So the token has to pass our own writes; until it
-- has, a note in the state says that it may not be used.

local attempt = require "fmcal.util.attempt"

local stale_token = {}

local NOTE = "unseen."

--- Whether the token of a calendar is older than our own writes.
function stale_token.is_noted(run, target)
  return attempt.found(run.state:get(NOTE .. target.name)) ~= nil
end

--- Notes which calendars a run has written to; called inside the transaction that commits it.
function stale_token.note(run)
  for _, target in ipairs(run.targets) do
    if target.wrote and target.provider:capabilities().token then
      assert(run.state:set(NOTE .. target.name, run.now))
    elseif stale_token.is_noted(run, target) then
      assert(run.state:set(NOTE .. target.name, nil))
    end
  end
end

--- Lets the token of a calendar that was written to pass our own writes. Where that fails the next run lists anew.
function stale_token.catch_up(run)
  for _, target in ipairs(run.targets) do
    local behind = stale_token.is_noted(run, target) and not target.error
    if behind and target.provider:changes(target.state, true) then assert(run.state:set(NOTE .. target.name, nil)) end
  end
end

return stale_token
