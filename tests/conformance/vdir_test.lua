-- The vdir provider keeps the contract.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local shell = require "shell"
local suite = require "suite"

local dir <close> = shell.folder()
local folder = dir.path .. "/work"
assert(os.execute("mkdir " .. shell.quote(folder)))

local status = suite.run {
  name = "vdir",
  options = { endpoint = dir.path, calendar_id = "work" },
  tokens = false,
  verbatim = true,
  missing = { calendar_id = "no such calendar", bound = true },
  foreign = function(name, text) shell.write(("%s/%s.ics"):format(folder, name), text) end,
}
os.exit(status, true)
