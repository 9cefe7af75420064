-- Random histories on the mock provider: whatever people, programs and the network do, the promises hold.
--   fmcal-lua histories_test.lua [--histories N] [--seed S] [--script FILE]
-- A failure prints the seed and the smallest script that still fails; save that to a file to run it again.
package.path = os.getenv("TESTS_DIR") .. "/sim/?.lua;" .. package.path
local history = require "history"
local shell = require "shell"
local world = require "world"

local DEFAULT_HISTORIES, DEFAULT_SEED = 1000, 1

local function arguments()
  local given = {}
  for i = 1, #(arg or {}), 2 do given[arg[i]:match("^%-%-(%w+)$")] = arg[i + 1] end
  return given
end

local function report(seed, script, complaint, folder)
  local smallest = history.shrink(script, function(candidate) return world.run(candidate, folder) ~= nil end)
  print(("seed %s: %s\n%s\n-- which gives: %s"):format(seed, complaint, history.print(smallest),
    world.run(smallest, folder) or "nothing, when it runs again"))
end

local function main()
  local given = arguments()
  local temporary <close> = shell.folder()
  local folder = tostring(temporary)
  if given.script then
    local complaint = world.run(dofile(given.script), folder)
    print(complaint or "every promise held")
    return complaint == nil
  end
  local first = tonumber(given.seed or DEFAULT_SEED)
  local count = tonumber(given.histories or DEFAULT_HISTORIES)
  for seed = first, first + count - 1 do
    local script = history.generate(seed)
    local complaint = world.run(script, folder)
    if complaint then
      report(seed, script, complaint, folder)
      return false
    end
  end
  print(("%d histories, every promise held"):format(count))
  return true
end

os.exit(main())
