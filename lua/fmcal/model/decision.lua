-- What one decision of a run would do, asked by several stages.

local decision = {}

local function actions_of(decided)
  return decided.plan and decided.plan.actions or {}
end

--- Whether the entry is on the board no more.
function decision.is_of_gone_entry(decided)
  return not decided.view and not decided.entry
end

--- What a decision destroys. @return events that it deletes, dates that it clears
function decision.destroys(decided)
  local deletes, clears = 0, 0
  for _, action in ipairs(actions_of(decided)) do
    if action.kind == "delete" then deletes = deletes + 1 end
    if action.step.presence == "cleared" then clears = clears + 1 end
  end
  return deletes, clears
end

return decision
