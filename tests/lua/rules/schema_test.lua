local json = require "fmcal.json"
local lu = require "luaunit"
local schema = require "fmcal.rules.schema"
local shell = require "shell"

TestSchema = {}

local function problem(name, answer)
  local checked, wrong = schema.answer(name, answer)
  lu.assertNil(checked)
  return wrong
end

function TestSchema.test_answers_that_are_values()
  lu.assertIsFalse(schema.answer("select", false))
  lu.assertEquals(schema.answer("on_conflict", "manual"), "manual")
  lu.assertEquals(problem("select", nil), "expected true or false, got nothing")
  lu.assertEquals(problem("on_deleted", "clear"), 'expected "clear-due-date", "recreate" or "keep", got the text "clear"')
  lu.assertEquals(problem("on_conflict", true), 'expected "local", "external", "manual" or a table of members, got the boolean true')
  lu.assertEquals({ schema.answer("adopt", nil) }, {})
end

function TestSchema.test_members()
  lu.assertEquals(problem("to_event", { title = "t", dueDate = 20260215 }),
    "dueDate: expected a date or a time such as 2026-02-15 or 2026-02-15T10:00:00Z, got the number 20260215")
  lu.assertEquals(problem("to_event", { dueDate = "2026-02-15" }), "title: expected a text, got nothing")
  lu.assertEquals(problem("to_entry", { dueDat = "x" }), "'dueDat' is a member that nobody reads: did you mean 'dueDate'?")
  lu.assertEquals(problem("to_entry", { tags = { "a", nil, "b" } }), "tags: expected a list of texts, got a table")
  lu.assertEquals(problem("to_entry", { title = ("é"):rep(3):sub(1, 5) }), "title: expected a text, got a text that is cut inside a character")
  lu.assertEquals(problem("to_entry", { durationMinutes = 0 }),
    "durationMinutes: expected a number of minutes from 1 to 5256000, got the number 0")
  for _, id in ipairs { "", "a\nb", ("x"):rep(201) } do
    lu.assertStrContains(problem("adopt", { id = id }), "id: expected a text of 1 to 200 bytes without control characters, got ")
  end
  lu.assertEquals(problem("adopt", { id = "x", dueDate = "tomorrow" }),
    'dueDate: expected a date or a time such as 2026-02-15 or 2026-02-15T10:00:00Z, got the text "tomorrow"')
end

function TestSchema.test_an_item_may_hold_what_a_team_keeps_there()
  local item = { id = "x", metadata = { list = json.array {}, courtroom = json.null, n = 1.5 }, notes = { "a" } }
  lu.assertEquals(schema.answer("adopt", item), item)
  local ring = {}
  ring.ring = ring
  for _, value in ipairs { ring, { [1] = "a", b = "c" }, { [2] = "a" }, { [true] = 1 }, 0 / 0, math.huge, print, { { print } } } do
    lu.assertStrContains(problem("adopt", { id = "x", more = value }), "more: expected a value that JSON can hold, got ")
  end
end

function TestSchema.test_null_is_absent_and_metamethods_are_left_behind()
  lu.assertEquals(schema.answer("to_entry", { title = "t", priority = json.null }), { title = "t" })
  local plain = schema.answer("to_entry", setmetatable({ title = "t" }, { __index = error, __pairs = error }))
  lu.assertEquals(plain, { title = "t" })
  lu.assertNil(getmetatable(plain))
end

-- The manual's table names every member there is.
function TestSchema.test_the_manual_names_every_member()
  local text = shell.source("docs/rules.md"):match("## What a rule may answer(.-)\n## ")
  for _, shape in ipairs { schema.EVENT, schema.ENTRY } do
    for name in pairs(shape.members) do lu.assertStrContains(text, "`" .. name .. "`") end
  end
end

-- The rows of a section's table begin with the names.
local function names_in_table(section)
  local text, names = shell.source("docs/rules.md"):match("\n## " .. section .. "\n(.-)\n## "), {}
  for row in text:gmatch("\n| ([^|]+) |") do
    for name in row:gmatch("`([%w:]+)[^`]*`") do names[name] = true end
  end
  return names
end

local function keys_of(members, more)
  local names = { [more] = true }
  for name in pairs(members) do names[name] = true end
  return names
end

-- And the tables of options and of an event's members name just those that there are.
function TestSchema.test_the_tables_of_the_manual_are_the_schema()
  lu.assertEquals(names_in_table("Fields"), keys_of(schema.FIELD.members, "event"))
  lu.assertEquals(names_in_table("event"), keys_of(schema.EVENT.members, "x:NAME"))
end

os.exit(lu.LuaUnit.run())
