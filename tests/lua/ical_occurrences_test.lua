-- When events take place: beside dateutil on random series, and where people and servers differ.
local ical = require "fmcal.ical"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"
local time = require "fmcal.time"

local SEED, COUNT = tonumber(os.getenv("SEED") or "1"), 300

local function moment(text, zone)
  if #text == 10 then return time.parse(text .. "T00:00:00Z").epoch end
  if zone and text:sub(-1) ~= "Z" then return assert(time.to_utc(text, zone)) end
  return time.parse(text:gsub("Z$", "") .. "Z").epoch
end

local function found(text, window)
  local list, more = assert(ical.occurrences(text, window))
  for i, one in ipairs(list) do
    list[i] = { moment(one.dueDate, one.timeZone), moment(one.endDate, one.timeZone), one.changed or false }
  end
  table.sort(list, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2] or a[2] == b[2] and not a[3] and b[3]
  end)
  return list, more
end

TestOccurrences = {}

function TestOccurrences.test_beside_dateutil()
  local out = shell.run(("python3 %s/support/occurrences.py %d %d"):format(os.getenv("TESTS_DIR"), SEED, COUNT))
  local cases = assert(json.decode(out))
  lu.assertEquals(#cases, COUNT)
  for i, case in ipairs(cases) do
    local got = found(case.text, { from = case.from, to = case.to, zone = case.zone })
    lu.assertEquals(got, case.expected, ("seed %d, series %d\n%s"):format(SEED, i, case.text))
  end
end

local function object(...)
  return table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", "BEGIN:VEVENT", "UID:u", "DTSTAMP:20260101T000000Z",
    table.concat({ ... }, "\r\n"), "END:VEVENT", "END:VCALENDAR", "" }, "\r\n")
end

local YEAR = { from = time.parse("2026-01-01T00:00:00Z").epoch, to = time.parse("2027-01-01T00:00:00Z").epoch }

local function days(text, window)
  local list, more = assert(ical.occurrences(text, window or YEAR))
  for i, one in ipairs(list) do list[i] = one.dueDate end
  return list, more
end

function TestOccurrences.test_one_that_does_not_repeat()
  local list, more = days(object("DTSTART;VALUE=DATE:20260301"))
  lu.assertEquals(list, { "2026-03-01" })
  lu.assertFalse(more.recurring)
  lu.assertEquals(days(object("DTSTART;VALUE=DATE:20270301")), {})
end

-- Exclusive at its end; what began before is there until it ends.
function TestOccurrences.test_the_edges_of_a_window()
  local text = object("DTSTART:20260101T220000Z", "DTEND:20260102T020000Z", "RRULE:FREQ=DAILY;COUNT=3")
  local function between(from, to)
    return days(text, { from = time.parse(from).epoch, to = time.parse(to).epoch })
  end
  lu.assertEquals(between("2026-01-02T01:00:00Z", "2026-01-02T22:00:00Z"), { "2026-01-01T22:00:00Z" })
  lu.assertEquals(between("2026-01-02T02:00:00Z", "2026-01-02T22:00:01Z"), { "2026-01-02T22:00:00Z" })
end

function TestOccurrences.test_where_the_clocks_change()
  local text = object("DTSTART;TZID=Europe/Rome:20260327T023000", "RRULE:FREQ=DAILY;COUNT=4")
  local list = days(text)
  lu.assertEquals(list, { "2026-03-27T02:30:00", "2026-03-28T02:30:00", "2026-03-29T03:30:00", "2026-03-30T02:30:00" })
end

function TestOccurrences.test_no_more_than_are_wanted()
  local text = object("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY")
  local list, more = days(text, { from = YEAR.from, to = YEAR.to, most = 5 })
  lu.assertEquals({ #list, more.cut }, { 5, true })
  list, more = days(text, { from = YEAR.from, to = YEAR.from + 5 * 86400, most = 5 })
  lu.assertEquals({ #list, more.cut }, { 5, false })
end

-- A rule comes from whoever shares a calendar: none takes long. These would take libical minutes.
function TestOccurrences.test_rules_that_would_take_long()
  local often = "BYMINUTE=0,1,2,3,4,5,6,7,8,9,10;BYSECOND=0,1,2,3,4,5,6,7,8,9,10"
  for rule, part in pairs { ["FREQ=SECONDLY"] = "by the minute", ["FREQ=MINUTELY;INTERVAL=2"] = "by the minute",
    ["FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"] = "goes back that far",
    ["FREQ=DAILY;COUNT=1000000000"] = "goes back that far", ["FREQ=YEARLY;" .. often] = "so often a day" } do
    local list, err = ical.occurrences(object("DTSTART:00010101T000000Z", "RRULE:" .. rule), YEAR)
    lu.assertNil(list, rule)
    lu.assertEquals(err.code, "unsupported")
    lu.assertStrContains(err.message, part)
  end
  lu.assertEquals(days(object("DTSTART:00010101T000000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")), {})
end

function TestOccurrences.test_what_is_no_rule()
  local list, err = ical.occurrences(object("DTSTART:20260101T000000Z", "RRULE:FREQ=SOMETIMES"), YEAR)
  lu.assertNil(list)
  lu.assertEquals(err.code, "parse")
end

function TestOccurrences.test_a_zone_that_nobody_knows()
  local list, err = ical.occurrences(object("DTSTART;TZID=Nowhere:20260101T000000", "RRULE:FREQ=DAILY"), YEAR)
  lu.assertNil(list)
  lu.assertEquals(err.code, "unsupported")
end

-- What an override says, and that it is one.
function TestOccurrences.test_a_changed_one()
  local text = object("DTSTART;VALUE=DATE:20260301", "SUMMARY:Standup", "RRULE:FREQ=WEEKLY;COUNT=2", "END:VEVENT", "BEGIN:VEVENT",
    "UID:u", "DTSTAMP:20260101T000000Z", "RECURRENCE-ID;VALUE=DATE:20260308", "DTSTART;VALUE=DATE:20260309", "SUMMARY:Later\\, here",
    "LOCATION:Room 5")
  local list = assert(ical.occurrences(text, YEAR))
  lu.assertEquals(list, { { dueDate = "2026-03-01", endDate = "2026-03-02", changed = false },
    { dueDate = "2026-03-09", endDate = "2026-03-10", changed = true, title = "Later, here", location = "Room 5" } })
end

function TestOccurrences.test_windows_that_are_none()
  for _, window in ipairs { {}, { from = 5 }, { from = 5, to = 5 }, { from = 0, to = 5, most = 0 } } do
    lu.assertFalse((pcall(ical.occurrences, object("DTSTART;VALUE=DATE:20260301"), window)))
  end
end

os.exit(lu.LuaUnit.run())
