-- Updating an item that is in the calendar already, from both sides.
--   fmcal-lua examples/update_synced_item.lua
local fmcal = require "fmcal"

local calendar <close> = assert(fmcal.provider.new("mock", { calendar_id = "primary" }))
local service = fmcal.sync.service()
service:register("academy:mock:primary", calendar)

local item = { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", status = "todo" }
local board = { team = "academy", items = { item } }
assert(service:sync_outbound("academy", board.items).success)
local event = calendar:fetch_events().events[1]
print(("in the calendar: %s on %s (%s)"):format(event.title, event.dueDate, event.eventId))

-- An edit on the board goes out: the event stays the same one.
item.title = "File the amended motion"
local out = service:sync_outbound("academy", board.items)
event = calendar:fetch_events().events[1]
print(("after an edit here: %d updated, %d created; the event says %s"):format(out.updated, out.created, event.title))

-- An edit in the calendar comes back.
event.dueDate, event.endDate = "2027-02-22", nil
assert(calendar:update_event(event.eventId, event).success)
local back = service:sync_inbound(board)
print(("after an edit there: %d pulled; the item is due on %s"):format(back.stats.pulled, item.dueDate))
