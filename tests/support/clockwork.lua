-- Tasks with a clock of their own, for tests: `local all, pass = clockwork()`; pass(ms) lets time go by, step by step.
local tasks = require "fmcal.children.tasks"

return function()
  local now = 1000
  local all = tasks.new(function() return now end)
  local function pass(ms)
    local finish = now + ms
    repeat
      local due = all.timers:first()
      now = math.min(finish, due and math.max(now, due) or finish)
      assert(all:step(0))
    until now == finish and not (all.timers:first() and all.timers:first() <= now)
    assert(all:step(0))
  end
  return all, pass
end
