local lu = require "luaunit"
local spans = require "fmcal.model.spans"
local time = require "fmcal.time"

local ROME = "Europe/Rome"

local function at(due, ending, zone)
  return { dueDate = due, endDate = ending, timeZone = zone }
end

local function epoch(text)
  return time.parse(text).epoch
end

TestOnTheClock = {}

-- In Rome the clocks show 02:30 twice on that day.
function TestOnTheClock.test_an_hour_that_comes_twice()
  lu.assertEquals(spans.on_the_clock(epoch "2026-10-25T00:30:00Z", ROME), "2026-10-25T02:30:00")
  lu.assertEquals(spans.on_the_clock(epoch "2026-10-25T01:30:00Z", ROME), "2026-10-25T01:30:00Z")
  lu.assertEquals(spans.on_the_clock(epoch "2026-10-25T02:30:00Z", ROME), "2026-10-25T03:30:00")
end

TestEnding = {}

function TestEnding.test_it_is_spelled_as_the_start()
  lu.assertEquals(spans.ending(at("2026-02-15T10:00:00", nil, ROME), 5400), "2026-02-15T11:30:00")
  lu.assertEquals(spans.ending(at("2026-02-15T10:00:00"), 5400), "2026-02-15T11:30:00")
  lu.assertEquals(spans.ending(at("2026-02-15T10:00:00Z", nil, ROME), 5400), "2026-02-15T11:30:00Z")
end

function TestEnding.test_seconds_are_exact_where_the_clocks_change()
  lu.assertEquals(spans.ending(at("2026-03-29T01:30:00", nil, ROME), 3600), "2026-03-29T03:30:00")
  lu.assertEquals(spans.ending(at("2026-10-25T01:30:00", nil, ROME), 7200), "2026-10-25T01:30:00Z")
end

TestKeepLength = {}

local function end_of(event, there, minutes)
  spans.keep_length(event, there, minutes)
  return event.endDate
end

function TestKeepLength.test_seconds_and_no_end_stay()
  local function moved() return at("2026-02-20T10:00:00Z", "2026-02-20T11:00:00Z") end
  lu.assertEquals(end_of(moved(), at("2026-02-15T08:00:00Z", "2026-02-15T09:00:30Z"), 60), "2026-02-20T11:00:30Z")
  lu.assertNil(end_of(moved(), at("2026-02-15T08:00:00Z"), 60))
end

-- Four hours on the clocks of Rome, of which one was left out.
function TestKeepLength.test_the_length_is_one_of_time_not_of_clocks()
  local there = at("2026-03-29T01:00:00", "2026-03-29T05:00:00", ROME)
  lu.assertEquals(end_of(at("2026-04-01T10:00:00", "2026-04-01T11:00:00", ROME), there, 60), "2026-04-01T13:00:00")
end

function TestKeepLength.test_a_length_that_the_rules_give_is_theirs()
  local there = at("2026-02-15T08:00:00Z", "2026-02-15T09:00:30Z")
  lu.assertEquals(end_of(at("2026-02-20T10:00:00Z", "2026-02-20T12:00:00Z"), there, 60), "2026-02-20T12:00:00Z")
  lu.assertEquals(end_of(at("2026-02-20T10:00:00Z", "2026-02-20T11:00:00Z"), there, nil), "2026-02-20T11:00:00Z")
end

function TestKeepLength.test_several_days_stay()
  lu.assertEquals(end_of(at "2026-02-27", at("2026-02-15", "2026-02-18")), "2026-03-02")
  lu.assertNil(end_of(at "2026-02-27", at("2026-02-15", "2026-02-16")))
  lu.assertNil(end_of(at "2026-02-27", at "2026-02-15"))
end

function TestKeepLength.test_a_day_and_a_time_have_no_length_in_common()
  lu.assertNil(end_of(at "2026-02-27", at("2026-02-15T08:00:00Z", "2026-02-17T08:00:00Z"), 60))
  lu.assertEquals(end_of(at("2026-02-20T10:00:00Z", "2026-02-20T11:00:00Z"), at("2026-02-15", "2026-02-18"), 60),
    "2026-02-20T11:00:00Z")
end

TestKeepStart = {}

local function kept(event, there, minutes, default_zone)
  spans.keep_start(event, there, minutes, default_zone)
  return event
end

function TestKeepStart.test_the_same_moment_keeps_its_spelling()
  local there = at("2026-02-15T10:00:00", "2026-02-15T11:00:00", ROME)
  lu.assertEquals(kept(at("2026-02-15T09:00:00Z", "2026-02-15T10:30:00Z"), there, 90),
    at("2026-02-15T10:00:00", "2026-02-15T11:30:00", ROME))
end

function TestKeepStart.test_another_moment_or_length_is_left_alone()
  local there = at("2026-02-15T10:00:00", "2026-02-15T11:00:00", ROME)
  local moved = at("2026-02-15T10:00:00Z", "2026-02-15T11:30:00Z")
  lu.assertEquals(kept(at(moved.dueDate, moved.endDate), there, 90), moved)
  local of_the_rules = at("2026-02-15T09:00:00Z", "2026-02-15T11:00:00Z")
  lu.assertEquals(kept(at(of_the_rules.dueDate, of_the_rules.endDate), there, 90), of_the_rules)
end

function TestKeepStart.test_a_time_without_a_zone_is_of_the_default_one()
  local there, minutes = at("2026-02-15T10:00:00", "2026-02-15T11:00:00"), 90
  local function event() return at("2026-02-15T09:00:00Z", "2026-02-15T10:30:00Z") end
  lu.assertEquals(kept(event(), there, minutes, ROME), at("2026-02-15T10:00:00", "2026-02-15T11:30:00"))
  lu.assertEquals(kept(event(), there, minutes), event())
end

os.exit(lu.LuaUnit.run())
