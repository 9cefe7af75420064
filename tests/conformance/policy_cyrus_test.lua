-- The policy suite on the CalDAV provider, against Cyrus, where it is installed.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local policy = require "policy"
local servers = require "servers"

if not io.open("/usr/sbin/cyrmaster") then
  print("Cyrus is not installed: nothing was checked")
  os.exit(0)
end

-- Cyrus parts a category at its comma.
os.exit(policy.run_caldav(servers.real("cyrus"), "caldav", ","))
