local lu = require "luaunit"
local quantity = require "fmcal.util.quantity"

TestQuantity = {}

function TestQuantity.test_only_one_is_singular()
  lu.assertEquals({ quantity(0, "event"), quantity(1, "event"), quantity(2, "event") }, { "0 events", "1 event", "2 events" })
end

function TestQuantity.test_a_plural_of_its_own()
  lu.assertEquals({ quantity(1, "entry", "entries"), quantity(3, "entry", "entries") }, { "1 entry", "3 entries" })
end

os.exit(lu.LuaUnit.run())
