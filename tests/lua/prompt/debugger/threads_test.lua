local lu = require "luaunit"
local threads = require "fmcal.prompt.debugger.threads"

-- Calls fn in a coroutine in a coroutine, each of another kind. Returns both, and what fn returns.
local function nested(fn)
  local outer, inner, result
  outer = coroutine.create(function()
    coroutine.wrap(function()
      inner = coroutine.running()
      result = fn(inner)
    end)()
  end)
  assert(coroutine.resume(outer))
  return outer, inner, result
end

TestThreads = {}

function TestThreads.test_who_resumed_whom()
  local main = coroutine.running()
  local outer, inner, chain = nested(threads.chain)
  lu.assertEquals(#chain, 3)
  lu.assertIs(chain[1], main)
  lu.assertIs(chain[2], outer)
  lu.assertIs(chain[3], inner)
  lu.assertEquals(#threads.chain(main), 1)
end

function TestThreads.test_one_that_nobody_resumed_is_alone()
  local idle = coroutine.create(print)
  lu.assertEquals(threads.chain(idle), { idle })
end

function TestThreads.test_heights()
  local function deeper(n)
    if n == 0 then return threads.height(coroutine.running(), 2) end
    local height = deeper(n - 1)
    return height
  end
  local flat = deeper(0)
  for _, more in ipairs { 1, 2, 3, 50, 1000 } do lu.assertEquals(deeper(more), flat + more) end
end

function TestThreads.test_height_of_one_that_stands_still()
  local co = coroutine.create(function()
    local function inner() coroutine.yield() end
    inner()
    return 1
  end)
  coroutine.resume(co)
  lu.assertEquals({ threads.height(co, 0), threads.height(co, 1), threads.height(co, 3) }, { 3, 2, 0 })
end

os.exit(lu.LuaUnit.run())
