local fields = require "fmcal.model.fields"
local lu = require "luaunit"
local texts = require "fmcal.model.texts"

local VERSION = fields.version { title = "Visit", description = "Notes", tags = { "a", "b" }, priority = "high" }

-- The version of a remote side after `fn`, whose rules read nothing of what the base says.
local function read(fn, event, ...)
  local remote = { event = event, version = fields.version { title = "Read", description = "Read", tags = { "read" } } }
  fn(remote, ...)
  return remote.version
end

TestOf = {}

function TestOf.test_what_the_entry_reads_otherwise()
  lu.assertEquals(texts.of({ title = "[A] Visit", description = "Notes", tags = { "b" }, uid = "x" }, VERSION),
    { title = "[A] Visit", tags = { "b" } })
end

function TestOf.test_nothing_where_all_is_the_same()
  lu.assertNil(texts.of({ title = "Visit", description = "Notes", tags = { "a", "b" }, priority = "high" }, VERSION))
  lu.assertNil(texts.of({}, VERSION))
end

TestHold = {}

function TestHold.test_a_text_that_is_the_same_says_what_it_said()
  local base = { r = VERSION, texts = { title = "[A] Visit" } }
  local version = read(texts.hold, { title = "[A] Visit", description = "Notes", tags = { "a", "b" } }, base)
  lu.assertEquals({ version.title, version.description, version.tags }, { "Visit", "Notes", { "a", "b" } })
end

function TestHold.test_an_edited_text_says_what_is_read()
  local base = { r = VERSION, texts = { title = "[A] Visit" } }
  local version = read(texts.hold, { title = "Visit", description = "More", tags = { "a" } }, base)
  lu.assertEquals({ version.title, version.description, version.tags }, { "Read", "Read", { "read" } })
end

function TestHold.test_a_text_that_the_event_lacks_is_not_held()
  lu.assertEquals(read(texts.hold, {}, { r = {} }).title, "Read")
end

TestHoldWritten = {}

function TestHoldWritten.test_texts_as_they_were_written_say_what_for()
  local version = read(texts.hold_written, { title = "[A] Visit", description = "More", tags = { "b", "a" } },
    { title = "[A] Visit", description = "Notes", tags = { "a", "b" } }, VERSION)
  lu.assertEquals({ version.title, version.description, version.tags, version.priority },
    { "Visit", "Read", { "a", "b" }, "high" })
end

-- A calendar keeps no empty text.
function TestHoldWritten.test_none_and_an_empty_text_are_one()
  local version = read(texts.hold_written, { title = "" }, { tags = {}, description = "" }, VERSION)
  lu.assertEquals({ version.title, version.description, version.tags }, { "Visit", "Notes", { "a", "b" } })
end

os.exit(lu.LuaUnit.run())
