local lu = require "luaunit"
local served = require "served"

local function pushed()
  local place = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  place:edit(function(board) board.items[1].title = "Second" end)
  place:sync()
  return place
end

local function titles(place)
  return { place:item("A").title, (select(2, place:event "A"):match("SUMMARY:([^\r]*)")) }
end

TestUndo = {}

function TestUndo.test_the_last_run_and_back()
  local place <close> = pushed()
  local dry = place:done("undo", { dryRun = true })
  lu.assertEquals({ dry.dry_run, dry.actions[1].key }, { true, "A" })
  lu.assertEquals(titles(place), { "Second", "Second" })
  local run = place:done "undo"
  lu.assertEquals({ run.success, run.reverted.run }, { true, 2 })
  lu.assertEquals(titles(place), { "First", "First" })
  place:done("undo", { redo = true })
  lu.assertEquals(titles(place), { "Second", "Second" })
end

function TestUndo.test_one_entry_of_a_run()
  local place <close> = pushed()
  place:done("undo", { run = 2, only = { "A" } })
  lu.assertEquals(titles(place), { "First", "First" })
end

function TestUndo.test_what_is_asked_wrongly()
  local place <close> = pushed()
  for member, asked in pairs { run = { run = 1.5 }, redo = { redo = true, run = 2 }, only = { only = "A" } } do
    lu.assertEquals(place:not_done("undo", asked).member, member)
  end
  lu.assertFalse(place:done("undo", { run = 99 }).success)
end

os.exit(lu.LuaUnit.run())
