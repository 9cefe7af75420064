-- The calendar is an archive: what is done stays in it, with a tick in front of its title. What somebody deletes there keeps
-- its date on the board.
local TICK = "✓ "

return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    if entry.status == "done" or entry.status == "archived" then event.title = TICK .. event.title end
    return event
  end,
  to_entry = function(event, entry, ctx)
    local title = event.title or ""
    if title:sub(1, #TICK) == TICK then event.title = title:sub(#TICK + 1) end
    return ctx.defaults.to_entry(event, entry, ctx)
  end,
  on_deleted = function() return "keep" end,
}
