-- A CalDAV provider used directly, without a board: sign in, list the calendars, create an event, look at it, delete it.
--   CALDAV_USERNAME=… CALDAV_PASSWORD=… fmcal-lua examples/caldav_direct.lua https://dav.example.org/ [CALENDAR]
local fmcal = require "fmcal"

local endpoint, calendar_id = arg[1], arg[2] or "primary"
local username, password = os.getenv("CALDAV_USERNAME"), os.getenv("CALDAV_PASSWORD")
if not (endpoint and username and password) then
  io.stderr:write("usage: CALDAV_USERNAME=... CALDAV_PASSWORD=... caldav_direct.lua URL [CALENDAR]\n")
  os.exit(2)
end

local function check(result)
  if result.success then return result end
  io.stderr:write("caldav_direct.lua: ", result.error, "\n")
  os.exit(3)
end

local calendar <close> = assert(fmcal.provider.new("caldav", { endpoint = endpoint, calendar_id = calendar_id }))
print(check(calendar:authenticate { username = username, password = password }).message)

for _, found in ipairs(check(calendar:list_calendars()).calendars) do
  print(("calendar %s (%s)%s"):format(found.name or found.id, found.id, found.writable and "" or ", read-only"))
end

local event = fmcal.event.from_kanban_item {
  id = "DEMO-0001", title = "An event of fmcal's example", dueDate = "2027-02-15T10:00:00", timeZone = "Europe/Rome",
  durationMinutes = 45, description = "It may be deleted.",
}
local created = check(calendar:create_event(event))
print("created " .. created.event_id)

for _, there in ipairs(check(calendar:fetch_events()).events) do
  if there.uid == event.uid then print(("found %s at %s, %s"):format(there.title, there.dueDate, there.timeZone)) end
end

print(check(calendar:delete_event(created.event_id)).message)
