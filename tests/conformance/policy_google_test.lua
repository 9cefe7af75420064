-- The policy suite on the Google provider: on the scripted account as it comes, then under load: answers that are lost or
-- cut, requests refused for rate, server errors, tokens that live for a second, sync tokens that are too old.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local google_world = require "google_world"
local policy = require "policy"
local servers = require "servers"

local calm = google_world.policy(servers.google())
calm.undoes = true
local failed = policy.run(calm)
failed = failed + policy.run(google_world.policy(servers.google("lose_percent=3", "refuse_percent=0.5", "fail_percent=0.5",
  "cut_percent=0.5", "access_ttl_s=1", "expire_percent=10")))
os.exit(failed)
