-- Fields about which a team's to_entry says nothing. What is not said is not known: such a field is as both sides last
-- agreed on it, or as the entry has it, so that nothing is pulled, and no date is lost because a rule forgot it.

local fields = require "fmcal.model.fields"

local left_out = {}

--- The fields that stand for members which were left out. Without the date nothing is known of its zone and length; a day
-- has neither.
-- @param members set of members
-- @param version made of what was not left out
-- @return set of fields
function left_out.fields(members, version)
  local set, kind = {}, fields.date_kind(version)
  for member in pairs(members) do set[fields.FIELD[member]] = true end
  if set.date then
    set.zone, set.duration = true, true
  elseif kind == "day" then
    set.zone, set.duration = nil, nil
  end
  return set
end

--- Fills what was left out.
-- @param remote { version, left_out } of fmcal.place.target's read
-- @param known version, or nil where both sides have not agreed
-- @param open set of fields that were never agreed on
-- @param otherwise version of the entry
function left_out.fill(remote, known, open, otherwise)
  for field in pairs(remote.left_out or {}) do
    local source = not (open and open[field]) and known or otherwise
    remote.version[field] = source[field]
  end
end

return left_out
