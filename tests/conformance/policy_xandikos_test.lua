-- The policy suite on the CalDAV provider, against Xandikos.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local policy = require "policy"
local servers = require "servers"

-- The library it reads events with takes the backslash before an escaped comma for another escape.
os.exit(policy.run_caldav(servers.real("xandikos"), "caldav", "\\"))
