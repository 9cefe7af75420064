-- The policy suite on the mock provider.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local core = require "fmcal.provider.core"
local mock = require "fmcal.mock"
local policy = require "policy"

local server = mock.server()

os.exit(policy.run {
  name = "mock", undoes = true, options = {}, server = server, keeps_spelling = true, config = { provider = "mock" },
  providers = { mock = core.new("mock", {}, server) },
})
