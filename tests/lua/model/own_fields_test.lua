local json = require "fmcal.json"
local lu = require "luaunit"
local own_fields = require "fmcal.model.own_fields"

local DAY = { date = "2026-02-15" }

local function value(event, kind, given, version, zone)
  return own_fields.value({ member = "mine", event = event, kind = kind }, { mine = given }, version or DAY, zone)
end

TestPlaces = {}

function TestPlaces.test_a_path_goes_inside()
  local members = { metadata = { room = "4", more = json.null }, title = "x" }
  lu.assertEquals(own_fields.get(members, "metadata.room"), "4")
  lu.assertNil(own_fields.get(members, "metadata.more"))
  lu.assertNil(own_fields.get(members, "title.more"))
  lu.assertEquals(own_fields.get({ ["metadata.room"] = "5", metadata = { room = "4" } }, "metadata.room"), "5")
end

function TestPlaces.test_putting_copies_what_is_on_the_way()
  local inner = { room = "4", other = 1 }
  local members = { metadata = inner }
  own_fields.put(members, "metadata.room", "5")
  own_fields.put(members, "a.b", 1)
  lu.assertEquals(members, { metadata = { room = "5", other = 1 }, a = { b = 1 } })
  lu.assertEquals(inner.room, "4")
end

-- Some languages write an empty object as an empty list.
function TestPlaces.test_what_stands_in_the_way()
  for _, given in ipairs { "text", 1, true, { "a" }, { b = "text" } } do
    lu.assertStrMatches(own_fields.refusal({ m = given }, "m.b.c"), "m[.b]* must be an object, for the rules declare m%.b%.c")
  end
  for _, given in ipairs { json.null, {}, json.array {}, { b = {} }, { b = { c = 1 } } } do
    lu.assertNil(own_fields.refusal({ m = given }, "m.b.c"))
  end
  lu.assertNil(own_fields.refusal({}, "m.b"))
  lu.assertErrorMsgContains("m must be an object", own_fields.value, { member = "m.a", kind = "any" }, { m = "text" }, {})
end

TestValues = {}

function TestValues.test_nothing()
  for _, given in ipairs { "", json.null, {} } do lu.assertNil(value("location", "text", given)) end
end

function TestValues.test_types()
  for _, given in ipairs { "a", 1, 1.5, true, { "a" } } do lu.assertEquals(value("x:A", "any", given), given) end
  for kind, given in pairs { text = { "a" }, boolean = "yes", texts = "a", durations = { 1 }, any = { a = 1 } } do
    lu.assertErrorMsgContains("mine must be " .. own_fields.KINDS[kind].expected, value, "x", kind, given)
  end
  lu.assertError(value, "x:A", "any", "\xff")
  lu.assertError(value, "x:A", "any", 0 / 0)
end

function TestValues.test_texts_as_calendars_hold_them()
  lu.assertEquals(value("location", "text", "a\r\nb\7"), "a\nb")
end

function TestValues.test_what_is_taken_for_granted_says_nothing()
  lu.assertNil(value("busy", "boolean", false))
  lu.assertTrue(value("busy", "boolean", true))
  lu.assertNil(value("busy", "boolean", true, { date = 1 }))
  lu.assertFalse(value("busy", "boolean", false, { date = 1 }))
  lu.assertNil(value("visibility", "text", "public"))
end

TestReminders = {}

local function reminders(list, version, zone)
  return value("reminders", "durations", list, version, zone)
end

function TestReminders.test_durations_in_one_spelling()
  lu.assertEquals(reminders { "-PT60M", "-P1D", "-PT24H", "PT0S", "-P1W", "-P1DT30M", "-PT90S", "PT1H" },
    { "-P7D", "-PT1470M", "-P1D", "-PT1H", "-PT90S", "PT0S", "PT1H" })
end

function TestReminders.test_times_are_told_from_the_start()
  lu.assertEquals(reminders({ "2026-02-14T09:00:00" }), { "-PT15H" })
  lu.assertEquals(reminders({ "2026-02-14T09:00:00Z" }, { date = 1771149600 }), { "-PT25H" }) -- 2026-02-15T10:00:00Z
  lu.assertEquals(reminders({ "2026-02-15T10:00:00" }, { date = 1771149600, zone = "Europe/Rome" }), { "-PT1H" })
  lu.assertEquals(reminders({ "2026-02-14T08:00:00Z" }, DAY, "Europe/Rome"), { "-PT15H" })
end

function TestReminders.test_what_is_neither()
  for _, text in ipairs { "soon", "-P", "PT", "P1X", "1D", "2026-02-15" } do
    lu.assertErrorMsgContains("mine must be a list of durations such as -P1D or of times", reminders, { text })
  end
end

os.exit(lu.LuaUnit.run())
