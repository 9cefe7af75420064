-- Writes are answered with an ETag and cannot be read back, on the mock provider: the server has kept them or not.
local core = require "fmcal.provider.core"
local lost_outcomes = require "lost_outcomes"
local mock = require "fmcal.mock"

local FOR_EVER = 1000000

local server = mock.server()

-- A deletion is not read back: one that was answered was made.
local function strike(kind, arrives)
  if kind == "delete" then
    server:fault { kind = arrives and "lost" or "network", on = kind }
  elseif not arrives then
    server:fault { kind = "forget", on = kind }
  end
end

os.exit(lost_outcomes.run {
  name = "mock", options = {}, server = server, config = { provider = "mock" },
  providers = { mock = core.new("mock", {}, server) },
  answers = true, strategies = { "manual", "local-wins" },
  cut = function(kind, arrives)
    strike(kind, arrives)
    server:fault { kind = "network", on = "write", at = 2, times = FOR_EVER }
    server:fault { kind = "network", on = { "read", "fetch", "changes" }, at = 2, times = FOR_EVER }
  end,
  mend = function() server:clear_faults() end,
})
