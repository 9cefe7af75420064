-- Series in Google Calendar whose start moves: their recurrence is sent, unless single occurrences would stay behind.
local lu = require "luaunit"
local account = require "google_account"
local json = require "fmcal.json"

local server, CALENDAR = account.server, account.calendar
local opened, requests, forget, event, write = account.opened, account.requests, account.forget, account.event, account.write
local create, read, setup = account.create, account.read, account.setup

local START = { dueDate = "2027-03-04T10:00:00", endDate = "2027-03-04T11:00:00", timeZone = "Europe/Rome" }
local MOVED = { dueDate = "2027-03-05T14:00:00", endDate = "2027-03-05T15:00:00", timeZone = "Europe/Rome" }
local RECURRENCE = { "EXDATE;TZID=Europe/Rome:20270311T100000", "RRULE:FREQ=WEEKLY;BYDAY=TH;UNTIL=20270401T080000Z" }

TestSeries = { setUp = setup }

-- An event of ours that a person made a series. @return provider, its row
local function a_series()
  local p = opened()
  local href = create(p, START).href
  server:control("POST", "_events/" .. CALENDAR, { id = href, recurrence = json.array(RECURRENCE) })
  forget()
  return p, read(p, href)
end

local function change(p, row, members)
  local text = assert(p:encode(event(members), row.text))
  return write(p, { kind = "update", uid = row.uid, href = row.href, etag = row.etag, text = text })
end

local function occurrence(row, members)
  members.recurringEventId = row.href
  members.originalStartTime = { dateTime = "2027-03-18T10:00:00", timeZone = "Europe/Rome" }
  return server:control("POST", "_events/" .. CALENDAR, members)
end

function TestSeries.test_the_recurrence_moves_with_the_start()
  local p, row = a_series()
  lu.assertEquals(change(p, row, MOVED).outcome, "done")
  local now = json.decode(read(p, row.href).text)
  lu.assertEquals(now.recurrence, { "EXDATE;TZID=Europe/Rome:20270312T140000", "RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20270402T120000Z" })
  lu.assertNil(now.fmcalMovesSeries)
  lu.assertEquals(#requests("GET", "/events$"), 1)
end

-- Only a move asks for the occurrences and names the recurrence.
function TestSeries.test_another_title_leaves_the_recurrence_alone()
  local p, row = a_series()
  local members = { title = "Other" }
  for name, value in pairs(START) do members[name] = value end
  lu.assertEquals(change(p, row, members).outcome, "done")
  lu.assertEquals(json.decode(read(p, row.href).text).recurrence, RECURRENCE)
  lu.assertEquals(#requests("GET", "/events$"), 0)
end

function TestSeries.test_occurrences_that_would_stay_behind()
  for _, members in ipairs { { summary = "Changed" }, { status = "cancelled" } } do
    setup()
    local p, row = a_series()
    occurrence(row, members)
    local result = change(p, row, MOVED)
    lu.assertEquals(result.outcome, "refused")
    lu.assertStrMatches(result.error.message, ".*the series cannot be moved, because single occurrences .*: move it there.*")
    lu.assertEquals(read(p, row.href).text, row.text)
  end
end

-- An answer that is no list says nothing about occurrences.
function TestSeries.test_a_listing_that_is_none()
  local p, row = a_series()
  server:fault { kind = "google", code = 403, reason = "forbidden", path = "/events$" }
  lu.assertNotEquals(change(p, row, MOVED).outcome, "done")
  lu.assertEquals(read(p, row.href).text, row.text)
end

function TestSeries.test_what_cannot_follow()
  local p, row = a_series()
  local text = row.text:gsub("FREQ=WEEKLY;BYDAY=TH", "FREQ=MONTHLY;BYDAY=1TH")
  local made, err = p:encode(event(MOVED), text)
  lu.assertNil(made)
  lu.assertStrContains(err.message, "the series cannot be moved to 2027-03-05")
end

os.exit(account.run())
