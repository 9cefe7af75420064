-- The CalDAV provider keeps the contract on Xandikos, which has no sign-in of its own.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local caldav_world = require "caldav_world"
local servers = require "servers"
local suite = require "suite"

-- Xandikos 0.2 reads a backslash of the text together with what follows ("\\n" becomes a line break, "\\," a comma), takes
-- percent-escapes of its own separators for those, and parts a category at its comma.
local damaged = { "\\[nN,;:]", "%%2[cC]", "%%3[aAbB]", "%%5[cC]" }

local function damages(event)
  local text = (event.title or "") .. (event.description or "")
  for _, pattern in ipairs(damaged) do
    if text:find(pattern) then return true end
  end
  return table.concat(event.tags):find(",", 1, true) ~= nil
end

os.exit(suite.run(caldav_world.of(servers.real("xandikos"), { wrong_password = false, damages = damages })))
