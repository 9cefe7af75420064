-- A series that is moved on the board, in a folder and on a server: the same occurrences as before are cancelled and changed.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local series = require "series"
local servers = require "servers"

local radicale <close> = servers.real("radicale")

local OPTIONS = { timeZone = "Europe/Rome", conflictResolution = "external-wins" }

-- ------------------------------------------------------------------ by hand

local HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//T//T//EN\n"
local EVENT = "BEGIN:VEVENT\nUID:XACA-1@fleetmonitor\nDTSTAMP:20260101T000000Z\nSUMMARY:Weekly\n%s\nEND:VEVENT\n"

local function object(lines, ...)
  local text = HEAD .. EVENT:format(lines)
  for _, override in ipairs { ... } do text = text .. EVENT:format(override) end
  return text .. "END:VCALENDAR\n"
end

-- A series in the folder, pulled, and its item.
local function pulled(text)
  local place = commands.place(commands.board({ { id = "XACA-1", title = "Plain", dueDate = "2027-03-10" } }, OPTIONS))
  place:write("calendars/academy/XACA-1.ics", text)
  place:expect(0, "sync.lua board.json")
  return place
end

local function push(place, due, zone, status)
  place:edit(function(board) board.items[1].dueDate, board.items[1].timeZone = due, zone end)
  return place:expect(status or 0, "sync.lua board.json")
end

-- The lines of the events that hold dates, without those of zones.
local function dates(place)
  local _, text = place:event("XACA-1")
  local found = {}
  for line in text:gsub("BEGIN:VTIMEZONE.-END:VTIMEZONE\r?\n", ""):gmatch("[^\r\n]+") do
    if line:find("^DT[SE][TN]") and not line:find("^DTSTAMP") or line:find("^[ER][XRD]") or line:find("^RECURRENCE") then
      found[#found + 1] = line
    end
  end
  return found
end

local TIMED = "DTSTART;TZID=Europe/Rome:20270304T100000\nDTEND;TZID=Europe/Rome:20270304T110000\n"
local DAYS = "DTSTART;VALUE=DATE:20270304\nDTEND;VALUE=DATE:20270305\n"

TestByHand = {}

function TestByHand.test_another_time()
  local place <close> = pulled(object(TIMED .. "RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Europe/Rome:20270311T100000",
    "RECURRENCE-ID;TZID=Europe/Rome:20270318T100000\nDTSTART;TZID=Europe/Rome:20270319T100000\n"
      .. "DTEND;TZID=Europe/Rome:20270319T110000"))
  push(place, "2027-03-04T14:00:00")
  lu.assertEquals(dates(place), { "DTSTART;TZID=Europe/Rome:20270304T140000", "DTEND;TZID=Europe/Rome:20270304T150000",
    "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE;TZID=Europe/Rome:20270311T140000",
    "RECURRENCE-ID;TZID=Europe/Rome:20270318T140000", "DTSTART;TZID=Europe/Rome:20270319T100000",
    "DTEND;TZID=Europe/Rome:20270319T110000" })
end

-- An occurrence that only got another title has its time from the series.
function TestByHand.test_an_override_at_the_time_of_its_occurrence_goes_along()
  local place <close> = pulled(object(TIMED .. "RRULE:FREQ=WEEKLY;COUNT=5",
    "RECURRENCE-ID:20270318T090000Z\nDTSTART;TZID=Europe/Rome:20270318T100000\nDTEND;TZID=Europe/Rome:20270318T120000"))
  push(place, "2027-03-05T14:00:00")
  lu.assertEquals(dates(place), { "DTSTART;TZID=Europe/Rome:20270305T140000", "DTEND;TZID=Europe/Rome:20270305T150000",
    "RRULE:FREQ=WEEKLY;COUNT=5", "RECURRENCE-ID:20270319T130000Z", "DTSTART;TZID=Europe/Rome:20270319T140000",
    "DTEND;TZID=Europe/Rome:20270319T160000" })
end

function TestByHand.test_days_become_times_and_days_again()
  local place <close> = pulled(object(DAYS .. "RRULE:FREQ=WEEKLY;UNTIL=20270401\nEXDATE;VALUE=DATE:20270311",
    "RECURRENCE-ID;VALUE=DATE:20270318\nDTSTART;VALUE=DATE:20270318\nDURATION:P2D"))
  push(place, "2027-03-04T10:00:00")
  lu.assertEquals(dates(place), { "DTSTART;TZID=Europe/Rome:20270304T100000", "DTEND;TZID=Europe/Rome:20270304T110000",
    "RRULE:FREQ=WEEKLY;UNTIL=20270401T080000Z", "EXDATE;TZID=Europe/Rome:20270311T100000",
    "RECURRENCE-ID;TZID=Europe/Rome:20270318T100000", "DTSTART;TZID=Europe/Rome:20270318T100000",
    "DTEND;TZID=Europe/Rome:20270318T110000" })
  push(place, "2027-03-04")
  lu.assertEquals(dates(place), { "DTSTART;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270305",
    "RRULE:FREQ=WEEKLY;UNTIL=20270401", "EXDATE;VALUE=DATE:20270311", "RECURRENCE-ID;VALUE=DATE:20270318",
    "DTSTART;VALUE=DATE:20270318", "DTEND;VALUE=DATE:20270319" })
end

function TestByHand.test_past_its_own_end()
  local place <close> = pulled(object(DAYS .. "RRULE:FREQ=WEEKLY;UNTIL=20270401"))
  push(place, "2027-04-20")
  lu.assertEquals(dates(place), { "DTSTART;VALUE=DATE:20270420", "DTEND;VALUE=DATE:20270421",
    "RRULE:FREQ=WEEKLY;UNTIL=20270518" })
end

-- Winter and summer: half past nine in the evening in Rome is another day in Sydney, at another time after October.
function TestByHand.test_another_zone()
  local place <close> = pulled(object("DTSTART;TZID=Europe/Rome:20270304T213000\nDTEND;TZID=Europe/Rome:20270304T223000\n"
    .. "RRULE:FREQ=WEEKLY;BYDAY=TH;UNTIL=20271104T203000Z\nEXDATE;TZID=Europe/Rome:20270408T213000\n"
    .. "RDATE;VALUE=PERIOD:20271201T203000Z/PT2H,20271202T203000Z/20271202T213000Z"))
  push(place, "2027-03-05T07:30:00", "Australia/Sydney")
  lu.assertEquals(dates(place), { "DTSTART;TZID=Australia/Sydney:20270305T073000",
    "DTEND;TZID=Australia/Sydney:20270305T083000", "RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20271104T203000Z",
    "EXDATE;TZID=Australia/Sydney:20270409T073000",
    "RDATE;VALUE=PERIOD:20271201T203000Z/PT2H,20271202T203000Z/20271202T213000Z" })
end

-- What cannot be done right is refused in a sentence, and the event stays as it is.
function TestByHand.test_refusals()
  for lines, due in pairs {
    [DAYS .. "RRULE:FREQ=MONTHLY;BYDAY=1TH"] = "2027-03-05",
    [DAYS .. "RRULE:FREQ=WEEKLY;BYDAY=MO,TH"] = "2027-03-05",
    [DAYS .. "RRULE:FREQ=MONTHLY"] = "2027-03-31",
    [TIMED .. "RRULE:FREQ=HOURLY;COUNT=3"] = "2027-03-04T11:00:00",
    [TIMED .. "RRULE:FREQ=DAILY;BYHOUR=10,16"] = "2027-03-04T11:00:00",
    [TIMED .. "RDATE;VALUE=PERIOD;TZID=Europe/Rome:20270305T100000/PT2H"] = "2027-03-04",
    [TIMED .. "RRULE:FREQ=DAILY\nEXDATE;TZID=Nowhere/At All:20270305T100000"] = "2027-03-04T11:00:00",
  } do
    local place <close> = pulled(object(lines))
    local _, before = place:event("XACA-1")
    local out, errors = push(place, due, nil, 1)
    lu.assertStrMatches(out .. errors, ".*XACA%-1.*the series cannot .*move it in the calendar.*")
    lu.assertEquals(select(2, place:event("XACA-1")), before)
    lu.assertEquals(place:item("XACA-1").dueDate, due)
  end
end

-- ------------------------------------------------------------------ at random

local function is_floating(due, zone)
  return zone == json.null and due:find("T") and not due:find("Z$")
end

-- What a board makes of a floating time: one in its own zone. Whether it is another date then.
local function on_a_board(one)
  local was_floating = is_floating(one.start, one.start_zone)
  if is_floating(one.move.due, one.move.zone) then one.move.zone = "Europe/Rome" end
  return one.move.due ~= one.start or (one.move.zone ~= one.start_zone and not was_floating)
end

local function item_of(one, due, zone)
  return { id = one.uid:match("^[^@]+"), title = "Series", dueDate = due, timeZone = zone ~= json.null and zone or nil }
end

-- Moves a hundred series on the board of one place. `put` and `get` reach the calendar's objects by UID.
local function move_all(config, put, get)
  local cases = {}
  for _, one in ipairs(series.make(20270305, 100)) do
    if on_a_board(one) then cases[#cases + 1] = one end
  end
  local board = commands.board({}, OPTIONS)
  for name, value in pairs(config) do board.calendarConfig[name] = value end
  for i, one in ipairs(cases) do board.items[i] = item_of(one, one.start, one.start_zone) end
  local place <close> = commands.place(board)
  for _, one in ipairs(cases) do put(place, one.uid, one.before) end
  place:expect(0, "sync.lua board.json")
  place:edit(function(edited)
    for i, one in ipairs(cases) do
      local wanted = item_of(one, one.move.due, one.move.zone)
      edited.items[i].dueDate, edited.items[i].timeZone = wanted.dueDate, wanted.timeZone
    end
  end)
  local _, errors = place:expect(1, "sync.lua board.json")
  local done, refused = {}, 0
  for _, one in ipairs(cases) do
    local id = one.uid:match("^[^@]+")
    if place:item(id).calendarSync.syncStatus == "error" then
      lu.assertTrue(one.may_refuse, errors)
      lu.assertStrContains(place:item(id).calendarSync.syncError, "the series cannot be moved")
      refused = refused + 1
    else
      one.after = get(place, one.uid)
      done[#done + 1] = one
    end
  end
  lu.assertTrue(refused > 0 and refused < #cases / 4)
  lu.assertEquals(series.problems(done), {})
end

TestAtRandom = {}

function TestAtRandom.test_a_folder()
  local function path(uid) return "calendars/academy/" .. uid .. ".ics" end
  move_all({}, function(place, uid, text) place:write(path(uid), text) end,
    function(place, uid) return place:read(path(uid)) end)
end

function TestAtRandom.test_radicale()
  local config = { provider = "caldav", endpoint = radicale.url, calendarId = "kanban",
    credentials = { username = radicale.user, command = { "printf", radicale.password } } }
  local function href(uid) return radicale.cal .. uid:gsub("@.*", "") .. ".ics" end
  move_all(config, function(_, uid, text) radicale:request("PUT", href(uid), text, "Content-Type: text/calendar") end,
    function(_, uid) return (radicale:request("GET", href(uid))) end)
end

os.exit(lu.LuaUnit.run())
