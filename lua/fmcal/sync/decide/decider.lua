-- Who decides where a rule may be asked: the rule of the team, named with its place, or the strategy.

--- @param name of the rule
-- @param strategy what holds where the team has none
-- @return "rule:on_conflict (rules.lua:12)" or "strategy:last-write-wins"
local function decider(target, name, strategy)
  local place = target.rules:place(name)
  if place then return ("rule:%s (%s)"):format(name, place:match("[^/]*$")) end
  return "strategy:" .. strategy
end

return decider
