-- Only what matters reaches the calendar: high priority, and court dates whatever theirs is.
return {
  select = function(entry, ctx)
    if entry.eventType == "court-date" then return ctx.defaults.select(entry, ctx) end
    return entry.priority == "high" and ctx.defaults.select(entry, ctx)
  end,
}
