-- The Google provider keeps the contract on the scripted account: as it comes, and under load. See OPTIONS in
-- support/google_server.py.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local google_world = require "google_world"
local servers = require "servers"
local suite = require "suite"

local habits = {
  { "as it comes" },
  { "lost answers, rate limits, errors, cut answers", "lose_percent=5", "refuse_percent=3", "fail_percent=2", "cut_percent=2" },
  { "deleted ids are not given back", "revive_forbidden=true" },
}

local failed = 0
for _, habit in ipairs(habits) do
  local server = servers.google(table.unpack(habit, 2))
  print("Habit: " .. habit[1])
  failed = failed + suite.run(google_world.of(server))
end
os.exit(failed)
