local agreed = require "fmcal.model.agreed"
local base = require "fmcal.model.base"
local fields = require "fmcal.model.fields"
local lu = require "luaunit"

local LIST = fields.of_kind("item")

local function version(title, due)
  return fields.version({ title = title, dueDate = due }, "Europe/Rome")
end

local OLD, NEW = version("one", "2031-01-05T10:00:00Z"), version("one", "2031-02-25T12:00:00")

-- The base after a write of NEW over OLD that pushes the fields, where the event says this.
local function after(push, remote, options)
  local note = { l = NEW, r = NEW, push = {}, there = {}, pulled = {}, held = {}, answered = options.answered }
  for _, field in ipairs(push) do note.push[field], note.there[field] = true, OLD[field] end
  return agreed.perhaps(base.of(OLD, OLD), note, LIST, NEW, remote, options.whole)
end

TestAgreed = {}

-- An event that names no zone is read with the one of its entry, whether the entry's new date has reached it or not.
function TestAgreed.test_a_zone_is_no_sign_that_a_write_arrived()
  local remote = version("edited since", "2031-01-05T10:00:00Z")
  remote.zone = NEW.zone
  local known = after({ "date", "zone" }, { version = remote }, {})
  lu.assertTrue(known.doubt.date)
  lu.assertNil(known.open.date)
end

-- A day became a time in a write that did not arrive; somebody gave the event another time of the usual length.
function TestAgreed.test_the_length_of_a_new_date_is_no_sign_that_a_write_arrived()
  local day, time = version("one", "2031-01-05"), version("two", "2031-02-25T12:00:00Z")
  local note = { l = time, r = time, push = { title = true, date = true, duration = true },
    there = { title = "one", date = day.date }, pulled = {}, held = {} }
  local remote = { version = version("one", "2031-03-01T12:00:00Z") }
  local known = agreed.perhaps(base.of(day, day), note, LIST, time, remote, false)
  lu.assertEquals({ known.doubt, known.open }, { { title = true }, { date = true } })
end

-- Of what rules leave out of the very event that was written, it says what was written.
function TestAgreed.test_what_rules_leave_out_of_the_event_that_was_written_is_known()
  local remote = version("one", "2031-02-25T12:00:00")
  remote.date, remote.zone, remote.duration = nil, nil, nil
  local left_out = { date = true, zone = true, duration = true }
  local known = after({ "date", "zone" }, { version = remote, left_out = left_out }, { whole = true, answered = "etag" })
  lu.assertEquals({ known.l.date, known.r.date, known.r.zone }, { NEW.date, NEW.date, NEW.zone })
end

-- Where somebody was there since, nobody knows of it: it is written again.
function TestAgreed.test_what_rules_leave_out_of_another_event_is_as_before()
  local remote = version("edited since", "2031-02-25T12:00:00")
  remote.date, remote.zone, remote.duration = nil, nil, nil
  local left_out = { date = true, zone = true, duration = true }
  local known = after({ "date", "zone" }, { version = remote, left_out = left_out }, {})
  lu.assertEquals({ known.l.date, known.r.date }, { OLD.date, OLD.date })
  lu.assertNil(known.doubt)
end

-- An answer says that the calendar has it, whoever was there since.
function TestAgreed.test_what_rules_leave_out_of_another_event_was_written_where_that_was_answered()
  local remote = version("edited since", "2031-02-25T12:00:00")
  remote.date, remote.zone, remote.duration = nil, nil, nil
  local left_out = { date = true, zone = true, duration = true }
  local known = after({ "date", "zone" }, { version = remote, left_out = left_out }, { answered = "etag" })
  lu.assertEquals({ known.l.date, known.r.date }, { NEW.date, NEW.date })
end

os.exit(lu.LuaUnit.run())
