local child = require "fmcal.child"
local clockwork = require "clockwork"
local lu = require "luaunit"
local shell = require "shell"
local tasks = require "fmcal.children.tasks"

TestTasks = {}

function TestTasks.test_timers_go_off_in_order()
  local all, pass = clockwork()
  local said = {}
  local function say(word) return function() said[#said + 1] = word end end
  all:after(20, say "second")
  all:after(10, say "first")
  all:after(20, say "third")
  local never = all:after(15, say "never")
  all:cancel(never)
  pass(9)
  lu.assertEquals(said, {})
  pass(100)
  lu.assertEquals(said, { "first", "second", "third" })
  all:cancel(never)
end

function TestTasks.test_a_promise_is_awaited_by_many()
  local all, pass = clockwork()
  local there, said = all:promise(), {}
  for i = 1, 3 do
    all:spawn(function() said[i] = table.concat({ tasks.await(there) }, " ") end)
  end
  pass(0)
  lu.assertEquals(said, {})
  there:settle("a", "b")
  there:settle("c")
  pass(0)
  lu.assertEquals(said, { "a b", "a b", "a b" })
  lu.assertTrue(there:is_settled())
  lu.assertEquals({ tasks.await(there) }, { "a", "b" })
end

function TestTasks.test_waiting_has_an_end()
  local all, pass = clockwork()
  local never, code, slept = all:promise(), nil, nil
  all:spawn(function()
    local _, err = tasks.await(never, 50)
    code = err.code
    all:sleep(10)
    slept = true
  end)
  pass(0)
  pass(49)
  lu.assertNil(code)
  pass(1)
  lu.assertEquals(code, "timeout")
  never:settle("too late")
  pass(9)
  lu.assertNil(slept)
  pass(1)
  lu.assertTrue(slept)
end

function TestTasks.test_things_are_read()
  local all = tasks.new()
  local process <close> = child.start { "/bin/sh", "-c", "echo one >&4" }
  local heard = {}
  all:watch(process, function()
    local lines, ended = process:lines()
    table.move(lines, 1, #lines, #heard + 1, heard)
    if not ended then return end
    all:unwatch(process)
    all:stop()
  end)
  lu.assertTrue(all:run())
  lu.assertEquals(heard, { "one" })
end

-- What is raised ends the task that raised it, and nothing else.
function TestTasks.test_a_defect_is_told_in_the_log()
  local _, errors = shell.run(("%s -e %s"):format(shell.quote(os.getenv("FMCAL_LUA")), shell.quote [[
    local all = require("fmcal.children.tasks").new()
    all:after(0, function() error "in a timer" end)
    all:spawn(function()
      all:sleep(1)
      error "in a coroutine"
    end)
    all:after(2, function() all:stop() end)
    assert(all:run())
    io.stderr:write("still there\n")
  ]]))
  for _, words in ipairs { "in a timer", "in a coroutine", "still there" } do lu.assertStrContains(errors, words) end
end

os.exit(lu.LuaUnit.run())
