-- Random histories: whatever people, programs and the network do, the promises hold.
--   sim_host histories.lua [--provider mock|caldav|google] [--histories N] [--seed S] [--hold NAME,…]
--                          [--undo yes] [--script FILE] [--trace yes]
-- `--hold` confines what histories hold (see swarm.lua); with `--undo` runs are also taken back. A failure prints the seed
-- and the smallest script that still fails; save that to a file to run it again. `--trace` prints what each run asked of
-- the calendar, and the board after it.
package.path = os.getenv("TESTS_DIR") .. "/sim/?.lua;" .. package.path
local World = require "world"
local history = require "history"
local shell = require "shell"
local shrink = require "shrink"
local swarm = require "swarm"

local function arguments()
  local given = { provider = "mock", histories = 100, seed = 1 }
  for i = 1, #arg, 2 do given[arg[i]:match("^%-%-(%w+)$")] = arg[i + 1] end
  return given
end

local function names_in(text)
  local list = {}
  for name in text:gmatch("[^,]+") do list[#list + 1] = name end
  return list
end

local function report(script, complaint, run)
  local smallest = shrink.smallest(script, function(candidate) return run(candidate) ~= nil end)
  print(("seed %s: %s\n%s\n-- which gives: %s\n"):format(script.seed, complaint, shrink.print(smallest),
    run(smallest) or "nothing, when it runs again"))
end

local function run_all(given, calendar, run)
  local only = given.hold and names_in(given.hold) or { table.unpack(swarm.ALL) }
  if given.undo then table.insert(only, swarm.UNDO) end
  for seed = tonumber(given.seed), tonumber(given.seed) + tonumber(given.histories) - 1 do
    local script = history.generate(seed, calendar.provider, calendar.draw, only)
    local complaint, trace = run(script)
    if given.trace then print(trace) end
    if complaint then
      report(script, complaint, run)
      return false
    end
  end
  print(("%d histories, every promise held"):format(given.histories))
  return true
end

local function main()
  local given = arguments()
  local temporary <close> = shell.folder()
  local calendar = require("calendars." .. given.provider).start()
  local function run(script) return World.run(script, calendar, tostring(temporary)) end
  local held
  if given.script then
    local complaint, trace = run(dofile(given.script))
    print(trace, complaint or "every promise held")
    held = complaint == nil
  else
    held = run_all(given, calendar, run)
  end
  calendar:stop()
  if not held then error("a promise was broken", 0) end
end

main()
