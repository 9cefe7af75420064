-- The mock provider keeps the contract.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local mock = require "fmcal.mock"
local suite = require "suite"

local server = mock.server { password = "right", calendars = {
  { id = "work", name = "Work", primary = true },
  { id = "feed", name = "Feed", writable = false },
} }

os.exit(suite.run {
  name = "mock",
  server = server,
  options = { calendar_id = "primary", password = "right" },
  tokens = true,
  verbatim = true,
  missing = { calendar_id = "no such calendar" },
  wrong_password = { password = "a wrong one" },
  read_only = { calendar_id = "feed" },
  foreign = function(name, text) assert(server:put(name .. ".ics", text)) end,
  paged = function(size) server:set { page_size = size } end,
})
