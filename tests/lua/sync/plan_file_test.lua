local lu = require "luaunit"
local plan_file = require "fmcal.sync.plan_file"

local function refused(text)
  local plan, err = plan_file.read(text, "plan.json")
  lu.assertNil(plan)
  lu.assertEquals(err.code, "invalid")
  return err.message
end

TestPlanFile = {}

function TestPlanFile.test_a_plan_is_read_back()
  local plan = plan_file.close { board = "/b.json", changes = {}, calendars = {}, options = {}, team = "t" }
  lu.assertEquals(plan_file.read(plan_file.text(plan), "plan.json").board, "/b.json")
  plan.team = "u"
  lu.assertStrContains(refused(plan_file.text(plan)), "the plan plan.json was changed by hand")
end

function TestPlanFile.test_what_is_no_plan()
  lu.assertEquals(refused("{\n]"):match("^the plan plan.json, line 2, column 1: "), "the plan plan.json, line 2, column 1: ")
  for _, text in ipairs { "{}", "[]", "1", "null", '{"format": "fmcal-plan-x"}' } do
    lu.assertEquals(refused(text), "plan.json is no plan of sync.lua --plan")
  end
  lu.assertEquals(refused '{"format": "fmcal-plan-2", "changes": {}}',
    "the plan plan.json: board is missing; make a new one with --plan")
end

os.exit(lu.LuaUnit.run())
