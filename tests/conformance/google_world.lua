-- What the worlds of the scripted Google account have in common.
local google_world = {}

local CALENDAR = "kanban@group.calendar.example"

--- What a provider is made with: for a calendar "kanban" beside the primary one.
function google_world.options(server)
  return { endpoint = { api = server.api, token = server.token, revoke = server.revoke }, calendar_id = CALENDAR,
    refresh_token = server.refresh_token, client_id = server.client_id, client_secret = server.client_secret,
    requests_per_minute = 1000000 }
end

--- @param server from support/servers.lua
--- @param members of the world that differ; false removes one
function google_world.of(server, members)
  server:control("POST", "_calendar", { id = CALENDAR, summary = "Kanban" })
  server:control("POST", "_calendar", { id = "reader@group.calendar.example", role = "reader" })
  local world = {
    name = "google",
    options = google_world.options(server),
    tokens = true,
    missing = { calendar_id = "no such calendar" },
    wrong_password = { password = "a wrong one", refresh_token = "a wrong one" },
    read_only = { calendar_id = "reader@group.calendar.example" },
    paged = function(size) server:set { page = size } end,
    close = function() server:stop() end,
  }
  for name, value in pairs(members or {}) do
    if value == false then world[name] = nil else world[name] = value end
  end
  return world
end

return google_world
