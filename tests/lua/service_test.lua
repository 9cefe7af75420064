local loop = require "fmcal.loop"
local lu = require "luaunit"
local service = require "fmcal.service"

TestService = {}

-- Without systemd, as in this test.
function TestService.test_nobody_is_told()
  lu.assertEquals(service.sockets(), {})
  lu.assertFalse(service.notify("READY=1"))
  lu.assertNil(service.watchdog_ms())
end

function TestService.test_signals_show_where_they_are_waited_for()
  local signals <close> = assert(service.signals())
  local waits <close> = assert(loop.new())
  waits:add(signals)
  lu.assertNil(signals:take())
  local pid = io.open("/proc/self/stat"):read("n")
  os.execute(("kill -HUP %d; kill -TERM %d"):format(pid, pid))
  lu.assertEquals(waits:wait(5000), { signals })
  local seen = { [signals:take()] = true, [signals:take()] = true }
  lu.assertEquals(seen, { reread = true, stop = true })
  lu.assertNil(signals:take())
end

os.exit(lu.LuaUnit.run())
