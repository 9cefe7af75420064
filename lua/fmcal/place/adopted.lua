-- What the state knows of adopting: which external events the rules were asked about, and which are external again because
-- their item is gone. What has been released is offered again once a person has edited it.

local attempt = require "fmcal.util.attempt"
local crypto = require "fmcal.crypto"

local adopted = {}

local function note_of_rules(target)
  return "adopt." .. target.name
end

local function note_of_release(target, uid)
  return ("released.%s.%s"):format(target.name, uid)
end

local function rules_hash(target)
  return crypto.encode("hex", crypto.sha256(target.rules.source))
end

--- Whether the rules of a calendar are asked about external events.
function adopted.is_asked(target)
  return target.rules.functions.adopt ~= nil and target.direction ~= "outbound"
end

--- The rows of events to ask about: what is new or changed; where the rules have changed, all.
function adopted.rows(run, target)
  local known = attempt.found(run.state:get(note_of_rules(target)))
  return known == rules_hash(target) and target.state:pending() or target.state:unbased()
end

--- Whether an event was released, and nobody has edited it since.
function adopted.is_released(run, target, event)
  return attempt.found(run.state:get(note_of_release(target, event.uid))) == target:content_hash(event)
end

--- Notes that an event is external again; called inside the transaction that drops its base.
-- @param content hash of what a person can edit in it, as both sides last agreed on it
function adopted.release(run, target, uid, content)
  run.external_moved = true
  assert(run.state:set(note_of_release(target, uid), content))
end

--- Notes which external events need not be asked about again; called inside the transaction that ends a run. Where the
-- rule failed all are asked about in the next run.
function adopted.note_asked(run)
  for _, target in ipairs(run.targets) do
    local is_asked = adopted.is_asked(target)
    local is_passed_over = target.rules.functions.adopt ~= nil and not is_asked
    for _, row in ipairs(is_passed_over and {} or target.external_news or {}) do
      if row.gone and row.uid then assert(run.state:set(note_of_release(target, row.uid), nil)) end
      assert(target.state:settle(row.href))
    end
    if is_asked and not run.only then
      assert(run.state:set(note_of_rules(target), not target.adopt_failed and rules_hash(target) or nil))
    end
  end
end

return adopted
