-- The network fails in mid-run, on the mock provider.
local core = require "fmcal.provider.core"
local lost_outcomes = require "lost_outcomes"
local mock = require "fmcal.mock"

local FOR_EVER = 1000000

local server = mock.server()

os.exit(lost_outcomes.run {
  name = "mock", options = {}, server = server, config = { provider = "mock" },
  providers = { mock = core.new("mock", {}, server) },
  cut = function(kind, arrives)
    server:fault { kind = arrives and "lost" or "network", on = kind }
    server:fault { kind = "network", on = { "read", "fetch", "changes", "write" }, at = 2, times = FOR_EVER }
  end,
  mend = function() server:clear_faults() end,
})
