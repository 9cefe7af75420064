-- The policy suite on the CalDAV provider, against the scripted server.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local caldav_world = require "caldav_world"
local policy = require "policy"
local servers = require "servers"

local world = caldav_world.policy(servers.scripted())
world.keeps_spelling = true
os.exit(policy.run(world))
