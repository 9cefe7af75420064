-- A create that nobody saw is found done by the run that deletes it, and that nobody sees the end of either.
return { seed = 20261203024054, rules = "archive", stamps = false,
  options = { conflictResolution = "manual", onEventDeleted = "clear-due-date", timeZone = "Europe/Rome" },
  server = { etag_on_write = false, max_token_age = 0, page_size = 0, reverse = true, tokens = true },
  steps = {
    { direction = "both", faults = { { at = 2, kind = "forget", on = "update", times = 1 } }, gap = 1, op = "sync" },
    { direction = "both", faults = { { at = 1, form = 7, kind = "throttle", on = "write", times = 2 } }, gap = 60, op = "sync" },
    { key = "X-2", op = "delete" },
    { field = "title", key = "S-1", op = "board", value = "t56 [X]" },
    { direction = "both", faults = { { at = 1, kind = "forget", on = "update", times = 1 } }, gap = 60, op = "sync" },
    { key = "X-4", op = "stale", value = "t57\nsecond line" },
    { direction = "both", faults = { { at = 1, form = 3, kind = "missing", on = "fetch", times = 1 } }, gap = 1, guarded = true, op = "sync" },
    { key = "X-2", op = "archive" },
    { field = "priority", key = "X-1", op = "board", value = "medium" },
    { direction = "both", faults = { { at = 1, kind = "network", on = "fetch", times = 1000000 } }, gap = 60, op = "sync" },
  },
}
