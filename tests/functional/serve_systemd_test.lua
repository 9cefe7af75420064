-- The service as systemd runs it: an inherited socket, what it says of itself, SIGHUP and SIGTERM.
local lu = require "luaunit"
local service = require "service"
local shell = require "shell"

TestSystemd = {}

function TestSystemd.test_a_unit()
  local place <close> = service.place("academy")
  local out, errors = shell.run(("python3 %s/tests/support/systemd.py %s serve.lua %s"):format(
    shell.quote(os.getenv("SOURCE_DIR")), shell.quote(os.getenv("FMCAL_LUA")), place.path))
  lu.assertEquals(errors, "")
  lu.assertEquals(out, "READY=1\nHTTP/1.1 200 OK\nWATCHDOG=1\nSTOPPING=1\nexit 0\n")
end

os.exit(lu.LuaUnit.run())
