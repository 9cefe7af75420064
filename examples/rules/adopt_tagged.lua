-- An event that somebody tagged "kanban" in the calendar becomes an item of the board. What the item does not say comes from
-- the event.
local function has_tag(event, wanted)
  for _, tag in ipairs(event.tags or {}) do
    if tag:lower() == wanted then return true end
  end
  return false
end

return {
  adopt = function(event)
    if not has_tag(event, "kanban") then return nil end
    return { id = "CAL-" .. event.uid:gsub("[^%w]", "-"), status = "todo" }
  end,
}
