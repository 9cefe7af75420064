-- Dates as other programs write them, end to end: they are pulled, and stay as they are until somebody edits them. What is
-- not understood is neither pulled nor written.
--
-- world.keeps_spelling: the server keeps any iCalendar object as it came. world.date_forms: dates of a format of its own,
-- each as below with `write(place, key)` instead of `lines`.
local lu = require "luaunit"
local Place = require "policy_place"
local time = require "fmcal.time"

local policy_dates = {}
local world

--- The provider's world that the tests below run in.
function policy_dates.run_in(of)
  world = of
end

-- What any server keeps.
local COMMON = {
  { name = "no end", lines = { "DTSTART:20270311T100000Z" }, due = "2027-03-11T10:00:00Z" },
  { name = "no length", lines = { "DTSTART:20270311T100000Z", "DTEND:20270311T100000Z" }, due = "2027-03-11T10:00:00Z",
    minutes = 1 },
  { name = "floating", lines = { "DTSTART:20270311T100000", "DTEND:20270311T113000" }, due = "2027-03-11T10:00:00",
    minutes = 90 },
  { name = "seconds", lines = { "DTSTART:20270311T100015Z", "DTEND:20270311T110045Z" }, due = "2027-03-11T10:00:15Z" },
  { name = "a day without an end", lines = { "DTSTART;VALUE=DATE:20270311" }, due = "2027-03-11" },
  { name = "a length", lines = { "DTSTART;VALUE=DATE:20270311", "DURATION:P3D" }, due = "2027-03-11" },
}

-- What only a server keeps that looks at nothing.
local ODD = {
  { name = "a date with a time", lines = { "DTSTART;VALUE=DATE:20270311T000000", "DTEND;VALUE=DATE:20270312T000000" },
    due = "2027-03-11" },
  { name = "P1DT", lines = { "DTSTART;VALUE=DATE:20270311", "DURATION:P1DT" }, due = "2027-03-11" },
  { name = "a T too many", lines = { "DTSTART:20270311T100000T", "DTEND:20270311T110000T" }, due = "2027-03-11T10:00:00" },
  { name = "an end before the start", lines = { "DTSTART:20270311T100000Z", "DTEND:20270311T090000Z" },
    due = "2027-03-11T10:00:00Z" },
  { name = "another zone at the end", lines = { "DTSTART;TZID=Europe/Rome:20270311T100000",
    "DTEND;TZID=America/New_York:20270311T051500" }, due = "2027-03-11T10:00:00", minutes = 75 },
  { name = "small letters", lines = { "DTSTART;TZID=america/new_york:20270311T100000",
    "DTEND;TZID=america/new_york:20270311T110000" }, due = "2027-03-11T10:00:00", zone = "America/New_York" },
  { name = "a name of Windows", lines = { "DTSTART;TZID=Eastern Standard Time (Mexico):20270311T100000" },
    due = "2027-03-11T10:00:00", zone = "America/Cancun" },
  { name = "what Windows shows",
    lines = { 'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna":20270311T100000' },
    due = "2027-03-11T10:00:00", zone = "Europe/Berlin" },
}

local function forms()
  local list = {}
  for _, group in ipairs { world.date_forms or COMMON, world.keeps_spelling and ODD or {} } do
    table.move(group, 1, #group, #list + 1, list)
  end
  return list
end

local function write_lines(place, key, lines)
  place:rewrite(key, function(text)
    text = text:gsub("\r?\nDTSTART[^\n]*", ""):gsub("\r?\nDTEND[^\n]*", ""):gsub("\r?\nDURATION[^\n]*", "")
    return (text:gsub("END:VEVENT", function() return table.concat(lines, "\r\n") .. "\r\nEND:VEVENT" end, 1))
  end)
end

local function in_step()
  local place = Place.new(world, { options = { timeZone = "Europe/Rome" },
    items = { { id = "X-1", title = "Draft", dueDate = "2027-03-10" } } })
  place:expect(0)
  return place
end

local function dates_of(place)
  local event = place:event("X-1")
  return { event.dueDate, event.endDate or "none", event.timeZone or "none" }
end

-- Seconds on the clock from start to end, or nil.
local function length_of(place)
  local event = place:event("X-1")
  local function clock(text) return text and time.parse((text:gsub("Z$", ""))).epoch end
  return event.endDate and clock(event.endDate) - clock(event.dueDate) or nil
end

local function assert_lines_stay(place, form)
  local text = world.keeps_spelling and place:object("X-1").text or ""
  for _, line in ipairs(world.keeps_spelling and form.lines or {}) do lu.assertStrContains(text, line) end
end

local function pulled(form)
  local place = in_step()
  if form.lines then write_lines(place, "X-1", form.lines) else form.write(place, "X-1") end
  return place
end

TestForeignDates = {}

function TestForeignDates.test_pulling_is_no_reason_to_write()
  for _, form in ipairs(forms()) do
    local place <close> = pulled(form)
    local before, warnings = place:contents(), place:expect(0).warnings
    lu.assertEquals(place:contents(), before, form.name)
    lu.assertEquals(warnings, {}, form.name)
    local entry = place:entry("X-1")
    lu.assertEquals({ entry.dueDate, entry.timeZone, entry.durationMinutes },
      { form.due, form.zone, form.minutes }, form.name)
    place:assert_settled()
  end
end

function TestForeignDates.test_an_edit_of_something_else_leaves_them()
  for _, form in ipairs(forms()) do
    local place <close> = pulled(form)
    place:expect(0)
    local dates = dates_of(place)
    place:edit("X-1", { title = "Motion", status = "done", tags = { "legal" } })
    place:expect(0)
    lu.assertEquals(place:event("X-1").title, "Motion", form.name)
    lu.assertEquals(dates_of(place), dates, form.name)
    assert_lines_stay(place, form)
    place:assert_settled()
  end
end

function TestForeignDates.test_a_move_keeps_the_length()
  for _, form in ipairs(forms()) do
    local place <close> = pulled(form)
    place:expect(0)
    local length = length_of(place)
    place:edit("X-1", { dueDate = (form.due:gsub("11", "12", 1)) })
    place:expect(0)
    lu.assertEquals(place:event("X-1").dueDate, (form.due:gsub("11", "12", 1)), form.name)
    lu.assertEquals(length_of(place), length, form.name)
    place:assert_settled()
  end
end

function TestForeignDates.test_another_length_keeps_the_start()
  for _, form in ipairs(forms()) do
    if #form.due > 10 then
      local place <close> = pulled(form)
      place:expect(0)
      local dates = dates_of(place)
      place:edit("X-1", { durationMinutes = 120 })
      place:expect(0)
      local now = dates_of(place)
      lu.assertEquals({ now[1], now[3] }, { dates[1], dates[3] }, form.name)
      lu.assertEquals(length_of(place), 7200, form.name)
      place:assert_settled()
    end
  end
end

-- The state that is lost is no edit either.
function TestForeignDates.test_they_stay_where_the_state_was_lost()
  for _, form in ipairs(forms()) do
    local place <close> = pulled(form)
    place:expect(0)
    local before = place:contents()
    place:lose_state()
    place:expect(0)
    lu.assertEquals(place:contents(), before, form.name)
    place:assert_settled()
  end
end

function TestForeignDates.test_rules_that_make_another_date_are_an_edit()
  local place <close> = Place.new(world, { rules = "return {}", items = { { id = "X-1", title = "Draft",
    dueDate = "2027-03-10" } } })
  place:expect(0)
  place:rules [[
    return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      event.endDate = "2027-03-13"
      return event
    end }]]
  place:expect(0)
  lu.assertEquals(place:event("X-1").endDate, "2027-03-13")
  place:assert_settled()
end

-- Which zone is read of an event depends on how its entry spells its date. Once that is a day, another one may be read.
function TestForeignDates.test_a_zone_that_reads_otherwise_is_no_edit()
  local local_time = { dueDate = "2027-03-11T12:00:00", endDate = "2027-03-11T13:00:00", timeZone = "Europe/Rome" }
  local in_utc = { dueDate = "2027-03-11T11:00:00Z", endDate = "2027-03-11T12:00:00Z" }
  for due, moved in pairs { ["2027-03-10T10:00:00Z"] = local_time, ["2027-03-10T10:00:00"] = in_utc } do
    local place <close> = Place.new(world, { options = { timeZone = "Europe/Rome" },
      items = { { id = "X-1", title = "Draft", dueDate = due } } })
    place.cannot_go_back = true -- undo knows the instant, and no zone of it: it is spelled in UTC
    place:expect(0)
    place:edit_event("X-1", moved)
    place:expect(0)
    lu.assertStrContains(place:entry("X-1").dueDate, "2027-03-11T1")
    place:edit("X-1", { dueDate = "2027-03-12" })
    place:edit_event("X-1", { title = "Motion" })
    place:expect(0)
    lu.assertEquals({ place:entry("X-1").title, place:event("X-1").dueDate }, { "Motion", "2027-03-12" })
    place:assert_settled()
  end
end

-- ---------------------------------------------------------------- not understood

TestUnknownDates = {}

local MARS = { "DTSTART;TZID=Mars/Olympus:20270311T100000", "DTEND;TZID=Mars/Olympus:20270311T110000" }
local ROME = { "DTSTART;TZID=Europe/Rome:20270311T100000", "DTEND;TZID=Europe/Rome:20270311T110000" }
local WHY = 'the time zone "Mars/Olympus" of 2027-03-11T10:00:00 is not known'

local function on_mars()
  local place = in_step()
  write_lines(place, "X-1", MARS)
  return place
end

-- Runs, and looks whether the date of the event was left alone and that was said.
local function assert_left_alone(place, due)
  local result = place:expect(0)
  lu.assertEquals(#result.warnings, 1)
  lu.assertStrContains(result.warnings[1], WHY)
  lu.assertStrContains(result.warnings[1], "X-1")
  lu.assertEquals(place:entry("X-1").dueDate, due)
  local text = place:object("X-1").text
  for _, line in ipairs(MARS) do lu.assertStrContains(text, line) end
end

function TestUnknownDates.test_it_is_neither_pulled_nor_written()
  if not world.keeps_spelling then return end
  local place <close> = on_mars()
  local before = place:contents()
  assert_left_alone(place, "2027-03-10")
  lu.assertEquals(place:contents(), before)
  assert_left_alone(place, "2027-03-10")
  place:edit("X-1", { dueDate = "2027-04-01" })
  assert_left_alone(place, "2027-04-01")
  lu.assertEquals(place:contents(), before)
  place:lose_state()
  assert_left_alone(place, "2027-04-01")
  lu.assertEquals(place:contents(), before)
end

function TestUnknownDates.test_other_fields_keep_syncing()
  if not world.keeps_spelling then return end
  local place <close> = on_mars()
  place:expect(0)
  place:edit("X-1", { title = "From here" })
  assert_left_alone(place, "2027-03-10")
  lu.assertEquals(place:event("X-1").title, "From here")
  place:edit_text("X-1", "SUMMARY:[^\r\n]*", "SUMMARY:From there")
  assert_left_alone(place, "2027-03-10")
  lu.assertEquals(place:entry("X-1").title, "From there")
end

function TestUnknownDates.test_a_date_that_is_understood_again_is_pulled()
  if not world.keeps_spelling then return end
  local place <close> = on_mars()
  assert_left_alone(place, "2027-03-10")
  write_lines(place, "X-1", ROME)
  lu.assertEquals(place:expect(0).warnings, {})
  lu.assertEquals(place:entry("X-1").dueDate, "2027-03-11T10:00:00")
  place:assert_settled()
end

function TestUnknownDates.test_nothing_is_deleted_for_it()
  if not world.keeps_spelling then return end
  for _, members in ipairs { { dueDate = false }, { dueDate = "" } } do
    local place <close> = on_mars()
    place:expect(0)
    place:edit("X-1", members)
    place:expect(0)
    lu.assertNotNil(place:object("X-1"))
    lu.assertEquals(place:entry("X-1").dueDate, members.dueDate or nil)
  end
  local place <close> = on_mars()
  place:expect(0)
  place:remove("X-1")
  place:expect(0)
  lu.assertNotNil(place:object("X-1"))
end

-- Rules find the entry's own date there, and what they make of it does not count.
function TestUnknownDates.test_rules_can_read_the_rest()
  if not world.keeps_spelling then return end
  local place <close> = Place.new(world, { items = { { id = "X-1", title = "Draft", dueDate = "2027-03-10" } }, rules = [[
    return { to_entry = function(event, entry, ctx)
      local members = ctx.defaults.to_entry(event, entry, ctx)
      members.dueDate = event.dueDate:sub(1, 10)
      if event.unknownDate then members.title = members.title .. "!" end
      return members
    end }]] })
  place.cannot_go_back = true -- these rules make another title each time
  place:expect(0)
  write_lines(place, "X-1", MARS)
  place:edit_text("X-1", "SUMMARY:[^\r\n]*", "SUMMARY:From there")
  place:expect(0)
  lu.assertEquals(place:entry("X-1").title, "From there!")
  local text = place:object("X-1").text
  for _, line in ipairs(MARS) do lu.assertStrContains(text, line) end
end

return policy_dates
