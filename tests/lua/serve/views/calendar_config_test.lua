local lu = require "luaunit"
local served = require "served"

TestCalendarConfig = {}

function TestCalendarConfig.test_one_member_a_calendar()
  local place <close> = served.place { team = "academy", items = {}, calendarConfig = { enabled = true,
    home = { provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy", accountName = "Folder",
      availableCalendars = { { id = "academy", name = "Academy" } }, credentials = { username = "kim", password = "canary" } },
    apple = { connected = false, calendarName = "Team" }, syncOptions = { syncInterval = 5 } } }
  local answer = place:see("calendar_config")
  lu.assertEquals(answer.home, { connected = true, provider = "vdir", accountName = "Folder", selectedCalendarId = "academy",
    availableCalendars = { { id = "academy", name = "Academy" } }, paused = false, syncOptions = {} })
  lu.assertEquals({ answer.apple.connected, answer.apple.calendarName }, { false, "Team" })
  lu.assertEquals({ answer.team, answer.enabled, answer.syncOptions.syncInterval }, { "academy", true, 5 })
end

-- The form with one calendar is answered as the other one is.
function TestCalendarConfig.test_the_single_form()
  local place <close> = served.synced({ { id = "A", title = "One", dueDate = "2027-01-01" } })
  local answer = place:see("calendar_config")
  lu.assertEquals({ answer.vdir.selectedCalendarId, answer.vdir.calendarName, answer.lastSyncStatus },
    { "academy", "academy", "success" })
end

os.exit(lu.LuaUnit.run())
