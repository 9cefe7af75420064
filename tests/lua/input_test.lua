local lu = require "luaunit"
local shell = require "shell"

-- A program that says what it takes, and what the loop tells meanwhile.
local READER = [[
  local input, loop = require "fmcal.input", require "fmcal.loop"
  local lines <close> = assert(input.open(10))
  local waits <close> = assert(loop.new())
  local found, line
  repeat
    found, line = lines:take()
    if found ~= "none" then print(found, line) end
    if found == "none" then
      assert(waits:add(lines))
      assert(waits:wait()[1] == lines)
    end
  until found == "end"
]]

TestInput = {}

-- What the program says of an input that `command` makes.
local function read(command)
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/read.lua", READER)
  return (shell.run(("cd %s && { %s; }"):format(folder.path, command:gsub("READ", os.getenv("FMCAL_LUA") .. " read.lua"))))
end

function TestInput.test_lines_as_they_come()
  lu.assertEquals(read "(printf 'first\nin two '; sleep 0.1; printf 'p\n\none too long\nlast') | READ",
    "line\tfirst\nline\tin two p\nline\t\ntoo_long\tnil\nline\tlast\nend\tnil\n")
end

-- A file is always there: nothing has to be waited for.
function TestInput.test_a_file()
  lu.assertEquals(read "echo one >file; READ <file", "line\tone\nend\tnil\n")
  lu.assertEquals(read "READ </dev/null", "end\tnil\n")
end

function TestInput.test_misuse()
  local input = require "fmcal.input"
  lu.assertErrorMsgContains("most bytes", input.open, 0)
  local closed = assert(input.open(1))
  closed:close()
  lu.assertErrorMsgContains("closed", closed.take, closed)
end

os.exit(lu.LuaUnit.run())
