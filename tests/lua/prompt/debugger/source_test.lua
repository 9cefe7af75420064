local lu = require "luaunit"
local shell = require "shell"
local source = require "fmcal.prompt.debugger.source"

TestSource = {}

local function numbers(lines)
  local list = {}
  for i, line in ipairs(lines) do list[i] = line.number .. ":" .. line.text end
  return list
end

function TestSource.test_lines_of_a_file()
  local folder <close> = shell.folder()
  local path = folder.path .. "/x.lua"
  shell.write(path, "a\r\nb\n\nd\ne")
  local info = { source = "@" .. path }
  lu.assertEquals(numbers(source.around(info, 2, 1)), { "1:a", "2:b", "3:" })
  lu.assertEquals(numbers(source.around(info, 5, 2)), { "3:", "4:d", "5:e" })
  lu.assertEquals(source.around(info, 6, 2), {}) -- the file is shorter now
  lu.assertEquals(source.around({ source = "@" .. path .. "x" }, 1, 2), {})
end

function TestSource.test_lines_of_a_text_that_was_loaded()
  lu.assertEquals(numbers(source.around({ source = "x = 1\ny = 2" }, 2, 3)), { "1:x = 1", "2:y = 2" })
  lu.assertEquals(source.around({ source = "=stdin" }, 1, 3), {})
end

function TestSource.test_whose_code_it_is()
  local function is_theirs(info) return source.is_theirs(info) end
  lu.assertTrue(is_theirs(debug.getinfo(1, "S")))
  lu.assertFalse(is_theirs(debug.getinfo(print, "S")))
  lu.assertFalse(is_theirs(debug.getinfo(source.around, "S")))
  lu.assertFalse(is_theirs(debug.getinfo(assert(load("x = 1", "=stdin")), "S")))
end

os.exit(lu.LuaUnit.run())
