-- What becomes of the base where a team declares its fields by other members of the event.
local lu = require "luaunit"
local remapped = require "fmcal.model.remapped"

TestRemapped = {}

local function known()
  return { l = { [".room"] = "4", [".num"] = "five" }, r = { [".room"] = "4", [".num"] = "five" },
    by = { [".room"] = "location", [".num"] = "x:NUM" } }
end

local function base_of(own, version)
  return remapped.base(known(), { version = version }, own)
end

function TestRemapped.test_as_declared_before_it_stays()
  local same = known()
  local own = { { field = ".room", event = "location" }, { field = ".num", event = "x:NUM" } }
  lu.assertIs(remapped.base(same, { version = { [".room"] = "9" } }, own), same)
  lu.assertEquals(remapped.members(own), same.by)
  lu.assertNil(remapped.members {})
end

function TestRemapped.test_nothing_is_known_of_a_new_member()
  local base = base_of({ { field = ".room", event = "x:ROOM" } }, {})
  lu.assertEquals({ base.l[".room"], base.r[".room"], base.open[".room"] }, {})
  lu.assertEquals(base.r[".num"], "five")
end

function TestRemapped.test_what_fmcal_wrote_for_another_field_is_no_edit()
  local base = base_of({ { field = ".room", event = "x:NUM" }, { field = ".num", event = "location" } },
    { [".room"] = "five", [".num"] = "4" })
  lu.assertEquals({ base.r[".room"], base.r[".num"] }, { "five", "4" })
  lu.assertEquals(base.open, {})
end

function TestRemapped.test_what_a_person_wrote_there_is_in_conflict()
  local base = base_of({ { field = ".room", event = "url" } }, { [".room"] = "https://example.org/" })
  lu.assertEquals(base.open, { [".room"] = true })
end

os.exit(lu.LuaUnit.run())
