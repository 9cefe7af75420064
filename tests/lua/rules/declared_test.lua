local declared = require "fmcal.rules.declared"
local lu = require "luaunit"

local ZONE = "Europe/Rome"

local function sentence(fields, zone)
  local specs, problem = declared.read(fields, zone)
  lu.assertNil(specs)
  return problem
end

local function spec(member, given)
  local specs, problem = declared.read({ [member] = given }, ZONE)
  lu.assertNil(problem)
  return specs[1]
end

TestRead = {}

function TestRead.test_nothing_is_declared()
  lu.assertEquals(declared.read(nil), {})
  lu.assertEquals(declared.read({}), {})
end

function TestRead.test_short_forms()
  lu.assertEquals({ spec("link", "url").event, spec("link", "url").direction }, { "url", "both" })
  lu.assertTrue(spec("tags", false).is_off)
  lu.assertEquals(spec("title", { conflict = "local" }).conflict, "local-wins")
  lu.assertEquals(spec("title", { conflict = "last-write" }).conflict, "last-write-wins")
  lu.assertEquals(spec("title", { conflict = "manual" }).conflict, "manual")
end

function TestRead.test_the_kind_of_a_value_is_that_of_the_events_member()
  for event, kind in pairs { location = "text", url = "text", color = "text", visibility = "text", busy = "boolean",
    reminders = "durations", ["x:A-1"] = "any" } do
    lu.assertEquals(spec("mine", event).kind, kind)
  end
end

function TestRead.test_what_does_not_load()
  for _, case in ipairs {
    { { titel = { prefix = "x" } }, 'fields.titel: say which member of the event it is, for example { event = "location" }' },
    { { a = "locaton" }, "fields.a: an event has no member 'locaton' for it: did you mean 'location'?" },
    { { a = { evnt = "url" } }, "fields.a: 'evnt' is a member that nobody reads: did you mean 'event'?" },
    { { a = { event = 7 } }, "fields.a: event must be a text, not the number 7" },
    { { a = { event = "url", to = "x" } }, 'fields.a: to must be a function, not "x"' },
    { { a = 7 }, "fields.a: expected a table, the name of an event's member, or false, got a number" },
    { { a = { event = "url", direction = "down" } }, 'fields.a: direction must be "both", "out" or "in", not "down"' },
    { { a = { event = "url", conflict = "me" } },
      'fields.a: conflict must be "last-write-wins", "last-write", "local-wins", "local", "external-wins", "external" or "manual", '
        .. 'not "me"' },
    { { priority = { map = { urgent = "high", critical = "high" } } },
      'fields.priority: map: "critical" and "urgent" both become "high", so that nobody could tell what comes back; give each a '
        .. "value of its own" },
    { { priority = { map = { urgent = {} } } }, 'fields.priority: map: what "urgent" becomes must be a text, not a table' },
    { { priority = { map = { low = 3 } } }, 'fields.priority: map: what "low" becomes must be a text, not 3' },
    { { priority = { map = { "high" } } }, "fields.priority: map: the board's 1 must be a text" },
    { { priority = { map = { "high", x = "low" } } }, "fields.priority: map: the board's 1 must be a text" },
    { { a = { event = "busy", map = { free = "no" } } }, 'fields.a: map: what "free" becomes must be true or false, not "no"' },
    { { a = { event = "x:A", map = { open = 1, closed = "1" } } },
      'fields.a: map: "closed" and "open" both become 1, so that nobody could tell what comes back; give each a value of its own' },
    { { a = { "url", direction = "in" } }, "fields.a: '1' is a member that nobody reads: did you mean 'at'?" },
    { { m = "url", ["m.a.b"] = "location" }, "fields.m.a.b: m is declared already, and this lies in it: declare one of them" },
    { { ["title.a"] = "url" }, "fields.title.a: it cannot be declared: title holds no members" },
    { { dueDate = { at = "09:00" } }, "fields.dueDate: at needs a time zone: set syncOptions.timeZone, for example to \"Europe/Rome\"" },
    { { dueDate = { at = "9 am" } }, 'fields.dueDate: at must be a time of the day such as "09:00", not "9 am"', ZONE },
    { { dueDate = { at = "24:00" } }, 'fields.dueDate: at must be a time of the day such as "09:00", not "24:00"', ZONE },
    { { dueDate = { minutes = 30 } }, "fields.dueDate: minutes go with at: without it the length of an event is durationMinutes" },
    { { dueDate = { at = "09:00", minutes = 0 } }, "fields.dueDate: minutes must be a number of minutes from 1 to 5256000, not the number 0", ZONE },
    { { dueDate = { prefix = "x" } }, "fields.dueDate: prefix is for texts: a date takes at and minutes" },
    { { dueDate = { event = "location" } }, "fields.dueDate: the date of an event is its dueDate" },
    { { title = { at = "09:00" } }, "fields.title: at is for dueDate", ZONE },
    { { title = false }, "fields.title: an event needs it: it cannot be left out" },
    { { dueDate = false }, "fields.dueDate: an event needs it: it cannot be left out" },
    { { id = "x:ID" }, "fields.id: it cannot be declared: it names the entry" },
    { { timeZone = false }, "fields.timeZone: it cannot be declared: it travels with dueDate" },
    { { ["metadata.courtDateSync"] = "x:A" }, "fields.metadata.courtDateSync: it cannot be declared: fmcal writes it" },
    { { status = false }, "fields.status: it cannot be declared: it goes out with the event by itself" },
    { { ["calendarSync.externalEventId"] = "x:A" }, "fields.calendarSync.externalEventId: it cannot be declared: fmcal writes it" },
    { { ["a..b"] = "url" }, 'fields.a..b: this is no member of an entry, such as "priority" or "metadata.courtroom"' },
    { { a = "url", b = "url" }, "fields.b: a says url of the event already" },
    { { notes = "description" }, "fields.notes: description says description of the event already" },
    { { a = "x:assignee" }, 'fields.a: the name behind "x:" must be capital letters, digits and "-", at most 40, not "assignee"' },
    { { a = "x:STATUS" }, "fields.a: x:STATUS is a property that fmcal uses itself: choose another name" },
    { { a = "x:FMCAL-COLOR" }, "fields.a: x:FMCAL-COLOR is a property that fmcal uses itself: choose another name" },
    { { "url" }, "fields: 1 is no name of a member" },
    { "url", "fields must be a table, not a string" },
  } do
    lu.assertEquals(sentence(case[1], case[3]), case[2])
  end
end

function TestRead.test_the_member_that_is_wrong_is_named()
  lu.assertEquals(select(3, declared.read { a = "url", id = "location" }), "id")
end

-- `courtroom = is_academy and "location"` is an ordinary way to write it.
function TestRead.test_another_member_that_does_not_travel_is_as_if_it_were_not_there()
  lu.assertEquals(declared.read { ["metadata.courtroom"] = false, ["metadata.courtroom.wing"] = "location" },
    declared.read { ["metadata.courtroom.wing"] = "location" })
end

function TestRead.test_a_map_of_what_is_no_text()
  lu.assertEquals(spec("a", { event = "x:A", map = { [1] = true, [true] = 2, open = 3 } }).map.open, 3)
  lu.assertEquals(spec("a", { event = "busy", map = { free = false } }).map, { free = false })
end

function TestRead.test_a_member_that_is_free_may_be_another_ones()
  local specs, problem = declared.read { description = false, notes = "description" }
  lu.assertNil(problem)
  lu.assertEquals(#specs, 2)
end

TestPlan = {}

local function plan(given)
  return declared.plan(assert(declared.read(given, ZONE)))
end

function TestPlan.test_what_is_compared()
  lu.assertEquals(plan({ room = "location" }).all,
    { "title", "description", "date", "zone", "duration", "tags", "priority", ".room" })
  lu.assertEquals(plan({ room = { event = "location", direction = "out" }, tags = false }).all,
    { "title", "description", "date", "zone", "duration", "priority" })
  lu.assertEquals(plan({ dueDate = { direction = "out" } }).all, { "title", "description", "tags", "priority" })
  lu.assertEquals(plan({ priority = "color" }).all, { "title", "description", "date", "zone", "duration", "tags", ".priority" })
end

function TestPlan.test_what_an_event_keeps()
  table.sort(plan({ tags = false }).kept)
  lu.assertEquals(plan({ tags = false, description = { direction = "in" }, priority = "color" }).kept,
    { "description", "priority", "tags" })
end

function TestPlan.test_which_way()
  local one = plan { room = { event = "location", direction = "in" }, dueDate = { conflict = "local" } }
  lu.assertEquals(one.inward, { [".room"] = true })
  lu.assertEquals(one.never_out, { [".room"] = true })
  lu.assertEquals(plan({ dueDate = { direction = "in" }, title = { direction = "in" }, tags = { direction = "in" } }).never_out,
    { tags = true })
  lu.assertEquals(one.conflict, { date = "local-wins", zone = "local-wins", duration = "local-wins", [".startDate"] = "local-wins" })
end

-- A date that only goes out is not compared; with a deleted event it may go all the same. The start of a span goes its way.
function TestPlan.test_a_date_that_only_goes_out()
  local one = declared.plan(assert(declared.read { dueDate = { direction = "out" } }), true)
  lu.assertEquals(one.all, { "title", "description", "tags", "priority" })
  lu.assertEquals(one.written, { "title", "description", "tags", "priority", "date", "zone", "duration" })
  lu.assertEquals(plan({ room = "location" }).written, plan({ room = "location" }).all)
  lu.assertEquals(declared.plan({}, true).all[8], ".startDate")
end

function TestPlan.test_functions()
  lu.assertTrue(declared.has_functions(assert(declared.read { a = { event = "url", to = print } })))
  lu.assertFalse(declared.has_functions(assert(declared.read { a = "url" })))
end

os.exit(lu.LuaUnit.run())
