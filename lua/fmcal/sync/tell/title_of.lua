-- What an entry is called once a run is over; of one that is gone, what it was called.

--- @return string, "" for none
local function title_of(decision)
  if decision.view then
    local version = decision.plan and decision.plan.cur.version or decision.view.version
    return version.title or ""
  end
  local value = decision.entry and decision.entry.value.title
  if type(value) == "string" then return value end
  for _, side in ipairs(decision.sides) do
    if side.base and side.base.l.title then return side.base.l.title end
    if side.remote and side.remote.event.title then return side.remote.event.title end
  end
  return ""
end

return title_of
