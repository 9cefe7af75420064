-- What is decided about an entry is left as it is by the stages behind.
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local mock = require "fmcal.mock"
local place_of = require "policy_place"
local plan = require "fmcal.sync.decide.plan"

local function copy(value)
  if type(value) ~= "table" then return value end
  local made = {}
  for name, member in pairs(value) do made[name] = type(member) == "function" and "a function" or copy(member) end
  return made
end

-- Runs `act` and compares each result of the planner with what it is afterwards.
local function watching_the_planner(act)
  local entry, kept = plan.entry, {}
  plan.entry = function(...)
    local planned = entry(...)
    kept[#kept + 1] = { planned = planned, before = copy { cur = planned.cur.version, pulled = planned.pulled } }
    for i, action in ipairs(planned.actions) do
      kept[#kept].before[i] = copy { kind = action.kind, push = action.push, version = action.version, step = action.step }
      kept[#kept].members = 0
      for _ in pairs(action) do kept[#kept].members = kept[#kept].members + 1 end
    end
    return planned
  end
  local ok, raised = xpcall(act, debug.traceback)
  plan.entry = entry
  lu.assertTrue(ok, raised)
  for _, one in ipairs(kept) do
    local after, members = copy { cur = one.planned.cur.version, pulled = one.planned.pulled }, 0
    for i, action in ipairs(one.planned.actions) do
      after[i] = copy { kind = action.kind, push = action.push, version = action.version, step = action.step }
      members = 0
      for _ in pairs(action) do members = members + 1 end
    end
    lu.assertEquals(after, one.before)
    lu.assertEquals(members, one.members)
  end
  return #kept
end

local function world()
  local server = mock.server()
  return { name = "mock", options = {}, server = server, config = { provider = "mock" },
    providers = { mock = core.new("mock", {}, server) } }
end

TestDecision = {}

function TestDecision.test_the_result_of_the_planner_is_not_altered()
  local place <close> = place_of.new(world(), { items = {
    { id = "A-1", title = "One", dueDate = "2027-03-01", subitems = { { id = "A-1-1", title = "Sub", dueDate = "2027-03-02" } } },
    { id = "A-2", title = "Two", dueDate = "2027-03-03" }, { id = "A-3", title = "Three", dueDate = "2027-03-04" } } })
  place:expect(0)
  place:edit_event("A-1", { title = "Moved", dueDate = "2027-04-01", endDate = false })
  place:edit_event("A-1-1", { title = "Another parent > Sub" })
  place:edit_text("A-2", "END:VEVENT", "ORGANIZER:mailto:a@example.org\r\nATTENDEE:mailto:b@example.org\r\nEND:VEVENT")
  place:delete_event("A-3")
  place:edit("A-2", { title = "Held back" })
  local result
  local planned = watching_the_planner(function() result = place:sync { allow_mass_delete = true } end)
  lu.assertTrue(planned >= 4, planned)
  lu.assertEquals(#result.held, 1)
  place:edit("A-1", { status = "done" }) -- what only goes out waits in a run that only reads
  planned = watching_the_planner(function() result = place:sync { direction = "inbound" } end)
  lu.assertTrue(planned >= 1, planned)
  lu.assertStrContains(result.message, "inbound")
end

os.exit(lu.LuaUnit.run())
