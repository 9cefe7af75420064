local lu = require "luaunit"
local ical = require "fmcal.ical"

local OBJECT = table.concat({
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN",
  "BEGIN:VEVENT", "UID:a@b", "RECURRENCE-ID;VALUE=DATE:20260222", "DTSTAMP:20260101T000000Z",
  "DTSTART;VALUE=DATE:20260223", "SUMMARY:Once", "END:VEVENT",
  "BEGIN:VEVENT", "UID:a@b", "DTSTAMP:20260101T000000Z", "dtstart;value=date:20260215",
  "SUMMARY;LANGUAGE=en:One\\, t", " wo", "ATTENDEE;CN=\"Mia, O\";MEMBER=\"x:1\",\"x:2\":mailto:mia@example.org",
  "RRULE:FREQ=WEEKLY", "BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT5M", "END:VALARM", "END:VEVENT",
  "END:VCALENDAR", "",
}, "\r\n")

local function assert_fails(code, says, result, err)
  lu.assertNil(result)
  lu.assertEquals(err.code, code)
  lu.assertStrContains(err.message, says)
  return err
end

TestParse = {}

function TestParse.test_a_tree()
  local tree = assert(ical.parse(OBJECT))
  lu.assertEquals(tree.name, "VCALENDAR")
  lu.assertEquals(tree.properties, { { name = "VERSION", value = "2.0" }, { name = "PRODID", value = "-//Other//EN" } })
  lu.assertEquals(#tree.components, 2)
  local event = tree.components[2]
  lu.assertEquals(event.properties[3], { name = "DTSTART", value = "20260215", params = { VALUE = "date" } })
  lu.assertEquals(event.properties[4], { name = "SUMMARY", value = "One\\, two", params = { LANGUAGE = "en" } })
  lu.assertEquals(event.properties[5].params, { CN = "Mia, O", MEMBER = { "x:1", "x:2" } })
  lu.assertEquals(event.components[1].name, "VALARM")
  lu.assertEquals(event.components[1].components, {})
end

function TestParse.test_refuses()
  assert_fails("parse", "no BEGIN", ical.parse(""))
  local err = assert_fails("parse", "END is missing", ical.parse("BEGIN:VCALENDAR\nBEGIN:VEVENT\n"))
  lu.assertEquals(err.line, 2)
  assert_fails("parse", "without its BEGIN", ical.parse("BEGIN:A\nEND:B\n"))
  assert_fails("parse", "zero byte", ical.parse("BEGIN:A\nX:\0\nEND:A\n"))
  assert_fails("parse", "more than one", ical.parse("BEGIN:A\nEND:A\nBEGIN:B\nEND:B\n"))
  assert_fails("limit", "bytes", ical.parse(OBJECT, { max_bytes = 10 }))
  assert_fails("limit", "lines", ical.parse(OBJECT, { max_lines = 10 }))
  assert_fails("limit", "within one another", ical.parse(OBJECT, { max_depth = 2 }))
  assert_fails("limit", "too many components", ical.parse(OBJECT, { max_components = 3 }))
  assert_fails("limit", "within one another", ical.parse(("BEGIN:A\n"):rep(100000)))
  assert_fails("limit", "bytes", ical.parse("BEGIN:A\n" .. ("x"):rep(1 << 20) .. "\nEND:A\n"))
  lu.assertError(ical.parse, OBJECT, { max_depth = -1 })
  lu.assertError(ical.parse, OBJECT, { max_depth = "2" })
end

TestBuild = {}

function TestBuild.test_what_is_parsed_is_built_again()
  local tree = assert(ical.parse(OBJECT))
  lu.assertEquals(assert(ical.parse(assert(ical.build(tree)))), tree)
end

function TestBuild.test_lines_are_folded_and_parameters_quoted()
  local text = assert(ical.build { name = "VEVENT", properties = {
    { name = "SUMMARY", value = ("é"):rep(60), params = { ["X-B"] = { "b;c", "d" }, ["X-A"] = "1" } } } })
  lu.assertStrContains(text, 'SUMMARY;X-A=1;X-B="b;c",d:é')
  for line in text:gmatch("([^\r]*)\r\n") do
    lu.assertTrue(#line <= 75)
    lu.assertNotNil(utf8.len(line))
  end
  lu.assertEquals(ical.parse(text).properties[1].value, ("é"):rep(60))
end

function TestBuild.test_nothing_can_be_smuggled_in()
  local function with(property)
    return ical.build { name = "VEVENT", properties = { property } }
  end
  assert_fails("invalid", "URL", with { name = "URL", value = "http://x\r\nATTENDEE:mailto:a@b" })
  assert_fails("invalid", "URL", with { name = "URL", value = "a\0b" })
  assert_fails("invalid", "no property name", with { name = "URL:x\r\nA", value = "" })
  assert_fails("invalid", "no property name", with { name = "", value = "" })
  assert_fails("invalid", "quote", with { name = "X", value = "", params = { CN = 'a"b' } })
  assert_fails("invalid", "control", with { name = "X", value = "", params = { CN = "a\nb" } })
  assert_fails("invalid", "parameter name", with { name = "X", value = "", params = { ["C N"] = "a" } })
  assert_fails("invalid", "component name", ical.build { name = "A\nB" })
  local loop = { name = "A" }
  loop.components = { loop }
  assert_fails("limit", "deep", ical.build(loop))
  lu.assertErrorMsgContains("must be a string", with, { name = "X" })
  lu.assertErrorMsgContains("must be a string", with, { name = "X", value = "", params = { A = 1 } })
  lu.assertErrorMsgContains("must be an array", ical.build, { name = "X", properties = 1 })
end

TestDocument = {}

function TestDocument.test_get()
  local doc = assert(ical.document(OBJECT))
  lu.assertEquals(doc:get(nil, "version"), "2.0")
  lu.assertEquals({ doc:get("VEVENT", "SUMMARY") }, { "One\\, two", { LANGUAGE = "en" } })
  lu.assertEquals(doc:get({ "VEVENT", 1 }, "SUMMARY"), "Once")
  lu.assertEquals(doc:get({ "VEVENT", 2, "VALARM" }, "TRIGGER"), "-PT5M")
  lu.assertEquals(doc:get({ "VEVENT", "VALARM", 1 }, "TRIGGER"), "-PT5M")
  lu.assertNil(doc:get({ "VEVENT", 3 }, "SUMMARY"))
  lu.assertNil(doc:get("VTODO", "SUMMARY"))
  lu.assertNil(doc:get("VEVENT", "LOCATION"))
  lu.assertEquals(doc:all("VEVENT", "ATTENDEE")[1].value, "mailto:mia@example.org")
  lu.assertEquals(doc:all("VTODO", "X"), {})
  lu.assertEquals(doc:component({ "VEVENT", "VALARM" }).properties[1], { name = "ACTION", value = "AUDIO" })
  lu.assertFalse(doc:edited())
  lu.assertEquals(doc:text(), OBJECT)
  lu.assertError(doc.get, doc, 5, "X")
  lu.assertError(doc.get, doc, { "VEVENT", 0 }, "X")
end

function TestDocument.test_edits_touch_their_lines_only()
  local doc = assert(ical.document(OBJECT))
  assert(doc:set("VEVENT", "SUMMARY", ical.escape("New; title")))
  lu.assertEquals(doc:text(), (OBJECT:gsub("One\\, t\r\n wo", "New\\; title")))
  assert(doc:set("VEVENT", "SUMMARY", "x", { ALTREP = "cid:1" }))
  assert(doc:set("VEVENT", "SUMMARY", "One\\, two", { LANGUAGE = "en" }))
  assert(doc:add("VEVENT", "CATEGORIES", "a"))
  assert(doc:add("VEVENT", "CATEGORIES", "b"))
  lu.assertEquals(#doc:all("VEVENT", "CATEGORIES"), 2)
  lu.assertStrContains(doc:text(), "RRULE:FREQ=WEEKLY\r\nCATEGORIES:a\r\nCATEGORIES:b\r\nBEGIN:VALARM")
  lu.assertEquals(doc:remove("VEVENT", "CATEGORIES"), 2)
  lu.assertEquals(doc:remove("VEVENT", "CATEGORIES"), 0)
  assert(doc:add_component("VEVENT", { name = "VALARM", properties = { { name = "ACTION", value = "DISPLAY" } } }))
  lu.assertStrContains(doc:text(), "END:VALARM\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT")
  lu.assertTrue(doc:remove_component({ "VEVENT", "VALARM", 2 }))
  lu.assertFalse(doc:remove_component({ "VEVENT", "VALARM", 2 }))
  lu.assertEquals(doc:text(), (OBJECT:gsub("One\\, t\r\n wo", "One\\, two")))
end

function TestDocument.test_line_ends_are_those_of_the_document()
  local doc = assert(ical.document((OBJECT:gsub("\r", ""))))
  assert(doc:add("VEVENT", "X-LONG", ("x"):rep(100)))
  lu.assertNil(doc:text():find("\r", 1, true))
  lu.assertStrContains(ical.crlf(doc:text()), "\r\n ")
end

function TestDocument.test_failures()
  local doc = assert(ical.document(OBJECT))
  assert_fails("notfound", "no such component", doc:set("VTODO", "X", "1"))
  assert_fails("invalid", "SUMMARY", doc:set("VEVENT", "SUMMARY", "a\r\nATTENDEE:x"))
  assert_fails("invalid", "quote", doc:add("VEVENT", "X", "", { A = '"' }))
  lu.assertEquals(doc:text(), OBJECT)
  lu.assertFalse(doc:edited())
  assert_fails("parse", "missing", ical.document("BEGIN:VCALENDAR\n"))
  lu.assertError(doc.remove_component, doc, nil)
end

function TestDocument.test_close()
  local doc = assert(ical.document(OBJECT))
  lu.assertStrContains(tostring(doc), "fmcal.ical.document (")
  doc:close()
  doc:close()
  lu.assertEquals(tostring(doc), "fmcal.ical.document (closed)")
  lu.assertErrorMsgContains("closed", doc.text, doc)
  local kept
  do
    local scoped <close> = assert(ical.document(OBJECT))
    kept = scoped
  end
  lu.assertErrorMsgContains("closed", kept.text, kept)
end

TestEvent = {}

function TestEvent.test_event_and_encode()
  local event = assert(ical.event(OBJECT))
  lu.assertEquals(event.title, "One, two")
  lu.assertEquals(event.dueDate, "2026-02-15")
  lu.assertEquals(event.endDate, "2026-02-16")
  lu.assertTrue(event.recurring)
  lu.assertTrue(event.hasAttendees)
  lu.assertEquals(event.raw, OBJECT)
  lu.assertEquals(ical.encode(event, OBJECT), OBJECT)
  event.title = "Three"
  lu.assertStrContains(ical.encode(event, OBJECT), "\r\nSUMMARY;LANGUAGE=en:Three\r\n")
  local text = assert(ical.encode { uid = "x@fleetmonitor", title = "T", dueDate = "2026-02-15T10:00:00",
    timeZone = "Europe/Rome", tags = { "b", "a" } })
  lu.assertStrContains(text, "TZID:Europe/Rome")
  lu.assertEquals(ical.event(text).tags, { "a", "b" })
  assert_fails("invalid", "UID", ical.encode { dueDate = "2026-02-15" })
  assert_fails("unsupported", "no event", ical.event("BEGIN:VCALENDAR\nEND:VCALENDAR\n"))
  lu.assertError(ical.encode, "x")
end

function TestEvent.test_uid()
  lu.assertEquals(ical.uid(OBJECT), "a@b")
  lu.assertEquals(ical.uid("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nUID:no\nEND:VALARM\nUI\n D:y\\,\n s\nUID:b\n"), "b")
  lu.assertEquals(ical.uid("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID;X=1:y\\,\n s \nEND:VTODO\n"), "y,s")
  lu.assertNil(ical.uid("UID:x\n"))
  lu.assertNil(ical.uid(""))
end

TestValues = {}

function TestValues.test_text()
  local text = "a,b;c\\d\r\ne\rf\tg\1h"
  lu.assertEquals(ical.escape(text), "a\\,b\\;c\\\\d\\ne\\nf\tgh")
  lu.assertEquals(ical.unescape(ical.escape(text)), "a,b;c\\d\ne\nf\tgh")
  lu.assertEquals(ical.unescape("\\N\\x\\"), "\n\\x\\")
end

function TestValues.test_dates()
  lu.assertEquals(ical.date("20260215"), "2026-02-15")
  lu.assertEquals(ical.date("20260215T180000Z"), "2026-02-15T18:00:00Z")
  lu.assertEquals(ical.date_value("2026-02-15T10:00:00-08:00"), "20260215T180000Z")
  lu.assertEquals(ical.date_value("2026-02-15T10:00:00"), "20260215T100000")
  assert_fails("parse", "20260230", ical.date("20260230"))
  assert_fails("parse", "2026-02-30", ical.date_value("2026-02-30"))
  lu.assertEquals({ ical.duration("-P1DT2H") }, { -1, -7200 })
  lu.assertEquals({ ical.duration("P2W") }, { 14, 0 })
  assert_fails("parse", "1 day", ical.duration("1 day"))
end

function TestValues.test_zones()
  lu.assertEquals(ical.zone("/freeassociation.sourceforge.net/Europe/Rome"), "Europe/Rome")
  lu.assertEquals(ical.zone("W. Europe Standard Time"), "Europe/Berlin")
  assert_fails("notfound", "Mars", ical.zone("Mars"))
  lu.assertStrContains(ical.vtimezone("Europe/Rome", 1771113600), "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU")
  lu.assertStrContains(ical.vtimezone("UTC"), "TZOFFSETTO:+0000")
  assert_fails("notfound", "Mars", ical.vtimezone("Mars"))
end

os.exit(lu.LuaUnit.run())
