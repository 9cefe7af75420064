-- Fields that a team comes to declare by another member of the event. Nobody has edited anything by that: what the board
-- says goes to the new member, and what fmcal has written into that member for another field is nobody's edit.

local base = require "fmcal.model.base"
local fields = require "fmcal.model.fields"

local remapped = {}

--- By which members of an event fields of a team's own travel, or nil where there are none.
-- @param own the fields that a team declares beside the built-in ones
function remapped.members(own)
  local by = {}
  for _, one in ipairs(own) do by[one.field] = one.event end
  return next(by) and by or nil
end

-- Whether a value is what both sides agreed on for another field that travelled by this member.
local function is_of_another(known, member, value)
  for field, event in pairs(known.by) do
    if event == member and tostring(known.r[field]) == tostring(value) then return true end
  end
  return false
end

-- @param is_ours whether fmcal has written what is there
local function rebind(doc, field, there, is_ours)
  local copy = base.copy(doc)
  copy.open = fields.copy(doc.open or {})
  copy.l[field], copy.r[field] = nil, is_ours and there or nil
  copy.open[field] = not is_ours and there ~= nil or nil
  return copy
end

--- The base that holds for a team's own fields as they are declared now.
-- @param known base|nil
-- @param remote { version } of the event, or nil
function remapped.base(known, remote, own)
  if not known or not known.by or not remote then return known end
  local result = known
  for _, one in ipairs(own) do
    local there, before = remote.version[one.field], known.by[one.field]
    local is_ours = there ~= nil and is_of_another(known, one.event, there)
    local has_moved = before and one.event and before ~= one.event
    if has_moved or is_ours and not before then result = rebind(result, one.field, there, is_ours) end
  end
  return result
end

return remapped
