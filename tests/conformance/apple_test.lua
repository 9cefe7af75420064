-- The provider "apple" keeps the contract on a server with the habits of iCloud. It is not iCloud: what it does is
-- what iCloud's clients tell of it (see ICLOUD in support/dav_server.py).
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local caldav_world = require "caldav_world"
local servers = require "servers"
local suite = require "suite"

local server = servers.icloud()
os.exit(suite.run(caldav_world.of(server, {
  name = "apple",
  paged = function(size) server:set(('{"page": %d}'):format(size)) end,
})))
