-- The CalDAV provider keeps the contract on Cyrus, where it is installed.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local caldav_world = require "caldav_world"
local servers = require "servers"
local suite = require "suite"

if not io.open("/usr/sbin/cyrmaster") then
  print("Cyrus is not installed: nothing was checked")
  os.exit(0)
end

-- Cyrus parts a category at its comma.
local function damages(event)
  return table.concat(event.tags):find(",", 1, true) ~= nil
end

os.exit(suite.run(caldav_world.of(servers.real("cyrus"), { damages = damages })))
