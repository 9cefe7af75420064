local lu = require "luaunit"
local json = require "fmcal.json"
local provider = require "fmcal.provider"
local run = require "fmcal.sync.run"
local shell = require "shell"

TestSettings = {}

function TestSettings:setUp()
  self.folder = shell.lines("mktemp -d")[1]
  self.new = provider.new
end

function TestSettings:tearDown()
  provider.new = self.new
  os.execute("rm -rf " .. shell.quote(self.folder))
end

-- What the provider of a board with this configuration is made with.
local function made_with(self, config)
  local name, options
  local path = self.folder .. "/board.json"
  shell.write(path, json.encode { team = "academy", items = json.array {}, epics = json.array {}, calendarConfig = config })
  provider.new = function(...)
    name, options = ...
    return nil, { code = "network", message = "no network here" }
  end
  lu.assertEquals(run.sync { board = path }.exit, 3)
  return name, options
end

function TestSettings:test_all_of_the_board_reach_the_provider()
  local name, options = made_with(self, { provider = "google", calendarId = "kanban", endpoint = { api = "https://a.example/v3" },
    allowHttp = true, caFile = "ca.pem", proxy = "http://proxy.example:3128", timeout = 2.5, requestsPerMinute = 120,
    credentials = { clientId = "client" } })
  lu.assertEquals(name, "google")
  options.bound, options.discovery = nil, nil
  lu.assertEquals(options, { team = "academy", calendar_id = "kanban", endpoint = { api = "https://a.example/v3" }, allowHttp = true,
    caFile = self.folder .. "/ca.pem", proxy = "http://proxy.example:3128", timeout_ms = 2500, requests_per_minute = 120,
    clientId = "client" })
end

function TestSettings:test_a_calendar_of_its_own_may_differ_from_what_is_shared()
  local _, options = made_with(self, { timeout = 60, requestsPerMinute = 600, proxy = "http://shared.example",
    google = { calendarId = "kanban", timeout = 5, requestsPerMinute = 60, credentials = { clientId = "client" } } })
  lu.assertEquals({ options.timeout_ms, options.requests_per_minute, options.proxy }, { 5000, 60, "http://shared.example" })
end

os.exit(lu.LuaUnit.run())
