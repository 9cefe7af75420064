-- The policy suite on the CalDAV provider, against Xandikos.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local policy = require "policy"
local servers = require "servers"

os.exit(policy.run_caldav(servers.real("xandikos")))
