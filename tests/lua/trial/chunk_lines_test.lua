-- Which lines of a Lua text can run.
local chunk_lines = require "fmcal.trial.chunk_lines"
local lu = require "luaunit"

local function lines_of(text)
  local list = {}
  for line in pairs(chunk_lines.of(text)) do list[#list + 1] = line end
  table.sort(list)
  return list
end

TestChunkLines = {}

function TestChunkLines.test_functions_that_nobody_calls_count()
  lu.assertEquals(lines_of("local n = 1.5\n-- nothing\nreturn {\n  f = function(a)\n    if a then\n      return 'x'\n    end\n"
    .. "    return n + 7\n  end,\n}\n"), { 1, 3, 5, 6, 8, 9, 10 }) -- a function is made where it ends
end

-- Lua says the line anew where it is far from the last one, and after each 128 instructions.
function TestChunkLines.test_far_and_long()
  local text = "local a = 1\n" .. ("\n"):rep(1000) .. "a = 2\n"
  lu.assertEquals(lines_of(text), { 1, 1002 })
  local list = {}
  for i = 1, 400 do list[i] = ("x%d = %d"):format(i, i) end
  lu.assertEquals(#lines_of(table.concat(list, "\n")), 400)
end

function TestChunkLines.test_constants_of_every_kind()
  lu.assertEquals(lines_of(("x = { nil, true, false, 70000, 1e300, 'short', '%s' }"):format(("long"):rep(100))), { 1 })
end

function TestChunkLines.test_no_lua()
  lu.assertEquals(lines_of "return {", {})
end

os.exit(lu.LuaUnit.run())
