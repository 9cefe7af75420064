local lu = require "luaunit"
local sys = require "fmcal.sys"
local terminal = require "fmcal.cli.terminal"

TestTerminal = {}

function TestTerminal.test_cut()
  lu.assertEquals(terminal.cut("abc", 3), "abc")
  lu.assertEquals(terminal.cut("abcd", 3), "ab…")
  lu.assertEquals(terminal.cut("日本語", 4), "日…")
  lu.assertEquals(terminal.cut("abc", 0), "")
end

function TestTerminal.test_paint()
  lu.assertEquals(terminal.paint({ colour = true }, "green", "x"), "\27[32mx\27[0m")
  lu.assertEquals(terminal.paint({ colour = true }, nil, "x"), "x")
  lu.assertEquals(terminal.paint({ colour = false }, "green", "x"), "x")
end

function TestTerminal.test_clean_keeps_text()
  lu.assertEquals(terminal.clean("⚖️ “Smith” v. Jones\ttab\r\nline — é"), "⚖️ “Smith” v. Jones tab line — é")
  lu.assertEquals(terminal.clean(12), "12")
end

function TestTerminal.test_no_columns_where_there_is_no_terminal()
  if not sys.is_terminal("stdout") then
    lu.assertNil(terminal.of("stdout").columns)
    lu.assertFalse(terminal.of("stdout").colour)
  end
end

os.exit(lu.LuaUnit.run())
