-- Why nothing is decided about an entry: a sentence, which travels through what is being decided as an error.

local refusal = {}

--- Ends the decision about an entry.
-- @param reason name of fmcal.model.reasons: "invalid" by default
function refusal.raise(sentence, reason)
  error({ sentence = sentence, reason = reason or "invalid" }, 0)
end

--- @return value, what a rule answered; where it is nil the decision ends with the sentence
function refusal.need(value, sentence)
  if value == nil then refusal.raise(sentence, "rule_failed") end
  return value
end

--- The sentence in what was raised and its reason, or nil where that is something else.
function refusal.sentence(raised)
  if type(raised) ~= "table" or not raised.sentence then return nil end
  return raised.sentence, raised.reason
end

return refusal
