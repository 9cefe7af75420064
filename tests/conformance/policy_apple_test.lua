-- The policy suite on the provider "apple", against the scripted server with the habits of iCloud.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local policy = require "policy"
local servers = require "servers"

os.exit(policy.run_caldav(servers.icloud(), "apple"))
