local layout = require "fmcal.cli.table"
local lu = require "luaunit"
local sys = require "fmcal.sys"

local PLAIN = { colour = false }

local function view(columns)
  return { colour = false, columns = columns }
end

TestTable = {}

function TestTable.test_columns_are_as_wide_as_they_need()
  local lines = layout.lines(PLAIN, { { title = "Id" }, { title = "Title" }, { title = "N", right = true } },
    { { "A", "📊 chart", 5 }, { "BBB", "x", 12 } })
  lu.assertEquals(lines, { "Id   Title      N", "A    📊 chart   5", "BBB  x         12" })
end

function TestTable.test_nothing_is_cut_without_a_terminal()
  local long = ("x"):rep(500)
  lu.assertEquals(layout.lines(PLAIN, { { title = "T", shrinks = true } }, { { long } })[2], long)
end

-- A calendar may send any title; time that grows with its square would keep this test for hours.
function TestTable.test_a_title_of_a_megabyte_is_a_row_like_others()
  local long = ("x"):rep(2 ^ 20)
  local lines = layout.lines(PLAIN, { { title = "Title" }, { title = "Why" } }, { { long, "edited" }, { "a", "" }, { "", "" } })
  lu.assertEquals(lines[1], "Title" .. (" "):rep(2 ^ 20 - 5) .. "  Why")
  lu.assertEquals({ lines[2], lines[3], lines[4] }, { long .. "  edited", "a", "" })
end

function TestTable.test_the_widest_column_shrinks_until_it_fits()
  local columns = { { title = "Id" }, { title = "Title", shrinks = true }, { title = "Why", shrinks = true } }
  local lines = layout.lines(view(30), columns, { { "XACA-0040", ("日本"):rep(20), "new on the board" } })
  for _, line in ipairs(lines) do lu.assertTrue(sys.width(line) <= 30, line) end
  lu.assertStrContains(lines[2], "XACA-0040")
  lu.assertStrContains(lines[2], "…")
end

function TestTable.test_columns_that_must_not_shrink_stay()
  local lines = layout.lines(view(4), { { title = "Id" }, { title = "Title", shrinks = true } }, { { "XACA-0040", "abc" } })
  lu.assertEquals(lines[2], "XACA-0040  abc")
end

function TestTable.test_control_characters_do_not_reach_the_terminal()
  local lines = layout.lines(PLAIN, { { title = "T" } }, { { "a\27[31mb\nc\u{9b}d\u{202e}e" } })
  lu.assertEquals(lines[2], "a[31mb cde")
end

function TestTable.test_a_cell_has_a_style_only_where_colours_are_shown()
  local columns, rows = { { title = "A" }, { title = "B" } }, { { layout.cell("x", "red"), "y" } }
  lu.assertEquals(layout.lines({ colour = true }, columns, rows)[2], "\27[31mx\27[0m  y")
  lu.assertEquals(layout.lines(PLAIN, columns, rows)[2], "x  y")
end

function TestTable.test_missing_cells_are_empty()
  lu.assertEquals(layout.lines(PLAIN, { { title = "A" }, { title = "B" }, { title = "C" } }, { { "x", nil, "z" } })[2], "x     z")
end

-- The heading is padded to the width of the longest cell: where that took the square of it, this would not end.
function TestTable.test_a_huge_cell()
  local title = ("y"):rep(2000000)
  local lines = layout.lines(PLAIN, { { title = "Id" }, { title = "Title" }, { title = "Why" } }, { { "X", title }, { "Y", "z" } })
  lu.assertEquals(lines[3], "Y   z")
  lu.assertEquals(#lines[2], 4 + #title)
  lines = layout.lines(view(80), { { title = "Id" }, { title = "Title", shrinks = true } }, { { "X", title } })
  lu.assertTrue(sys.width(lines[2]) <= 80)
end

os.exit(lu.LuaUnit.run())
