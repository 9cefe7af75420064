local cli = require "fmcal.cli"
local lu = require "luaunit"
local shell = require "shell"

local function parser()
  return cli.parser { name = "try.lua", summary = "Tries.", exits = { 0 }, examples = { "try.lua" } }
end

-- Runs a body as a command; its status and what it wrote to standard error.
local function run(body, words)
  local place <close> = shell.folder()
  local stderr = io.stderr
  local file = assert(io.open(place.path .. "/err", "w"))
  io.stderr = file -- luacheck: ignore
  local status = cli.run(parser(), body, words or { [0] = "scripts/try.lua" })
  io.stderr = stderr -- luacheck: ignore
  file:close()
  return status, shell.read(place.path .. "/err")
end

TestRun = {}

function TestRun.test_the_status_of_the_body()
  lu.assertEquals({ run(function() return 4 end) }, { 4, "" })
end

function TestRun.test_fail()
  lu.assertEquals({ run(function() cli.fail("no such thing") end) }, { 2, "try.lua: no such thing\n" })
  lu.assertEquals({ run(function() cli.fail("gone", 3) end) }, { 3, "try.lua: gone\n" })
end

function TestRun.test_check()
  local err = { code = "locked", message = "somebody holds it" }
  lu.assertEquals({ run(function() cli.check(nil, err) end) }, { 6, "try.lua: somebody holds it\n" })
  lu.assertEquals(run(function() return cli.check(5, "x") end), 5)
end

function TestRun.test_an_error_object_that_is_raised()
  lu.assertEquals({ run(function() error({ code = "auth", message = "signed out" }) end) }, { 3, "try.lua: signed out\n" })
  lu.assertEquals({ run(function() error({ code = "canceled", message = "interrupted" }) end) }, { 130, "try.lua: interrupted\n" })
end

function TestRun.test_a_defect_has_a_traceback()
  local status, errors = run(function() return ({}).missing.x end)
  lu.assertEquals(status, 1)
  lu.assertStrContains(errors, "this should not have happened")
  lu.assertStrContains(errors, "stack traceback")
end

-- No way out is a success that nobody has told.
function TestRun.test_what_no_handler_sees()
  lu.assertEquals({ run(function() error("not enough memory", 0) end) }, { 1, "try.lua: memory ran out\n" })
  local status, errors = run(function() return string.rep("x", math.maxinteger // 2) end)
  lu.assertEquals(status, 1)
  lu.assertNotEquals(errors, "")
  local hostile = setmetatable({}, { __index = function() error("again") end, __tostring = function() error("again") end })
  lu.assertEquals(run(function() error(hostile) end), 1)
  for _, answer in ipairs { "0", true, 0.0, {} } do lu.assertEquals(run(function() return answer end), 1) end
  lu.assertEquals(run(function() return nil end), 1)
end

function TestRun.test_a_wrong_command_line()
  local status, errors = run(function() return 0 end, { [0] = "try.lua", "--no" })
  lu.assertEquals(status, 2)
  lu.assertEquals(errors, "try.lua: unknown option '--no' (try.lua --help shows how)\n")
end

os.exit(lu.LuaUnit.run())
