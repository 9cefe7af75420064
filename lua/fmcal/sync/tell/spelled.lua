-- What a field held, as its board member would say it.

local fields = require "fmcal.model.fields"
local json = require "fmcal.json"

--- @param view of the entry
-- @param version that held the value, for what its spelling depends on
-- @return value, or nil for nothing
local function spelled(view, field, value, version)
  local holding = fields.copy(version or {})
  holding[field] = value
  local shown = fields.spell(field, holding, view.style)
  if shown == json.null then return nil end
  return shown
end

return spelled
