-- The network fails in mid-run, on the Google provider, against the scripted account.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local google_world = require "google_world"
local lost_outcomes = require "lost_outcomes"
local servers = require "servers"

local METHOD = { create = "POST", update = "PATCH", delete = "DELETE" }

local server = servers.google()
local world = google_world.policy(server)
-- Each run that is cut tries several times, with pauses: as few of them as will do.
world.strategies, world.fates = { "manual" }, { true }

function world.cut(kind, arrives)
  server:fault { kind = arrives and "lose" or "drop", method = METHOD[kind], path = "/events", outage = true }
end

function world.mend()
  server:control("DELETE", "_fault")
end

os.exit(lost_outcomes.run(world, "the_title_is_taken_back", "a_deletion_and_the_old_date_again"))
