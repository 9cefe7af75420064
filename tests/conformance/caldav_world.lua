-- What the worlds of CalDAV servers have in common.
local ical = require "fmcal.ical"

local caldav_world = {}

--- @param server from support/servers.lua
--- @param members of the world that differ; false removes one
function caldav_world.of(server, members)
  local world = {
    name = "caldav",
    options = { endpoint = server.url, username = server.user, password = server.password, calendar_id = "kanban" },
    tokens = true,
    missing = { calendar_id = "no such calendar" },
    wrong_password = { password = "a wrong one" },
    foreign = function(name, text)
      local body, status = server:request("PUT", server.cal .. name .. ".ics", ical.crlf(text), "Content-Type: text/calendar")
      assert(status == 201 or status == 204, body)
    end,
    close = function() server:stop() end,
  }
  for name, value in pairs(members or {}) do
    if value == false then world[name] = nil else world[name] = value end
  end
  return world
end

--- What a policy world needs: see support/policy_place.lua.
function caldav_world.policy(server, provider)
  provider = provider or "caldav"
  return {
    name = provider, undoes = true, options = { endpoint = server.url, calendar_id = server.cal, username = server.user,
      password = server.password },
    config = { provider = provider, endpoint = server.url, calendarId = server.cal,
      credentials = { username = server.user, password = { command = { "printf", "%s", server.password } } } },
    close = function() server:stop() end,
  }
end

return caldav_world
