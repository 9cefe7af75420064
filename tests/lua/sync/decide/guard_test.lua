-- What the guard counts and where its limits are; tests/functional/guard_test.lua has sides that are suddenly empty.
local guard = require "fmcal.sync.decide.guard"
local lu = require "luaunit"

local TARGET = { name = "work" }

-- @param presence of the event: "cleared" empties the entry's date
local function decision(key, kind, presence, of)
  local made = { key = key, view = {}, sides = { { target = TARGET } }, plan = { actions = { { kind = kind,
    step = { presence = presence or "both" } } } } }
  for name, value in pairs(of or {}) do made[name] = value end
  return made
end

local function gone(key, of)
  local made = decision(key, "delete", nil, of)
  made.view = nil
  return made
end

local function toll_of(...)
  local toll = guard.toll()
  for _, one in ipairs { ... } do guard.count(toll, one) end
  return toll
end

-- A run that knows so many entries besides `skipped` ones, and has lost some.
local function run_with(losses, known, skipped)
  local state = {
    count = function() return known + (skipped or 0) end,
    bases = function(_, status)
      local keys = {}
      for i = 1, status == "skipped" and skipped or 0 do keys[i] = "S-" .. i end
      return keys
    end,
  }
  local toll = guard.toll()
  for i = 1, losses do guard.count(toll, decision("X-" .. i, "delete")) end
  return { toll = toll, targets = { { name = "work", state = state } } }
end

TestCount = {}

function TestCount.test_what_is_destroyed()
  local toll = toll_of(decision("A", "delete"), decision("B", "update", "cleared"), decision("C", "update"), { key = "D", view = {}, sides = {} })
  lu.assertEquals({ toll.deletes, toll.clears, toll.cleared }, { 1, 1, { work = 1 } })
  lu.assertEquals(toll.keys, { A = true, B = true })
end

function TestCount.test_the_list_that_an_entry_is_gone_from()
  local epic = { sides = { { target = TARGET, remote = { event = { eventType = "epic" } } } } }
  lu.assertEquals(toll_of(gone "A", gone "B", gone("E", epic), gone "E.court-date").gone, { items = 2, epics = 2 })
  lu.assertEquals(toll_of(decision("A", "delete"), gone("B", { error = "no" })).gone, { items = 0, epics = 0 })
end

TestLimit = {}

function TestLimit.test_a_few_may_always_go()
  lu.assertNil(guard.check(run_with(0, 0)))
  lu.assertNil(guard.check(run_with(5, 5)))
  lu.assertStrContains(guard.check(run_with(6, 6)), "would delete 6 events and clear 0 dates of 6 known entries")
end

function TestLimit.test_a_quarter_may_go()
  lu.assertNil(guard.check(run_with(10, 40)))
  lu.assertStrContains(guard.check(run_with(10, 39)), "(the limit is 25 %)")
end

function TestLimit.test_a_limit_of_the_board_s_own()
  lu.assertNil(guard.check(run_with(20, 40), 0.5))
  lu.assertStrContains(guard.check(run_with(21, 40), 0.5), "(the limit is 50 %)")
  lu.assertStrContains(guard.check(run_with(6, 1000), 0), "(the limit is 0 %)")
end

function TestLimit.test_entries_that_were_skipped_are_not_known()
  lu.assertStrContains(guard.check(run_with(10, 39, 100)), "of 39 known entries")
end

function TestLimit.test_the_way_on_is_told()
  lu.assertStrContains(guard.check(run_with(6, 6)), "nothing was written. If that is meant, run it again with --allow-mass-delete")
end

os.exit(lu.LuaUnit.run())
