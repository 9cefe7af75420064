local lu = require "luaunit"
local served = require "served"

local function edited()
  local place = served.synced { { id = "A", title = "First", dueDate = "2027-01-01" } }
  place:edit(function(board) board.items[1].title = "Second" end)
  return place
end

TestApply = {}

function TestApply.test_exactly_the_plan()
  local place <close> = edited()
  local plan = place:see("plan")
  local run = place:done("apply", { plan = plan.plan, who = "kim@desk" })
  lu.assertEquals({ run.success, run.changes }, { true, 1 })
  lu.assertStrContains(select(2, place:event "A"), "SUMMARY:Second")
  lu.assertEquals(place:not_done("apply", { plan = plan.plan }).code, "precondition")
end

function TestApply.test_a_plan_whose_entry_was_edited_since()
  local place <close> = edited()
  local plan = place:see("plan").plan
  place:edit(function(board) board.items[1].title = "Third" end)
  local err = place:not_done("apply", { plan = plan })
  lu.assertEquals(err.code, "precondition")
  lu.assertStrContains(err.message, "A has been edited on the board since")
  lu.assertStrContains(select(2, place:event "A"), "SUMMARY:First")
end

-- Where files lie is the server's business.
function TestApply.test_a_plan_of_another_board()
  local place <close> = edited()
  local other <close> = edited()
  lu.assertEquals(place:not_done("apply", { plan = other:see("plan").plan }).code, "notfound")
  lu.assertEquals(place:not_done("apply", { plan = place:see("plan", { state = place:file "elsewhere.db" }).plan }).code, "notfound")
  lu.assertStrContains(select(2, other:event "A"), "SUMMARY:First")
end

function TestApply.test_what_is_no_plan()
  local place <close> = edited()
  for _, text in ipairs { "", "{}", "5" } do lu.assertEquals(place:not_done("apply", { plan = text }).code, "invalid") end
end

os.exit(lu.LuaUnit.run())
