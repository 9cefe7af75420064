-- Personal text in other words.
local lu = require "luaunit"
local mask = require "fmcal.trial.mask"

TestMask = {}

function TestMask.test_lengths_marks_and_case_stay()
  local masked = mask.new({}):text "Call Kimberley Müllerin, 0171-47114711 — 📎 (日本国憲法)!"
  lu.assertStrMatches(masked, "%u%l%l%l %u%l+ %u[\xC3].%l%l%l%l%l%l, %d%d%d%d%-%d%d%d%d%d%d%d%d — 📎 %(.+%)!")
  lu.assertEquals(#masked, #"Call Kimberley Müllerin, 0171-47114711 — 📎 (日本国憲法)!")
  lu.assertNotStrContains(masked, "Kimberley")
  lu.assertNotStrContains(masked, "47114711")
  lu.assertNotStrContains(masked, "日本国憲法")
end

function TestMask.test_repeats_stay()
  local masked = mask.new({}):text "Kim and kim and KIM"
  local first, second, third = masked:match("^(%a+) %a+ (%a+) %a+ (%a+)$")
  lu.assertEquals({ first:lower(), second:lower() }, { third:lower(), third:lower() })
end

-- Whoever has two recordings cannot compare them.
function TestMask.test_each_mask_has_a_secret_of_its_own()
  lu.assertNotEquals(mask.new({}):text("Jonathan Abernathy"), mask.new({}):text("Jonathan Abernathy"))
end

function TestMask.test_words_that_are_kept()
  lu.assertStrMatches(mask.new({ "[ACADEMY] " }):text("[ACADEMY] Kim"), "%[ACADEMY%] %u%l%l")
end

function TestMask.test_what_is_no_utf8()
  lu.assertEquals(mask.new({}):text("Kim \xFF"), "xxx \xFF")
end

os.exit(lu.LuaUnit.run())
