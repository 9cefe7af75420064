local file = require "fmcal.rules.file"
local lu = require "luaunit"

local TEXT = [[
local room = "x" -- a name that stands elsewhere too
return {
  to_event = function(entry, ctx) room = 1 end,
  fields = { first = "url",
    room = { event = "location" },
    ["metadata.room"] = { event = "x:ROOM" }, ['a b'] = 1,
    courtroom = "x:C",
  },
}]]

TestPlace = {}

function TestPlace.test_the_line_on_which_a_member_is_declared()
  for member, line in pairs { first = 4, room = 5, ["metadata.room"] = 6, ["a b"] = 6, courtroom = 7 } do
    lu.assertEquals(file.place_of_field("rules.lua", TEXT, member), "rules.lua:" .. line)
  end
end

-- A file beside the rules file may declare it.
function TestPlace.test_where_the_text_does_not_show_it()
  lu.assertEquals(file.place_of_field("rules.lua", TEXT, "other"), "rules.lua")
  lu.assertEquals(file.place_of_field("rules.lua", TEXT, nil), "rules.lua")
end

os.exit(lu.LuaUnit.run())
