-- An entry moves from one calendar to another: its event is made there before it goes here, and stays where that fails.
local lu = require "luaunit"
local scene = require "fmcal.trial.scene"
local shell = require "shell"

local FOLDER = shell.lines("mktemp -d")[1]
shell.write(FOLDER .. "/rules.lua", "return { route = function(entry) return entry.to end }")

local CALENDARS = { one = { provider = "mock" }, two = { provider = "mock" } }

-- A scene in which an item is in the first calendar and is to move to the second.
local function moving(options)
  local s = scene.new { rules = FOLDER .. "/rules.lua", in_process = true,
    board = { calendarConfig = { one = CALENDARS.one, two = CALENDARS.two, syncOptions = options } } }
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", to = { "one" } }
  s:sync()
  s:edit("A-1", { to = { "two" } })
  return s
end

local function where(s)
  return { s:calendar("one"):event("A-1") ~= nil, s:calendar("two"):event("A-1") ~= nil }
end

local function reasons(result)
  local found = {}
  for _, entry in ipairs(result.entries) do found[entry.calendar] = entry.reason end
  return found
end

TestMove = {}

function TestMove.test_a_calendar_that_refuses_the_event()
  local s = moving()
  s:fault { kind = "refuse", on = "create", calendar = "two", times = 1 }
  local result = s:sync()
  lu.assertEquals(result.exit, 1)
  lu.assertEquals(where(s), { true, false })
  lu.assertEquals(reasons(result), { one = "unreached", two = "refused" })
  lu.assertEquals(s:sync().exit, 0)
  lu.assertEquals(where(s), { false, true })
  lu.assertEquals(s:sync().entries, {})
end

function TestMove.test_an_answer_that_is_lost()
  for _, kind in ipairs { "lost", "network", "server" } do
    local s = moving()
    s:fault { kind = kind, on = "create", calendar = "two", times = 1 }
    s:sync()
    lu.assertTrue(where(s)[1] or where(s)[2], kind)
    s:sync()
    lu.assertEquals(where(s), { false, true }, kind)
    lu.assertEquals(s:sync().entries, {})
  end
end

function TestMove.test_a_calendar_that_cannot_be_opened()
  local s = moving()
  s:fault { kind = "auth", on = "open", calendar = "two", times = 2 }
  lu.assertEquals(reasons(s:sync { dry_run = true }), { one = "unreached" })
  local result = s:sync()
  lu.assertEquals({ where(s), reasons(result) }, { { true, false }, { one = "unreached" } })
  s:sync()
  lu.assertEquals(where(s), { false, true })
end

-- Where it is in a calendar that stays, nothing has to be waited for.
function TestMove.test_it_is_elsewhere_already()
  local s = moving()
  s:edit("A-1", { to = { "one", "two" } })
  s:sync()
  s:edit("A-1", { to = { "one" }, title = "Final" })
  s:fault { kind = "refuse", on = "update", calendar = "one", times = 1 }
  s:sync()
  lu.assertEquals(where(s), { true, false })
end

os.exit(lu.LuaUnit.run())
