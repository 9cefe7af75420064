-- What keeps a write from being made that the planner asks for.

local restrain = {}

-- A change of an event to which people are invited sends them mail.
local function has_guests(side)
  return side.remote and side.remote.event.hasAttendees and not side.target.options.pushInvitations
end

--- Why a write is not made: "hold" (people are invited to the event), "wait" (this run leaves the calendar alone), or nil.
-- @param side of a decision
-- @param kind of the planner's action
function restrain.reason(side, kind)
  if has_guests(side) then return "hold" end
  if side.target.direction == "inbound" and kind ~= "delete" then return "wait" end
  return nil
end

return restrain
