-- Which of an account's calendars a person means.
local connect = require "fmcal.accounts.connect"
local lu = require "luaunit"

local TASKS = { id = "/k/tasks/", name = "Tasks", events = false, writable = true }
local HOLIDAYS = { id = "/k/holidays/", name = "Holidays", events = true, writable = false }
local WORK = { id = "/k/work/", name = "Work", events = true, writable = true }
local HOME = { id = "/k/home/", name = "Home", events = true, writable = true }

local function copy(calendar, more)
  local made = {}
  for _, members in ipairs { calendar, more } do
    for name, value in pairs(members) do made[name] = value end
  end
  return made
end

TestChoose = {}

-- The one that the service calls so, wherever it stands; else the first that takes events.
function TestChoose.test_primary_of_several()
  local primary = copy(HOME, { primary = true })
  lu.assertEquals(connect.choose({ TASKS, HOLIDAYS, WORK, primary }, "primary"), primary)
  lu.assertEquals(connect.choose({ primary, WORK }, "primary"), primary)
  lu.assertEquals(connect.choose({ TASKS, HOLIDAYS, WORK, HOME }, "primary"), WORK)
  lu.assertNil((connect.choose({ TASKS, HOLIDAYS }, "primary")))
end

-- A calendar that bears that name is meant by it.
function TestChoose.test_one_that_is_called_primary()
  local named = copy(HOME, { name = "primary" })
  lu.assertEquals(connect.choose({ copy(WORK, { primary = true }), named }, "primary"), named)
end

function TestChoose.test_by_name_id_place_and_number()
  local list = { WORK, HOME }
  for _, wanted in ipairs { "Home", "/k/home/", "home", "2" } do
    lu.assertEquals(connect.choose(list, wanted), HOME, wanted)
  end
  local _, sentence = connect.choose(list, "Elsewhere")
  lu.assertEquals(sentence, 'there is no calendar "Elsewhere"; there are "Work", "Home"')
  _, sentence = connect.choose({ WORK, copy(HOME, { name = "Work" }) }, "Work")
  lu.assertStrContains(sentence, '2 calendars are called "Work"')
  _, sentence = connect.choose({ TASKS, WORK }, "Tasks")
  lu.assertStrContains(sentence, "holds tasks only")
end

os.exit(lu.LuaUnit.run())
