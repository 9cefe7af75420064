-- A team that is called otherwise from now on keeps its events.
local commands = require "commands"
local lu = require "luaunit"

local function renamed()
  local place = commands.place(commands.board {
    { id = "A", title = "First", dueDate = "2027-03-10" }, { id = "B", title = "Second", dueDate = "2027-03-11" } })
  place:expect(0, "sync.lua board.json")
  place:edit(function(board) board.team = "faculty" end)
  return place
end

TestRenamedTeam = {}

function TestRenamedTeam.test_events_of_the_old_name_are_refused_and_the_way_on_is_said()
  local place <close> = renamed()
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "sync.lua --adopt-team academy")
end

function TestRenamedTeam.test_doctor_names_the_old_name()
  local place <close> = renamed()
  local out = place:expect(0, "doctor.lua board.json")
  lu.assertStrContains(out, "no run of team faculty yet, but team academy was synced from this board")
  lu.assertStrContains(out, "sync.lua --adopt-team academy")
end

function TestRenamedTeam.test_events_of_the_old_name_are_taken_over()
  local place <close> = renamed()
  place:expect(0, "sync.lua board.json --adopt-team academy")
  for _, id in ipairs { "A", "B" } do
    lu.assertStrContains(select(2, place:event(id)), "X-TEAM:faculty")
    lu.assertEquals(place:item(id).calendarSync.syncStatus, "synced")
  end
  lu.assertEquals(place:count_events(), 2)
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "2 unchanged")
end

function TestRenamedTeam.test_the_old_name_is_remembered()
  local place <close> = renamed()
  place:expect(0, "sync.lua board.json --adopt-team academy --only A")
  place:expect(0, "sync.lua board.json")
  lu.assertStrContains(select(2, place:event("B")), "X-TEAM:faculty")
end

function TestRenamedTeam.test_other_teams_stay_others()
  local place <close> = renamed()
  place:expect(1, "sync.lua board.json --adopt-team somebody")
  lu.assertStrContains(select(2, place:event("A")), "X-TEAM:academy")
end

os.exit(lu.LuaUnit.run())
