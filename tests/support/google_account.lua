-- A scripted Google account of one test, and single requests against it.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local google_world = require "google_world"
local servers = require "servers"
local state = require "fmcal.state"

local account = { calendar = "kanban@group.calendar.example" }

local server = servers.google()
local world = google_world.of(server)
account.server = server

--- A provider, not opened. @param extra options that differ
function account.new(extra)
  local options = {}
  for name, value in pairs(world.options) do options[name] = value end
  for name, value in pairs(extra or {}) do options[name] = value end
  return assert(core.new("google", options))
end

function account.opened(extra)
  local p = account.new(extra)
  assert(p:open())
  return p
end

--- The requests so far whose method and path match.
function account.requests(method, path)
  local list = {}
  for _, row in ipairs(server:control("GET", "_log").requests) do
    if row.method:find(method) and row.path:find(path) then list[#list + 1] = row end
  end
  return list
end

--- Empties the log of requests.
function account.forget() server:control("DELETE", "_log") end

--- An event of one day. @param members that differ
function account.event(members)
  local made = { uid = "a@fleetmonitor", title = "Title", dueDate = "2026-02-15" }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

--- Carries out one write. @return its result
function account.write(p, job)
  local results, err = p:apply { job }
  lu.assertNil(err)
  return results[1]
end

function account.create(p, members)
  local made = account.event(members)
  return account.write(p, { kind = "create", uid = made.uid, text = assert(p:encode(made)) })
end

function account.read(p, href) return assert(p:fetch { href })[1] end

--- A target of a fresh state.
function account.target() return assert(assert(state.open(":memory:")):target("t")) end

--- For setUp: an empty account as it comes.
function account.setup()
  server:clear()
  server:set { access_ttl_s = 3600, revive_forbidden = false, page = 0, delay_ms = 0, empty_pages = false }
end

--- Runs the tests. @return exit status
function account.run()
  local status = lu.LuaUnit.run()
  server:stop()
  return status
end

return account
