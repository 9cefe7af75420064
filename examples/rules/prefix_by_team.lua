-- "[ACADEMY] File motion": the team's name stands in front of each title, whatever team shares the file.
local function prefix_of(ctx)
  return ("[%s] "):format(ctx.team:upper())
end

return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = prefix_of(ctx) .. event.title
    return event
  end,
  to_entry = function(event, entry, ctx)
    local prefix, title = prefix_of(ctx), event.title or ""
    if title:sub(1, #prefix) == prefix then event.title = title:sub(#prefix + 1) end
    return ctx.defaults.to_entry(event, entry, ctx)
  end,
}
