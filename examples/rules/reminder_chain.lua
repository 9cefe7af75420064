-- What matters reminds a week, a day and two hours before; the rest a day before.
return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.reminders = entry.priority == "high" and lib.chain("-P7D", "-P1D", "-PT2H") or lib.chain("-P1D")
    return event
  end,
}
