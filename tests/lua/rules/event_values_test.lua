local event_values = require "fmcal.rules.event_values"
local json = require "fmcal.json"
local lu = require "luaunit"

TestValues = {}

function TestValues.test_there_and_back_in_the_type_of_the_board()
  for _, value in ipairs { "text", "5", 5, 1.5, true, false, json.array { "a", "b,c" } } do
    local said = event_values.encode("any", value)
    lu.assertIsString(said)
    lu.assertEquals(event_values.decode(said, value), value)
  end
end

function TestValues.test_what_is_of_another_type_stays_a_text()
  lu.assertEquals(event_values.decode("many", 5), "many")
  lu.assertEquals(event_values.decode("7", nil), "7")
  lu.assertEquals(event_values.decode("7", "text"), "7")
  lu.assertEquals(event_values.decode("yes", true), "yes")
end

function TestValues.test_true_and_false_as_icalendar_writes_them()
  lu.assertIsFalse(event_values.decode("FALSE", true))
  lu.assertEquals(event_values.decode("TRUE", 1), "TRUE")
end

function TestValues.test_nothing_takes_away_what_is_there()
  lu.assertEquals(event_values.encode("text", nil), "")
  lu.assertEquals(event_values.encode("any", nil), "")
  lu.assertEquals(event_values.encode("durations", nil), {})
  lu.assertEquals({ event_values.encode("boolean", nil, true), event_values.encode("boolean", nil, false) }, { false, true })
end

function TestValues.test_the_order_of_a_list_does_not_count()
  lu.assertTrue(event_values.same({ "a", "b" }, { "b", "a" }))
  lu.assertFalse(event_values.same({ "a" }, { "a", "a" }))
  lu.assertFalse(event_values.same({ "a" }, "a"))
end

os.exit(lu.LuaUnit.run())
