-- A run is cut after it has pulled a title. The board takes it back, and so does the calendar what it wrote since.
return { seed = 20261203018380, rules = "archive", stamps = true,
  options = { conflictResolution = "last-write-wins", onEventDeleted = "keep" },
  server = { etag_on_write = false, max_token_age = 0, page_size = 0, reverse = false, tokens = true },
  steps = {
    { field = "title", key = "X-1", op = "event", value = "t73\nsecond line" },
    { direction = "both", faults = { { after = true, at = 3, kind = "cut", on = "any", times = 1 } }, gap = 60, op = "sync" },
    { back = 1, field = "title", key = "X-1", op = "restore", side = "board" },
    { field = "title", key = "X-1", op = "event", value = "t75" },
    { back = 1, field = "title", key = "X-1", op = "restore", side = "event" },
  },
}
