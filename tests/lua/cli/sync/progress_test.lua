local lu = require "luaunit"
local progress = require "fmcal.cli.sync.progress"
local sys = require "fmcal.sys"

TestProgress = {}

function TestProgress.test_line()
  lu.assertEquals(progress.line(80, "write", 6, 12, "vdir"), ("█"):rep(12) .. ("░"):rep(12) .. " vdir: writing 6/12")
  lu.assertEquals(progress.line(80, "open", 0, 0, "apple"), "apple: reading the calendar")
  lu.assertEquals(progress.line(80, "else", 0, 0), "else")
end

function TestProgress.test_line_is_narrower_than_the_terminal()
  lu.assertEquals(sys.width(progress.line(20, "write", 6, 12, "日本語日本語")), 19)
end

function TestProgress.test_quiet_bar_draws_nothing()
  local bar = progress.new(true)
  bar:show("write", 1, 2)
  bar:clear()
  lu.assertFalse(bar.on)
  lu.assertNil(bar.drawn_ms)
end

os.exit(lu.LuaUnit.run())
