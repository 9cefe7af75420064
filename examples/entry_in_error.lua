-- An entry that cannot be synced: what it looks like, that the others go on, and how it recovers.
--   fmcal-lua examples/entry_in_error.lua
local fmcal = require "fmcal"

local calendar <close> = assert(fmcal.provider.new("mock", { calendar_id = "primary" }))
local service = fmcal.sync.service()
service:register("academy:mock:primary", calendar)

local items = {
  { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-30", status = "todo" }, -- no such day
  { id = "XACA-0041", title = "Call the expert witness", dueDate = "2027-02-18", status = "todo" },
}

local result = service:sync_outbound("academy", items)
print(("created %d, errors %d"):format(result.created, result.errors))
for _, message in ipairs(result.error_messages) do print("  " .. message) end

-- The entry says itself what is wrong and how often it has failed.
local sync = items[1].calendarSync
print(("%s: %s, tried %d times"):format(items[1].id, sync.syncStatus, sync.retryCount))

-- At five it is left alone until it is edited. An edit that repairs it is enough.
items[1].dueDate = "2027-02-28"
result = service:sync_outbound("academy", items)
sync = items[1].calendarSync
print(("after the repair: created %d, errors %d; %s is %s"):format(result.created, result.errors, items[1].id,
  sync.syncStatus))
