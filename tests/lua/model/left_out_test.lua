local fields = require "fmcal.model.fields"
local left_out = require "fmcal.model.left_out"
local lu = require "luaunit"

local INSTANT = fields.version { dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome", durationMinutes = 90 }
local DAY = fields.version { title = "Day", dueDate = "2026-02-15" }

local function set(...)
  local members = {}
  for _, name in ipairs { ... } do members[name] = true end
  return members
end

TestFields = {}

function TestFields.test_members_are_called_as_fields()
  lu.assertEquals(left_out.fields(set("title", "durationMinutes", "timeZone"), INSTANT), set("title", "duration", "zone"))
end

function TestFields.test_without_the_date_nothing_is_known_of_zone_and_length()
  lu.assertEquals(left_out.fields(set("dueDate"), fields.version {}), set("date", "zone", "duration"))
end

function TestFields.test_a_day_has_neither()
  lu.assertEquals(left_out.fields(set("timeZone", "durationMinutes", "tags"), DAY), set("tags"))
end

TestFill = {}

local KNOWN, ENTRY = { title = "Agreed", priority = "high", tags = { "a" } }, { title = "Entry", priority = "low", tags = { "b" } }

local function filled(of, known, open)
  local remote = { version = { title = "Event" }, left_out = of }
  left_out.fill(remote, known, open, ENTRY)
  return remote.version
end

function TestFill.test_what_was_said_stays()
  lu.assertEquals(filled(nil, KNOWN), { title = "Event" })
  lu.assertEquals(filled(set("priority"), KNOWN), { title = "Event", priority = "high" })
end

function TestFill.test_what_was_never_agreed_on_is_as_the_entry_has_it()
  lu.assertEquals(filled(set("priority", "tags"), KNOWN, set("tags")), { title = "Event", priority = "high", tags = { "b" } })
  lu.assertEquals(filled(set("priority", "tags")), { title = "Event", priority = "low", tags = { "b" } })
end

-- Both sides agreed that there is none.
function TestFill.test_nothing_can_be_agreed_on()
  lu.assertEquals(filled(set("priority"), { title = "Agreed" }), { title = "Event" })
end

os.exit(lu.LuaUnit.run())
