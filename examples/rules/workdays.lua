-- What is due on a weekend or a holiday stands in the calendar on the workday before. The board keeps the date that it has,
-- unless somebody moves the event.
local HOLIDAYS = { "2027-01-01", "2027-12-24" }

local function shown_on(date)
  if type(date) ~= "string" or #date ~= 10 or lib.is_workday(date, HOLIDAYS) then return date end
  return lib.workday(date, -1, HOLIDAYS)
end

return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.dueDate = shown_on(event.dueDate)
    return event
  end,
  to_entry = function(event, entry, ctx)
    local members = ctx.defaults.to_entry(event, entry, ctx)
    if members.dueDate == shown_on(entry.dueDate) then members.dueDate = entry.dueDate end
    return members
  end,
}
