-- UIDs of names that a calendar would not give back as they are.
local commands = require "commands"
local lu = require "luaunit"
local names = require "fmcal.names"

TestNames = {}

function TestNames.test_a_plain_name_stands_as_it_is()
  for _, name in ipairs { "XACA-0040", "E-1.court-date", "50% off", "naïve", "a b " } do
    lu.assertEquals(names.uid(name), name .. "@fleetmonitor")
  end
end

function TestNames.test_every_name_comes_back_and_no_two_are_one()
  local seen = {}
  for _, name in ipairs { " X", "X", "%20X", "%2520X", "  X", "X 1", "%X", "é%", "%", "%%", " ", "% X", "" } do
    local uid = names.uid(name)
    lu.assertNil(uid:find("^%s"), uid)
    lu.assertNil(seen[uid], uid)
    lu.assertTrue(names.is_ours(uid))
    lu.assertEquals(names.of_uid(uid), name)
    seen[uid] = true
  end
end

function TestNames.test_court_dates()
  lu.assertEquals(names.court_date "E-1", "E-1.court-date")
  lu.assertTrue(names.is_court_date(names.court_date "E-1"))
  lu.assertFalse(names.is_court_date "E-1")
  lu.assertEquals({ names.key("E-1", "court-date"), names.key("E-1", "epic") }, { "E-1.court-date", "E-1" })
end

function TestNames.test_whose()
  lu.assertFalse(names.is_ours(nil))
  lu.assertFalse(names.is_ours("a@example.org"))
end

-- Through a sync: entries whose ids differ in a blank have an event each, and keep it.
function TestNames.test_ids_with_blanks()
  local items = {}
  for i, id in ipairs { " X-1", "X-1", "X-1 ", "%20X-1", "  X-1" } do
    items[i] = { id = id, title = "Title " .. i, dueDate = "2027-03-1" .. i }
  end
  local place <close> = commands.place(commands.board(items))
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "5 created")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "5 unchanged")
  place:edit(function(board)
    for _, item in ipairs(board.items) do item.title = item.title .. ", again" end
  end)
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "5 updated")
  place:edit(function(board)
    for _, item in ipairs(board.items) do item.dueDate = nil end
  end)
  lu.assertStrContains(place:expect(0, "sync.lua board.json --allow-mass-delete"), "5 deleted")
  lu.assertEquals(place:count_events(), 0)
end

os.exit(lu.LuaUnit.run())
