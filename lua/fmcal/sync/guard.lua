-- The mass-delete guard: stops a run that would delete or clear unusually much, before anything is written.

local quantity = require "fmcal.quantity"

local guard = {}

local FEW = 5
local DEFAULT_LIMIT = 0.25

--- Whether a plan deletes too much.
-- @param losses list of { key, what = "delete"|"clear" }
-- @param known number of entries in the base
-- @param limit number|nil share of them (massDeleteLimit)
-- @return sentence, or nil where the plan may go ahead
function guard.check(losses, known, limit)
  limit = limit or DEFAULT_LIMIT
  if #losses <= FEW or #losses <= limit * known then return nil end
  local deletes, clears = 0, 0
  for _, loss in ipairs(losses) do
    if loss.what == "delete" then deletes = deletes + 1 else clears = clears + 1 end
  end
  return ("this run would delete %s and clear %s of %d known entries (the limit is %d %%); "
    .. "nothing was written. If that is meant, run it again with --allow-mass-delete")
    :format(quantity(deletes, "event"), quantity(clears, "date"), known, math.floor(limit * 100 + 0.5))
end

return guard
