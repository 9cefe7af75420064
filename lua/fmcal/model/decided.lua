-- What one decision of a run would do, asked by several stages.

local decided = {}

local function actions_of(decision)
  return decision.plan and decision.plan.actions or {}
end

--- Whether the entry is on the board no more.
function decided.is_of_gone_entry(decision)
  return not decision.view and not decision.entry
end

--- What a decision destroys. @return events that it deletes, dates that it clears
function decided.destroys(decision)
  local deletes, clears = 0, 0
  for _, action in ipairs(actions_of(decision)) do
    if action.kind == "delete" then deletes = deletes + 1 end
    if action.step.presence == "cleared" then clears = clears + 1 end
  end
  return deletes, clears
end

return decided
