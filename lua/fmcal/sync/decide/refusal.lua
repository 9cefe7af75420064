-- Why nothing is decided about an entry: a sentence, which travels through what is being decided as an error.

local refusal = {}

--- Ends the decision about an entry.
function refusal.raise(sentence)
  error({ sentence = sentence }, 0)
end

--- @return value; where it is nil the decision ends with the sentence
function refusal.need(value, sentence)
  if value == nil then refusal.raise(sentence) end
  return value
end

--- The sentence in what was raised, or nil where that is something else.
function refusal.sentence(raised)
  return type(raised) == "table" and raised.sentence or nil
end

return refusal
