-- The CalDAV provider keeps the contract on Radicale.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local caldav_world = require "caldav_world"
local servers = require "servers"
local suite = require "suite"

os.exit(suite.run(caldav_world.of(servers.real("radicale"))))
