local lu = require "luaunit"
local review = require "fmcal.sync.review"

local function refused(text)
  local plan, err = review.read(text, "plan.json")
  lu.assertNil(plan)
  lu.assertEquals(err.code, "invalid")
  return err.message
end

TestReview = {}

function TestReview.test_a_plan_is_read_back()
  local plan = review.sealed { format = "fmcal-plan-1", board = "/b.json", entries = {}, calendars = {}, options = {}, team = "t" }
  lu.assertEquals(review.read(review.text(plan), "plan.json").board, "/b.json")
  plan.team = "u"
  lu.assertStrContains(refused(review.text(plan)), "the plan plan.json was changed by hand")
end

function TestReview.test_what_is_no_plan()
  lu.assertEquals(refused("{\n]"):match("^the plan plan.json, line 2, column 1: "), "the plan plan.json, line 2, column 1: ")
  for _, text in ipairs { "{}", "[]", "1", "null", '{"format": "fmcal-plan-2"}' } do
    lu.assertEquals(refused(text), "plan.json is no plan of sync.lua --plan")
  end
  lu.assertEquals(refused '{"format": "fmcal-plan-1", "entries": {}}',
    "the plan plan.json: board is missing; make a new one with --plan")
end

os.exit(lu.LuaUnit.run())
