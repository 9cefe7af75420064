-- Outbound sync of entries held in Lua tables: an item, and an epic with its court date.
--   fmcal-lua examples/outbound_sync.lua
local fmcal = require "fmcal"

local calendar <close> = assert(fmcal.provider.new("mock", { calendar_id = "primary" }))
local service = fmcal.sync.service()
service:register("academy:mock:primary", calendar)

local entries = {
  { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", priority = "high", status = "todo",
    epicId = "EACA-0001" },
  { id = "XACA-0042", title = "Tidy the archive", status = "todo" },
  { id = "EACA-0001", type = "epic", title = "Smith v. Jones", dueDate = "2027-03-15", status = "active",
    metadata = { caseNumber = "2025-CV-1234", courtDate = "2027-03-20" } },
}

local result = service:sync_outbound("academy", entries)
if not result.success then error(result.error or result.error_messages[1]) end
print(("%d entries: %d created, %d without a date"):format(result.total_items, result.created, result.skipped))

local events = calendar:fetch_events().events
table.sort(events, function(a, b) return a.dueDate < b.dueDate end)
for _, event in ipairs(events) do print(("%s  %s"):format(event.dueDate, event.title)) end

-- What happened to each entry stands in the table itself.
for _, entry in ipairs(entries) do
  local sync = entry.calendarSync
  print(("%s: %s"):format(entry.id, sync and sync.syncStatus or "not in the calendar"))
end
print("court date: " .. entries[3].metadata.courtDateSync.syncStatus)

-- A second run has nothing to do.
result = service:sync_outbound("academy", entries)
print(("second run: %d created, %d updated, %d unchanged"):format(result.created, result.updated, result.unchanged))
