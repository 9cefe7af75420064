-- The functions that rules have in `lib`.
local lib = require "fmcal.rules.lib"
local lu = require "luaunit"

TestDates = {}

function TestDates.test_add_days()
  lu.assertEquals(lib.add_days("2026-02-27", 3), "2026-03-02")
  lu.assertEquals(lib.add_days("2026-03-01T10:00:00", -1), "2026-02-28T10:00:00")
end

function TestDates.test_weekday()
  lu.assertEquals({ lib.weekday("2026-02-15") }, { 7, "sunday" })
  lu.assertEquals({ lib.weekday("2026-02-16T23:59:00Z") }, { 1, "monday" })
  lu.assertEquals({ lib.weekday("1969-12-31") }, { 3, "wednesday" })
end

function TestDates.test_is_workday()
  lu.assertTrue(lib.is_workday("2026-02-16"))
  lu.assertFalse(lib.is_workday("2026-02-15"))
  lu.assertFalse(lib.is_workday("2026-12-25", { "2026-12-25" }))
  lu.assertFalse(lib.is_workday("2026-12-25T10:00:00", { ["2026-12-25"] = true }))
end

function TestDates.test_workday()
  lu.assertEquals(lib.workday("2026-02-13", 1), "2026-02-16") -- Friday, Monday
  lu.assertEquals(lib.workday("2026-02-16", -1), "2026-02-13")
  lu.assertEquals(lib.workday("2026-02-14", 0), "2026-02-16")
  lu.assertEquals(lib.workday("2026-02-16", 0), "2026-02-16")
  lu.assertEquals(lib.workday("2026-12-23", 2, { "2026-12-24", "2026-12-25" }), "2026-12-29")
  lu.assertEquals(lib.workday("2026-02-13T09:00:00", 6), "2026-02-23T09:00:00")
end

function TestDates.test_a_calendar_of_holidays_alone_ends()
  local always = setmetatable({}, { __index = function() return true end })
  lu.assertErrorMsgContains("not so many workdays", lib.workday, "2026-02-13", 1, always)
end

function TestDates.test_at()
  lu.assertEquals({ lib.at("2026-02-15", "09:00", "Europe/Rome") }, { "2026-02-15T09:00:00", "Europe/Rome" })
  lu.assertEquals({ lib.at("2026-02-15T18:00:00", "07:30:15") }, { "2026-02-15T07:30:15" })
end

function TestDates.test_chain()
  lu.assertEquals(lib.chain("-P7D", "-P1D", "-PT2H"), { "-P7D", "-P1D", "-PT2H" })
  lu.assertEquals(lib.chain(), {})
end

TestTexts = {}

function TestTexts.test_redact()
  lu.assertEquals(lib.redact("SSN 123-45-6789, 987-65-4321", "%d%d%d%-%d%d%-%d%d%d%d"), "SSN [redacted], [redacted]")
  lu.assertEquals(lib.redact("a1b2", "%d"), "a[redacted]b[redacted]")
  lu.assertEquals(lib.redact("abc", "x*"), "abc")
  lu.assertEquals(lib.redact("50%", "%%"), "50[redacted]")
end

function TestTexts.test_shorten_and_back()
  lu.assertEquals(lib.shorten("größer", 6), "größer")
  lu.assertEquals(lib.shorten("größeres", 6), "größe…")
  lu.assertEquals(lib.shorten("abc", 1), "…")
  for _, text in ipairs { "größeres Haus", "x", "", "already cut…" } do
    for n = 1, 14 do lu.assertEquals(lib.lengthen(lib.shorten(text, n), text), text, n) end
  end
  lu.assertEquals(lib.lengthen("grand…", "größeres"), "grand…")
  lu.assertEquals(lib.lengthen("edited", "größeres"), "edited")
  lu.assertEquals(lib.lengthen("new…", nil), "new…")
end

function TestTexts.test_slug()
  lu.assertEquals(lib.slug("  Smith v. Jones (№ 7) "), "smith-v-jones-7")
  lu.assertEquals(lib.slug("Größe Łódź Çelik"), "groesse-lodz-celik")
  lu.assertEquals(lib.slug("日本"), "")
end

function TestTexts.test_contains()
  lu.assertTrue(lib.contains({ "a", "b" }, "b"))
  lu.assertFalse(lib.contains({ "a" }, "b"))
  lu.assertFalse(lib.contains(nil, "b"))
end

-- Misuse names the function and blames the caller's line.
function TestTexts.test_misuse()
  for name, arguments in pairs { add_days = { "tomorrow", 1 }, weekday = { 5 }, workday = { "2026-02-15", 1.5 }, is_workday = {},
    at = { "2026-02-15", "9" }, chain = { "soon" }, redact = { 5, "x" }, shorten = { "x", 0 }, lengthen = { 5 }, slug = {},
    contains = { 5 } } do
    local ok, message = pcall(function()
      local value = lib[name](table.unpack(arguments, 1, 3))
      return value
    end)
    lu.assertFalse(ok, name)
    lu.assertStrContains(message, ("lib_test.lua:%d: lib.%s: expected "):format(debug.getinfo(1, "l").currentline - 4, name))
  end
  lu.assertErrorMsgContains("zone name", lib.at, "2026-02-15", "09:00", "Rome")
  lu.assertErrorMsgContains("time of day", lib.at, "2026-02-15", "29:00")
end

os.exit(lu.LuaUnit.run())
