-- idle_server.lua FOLDER COUNT: the memory and the processor time of a server that has read COUNT boards and waits.

local engine = require "fmcal.serve.engine"
local tasks = require "fmcal.children.tasks"

local folder, count = arg[1], tonumber(arg[2])
local WAITS_S = 20

local function memory_kib()
  local file <close> = assert(io.open("/proc/self/status"))
  return tonumber(file:read("a"):match("VmRSS:%s*(%d+)"))
end

os.execute(("mkdir -p '%s/server'"):format(folder))
local all = tasks.new()
local before_kib = memory_kib()
local made = assert(engine.open { tasks = all, paths = { folder }, folder = folder .. "/server", jobs = 2 })
made:start(function()
  all:spawn(function()
    made.scheduler:close() -- what waits is measured, not the runs
    local known, read_s = #made.teams:all(), os.clock()
    assert(known == count, known .. " boards are known")
    all:sleep(WAITS_S * 1000)
    local kib, busy_s = memory_kib(), os.clock() - read_s
    print(("%d boards: %.1f MiB, %.2f KiB a board; read with %.2f s of processor time; waiting: %.2f %% of a processor"):format(
      count, kib / 1024, (kib - before_kib) / count, read_s, 100 * busy_s / WAITS_S))
    made:stop(0)
    all:stop()
  end)
end)
assert(all:run())
