-- All that can be asked, and the only place that grants anything: a call without an entry here cannot be reached, and an entry
-- says which scope it needs and where the team stands that the caller must be allowed to see.
--
--   method, path      {name} stands for one segment
--   call              "GROUP.NAME": a function of fmcal.serve.calls.GROUP
--   scope             "public", "read", "trigger", "write" or "admin"
--   team              "query", "body" or "path": there it must be named; "perhaps": in the query, where it is; "all": none is
--   query, body       members, each with its type (fmcal.util.schema); `needs` lists those that must be there
--   answers           the statuses beside those of all calls, see fmcal.serve.http.openapi
--   about             one sentence

local json = require "fmcal.json"

local routes = {}

--- The table, in the order in which it is documented.
routes.LIST = {
  { "POST", "/api/calendar/sync/trigger", call = "runs.trigger", scope = "trigger", team = "body",
    body = { direction = "name", only = "names", dryRun = "boolean", allowMassDelete = "boolean" },
    answers = { 200, 202, 409 }, is_run = true, about = "Syncs a team, and answers with what came of it." },
  { "GET", "/api/calendar/sync/status", call = "teams.status", scope = "read", team = "query",
    about = "How a team stands." },
  { "GET", "/api/calendar/teams", call = "teams.list", scope = "read", team = "all", about = "The teams that you may see." },
  { "GET", "/api/calendar/runs", call = "runs.list", scope = "read", team = "query",
    query = { changed = "boolean", limit = "number", before = "name" },
    about = "The runs of a team, newest first; with `changed`, those that changed something." },
  { "GET", "/api/calendar/runs/{id}", call = "runs.get", scope = "read", team = "all", answers = { 404 },
    about = "One run." },
  { "DELETE", "/api/calendar/runs/{id}", call = "runs.cancel", scope = "trigger", team = "all", answers = { 404, 409 },
    about = "Cancels a run that waits or goes on." },
  { "GET", "/api/calendar/config", call = "views.config", scope = "read", team = "query",
    about = "How a team's calendars are set up; never a secret." },
  { "GET", "/api/calendar/entries", call = "views.entries", scope = "read", team = "query",
    query = { from = "name", to = "name", status = "name", q = "text", after = "name", limit = "number" },
    about = "The entries as the sync sees them." },
  { "GET", "/api/calendar/entries/{id}", call = "views.entry", scope = "read", team = "query", answers = { 404 },
    about = "One entry: what the last run saw and did, and what the next one would do." },
  { "GET", "/api/calendar/conflicts", call = "views.conflicts", scope = "read", team = "query",
    query = { id = "name", calendar = "name" }, about = "The conflicts that wait for a person." },
  { "GET", "/api/calendar/history", call = "views.history", scope = "read", team = "query",
    query = { run = "number", id = "name", limit = "number", before = "number" }, answers = { 404 },
    about = "What each run changed and overwrote." },
  { "GET", "/api/calendar/events", call = "views.events", scope = "read", team = "query",
    query = { from = "name", to = "name" },
    about = "The events that belong to no entry; in a window, each time that they take place." },
  { "POST", "/api/calendar/config", call = "acts.config", scope = "write", team = "body",
    body = { syncEnabled = "boolean", syncInterval = "number", defaultCalendar = "name", syncOptions = "object" },
    answers = { 200, 202, 409 }, about = "Changes how a team is synced." },
  { "POST", "/api/calendar/conflicts/{id}/resolve", call = "acts.resolve", scope = "write", team = "body",
    body = { calendar = "name", resolution = "name", merge = "object", fields = "object" },
    answers = { 200, 202, 404, 409, 412, 428 }, is_run = true, about = "Decides a conflict, and carries that out." },
  { "POST", "/api/calendar/plan", call = "acts.plan", scope = "read", team = "body",
    body = { direction = "name", only = "names" }, about = "What a run would do. The plan is kept for an hour." },
  { "POST", "/api/calendar/apply", call = "acts.apply", scope = "write", team = "body", body = { plan = "name" },
    answers = { 200, 202, 404, 409 }, is_run = true, about = "Carries out exactly a plan, or refuses." },
  { "POST", "/api/calendar/undo", call = "acts.undo", scope = "write", team = "body",
    body = { run = "number", only = "names", redo = "boolean", dryRun = "boolean", allowMassDelete = "boolean" },
    answers = { 200, 202, 409 }, is_run = true, about = "Takes a run back, or does it again." },
  { "POST", "/api/calendar/connect/{provider}", call = "acts.connect", scope = "admin", team = "body",
    body = { name = "name", username = "name", password = "name", endpoint = "name", calendarId = "name" },
    answers = { 200, 202, 409 }, about = "Signs in to an account; with a calendar, connects the team with it." },
  { "POST", "/api/calendar/disconnect/{name}", call = "acts.disconnect", scope = "admin", team = "body",
    body = { removeEvents = "boolean" }, answers = { 200, 202, 404, 409 }, about = "Disconnects a team from a calendar." },
  { "POST", "/api/calendar-config/{team}/{provider}/connect", call = "acts.connect_calendar", scope = "admin", team = "path",
    body = { provider = "name", username = "name", password = "name", endpoint = "name", calendarId = "name" },
    answers = { 200, 202, 409 }, about = "Connects a team with an account." },
  { "POST", "/api/calendar-config/{team}/{provider}/disconnect", call = "acts.disconnect", scope = "admin", team = "path",
    body = { removeEvents = "boolean" }, answers = { 200, 202, 404, 409 }, about = "Disconnects a team from a calendar." },
  { "POST", "/api/calendar-config/{team}/{provider}/select", call = "acts.select", scope = "admin", team = "path",
    body = { calendarId = "name" }, answers = { 200, 202, 404, 409 },
    about = "Chooses another calendar of an account." },
  { "POST", "/api/calendar-config/{team}/{provider}/pause", call = "acts.pause", scope = "write", team = "path",
    answers = { 200, 202, 404, 409 }, about = "Leaves a calendar alone." },
  { "POST", "/api/calendar-config/{team}/{provider}/resume", call = "acts.resume", scope = "write", team = "path",
    answers = { 200, 202, 404, 409 }, about = "Ends the pause of a calendar." },
  { "GET", "/api/calendar-config/{team}", call = "views.calendar_config", scope = "read", team = "path",
    about = "How a team's calendars are set up, by provider." },
  { "GET", "/api/calendar/stream", call = "stream.get", scope = "read", team = "perhaps",
    query = { since = "name", timeout = "number" },
    about = "What happens, as server-sent events; with `timeout`, the events since `since`, or the next one, as JSON." },
  { "POST", "/api/session", call = "session.begin", scope = "public", team = "all", body = { code = "name" }, needs = { "code" },
    answers = { 204, 401, 429 }, about = "Signs a person in with a code that works once." },
  { "DELETE", "/api/session", call = "session.finish", scope = "read", team = "all", answers = { 204 },
    about = "Signs out." },
  { "GET", "/api/openapi.json", call = "docs.openapi", scope = "public", team = "all",
    about = "What can be asked, as OpenAPI 3.1." },
  { "GET", "/docs/errors/{name}", call = "docs.error", scope = "public", team = "all", answers = { 404 },
    about = "What an error means, and what to do." },
  { "GET", "/metrics", call = "watch.metrics", scope = "read", team = "all", about = "Figures for Prometheus." },
  { "GET", "/api/support", call = "watch.support", scope = "admin", team = "all",
    about = "One file for a report of a fault: no secret, title or text." },
  { "GET", "/healthz", call = "health.whole", scope = "public", team = "all", answers = { 200, 503 },
    about = "Whether the server is alive and ready." },
  { "GET", "/healthz/live", call = "health.live", scope = "public", team = "all", about = "Whether the server is alive." },
  { "GET", "/healthz/ready", call = "health.ready", scope = "public", team = "all", answers = { 200, 503 },
    about = "Whether all boards have been read, and runs begin." },
  { "GET", "/", call = "page.file", scope = "public", team = "all", about = "The page." },
  { "GET", "/assets/{hash}/{name}", call = "page.file", scope = "public", team = "all", answers = { 404 },
    about = "A file of the page." },
  { "GET", "/assets/{hash}/{folder}/{name}", call = "page.file", scope = "public", team = "all", answers = { 404 },
    about = "A file of the page." },
}

-- ---------------------------------------------------------------- reading the table

local by_shape = {} -- [number of segments] = list of { segments, methods = {[method] = route} }

-- The segments of a path; those in braces as { name = … }.
local function pattern_of(path)
  local list = {}
  for segment in path:gmatch("/([^/]*)") do
    local name = segment:match("^{(%w+)}$")
    list[#list + 1] = name and { name = name } or segment
  end
  return list
end

local function shape_of(path)
  local pattern = pattern_of(path)
  local list = by_shape[#pattern] or {}
  by_shape[#pattern] = list
  for _, shape in ipairs(list) do
    if shape.path == path then return shape end
  end
  local shape = { path = path, pattern = pattern, methods = {} }
  list[#list + 1] = shape
  return shape
end

for _, route in ipairs(routes.LIST) do
  route.method, route.path = route[1], route[2]
  shape_of(route.path).methods[route.method] = route
end

-- The parameters in a path, or nil where it is of another shape.
local function match(pattern, segments)
  local params = {}
  for i, wanted in ipairs(pattern) do
    local segment = segments[i]
    if type(wanted) == "table" then
      if segment == "" then return nil end
      params[wanted.name] = segment
    elseif wanted ~= segment then
      return nil
    end
  end
  return params
end

-- Methods of a shape for the header Allow.
local function allowed(methods)
  local list = json.array {}
  for method in pairs(methods) do
    list[#list + 1] = method
    if method == "GET" then list[#list + 1] = "HEAD" end
  end
  table.sort(list)
  return table.concat(list, ", ")
end

--- The route of a request.
-- @return route and the parameters in its path; nil and nil where there is no such path; nil and the methods it has where the
--   method is none of them
function routes.find(method, segments)
  local allow
  for _, shape in ipairs(by_shape[#segments] or {}) do
    local params = match(shape.pattern, segments)
    local route = params and shape.methods[method == "HEAD" and "GET" or method]
    if route then return route, params end
    if params then allow = allow or allowed(shape.methods) end
  end
  return nil, allow
end

return routes
