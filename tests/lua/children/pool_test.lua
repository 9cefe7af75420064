local lu = require "luaunit"
local pool = require "fmcal.children.pool"
local shell = require "shell"
local tasks = require "fmcal.children.tasks"

TestPool = {}

-- What the children of these tests answer. They find it by the environment, with which this program is started anew.
local ANSWERS = [[
  local answers = {}
  local calls = {}
  function calls.echo(params) return params end
  function calls.who() return tonumber(io.open("/proc/self/stat"):read("n")) end
  function calls.refuse() return require("fmcal.util.failure")("invalid", "test", "no %s", "thanks") end
  function calls.raise() error("a defect") end
  function calls.die() os.exit(9) end
  function calls.wait() return require("fmcal.time").sleep(60000) and "waited" or nil, { code = "canceled" } end
  function calls.deaf() pcall(require("fmcal.time").sleep, 60000) while true do pcall(require("fmcal.time").sleep, 60000) end end
  function calls.last(_, context) context.retire = true return calls.who() end
  function calls.count(params, context)
    for i = 1, params.to do context.progress { at = i } end
    return params.to
  end
  function answers.main() require("fmcal.children.answering").run(function(name) return calls[name] end) end
  return answers
]]

local function run_with_answers()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/answers.lua", ANSWERS)
  local out, errors, status = shell.run(("LUA_PATH_5_4=%s %s %s inside"):format(
    shell.quote(folder.path .. "/?.lua;" .. os.getenv("LUA_PATH_5_4")), shell.quote(os.getenv("FMCAL_LUA")), shell.quote(arg[0])))
  io.write(out, errors)
  return status == 0
end

local function inside(fn, options)
  local all = tasks.new()
  local given = { module = "answers", most = 1 }
  for name, value in pairs(options or {}) do given[name] = value end
  local made <close> = pool.new(all, given)
  local ok, raised
  all:spawn(function()
    ok, raised = xpcall(fn, debug.traceback, made, all)
    all:stop()
  end)
  assert(all:run())
  if not ok then error(raised, 0) end
end

local function ask(made, ...)
  return tasks.await(made:call(...).promise)
end

function TestPool.test_calls_are_answered_by_one_child()
  inside(function(made)
    lu.assertEquals(ask(made, "echo", { a = { 1, 2 } }), { a = { 1, 2 } })
    lu.assertEquals(ask(made, "who"), ask(made, "who"))
    local _, err = ask(made, "refuse")
    lu.assertEquals({ err.code, err.message }, { "invalid", "no thanks" })
    _, err = ask(made, "nothing of that kind")
    lu.assertEquals(err.code, "unsupported")
  end)
end

function TestPool.test_progress()
  inside(function(made)
    local seen = {}
    lu.assertEquals(ask(made, "count", { to = 3 }, { progress = function(report) seen[#seen + 1] = report.at end }), 3)
    lu.assertEquals(seen, { 1, 2, 3 })
  end)
end

function TestPool.test_several_at_once()
  inside(function(made)
    lu.assertEquals(made:free(), 2)
    local first, second, third = made:call("who"), made:call("who"), made:call("who")
    lu.assertEquals(made:free(), 0)
    local a, b, c = tasks.await(first.promise), tasks.await(second.promise), tasks.await(third.promise)
    lu.assertNotEquals(a, b)
    lu.assertTrue(c == a or c == b)
    lu.assertEquals(made:free(), 2)
  end, { most = 2 })
end

function TestPool.test_the_child_that_knows_a_key()
  inside(function(made)
    local a, b = made:call("who", {}, { key = "a" }), made:call("who", {}, { key = "b" })
    local of_a, of_b = tasks.await(a.promise), tasks.await(b.promise)
    for _ = 1, 3 do
      lu.assertEquals(ask(made, "who", {}, { key = "a" }), of_a)
      lu.assertEquals(ask(made, "who", {}, { key = "b" }), of_b)
    end
  end, { most = 2 })
end

function TestPool.test_when_a_child_is_replaced()
  local function are_one(options, name)
    local first, second
    inside(function(made)
      first, second = ask(made, name or "who"), ask(made, "who")
    end, options)
    return first == second
  end
  lu.assertTrue(are_one {})
  lu.assertFalse(are_one { most_calls = 1 })
  lu.assertFalse(are_one { most_age_ms = 0 })
  lu.assertFalse(are_one { most_memory = 1 })
  lu.assertFalse(are_one({}, "last"))
end

-- What fails in an unforeseen way fails alone.
function TestPool.test_defects_and_deaths()
  inside(function(made)
    local before = ask(made, "who")
    local _, err = ask(made, "raise")
    lu.assertEquals(err.code, "defect")
    lu.assertStrContains(err.message, "a defect")
    local after = ask(made, "who")
    lu.assertNotEquals(after, before)
    _, err = ask(made, "die")
    lu.assertEquals(err.code, "ended")
    lu.assertStrContains(err.message, "status 9")
    lu.assertNotEquals(ask(made, "who"), after)
    local killed = made:call("wait", {}, { began = function() end })
    killed.worker.process:kill()
    _, err = tasks.await(killed.promise)
    lu.assertStrContains(err.message, "signal 9")
    lu.assertEquals(ask(made, "echo", { 1 }), { 1 })
  end)
end

function TestPool.test_a_deadline()
  inside(function(made)
    local _, err = ask(made, "wait", {}, { deadline_ms = 50 })
    lu.assertEquals(err.code, "timeout")
    lu.assertStrContains(err.message, "0.05 seconds")
    _, err = ask(made, "deaf", {}, { deadline_ms = 50 })
    lu.assertEquals(err.code, "timeout")
    lu.assertEquals(ask(made, "echo", { 1 }), { 1 })
  end, { grace_ms = 50 })
end

function TestPool.test_cancelling()
  inside(function(made, all)
    local first, second = made:call("wait"), made:call("echo", { 2 })
    local third = made:call("echo", { 3 })
    made:cancel(second)
    local _, err = tasks.await(second.promise)
    lu.assertEquals(err.code, "canceled")
    all:after(20, function() made:cancel(first) end)
    _, err = tasks.await(first.promise)
    lu.assertEquals(err.code, "canceled")
    lu.assertEquals(tasks.await(third.promise), { 3 })
    made:cancel(third)
  end)
end

function TestPool.test_idle_children_end()
  inside(function(made, all)
    local before = ask(made, "who")
    all:sleep(100)
    lu.assertNil(next(made.workers))
    local after = ask(made, "who")
    lu.assertNotEquals(before, after)
    made:renew()
    lu.assertNotEquals(ask(made, "who"), after)
  end, { idle_ms = 20 })
end

os.exit(arg[1] == "inside" and lu.LuaUnit.run("-o", "text") or arg[1] ~= "inside" and run_with_answers())
