local lu = require "luaunit"
local strategies = require "fmcal.rules.strategies"

TestStrategies = {}

function TestStrategies.test_names_and_short_forms()
  for short, name in pairs { ["last-write"] = "last-write-wins", ["local"] = "local-wins", external = "external-wins",
    manual = "manual", ["local-wins"] = "local-wins" } do
    lu.assertEquals(strategies.full_name(short), name)
  end
  lu.assertNil(strategies.full_name("mine"))
  lu.assertEquals(strategies.NAMES[1], "last-write-wins")
end

function TestStrategies.test_the_last_write_wins_where_both_times_are_known()
  for _, case in ipairs { { 2, 1, "local" }, { 1, 2, "external" }, { 1, 1, "external" }, { nil, 1, "external" }, { 1, nil, "external" } } do
    lu.assertEquals(strategies.decide("last-write-wins", { local_time = case[1], external_time = case[2] }), case[3])
  end
end

os.exit(lu.LuaUnit.run())
