local base = require "fmcal.model.base"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local lu = require "luaunit"

local function version(title, description)
  return fields.version { title = title, description = description, dueDate = "2027-03-01", tags = { "b", "a" } }
end

TestBase = {}

function TestBase.test_what_both_sides_have_is_written_once()
  local doc = base.of(version "one", version "one")
  doc.open, doc.seen = {}, "hash"
  local text = base.encode(doc)
  lu.assertNil(json.decode(text).r)
  lu.assertEquals(doc.r, version "one", "the base itself stays as it is")
  local read = base.decode(text)
  lu.assertEquals({ read.l.title, read.r.title, read.seen }, { "one", "one", "hash" })
end

function TestBase.test_what_differs_is_written_twice()
  local read = base.decode(base.encode(base.of(version "one", version "two")))
  lu.assertEquals({ read.l.title, read.r.title }, { "one", "two" })
end

function TestBase.test_failures_alone_are_no_base()
  local doc = base.decode(base.encode(base.with_failure(nil, { message = "no", at = "t", count = 2 })))
  lu.assertNil(base.agreed(doc))
  lu.assertEquals(base.failure({ base = doc }).count, 2)
  lu.assertNil(base.failure(nil))
  lu.assertNil(base.decode(nil))
  lu.assertNil(base.decode(""))
end

function TestBase.test_a_failure_changes_nothing_else()
  local doc = base.of(version "one", version "one")
  local failed = base.with_failure(doc, { message = "no", at = "t", count = 1 })
  lu.assertNil(doc.err)
  lu.assertIs(failed.l, doc.l)
end

function TestBase.test_an_entry_is_left_alone_once_it_has_failed_often()
  local function row(count) return { base = { err = { count = count } } } end
  lu.assertFalse(base.retries_exhausted(row(base.MAX_RETRIES - 1)))
  lu.assertTrue(base.retries_exhausted(row(base.MAX_RETRIES)))
  lu.assertFalse(base.retries_exhausted { base = {} })
  lu.assertFalse(base.retries_exhausted(nil))
end

function TestBase.test_held_fields_stay_as_they_were()
  local old = base.of(version("old", "x"), version("old", "y"))
  old.open, old.stamp, old.texts = { title = true }, 7, { title = "Old" }
  local doc = base.of(version("new", "n"), version("new", "n"))
  doc.open, doc.texts, doc.stamp = {}, { title = "New", description = "N" }, 9
  base.hold(doc, { title = true }, old)
  lu.assertEquals({ doc.l.title, doc.r.title, doc.l.description }, { "old", "old", "n" })
  lu.assertEquals(doc.open, { title = true })
  lu.assertEquals(doc.texts, { title = "Old", description = "N" })
  lu.assertEquals({ doc.held, doc.stamp }, { true, 7 })
end

function TestBase.test_held_fields_without_a_base_are_open()
  local doc = base.of(version "new", version "new")
  doc.open = {}
  base.hold(doc, { title = true }, nil)
  lu.assertNil(doc.l.title)
  lu.assertEquals(doc.open, { title = true })
end

function TestBase.test_the_event_that_was_agreed_on()
  lu.assertTrue(base.is_of({ seen = "h" }, "h"))
  lu.assertFalse(base.is_of({ seen = "h" }, "i"))
  lu.assertFalse(base.is_of({ seen = "h", held = true }, "h"))
  lu.assertFalse(base.is_of({}, nil))
  lu.assertFalse(base.is_of(nil, "h"))
end

os.exit(lu.LuaUnit.run())
