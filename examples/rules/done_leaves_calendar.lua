-- What is done leaves the calendar once its date is a week old. The rule reads ctx.now, so its entries are looked at
-- again every day.
local WEEK_S = 7 * 24 * 60 * 60

-- Seconds since 1970 of the beginning of a day such as 2026-02-15.
local function day_start(date)
  local year, month, day = date:match("^(%d+)-(%d+)-(%d+)")
  return os.time { year = tonumber(year), month = tonumber(month), day = tonumber(day), hour = 0 }
end

return {
  select = function(entry, ctx)
    local over = entry.status == "done" and entry.dueDate and day_start(entry.dueDate) + WEEK_S < ctx.now
    return not over and ctx.defaults.select(entry, ctx)
  end,
}
