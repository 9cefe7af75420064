-- The mock provider: a calendar in memory, to try things out and for tests.
--   fmcal-lua examples/mock_provider.lua
local fmcal = require "fmcal"

-- Every result says `success`; what failed says why in `error`.
local function check(result)
  if not result.success then error(result.error, 2) end
  return result
end

local calendar <close> = assert(fmcal.provider.new("mock", { calendar_id = "primary" }))
check(calendar:authenticate { username = "demo", password = "demo" })

local item = {
  id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", priority = "high", status = "in-progress",
  tags = { "legal", "filing" },
}
local created = check(calendar:create_event(fmcal.event.from_kanban_item(item)))
print("created " .. created.event_id)

item.dueDate = "2027-02-20"
check(calendar:update_event(created.event_id, fmcal.event.from_kanban_item(item)))

local fetched = check(calendar:fetch_events())
for _, event in ipairs(fetched.events) do
  print(("%s  %s  %s"):format(event.eventId, event.dueDate, event.title))
end

check(calendar:delete_event(created.event_id))
print(("%d events left"):format(check(calendar:fetch_events()).total_count))
