local lu = require "luaunit"
local served = require "served"

local DAY = { "UID:day@x", "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270310", "SUMMARY:Fair", "LOCATION:Hall 2" }
local WEEKLY = { "UID:weekly@x", "DTSTAMP:20260101T000000Z", "DTSTART;TZID=Europe/Rome:20270301T100000",
  "DTEND;TZID=Europe/Rome:20270301T110000", "RRULE:FREQ=WEEKLY;COUNT=10", "EXDATE;TZID=Europe/Rome:20270315T100000",
  "SUMMARY:Standup", "END:VEVENT", "BEGIN:VEVENT", "UID:weekly@x", "DTSTAMP:20260101T000000Z",
  "RECURRENCE-ID;TZID=Europe/Rome:20270308T100000", "DTSTART;TZID=Europe/Rome:20270309T120000",
  "DTEND;TZID=Europe/Rome:20270309T130000", "SUMMARY:Standup, later" }

local function with(events)
  local place = served.place(require("commands").board { { id = "A", title = "One", dueDate = "2027-03-05" } })
  for name, lines in pairs(events) do place:put_event(name, lines) end
  place:sync()
  return place
end

local function dates(list)
  local found = {}
  for i, event in ipairs(list) do found[i] = event.date end
  return found
end

TestEvents = {}

function TestEvents.test_as_they_stand()
  local place <close> = with { day = DAY, weekly = WEEKLY }
  local answer = place:see "events"
  lu.assertEquals(dates(answer.events), { "2027-03-01T10:00:00", "2027-03-10" })
  local fair = answer.events[2]
  lu.assertEquals({ fair.id, fair.uid, fair.calendar, fair.title, fair.location, fair["end"] },
    { "day.ics", "day@x", "vdir", "Fair", "Hall 2", "2027-03-11" })
  lu.assertEquals(answer.orphans, {})
  lu.assertStrMatches(answer.lastUpdated, "%d+%-%d%d%-%d%dT.*Z")
end

function TestEvents.test_a_series_in_a_window()
  local place <close> = with { day = DAY, weekly = WEEKLY }
  local events = place:see("events", { from = "2027-03-02", to = "2027-03-29" }).events
  lu.assertEquals(dates(events), { "2027-03-09T12:00:00", "2027-03-10", "2027-03-22T10:00:00" })
  local moved, usual = events[1], events[3]
  lu.assertEquals({ moved.title, moved.changed, moved.series, moved.zone }, { "Standup, later", true, "weekly.ics", "Europe/Rome" })
  lu.assertEquals({ usual.title, usual.changed, usual["end"] }, { "Standup", nil, "2027-03-22T11:00:00" })
  lu.assertNotEquals(moved.id, usual.id)
end

function TestEvents.test_what_cannot_be_expanded_is_where_it_begins()
  local place <close> = with { often = { "UID:o@x", "DTSTAMP:20260101T000000Z", "DTSTART:20270310T100000Z",
    "RRULE:FREQ=SECONDLY", "SUMMARY:Tick" } }
  local events = place:see("events", { from = "2027-03-10", to = "2027-03-11" }).events
  lu.assertEquals(dates(events), { "2027-03-10T10:00:00Z" })
  lu.assertStrContains(events[1].unexpanded, "by the minute")
  lu.assertEquals(place:see("events", { from = "2027-03-11" }).events, {})
end

function TestEvents.test_no_more_than_are_answered()
  local place <close> = with { hours = { "UID:h@x", "DTSTAMP:20260101T000000Z", "DTSTART:20270101T000000Z", "RRULE:FREQ=HOURLY",
    "SUMMARY:Hour" } }
  local events = place:see("events", { from = "2027-01-01", to = "2028-01-01" }).events
  lu.assertEquals({ #events, events[#events].cut, events[1].cut }, { 2000, true })
end

function TestEvents.test_orphans()
  local place <close> = with {}
  place:edit(function(board) board.items = require("fmcal.json").array {} end)
  place:edit_event("A", "SUMMARY:One", "SUMMARY:Mine")
  place:sync(nil, { allow_mass_delete = true })
  local answer = place:see("events", { from = "2027-03-05", to = "2027-03-06" })
  lu.assertEquals({ #answer.events, answer.orphans[1].title }, { 0, "Mine" })
end

function TestEvents.test_what_is_asked_wrongly()
  local place <close> = with {}
  for member, asked in pairs { to = { from = "2027-01-01", to = "2033-01-01" }, from = { from = "soon" }, titel = { titel = "x" } } do
    lu.assertEquals(place:refused("events", asked).member, member)
  end
end

os.exit(lu.LuaUnit.run())
