-- A team's rules. Every member is optional; ctx.defaults holds what would be done without it.
-- On the board: "calendarConfig": { "rules": "rules.lua", ... }

local PREFIX = "[ACADEMY] "

return {
  -- What belongs in the calendar: everything that is not archived.
  select = function(entry, ctx)
    return entry.status ~= "archived" and ctx.defaults.select(entry, ctx)
  end,

  -- The event: the default one, with the team's name in front.
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = PREFIX .. event.title
    return event
  end,

  -- And back: what to_event added is taken off first.
  to_entry = function(event, entry, ctx)
    local title = event.title or ""
    if title:sub(1, #PREFIX) == PREFIX then event.title = title:sub(#PREFIX + 1) end
    return ctx.defaults.to_entry(event, entry, ctx)
  end,

  -- The board wins about legal matters, a person decides about the rest.
  on_conflict = function(conflict, ctx)
    for _, tag in ipairs(conflict.entry.tags or {}) do
      if tag == "legal" then return "local" end
    end
    return ctx.defaults.on_conflict(conflict, ctx)
  end,

  -- An event deleted by mistake comes back while the work is under way.
  on_deleted = function(entry, side, ctx)
    if entry.status == "in-progress" then return "recreate" end
    return ctx.defaults.on_deleted(entry, side, ctx)
  end,
}
