-- The state is lost, damaged, old, or made with another calendar: no event twice, none deleted, no edit lost.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local STATE = ".fmcal/academy.db"

local function item(id, title, due)
  return { id = id, title = title, dueDate = due, status = "todo" }
end

-- A board in step with its calendar.
local function in_step()
  local place = commands.place(commands.board { item("K-1", "One", "2031-01-01"), item("K-2", "Two", "2031-01-02"),
    item("K-3", "Three", "2031-01-03") })
  os.execute("mkdir " .. place:file("calendars/other"))
  place:expect(0, "sync.lua -q board.json")
  return place
end

local function events(place, calendar)
  return shell.lines(("cd %s && ls"):format(place:file("calendars/" .. (calendar or "academy"))))
end

local function point_to(place, calendar)
  place:edit(function(board) board.calendarConfig.calendarId = calendar end)
end

-- The next run finds nothing to do.
local function assert_settled(place)
  local before = place:board_and_events()
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:board_and_events(), before)
end

TestState = {}

function TestState.test_a_damaged_one_is_set_aside()
  local place <close> = in_step()
  place:edit(function(board) board.items[1].title, board.items[1].updatedAt = "Edited here", "2099-01-01T00:00:00Z" end)
  place:edit_event("K-2", "SUMMARY:Two", "SUMMARY:Edited there")
  place:edit_event("K-2", "LAST%-MODIFIED:%d+", "LAST-MODIFIED:20990101")
  place:write(STATE, "this is no database, but long enough to be taken for one that was damaged: " .. ("x"):rep(5000))
  local _, errors = place:expect(0, "sync.lua -q board.json")
  lu.assertStrContains(errors, "set aside")
  lu.assertEquals(events(place), { "K-1.ics", "K-2.ics", "K-3.ics" })
  lu.assertStrContains(select(2, place:event("K-1")), "SUMMARY:Edited here")
  lu.assertEquals(place:item("K-2").title, "Edited there")
  assert_settled(place)
end

-- Each command that meets it says in one sentence which file it is and what becomes of it.
function TestState.test_a_damaged_one_is_told()
  local place <close> = in_step()
  for _, text in ipairs { "no database", "no database: " .. ("x"):rep(5000) } do
    place:write(STATE, text)
    os.execute(("rm -f %s-*"):format(place:file(STATE)))
    for _, words in ipairs { "status.lua board.json", "events.lua board.json", "history.lua board.json", "explain.lua board.json K-1",
      "sync.lua -q board.json --dry-run" } do
      local _, errors = place:expect(0, words)
      lu.assertStrMatches(errors, "%S+%.lua: warning: the state " .. place:file(STATE):gsub("%p", "%%%0")
        .. " is damaged %([^()]+%): it is left there, and this goes on without it\n")
      lu.assertEquals(place:read(STATE), text)
    end
    lu.assertStrContains(place:expect(0, "doctor.lua board.json"), "the next sync sets it aside")
    local _, errors = place:expect(0, "sync.lua -q board.json")
    lu.assertStrMatches(errors, "sync%.lua: warning: the state %S+ was damaged %([^()]+%): it was set aside as %S+, "
      .. "and is rebuilt from the calendar\n")
    local aside = errors:match("aside as (%S+),")
    lu.assertEquals(shell.read(aside), text)
    os.remove(aside)
    assert_settled(place)
  end
end

-- As after a restore from a backup: what both sides have agreed on since is found to be equal.
function TestState.test_an_old_one()
  local place <close> = in_step()
  local backup = place:read(STATE)
  place:edit(function(board)
    board.items[1].title = "Edited here"
    board.items[3] = item("K-4", "Four", "2031-01-04")
  end)
  place:edit_event("K-2", "SUMMARY:Two", "SUMMARY:Edited there")
  place:expect(0, "sync.lua -q board.json")
  place:write(STATE, backup)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(events(place), { "K-1.ics", "K-2.ics", "K-4.ics" })
  lu.assertEquals({ place:item("K-1").title, place:item("K-2").title, place:item("K-4").title },
    { "Edited here", "Edited there", "Four" })
  assert_settled(place)
end

function TestState.test_another_calendar_is_started_afresh()
  local place <close> = in_step()
  local before = place:read("calendars/academy/K-1.ics")
  point_to(place, "other")
  place:edit(function(board)
    board.items[1].title = "Edited here"
    board.items[3].dueDate = json.null
  end)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(events(place, "other"), { "K-1.ics", "K-2.ics" })
  lu.assertEquals(events(place), { "K-1.ics", "K-2.ics", "K-3.ics" })
  lu.assertEquals(place:read("calendars/academy/K-1.ics"), before)
  assert_settled(place)
end

function TestState.test_and_back_again()
  local place <close> = in_step()
  point_to(place, "other")
  place:expect(0, "sync.lua -q board.json")
  point_to(place, "academy")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(events(place), { "K-1.ics", "K-2.ics", "K-3.ics" })
  lu.assertEquals(events(place, "other"), { "K-1.ics", "K-2.ics", "K-3.ics" })
  assert_settled(place)
end

-- An empty calendar that the state was not made with has lost nothing: no date is cleared.
function TestState.test_an_empty_calendar_clears_no_dates()
  local place <close> = in_step()
  point_to(place, "other")
  place:expect(0, "sync.lua -q board.json --direction inbound")
  for i = 1, 3 do lu.assertEquals(place:item("K-" .. i).dueDate, "2031-01-0" .. i) end
  lu.assertEquals(events(place, "other"), {})
end

os.exit(lu.LuaUnit.run())
