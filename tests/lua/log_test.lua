local lu = require("luaunit")
local log = require("fmcal.log")

TestLog = {}

function TestLog:setUp()
  self.before = log.level("error")
end

function TestLog:tearDown()
  log.level(self.before)
end

function TestLog.testLevelIsReadAndSet()
  lu.assertEquals(log.level("debug"), "error")
  lu.assertEquals(log.level(), "debug")
  lu.assertTrue(log.enabled("debug"))
  lu.assertTrue(log.enabled("error"))
  lu.assertFalse(log.enabled("trace"))
end

function TestLog.testUnknownLevelRaises()
  lu.assertErrorMsgContains("invalid option 'loud'", log.level, "loud")
  lu.assertErrorMsgContains("invalid option 'loud'", log.enabled, "loud")
end

function TestLog.testArgumentsAreNotTouchedBelowTheLevel()
  local touched = false
  local costly = setmetatable({}, {
    __tostring = function()
      touched = true
      return "costly"
    end,
  })
  log.debug("%s", costly)
  lu.assertFalse(touched)
end

function TestLog.testMasked()
  local secret <const> = require("fmcal.credentials").secret("kanarienvogel")
  lu.assertEquals(log.masked("a kanarienvogel, client_secret=x&y\n\27é"), "a [secret], client_secret=[secret]&y\\n\\x1Bé")
  lu.assertEquals(log.masked(""), "")
  lu.assertErrorMsgContains("string expected", log.masked)
  lu.assertEquals(tostring(secret), "[secret]")
end

function TestLog.testErrorsMadeInLuaAreMaskedToo()
  local secret <const> = require("fmcal.credentials").secret("kanarienvogel")
  local _, err = require("fmcal.util.failure")("invalid", "test", "the server said %s", "kanarienvogel")
  lu.assertEquals({ err.message, tostring(secret) }, { "the server said [secret]", "[secret]" })
end

function TestLog.testMisuseRaises()
  lu.assertErrorMsgContains("string expected", log.debug)
  lu.assertErrorMsgContains("string expected", log.debug, {})
  lu.assertErrorMsgContains("bad argument", log.error, "%d", "x")
end

-- What a program started with FMCAL_LOG writes to standard error.
local function output_of(level, code)
  local script = os.tmpname()
  local file = assert(io.open(script, "w"))
  file:write(code)
  file:close()
  local program = io.open("/proc/self/cmdline", "rb"):read("a"):match("^%Z+")
  local pipe = assert(io.popen(("FMCAL_LOG=%s '%s' '%s' 2>&1"):format(level, program, script)))
  local text = pipe:read("a")
  pipe:close()
  os.remove(script)
  return text
end

function TestLog.testLinesOfAProgram()
  local code = [[
    local log = require("fmcal.log")
    log.info("nothing to do")
    log.info("%d of %s", 3, "ten")
    log.warn("sync", "two\nlines")
    log.error("100 %")
    log.debug("sync", "unseen")
  ]]
  lu.assertEquals(output_of("info", code), table.concat({
    "info: lua: nothing to do",
    "info: lua: 3 of ten",
    "warn: sync: two\\nlines",
    "error: lua: 100 %",
    "",
  }, "\n"))
  lu.assertEquals(output_of("error", code), "error: lua: 100 %\n")
  lu.assertStrContains(output_of("loud", ""), 'FMCAL_LOG is "loud": use error, warn')
end

os.exit(lu.LuaUnit.run())
