local child = require "fmcal.child"
local loop = require "fmcal.loop"
local lu = require "luaunit"
local shell = require "shell"

TestChild = {}

local function start(code, options)
  return assert(child.start({ os.getenv("FMCAL_LUA"), "-e", code }, options))
end

-- Its lines until it ends, or until there are `most`; its status.
local function lines_of(started, most)
  local waits <close> = loop.new()
  waits:add(started)
  local all = {}
  while true do
    assert(#assert(waits:wait(20000)) == 1)
    local lines, ended, status = started:lines()
    table.move(lines, 1, #lines, #all + 1, all)
    if ended or #all == most then return all, status end
  end
end

local ECHO = [[
  local parent = assert(require("fmcal.child").parent())
  local line = parent:receive()
  while line do
    assert(parent:send(line))
    line = parent:receive()
  end
]]

function TestChild.test_lines_come_back()
  local started <close> = start(ECHO)
  lu.assertStrContains(tostring(started), "running")
  started:send("one")
  started:send(("x"):rep(3000000))
  lu.assertEquals(lines_of(started, 2), { "one", ("x"):rep(3000000) })
  lu.assertEquals({ started:lines() }, { {} })
  lu.assertEquals(started:send("a\nb"), nil)
  started:close()
  lu.assertErrorMsgContains("closed", started.send, started, "x")
end

function TestChild.test_it_is_interrupted()
  local started <close> = start([[
    local parent = assert(require("fmcal.child").parent())
    local code = "raised" -- where the signal arrives before it waits
    pcall(function()
      parent:send("ready")
      local _, err = parent:receive()
      code = err.code
    end)
    parent:send(code)
  ]])
  lu.assertEquals(lines_of(started, 1), { "ready" })
  started:interrupt()
  local lines, status = lines_of(started)
  lu.assertEquals(#lines, 1)
  lu.assertTrue(lines[1] == "canceled" or lines[1] == "raised", lines[1])
  lu.assertEquals(status, 0)
end

function TestChild.test_its_end()
  local started <close> = start("os.exit(5)")
  lu.assertEquals({ lines_of(started) }, { {}, 5 })
  local killed <close> = start(ECHO)
  lu.assertTrue(killed:pid() > 0)
  killed:kill()
  lu.assertEquals({ lines_of(killed) }, { {}, 128 + 9 })
end

-- What a child starts has neither of its pipes, and no child has those of another.
function TestChild.test_descriptors()
  local before <close> = start(ECHO) -- luacheck: no unused
  local started <close> = start([[
    local parent = assert(require("fmcal.child").parent())
    local sys = require "fmcal.sys"
    local p <close> = assert(sys.start { "sh", "-c", "sleep 0.2; ls /proc/$$/fd; echo of its parent; ls /proc/$PPID/fd" })
    sys.wait_any { p }
    for part in (p:output() .. "of its parent"):gmatch("(.-)of its parent") do
      parent:send(tostring(select(2, part:gsub("%d+", ""))))
    end
  ]])
  local lines = lines_of(started)
  lu.assertEquals(lines[1], "3")
  lu.assertEquals(lines[2], "6", "its five, and the output of sh")
end

function TestChild.test_it_dies_with_its_parent()
  local pid = shell.lines(("%s -e %s || true"):format(shell.quote(os.getenv("FMCAL_LUA")), shell.quote([[
    local child = require "fmcal.child"
    local started = child.start { os.getenv("FMCAL_LUA"), "-e",
      'require("fmcal.child").parent():send("ready") require("fmcal.time").sleep(1000000)' }
    while #started:lines() == 0 do require("fmcal.time").sleep(5) end
    print(started:pid())
    io.stdout:flush()
    require("fmcal.sys").wait_any { require("fmcal.sys").start { "sh", "-c", "kill -9 $PPID" } }
  ]])))[1]
  lu.assertEquals(shell.lines(("for i in $(seq 100); do kill -0 %d 2>/dev/null || break; sleep 0.02; done; echo $i"):format(pid))[1]
    ~= "100", true)
end

function TestChild.test_master_keys_and_a_supervisor()
  local script = [[
    local child, time = require "fmcal.child", require "fmcal.time"
    for _, keys in ipairs { true, false } do
      local started = child.start({ "/bin/sh", "-c",
        'echo "${CALENDAR_ENCRYPTION_KEY:+key} ${NOTIFY_SOCKET:-alone}" >&4' }, { master_keys = keys })
      local lines
      repeat
        time.sleep(5)
        lines = started:lines()
      until #lines > 0
      print(lines[1])
    end
  ]]
  lu.assertEquals(shell.lines(("NOTIFY_SOCKET=@x CALENDAR_ENCRYPTION_KEY=%s %s -e %s"):format(("0"):rep(64),
    shell.quote(os.getenv("FMCAL_LUA")), shell.quote(script))), { "key alone", " alone" })
end

function TestChild.test_misuse()
  lu.assertErrorMsgContains("program", child.start, {})
  lu.assertErrorMsgContains("memory_bytes", child.start, { "true" }, { memory_bytes = -1 })
  lu.assertEquals(select(2, child.start { "/no/such" }).code, "notfound")
  local parent, err = child.parent()
  lu.assertNil(parent)
  lu.assertEquals(err.code, "invalid")
  lu.assertErrorMsgContains("descriptor", function() loop.new():add(io.stdout) end)
  lu.assertErrorMsgContains("descriptor", function() loop.new():add(loop.new()) end)
end

os.exit(lu.LuaUnit.run())
