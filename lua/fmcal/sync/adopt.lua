-- Makes items of external events, where a team's rules say so.

local attempt = require "fmcal.attempt"

local adopt = {}

local function has_rule(target)
  return target.rules.functions.adopt ~= nil
end

local function adopt_event(run, target, row)
  local full = attempt.found(target.state:remote(row.href))
  local event = full and not full.gone and target.provider:decode(full.text)
  if not event or event.team and event.team ~= run.settings.team then return nil end
  event.eventId, event.etag = row.href, row.etag
  local item, sentence = target.rules:adopt(event)
  if sentence then return nil, sentence end
  if not item then return nil end
  if type(item.id) ~= "string" or item.id == "" then
    return nil, ("rule adopt must give the item for %s an id (a string)"):format(event.uid or row.href)
  end
  if attempt.found(run.board:entry(item.id)) or (run.only and not run.only[item.id]) then return nil end
  run.board:append({ "items" }, item)
  target.adopted[item.id] = event.uid
  return item.id
end

--- Asks the rules about external events that are new or changed; adopted ones become items of the board (in memory).
-- @return list of keys, list of sentences about what failed
function adopt.events(run)
  local keys, sentences = {}, {}
  for _, target in ipairs(run.targets) do
    target.adopted = {}
    for _, row in ipairs(has_rule(target) and target.state:pending() or {}) do
      if not target:key(row.uid) and not row.gone and not row.unread then
        local key, sentence = adopt_event(run, target, row)
        keys[#keys + 1] = key
        sentences[#sentences + 1] = sentence
      end
    end
  end
  return keys, sentences
end

return adopt
