-- An entry with a startDate is an event that reaches from it to its dueDate, in a colour of its own. The board needs
-- "spans": true among its syncOptions; moving or resizing the event then writes both dates.
return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.color = entry.startDate and "steelblue" or "tomato"
    return event
  end,
}
