local lu = require "luaunit"
local time = require "fmcal.time"

TestTime = {}

function TestTime.test_now_and_epoch_agree()
  local before = time.epoch()
  local now = assert(time.parse(time.now()))
  lu.assertEquals(now.kind, "utc")
  lu.assertTrue(now.epoch >= before and now.epoch <= time.epoch())
end

function TestTime.test_sleep_takes_time()
  local before = time.monotonic_ms()
  time.sleep(5)
  lu.assertTrue(time.monotonic_ms() - before >= 4)
  lu.assertErrorMsgContains("negative", time.sleep, -1)
end

function TestTime.test_parse()
  lu.assertEquals(time.parse("2026-02-15T10:00:30-08:00"), { kind = "offset", year = 2026, month = 2, day = 15,
    hour = 10, min = 0, sec = 30, offset_s = -28800, epoch = 1771178430 })
  lu.assertEquals(time.parse("2026-02-15").kind, "date")
  lu.assertEquals(time.parse("2026-02-15T10:00:00").kind, "local")
  local none, err = time.parse("2026-02-30")
  lu.assertNil(none)
  lu.assertEquals(err.code, "parse")
  lu.assertStrContains(tostring(err), "2026-02-30")
  lu.assertError(time.parse, nil)
end

function TestTime.test_format()
  lu.assertEquals(time.format(1771178430), "2026-02-15T18:00:30Z")
  lu.assertEquals(time.format_offset(1771178430, -28800), "2026-02-15T10:00:30-08:00")
  lu.assertEquals(time.format_offset(1771178430, 20700), "2026-02-15T23:45:30+05:45")
  for _, far in ipairs { math.maxinteger, math.mininteger } do
    local none, err = time.format(far)
    lu.assertNil(none)
    lu.assertEquals(err.code, "invalid")
  end
  lu.assertError(time.format_offset, 0, 86400)
end

function TestTime.test_zones()
  lu.assertTrue(time.is_zone("Europe/Rome"))
  lu.assertFalse(time.is_zone("Europe/Atlantis"))
  lu.assertEquals(time.to_utc("2026-02-15T10:00:00", "America/Los_Angeles"), 1771178400)
  lu.assertEquals(time.to_utc("2026-02-15", "Etc/UTC"), 1771113600)
  lu.assertEquals(time.format(time.to_utc("2026-03-29T02:30:00", "Europe/Rome")), "2026-03-29T01:30:00Z")
  lu.assertEquals(time.format(time.to_utc("2026-10-25T02:30:00", "Europe/Rome")), "2026-10-25T00:30:00Z")
  lu.assertEquals({ time.to_zone(1771178400, "America/Los_Angeles") }, { "2026-02-15T10:00:00", -28800 })
  lu.assertEquals({ time.to_zone(1771178400, "Asia/Kathmandu") }, { "2026-02-15T23:45:00", 20700 })
end

function TestTime.test_zone_failures()
  local none, err = time.to_utc("2026-02-15T10:00:00", "Mars/Olympus")
  lu.assertNil(none)
  lu.assertEquals(err.code, "notfound")
  none, err = time.to_utc("2026-02-15T10:00:00Z", "Europe/Rome")
  lu.assertNil(none)
  lu.assertEquals(err.code, "invalid")
  none, err = time.to_utc("tomorrow", "Europe/Rome")
  lu.assertNil(none)
  lu.assertEquals(err.code, "parse")
  none, err = time.to_zone(math.maxinteger, "Europe/Rome")
  lu.assertNil(none)
  lu.assertEquals(err.code, "invalid")
end

function TestTime.test_add_days()
  lu.assertEquals(time.add_days("2026-02-28", 1), "2026-03-01")
  lu.assertEquals(time.add_days("2024-03-01", -1), "2024-02-29")
  lu.assertEquals(time.add_days("2026-02-28T10:00:00-08:00", 1), "2026-03-01T10:00:00-08:00")
  local none, err = time.add_days("9999-12-31", 1)
  lu.assertNil(none)
  lu.assertEquals(err.code, "invalid")
  lu.assertError(time.add_days, "2026-01-01", math.maxinteger)
end

os.exit(lu.LuaUnit.run())
