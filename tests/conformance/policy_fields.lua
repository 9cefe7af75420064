-- Fields that a team declares, end to end: they travel as the built-in ones do, both ways.
local lu = require "luaunit"
local json = require "fmcal.json"
local Place = require "policy_place"

local policy_fields = {}
local world

--- The provider's world that the tests below run in.
function policy_fields.run_in(of)
  world = of
end

local RULES = [[return { fields = {
  ["metadata.courtroom"] = { event = "location" },
  link = "url", color = "color", private = { event = "visibility", map = { secret = "private" } }, blocks = "busy",
  warn = "reminders", judge = "x:JUDGE", seats = "x:SEATS", open = "x:OPEN", parties = "x:PARTIES",
} }]]

local function item(members)
  local made = { id = "X-1", title = "Hearing", dueDate = "2027-03-10", updatedAt = "2026-01-01T00:00:00Z",
    metadata = { courtroom = "Room 4, north", other = 12345678901234567890 }, link = "https://example.org/1?a=b",
    color = "#fe0102", private = "secret", blocks = true, warn = json.array { "-PT24H", "-PT2H" }, judge = "Kim; Ünïcödé",
    seats = 12, open = false, parties = json.array { "Smith", "Jones" } }
  for name, value in pairs(members or {}) do made[name] = value or nil end
  return made
end

local OWN = { "metadata", "link", "color", "private", "blocks", "warn", "judge", "seats", "open", "parties" }

local function own_of(entry)
  local found = {}
  for _, name in ipairs(OWN) do found[name] = entry[name] end
  return found
end

local function in_step(rules, members, options)
  local place = Place.new(world, { items = { item(members) }, rules = rules or RULES, options = options })
  place:expect(0)
  return place
end

-- What was agreed on is left alone: another run writes nothing, on either side.
local function assert_at_rest(place)
  local before, text = json.encode(place:board(), { sort = true }), place:object("X-1").text
  place:expect(0)
  lu.assertEquals(json.encode(place:board(), { sort = true }), before)
  lu.assertEquals(place:object("X-1").text, text)
end

TestDeclared = {}

function TestDeclared.test_the_event_says_each_of_them()
  local place <close> = in_step()
  local event = place:event("X-1")
  lu.assertEquals({ event.location, event.url, event.color, event.visibility, event.busy },
    { "Room 4, north", "https://example.org/1?a=b", "#fe0102", "private", true })
  lu.assertEquals({ event["x:JUDGE"], event["x:SEATS"], event["x:OPEN"], event["x:PARTIES"] },
    { "Kim; Ünïcödé", "12", "false", '["Smith","Jones"]' })
  lu.assertEquals(#event.reminders, 2)
  lu.assertEquals(own_of(place:entry("X-1")), own_of(item()))
  assert_at_rest(place)
end

function TestDeclared.test_each_of_them_is_pulled_in_the_type_of_the_board()
  local place <close> = in_step()
  place:edit_event("X-1", { location = "Room 5", url = "https://example.org/2", color = "teal", visibility = "confidential",
    reminders = { "-PT30M" }, ownsReminders = true, ["x:JUDGE"] = "Lee", ["x:SEATS"] = "13", ["x:OPEN"] = "true",
    ["x:PARTIES"] = '["Smith"]' })
  place:expect(0)
  local entry = place:entry("X-1")
  lu.assertEquals({ entry.metadata.courtroom, entry.link, entry.private, entry.judge, entry.seats, entry.open },
    { "Room 5", "https://example.org/2", "confidential", "Lee", 13, true })
  place:edit_event("X-1", { ["x:OPEN"] = "false" })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").open, false)
  lu.assertEquals(entry.parties, { "Smith" })
  lu.assertEquals(entry.warn, { "-PT30M" })
  lu.assertEquals(entry.color, "teal")
  lu.assertEquals(entry.blocks, true)
  lu.assertEquals(entry.title, "Hearing")
  assert_at_rest(place)
end

function TestDeclared.test_each_of_them_is_pushed()
  local place <close> = in_step()
  place:edit("X-1", { metadata = { courtroom = "Room 6" }, link = "https://example.org/3", color = "navy", private = "public",
    blocks = false, warn = json.array { "-PT45M" }, judge = "Lee", seats = 14, open = true })
  place:expect(0)
  local event = place:event("X-1")
  lu.assertEquals({ event.location, event.url, event.color, event["x:JUDGE"], event["x:SEATS"], event["x:OPEN"] },
    { "Room 6", "https://example.org/3", "navy", "Lee", "14", "true" })
  lu.assertNil(event.busy)
  lu.assertEquals(event.reminders, { "-PT45M" })
  assert_at_rest(place)
end

function TestDeclared.test_what_one_side_takes_away_goes_on_the_other()
  local place <close> = in_step()
  place:edit("X-1", { link = false, judge = json.null, metadata = json.null, warn = json.array {}, private = false })
  place:expect(0)
  local event = place:event("X-1")
  lu.assertEquals({ event.location, event.url, event["x:JUDGE"], event.visibility }, {})
  lu.assertNil(event.reminders)
  place:edit_event("X-1", { color = "", ["x:SEATS"] = "" })
  place:expect(0)
  local entry = place:entry("X-1")
  lu.assertTrue(entry.color == nil or entry.color == json.null)
  lu.assertTrue(entry.seats == nil or entry.seats == json.null)
  assert_at_rest(place)
end

function TestDeclared.test_they_merge_field_by_field()
  local place <close> = in_step()
  place:edit("X-1", { judge = "Lee", title = "Hearing, first" })
  place:edit_event("X-1", { location = "Room 5", ["x:SEATS"] = "20" })
  place:expect(0)
  local entry, event = place:entry("X-1"), place:event("X-1")
  lu.assertEquals({ entry.judge, entry.title, entry.metadata.courtroom, entry.seats }, { "Lee", "Hearing, first", "Room 5", 20 })
  lu.assertEquals({ event["x:JUDGE"], event.title, event.location, event["x:SEATS"] },
    { "Lee", "Hearing, first", "Room 5", "20" })
  assert_at_rest(place)
end

function TestDeclared.test_they_are_in_conflict_as_any_other()
  local place <close> = in_step(nil, nil, { conflictResolution = "local-wins" })
  place:edit("X-1", { metadata = { courtroom = "Room 6" } })
  place:edit_event("X-1", { location = "Room 5" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").metadata.courtroom, place:event("X-1").location }, { "Room 6", "Room 6" })
  local lost = place:history("X-1")[1]
  lu.assertEquals({ lost.side, json.decode(lost.value) }, { "external", "Room 5" })
end

function TestDeclared.test_a_field_may_have_a_strategy_of_its_own()
  local place <close> = in_step([[return { fields = { ["metadata.courtroom"] = { event = "location", conflict = "external" },
    title = { conflict = "local" } }, on_conflict = function() return "manual" end }]])
  place:edit("X-1", { metadata = { courtroom = "Room 6" }, title = "Here", description = "Here" })
  place:edit_event("X-1", { location = "Room 5", title = "There", description = "There" })
  place:expect(4)
  lu.assertEquals({ place:entry("X-1").metadata.courtroom, place:event("X-1").location }, { "Room 5", "Room 5" })
  lu.assertEquals({ place:entry("X-1").title, place:event("X-1").title }, { "Here", "Here" })
  lu.assertEquals({ place:entry("X-1").description, place:event("X-1").description }, { "Here", "There" })
end

function TestDeclared.test_they_survive_a_lost_state()
  local place <close> = in_step()
  place:lose_state()
  assert_at_rest(place)
  place:lose_state()
  place:edit_event("X-1", { location = "Room 5" })
  place:expect(0)
  local entry, event = place:entry("X-1"), place:event("X-1")
  lu.assertEquals(entry.metadata.courtroom, event.location)
  lu.assertEquals({ entry.judge, entry.seats }, { "Kim; Ünïcödé", 12 })
end

function TestDeclared.test_an_adopted_item_takes_them_from_its_event()
  local place <close> = Place.new(world, { rules = RULES:gsub("} }$", [[}, adopt = function(event)
    return { id = "A-1", title = event.title, judge = "Kim" } end }]]) })
  place:create_event { uid = "theirs@example.org", title = "Theirs", dueDate = "2027-03-10", location = "Room 9",
    reminders = { "-PT30M" }, ["x:SEATS"] = "7", ["x:JUDGE"] = "Lee" }
  place:expect(0)
  local entry = place:entry("A-1")
  lu.assertEquals({ entry.metadata.courtroom, entry.warn, entry.seats, entry.judge }, { "Room 9", { "-PT30M" }, "7", "Kim" })
  lu.assertNil(entry.blocks)
end

TestDirection = {}

function TestDirection.test_out_is_never_pulled()
  local place <close> = in_step([[return { fields = { ["metadata.courtroom"] = { event = "location", direction = "out" },
    description = { direction = "out", to = function(text) return (text:gsub("%d%d%d", "***")) end } } }]],
    { description = "Call 123" })
  lu.assertEquals(place:event("X-1").description, "Call ***")
  place:edit_event("X-1", { location = "Room 5", description = "theirs" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").metadata.courtroom, place:entry("X-1").description }, { "Room 4, north", "Call 123" })
  place:edit("X-1", { metadata = { courtroom = "Room 6" }, description = "Call 456" })
  place:expect(0)
  lu.assertEquals({ place:event("X-1").location, place:event("X-1").description }, { "Room 6", "Call ***" })
  assert_at_rest(place)
end

function TestDirection.test_in_is_never_pushed()
  local place <close> = in_step([[return { fields = { ["metadata.courtroom"] = { event = "location", direction = "in" },
    title = { direction = "in" }, description = { direction = "in" } } }]], { description = "ours" })
  place.goes_one_way = true
  local event = place:event("X-1")
  lu.assertEquals({ event.location, event.title, event.description }, { nil, "Hearing" })
  place:edit("X-1", { title = "Here", description = "ours still", metadata = { courtroom = "Room 6" }, priority = "high" })
  place:expect(0)
  event = place:event("X-1")
  lu.assertEquals({ event.location, event.title, event.description, event.priority }, { nil, "Hearing", nil, "high" })
  place:edit_event("X-1", { location = "Room 5", title = "There", description = "theirs" })
  place:expect(0)
  local entry = place:entry("X-1")
  lu.assertEquals({ entry.metadata.courtroom, entry.title, entry.description }, { "Room 5", "There", "theirs" })
  assert_at_rest(place)
end

function TestDirection.test_false_is_neither_way()
  local place <close> = in_step([[return { fields = { tags = false, description = false, priority = false } }]],
    { tags = json.array { "a" }, priority = "high", description = "ours" })
  place.goes_one_way = true
  local event = place:event("X-1")
  lu.assertEquals({ event.tags, event.priority, event.description, event.footer }, { {} })
  place:edit_event("X-1", { tags = { "theirs" }, priority = "low", description = "theirs" })
  place:edit("X-1", { title = "Here" })
  place:expect(0)
  event = place:event("X-1")
  lu.assertEquals({ event.title, event.tags, event.priority, event.description }, { "Here", { "theirs" }, "low", "theirs" })
  local entry = place:entry("X-1")
  lu.assertEquals({ entry.tags, entry.priority, entry.description }, { { "a" }, "high", "ours" })
  assert_at_rest(place)
end

function TestDirection.test_another_member_in_the_place_of_a_built_in_one()
  local place <close> = in_step([[return { fields = { description = false, notes = "description", priority = "color" } }]],
    { description = "ours alone", notes = "theirs too", priority = "red" })
  local event = place:event("X-1")
  lu.assertEquals({ event.description, event.color, event.priority }, { "theirs too", "red" })
  place:edit_event("X-1", { description = "edited", color = "navy" })
  place:expect(0)
  local entry = place:entry("X-1")
  lu.assertEquals({ entry.description, entry.notes, entry.priority }, { "ours alone", "edited", "navy" })
  place:edit("X-1", { notes = "ours" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").description, "ours")
  assert_at_rest(place)
end

TestConverted = {}

function TestConverted.test_prefix_suffix_and_map()
  local place <close> = in_step([[return { fields = { title = { prefix = "[ACADEMY] ", suffix = " (!)" },
    priority = { map = { urgent = "high" } } } }]], { priority = "urgent" })
  local event = place:event("X-1")
  lu.assertEquals({ event.title, event.priority }, { "[ACADEMY] Hearing (!)", "high" })
  assert_at_rest(place)
  place:edit_event("X-1", { title = "[ACADEMY] Trial (!)" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").title, place:entry("X-1").priority }, { "Trial", "urgent" })
  place:edit_event("X-1", { title = "Bare", priority = "low" })
  place:expect(0)
  lu.assertEquals({ place:entry("X-1").title, place:entry("X-1").priority }, { "Bare", "low" })
  place:edit("X-1", { title = "Ours" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").title, "[ACADEMY] Ours (!)")
  assert_at_rest(place)
end

function TestConverted.test_functions_run_where_the_rules_do()
  local place <close> = in_step([[return { fields = { ["metadata.courtroom"] = { event = "location",
    to = function(room, entry, ctx) return ctx.team .. ": " .. room end,
    from = function(text) return (text:gsub("^academy: ", "")) end } } }]])
  lu.assertEquals(place:event("X-1").location, "academy: Room 4, north")
  assert_at_rest(place)
  place:edit_event("X-1", { location = "academy: Room 5" })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").metadata.courtroom, "Room 5")
  assert_at_rest(place)
end

function TestConverted.test_a_day_is_shown_as_a_time()
  local place <close> = in_step([[return { fields = { dueDate = { at = "09:00", minutes = 30 } } }]], nil,
    { timeZone = "Europe/Rome" })
  local event = place:event("X-1")
  lu.assertEquals({ event.dueDate, event.endDate, event.timeZone }, { "2027-03-10T09:00:00", "2027-03-10T09:30:00", "Europe/Rome" })
  assert_at_rest(place)
  place:edit_event("X-1", { dueDate = "2027-03-10T11:00:00", endDate = "2027-03-10T11:30:00" })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").dueDate, "2027-03-10")
  local aside = place:history("X-1")[1]
  lu.assertEquals({ aside.side, json.decode(aside.value) }, { "external", "2027-03-10T11:00:00" })
  lu.assertEquals(place:event("X-1").dueDate, "2027-03-10T11:00:00")
  assert_at_rest(place)
  place:edit_event("X-1", { dueDate = "2027-03-12T09:00:00", endDate = "2027-03-12T09:30:00" })
  place:expect(0)
  lu.assertEquals(place:entry("X-1").dueDate, "2027-03-12")
  place:edit("X-1", { dueDate = "2027-03-15" })
  place:expect(0)
  lu.assertEquals(place:event("X-1").dueDate, "2027-03-15T09:00:00")
  assert_at_rest(place)
end

TestSpans = {}

local function span(members, options)
  local all = { startDate = "2027-03-10", dueDate = "2027-03-12" }
  for name, value in pairs(members or {}) do all[name] = value end
  options = options or {}
  options.spans = true
  return in_step("return {}", all, options)
end

local function event_span(place)
  local event = place:event("X-1")
  return { event.dueDate, event.endDate }
end

local function entry_span(place)
  local entry = place:entry("X-1")
  return { entry.startDate, entry.dueDate }
end

function TestSpans.test_days()
  local place <close> = span()
  lu.assertEquals(event_span(place), { "2027-03-10", "2027-03-13" })
  assert_at_rest(place)
  place:edit_event("X-1", { dueDate = "2027-03-11", endDate = "2027-03-14" })
  place:expect(0)
  lu.assertEquals(entry_span(place), { "2027-03-11", "2027-03-13" })
  place:edit_event("X-1", { endDate = "2027-03-20" })
  place:expect(0)
  lu.assertEquals(entry_span(place), { "2027-03-11", "2027-03-19" })
  place:edit("X-1", { startDate = "2027-03-15" })
  place:expect(0)
  lu.assertEquals(event_span(place), { "2027-03-15", "2027-03-20" })
  place:edit("X-1", { dueDate = "2027-03-16" })
  place:expect(0)
  lu.assertEquals(event_span(place), { "2027-03-15", "2027-03-17" })
  assert_at_rest(place)
end

function TestSpans.test_times()
  local place <close> = span({ startDate = "2027-03-10T09:00:00", dueDate = "2027-03-11T17:30:00" }, { timeZone = "Europe/Rome" })
  lu.assertEquals(event_span(place), { "2027-03-10T09:00:00", "2027-03-11T17:30:00" })
  assert_at_rest(place)
  place:edit_event("X-1", { dueDate = "2027-03-10T10:00:00", endDate = "2027-03-11T18:00:00" })
  place:expect(0)
  lu.assertEquals(entry_span(place), { "2027-03-10T10:00:00", "2027-03-11T18:00:00" })
  place:edit("X-1", { startDate = "2027-03-11T17:00:00" })
  place:expect(0)
  lu.assertEquals(event_span(place), { "2027-03-11T17:00:00", "2027-03-11T18:00:00" })
  assert_at_rest(place)
end

function TestSpans.test_each_end_is_merged_apart()
  local place <close> = span()
  place:edit("X-1", { dueDate = "2027-03-20" })
  place:edit_event("X-1", { dueDate = "2027-03-09" })
  place:expect(0)
  lu.assertEquals(entry_span(place), { "2027-03-09", "2027-03-20" })
  lu.assertEquals(event_span(place), { "2027-03-09", "2027-03-21" })
end

function TestSpans.test_from_days_to_times()
  local place <close> = span(nil, { timeZone = "Europe/Rome" })
  place:edit_event("X-1", { dueDate = "2027-03-10T09:00:00Z", endDate = "2027-03-10T12:00:00Z" })
  place:expect(0)
  lu.assertEquals(entry_span(place), { "2027-03-10T09:00:00Z", "2027-03-10T12:00:00Z" })
  assert_at_rest(place)
end

function TestSpans.test_a_lost_state_and_an_entry_without_a_start()
  local place <close> = span()
  place:lose_state()
  assert_at_rest(place)
  place:edit("X-1", { startDate = false })
  place:expect(0)
  lu.assertEquals(event_span(place), { "2027-03-12", "2027-03-13" })
  assert_at_rest(place)
end

function TestSpans.test_what_is_no_span()
  for due, problem in pairs { ["2027-03-09"] = "startDate lies after dueDate",
    ["2027-03-11T10:00:00Z"] = "startDate and dueDate must both be days, or both times" } do
    local place <close> = Place.new(world, { items = { item { startDate = "2027-03-10", dueDate = due } }, options = { spans = true } })
    place:expect(1)
    lu.assertStrContains(place:entry("X-1").calendarSync.syncError, problem)
  end
end

TestWrong = {}

function TestWrong.test_a_value_of_a_type_that_no_calendar_takes()
  local place <close> = Place.new(world, { items = { item { judge = { name = "Kim" } }, item { id = "X-2" } }, rules = RULES })
  place:expect(1)
  lu.assertStrContains(place:entry("X-1").calendarSync.syncError, "X-1 (line ")
  lu.assertStrContains(place:entry("X-1").calendarSync.syncError,
    "judge must be a text, a number, true or false, or a list of texts")
  lu.assertEquals(place:entry("X-2").calendarSync.syncStatus, "synced")
end

return policy_fields
