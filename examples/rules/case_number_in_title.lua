-- "2025-CV-1234 · Smith v. Jones": the case number stands in front of the titles of epics and court dates.
local SEPARATOR = " · "

local function case_of(entry)
  local number = type(entry.metadata) == "table" and entry.metadata.caseNumber
  return type(number) == "string" and number .. SEPARATOR or ""
end

return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = case_of(entry) .. event.title
    return event
  end,
  to_entry = function(event, entry, ctx)
    local case, title = case_of(entry), event.title or ""
    if title:sub(1, #case) == case then event.title = title:sub(#case + 1) end
    return ctx.defaults.to_entry(event, entry, ctx)
  end,
}
