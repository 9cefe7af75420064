-- What the tools do, each in a process of its own that nothing but `apply` may write from: function(context) -> data, or nil
-- and an error. `context` has
--
--     board       { name, path, folder }, where the tool has one
--     places      see fmcal.mcp.places
--     arguments   as given, checked
--     plan        text of the plan, for apply
--     who         who asks, for the history

local look = require "fmcal.mcp.tools.look"
local plans = require "fmcal.mcp.tools.plans"
local rules = require "fmcal.mcp.tools.rules"

return {
  boards = look.boards, status = look.status, entries = look.entries, explain = look.explain, conflicts = look.conflicts,
  history = look.history, rules_check = rules.check, rules_diff = rules.diff, plan = plans.sync, resolve = plans.resolve,
  undo = plans.undo, apply = plans.apply,
}
