-- Nobody moves a court date on the board by moving its event: the board's date holds, and a deleted event comes back. An event
-- that was moved stays where it is until the court date is edited on the board.
return {
  to_entry = function(event, entry, ctx)
    local members = ctx.defaults.to_entry(event, entry, ctx)
    if entry.eventType == "court-date" then members.dueDate = entry.dueDate end
    return members
  end,
  on_deleted = function(entry, side, ctx)
    if entry.eventType == "court-date" then return "recreate" end
    return ctx.defaults.on_deleted(entry, side, ctx)
  end,
}
