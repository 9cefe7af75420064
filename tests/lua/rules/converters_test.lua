local converters = require "fmcal.rules.converters"
local lu = require "luaunit"

TestMap = {}

function TestMap.test_there_and_back()
  local map = { urgent = "high", later = "low", [1] = "one" }
  for here, there in pairs(map) do
    lu.assertEquals(converters.mapped(map, here), there)
    lu.assertEquals(converters.unmapped(map, there), here)
  end
end

function TestMap.test_what_is_not_in_it_passes_through()
  for _, value in ipairs { "medium", 7, true } do
    lu.assertEquals(converters.mapped({ a = "b" }, value), value)
    lu.assertEquals(converters.unmapped({ a = "b" }, value), value)
    lu.assertEquals(converters.mapped(nil, value), value)
  end
  lu.assertNil(converters.mapped({ a = "b" }, nil))
end

function TestMap.test_lists_are_mapped_one_by_one()
  lu.assertEquals(converters.mapped({ a = "b" }, { "a", "c" }), { "b", "c" })
  lu.assertEquals(converters.unmapped({ a = "b" }, { "b", "c" }), { "a", "c" })
end

-- An event says a number as its digits.
function TestMap.test_what_is_no_text_comes_back_from_a_text()
  local map = { open = 1, closed = true, [5] = "five" }
  for said, here in pairs { ["1"] = "open", ["true"] = "closed", five = 5 } do
    lu.assertEquals({ converters.unmapped(map, said) }, { here, true })
  end
  lu.assertEquals({ converters.unmapped(map, "2") }, { "2", false })
  lu.assertEquals({ converters.unmapped(map, { "1", "2" }) }, { { "open", "2" }, true })
end

TestWrapped = {}

function TestWrapped.test_there_and_back()
  for _, field in ipairs { { prefix = "[X] " }, { suffix = " (!)" }, { prefix = "%d ", suffix = "." }, {} } do
    for _, text in ipairs { "plain", "", "[X] twice", "a (!)", "%d %d" } do
      lu.assertEquals(converters.unwrapped(field, converters.wrapped(field, text)), text)
    end
  end
end

function TestWrapped.test_what_a_person_took_off_is_not_missed()
  local field = { prefix = "[X] ", suffix = "!" }
  lu.assertEquals(converters.unwrapped(field, "bare"), "bare")
  lu.assertEquals(converters.unwrapped(field, "[X] half"), "half")
  lu.assertEquals(converters.unwrapped(field, "half!"), "half")
end

os.exit(lu.LuaUnit.run())
