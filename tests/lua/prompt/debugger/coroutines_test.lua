local attempt = require "fmcal.util.attempt"
local lu = require "luaunit"
local scripted = require "scripted_prompt"

local create, wrap = coroutine.create, coroutine.wrap

TestCoroutines = {}

function TestCoroutines.setUp()
  require("fmcal.prompt.debugger.coroutines").watch()
end

function TestCoroutines.tearDown()
  rawset(coroutine, "create", create)
  rawset(coroutine, "wrap", wrap)
end

function TestCoroutines.test_an_error_is_shown_inside_and_once()
  local shown, ok, passed, message = scripted.debug({ "inside", ".up", ".continue" }, function()
    return attempt.xpcall(function()
      local outer = coroutine.wrap(function()
        return (coroutine.wrap(function()
          local inside = "here"
          error(inside .. " it is")
        end)())
      end)
      outer()
    end, tostring)
  end, true)
  lu.assertStrContains(shown[0], "error: ")
  lu.assertStrContains(shown[0], "->")
  lu.assertEquals(shown[1], "here\n")
  lu.assertStrContains(shown[2], "return (coroutine.wrap(function()")
  lu.assertEquals({ ok, passed, #shown }, { true, false, 3 })
  lu.assertStrContains(message, "here it is")
end

function TestCoroutines.test_they_work_as_before()
  local co = coroutine.wrap(function(a, ...)
    local b = coroutine.yield(a + 1, ...)
    return b, "end"
  end)
  lu.assertEquals({ co(1, "x") }, { 2, "x" })
  lu.assertEquals({ co(5) }, { 5, "end" })
  lu.assertEquals(select("#", coroutine.resume(coroutine.create(function() return nil, nil end))), 3)
  lu.assertFalse(pcall(coroutine.create, 7))
end

os.exit(lu.LuaUnit.run())
