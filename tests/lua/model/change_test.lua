-- Changes of runs as the state keeps them.
local change = require "fmcal.model.change"
local lu = require "luaunit"

TestChange = {}

-- There and back; programs read the text too, and a list is never an object there.
function TestChange.test_as_text()
  local doc = { did = "update", fields = { tags = { {}, { "a" }, n = 2 }, title = { nil, "x", nil, "y", n = 4 } } }
  local text = change.encode(doc)
  lu.assertStrContains(text, '[[],["a"]]')
  local back = change.decode(text)
  lu.assertEquals({ back.did, table.pack(change.values(back.fields.title)) }, { "update", { nil, "x", nil, "y", n = 4 } })
  lu.assertEquals(table.pack(change.values(back.fields.tags)), { {}, { "a" }, {}, { "a" }, n = 4 })
end

function TestChange.test_an_item_is_as_people_wrote_it()
  local subitems = { { id = "B", calendarSync = {} } }
  lu.assertEquals(change.item { id = "A", calendarSync = {}, subitems = subitems, metadata = { a = 1, courtDateSync = {} } },
    '{"id":"A","metadata":{"a":1},"subitems":[{"id":"B"}]}')
  lu.assertNotNil(subitems[1].calendarSync)
end

os.exit(lu.LuaUnit.run())
