-- The policy suite on the Google provider: on the scripted account as it comes, then with answers that are lost, requests
-- refused for rate, and tokens that live for a second.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local google_world = require "google_world"
local policy = require "policy"
local servers = require "servers"

local failed = policy.run(google_world.policy(servers.google()))
failed = failed + policy.run(google_world.policy(servers.google("lose_percent=3", "refuse_percent=3", "access_ttl_s=1")))
os.exit(failed)
