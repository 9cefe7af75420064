local did_you_mean = require "fmcal.util.did_you_mean"
local lu = require "luaunit"

local KNOWN = { "caldav", "apple", "google" }

TestDidYouMean = {}

function TestDidYouMean.test_the_nearest()
  lu.assertEquals(did_you_mean("gogle", KNOWN), ": did you mean 'google'?")
  lu.assertEquals(did_you_mean("calv", KNOWN), ": did you mean 'caldav'?")
  lu.assertEquals(did_you_mean("APPEL", KNOWN), ": did you mean 'apple'?")
  lu.assertEquals(did_you_mean("court-1", { "COURT-1" }), ": did you mean 'COURT-1'?")
  lu.assertEquals(did_you_mean("caldev", KNOWN, ", or %q"), ', or "caldav"')
end

function TestDidYouMean.test_nothing_where_none_is_near()
  lu.assertEquals({ did_you_mean("outlook", KNOWN), did_you_mean("x", {}) }, { "", "" })
end

-- Two slips are allowed in a short name, a third of the letters in a long one.
function TestDidYouMean.test_how_near()
  lu.assertEquals(did_you_mean("abcd", { "abxx" }), ": did you mean 'abxx'?")
  lu.assertEquals(did_you_mean("abcd", { "axxx" }), "")
  lu.assertEquals(did_you_mean("abcdefghijkl", { "xxxxefghijkl" }), ": did you mean 'xxxxefghijkl'?")
  lu.assertEquals(did_you_mean("abcdefghijkl", { "xxxxxfghijkl" }), "")
end

os.exit(lu.LuaUnit.run())
