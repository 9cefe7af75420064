-- What a run wrote, whose end nobody saw, is overwritten by an older copy of the board.
return { seed = 20261203020725, rules = "forgetful", stamps = false,
  options = { conflictResolution = "manual", onEventDeleted = "clear-due-date", timeZone = "Europe/Rome" },
  server = { etag_on_write = true, max_token_age = 0, page_size = 2, reverse = false, tokens = true },
  steps = {
    { field = "title", key = "X-1", op = "board", value = "t55 🎉" },
    { direction = "both", faults = { { at = 1, kind = "network", on = "fetch", times = 1000000 } }, gap = 0, op = "sync" },
    { key = "X-1", op = "stale", value = "t56 [X]" },
    { field = "title", key = "X-1", op = "event", value = "t60 🎉" },
    { back = 1, field = "title", key = "X-1", op = "restore", side = "event" },
  },
}
