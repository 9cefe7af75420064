-- Makes docs/http-api.md from the table of routes: fmcal-lua docs/http_api.lua > docs/http-api.md
local openapi = require "fmcal.serve.http.openapi"
local routes = require "fmcal.serve.http.routes"
local sorted_names = require "fmcal.util.sorted_names"
local types = require "fmcal.serve.http.problem_types"

print [[
# HTTP API

`docs/http_api.lua` makes this page from the table of routes. The server tells the same at `/api/openapi.json`.

Send a token with `Authorization: Bearer TOKEN`; see [the service](service.md). Bodies and answers are JSON. What was not
done is a problem (RFC 9457): `error` in it is one sentence for a person, `type` the address of what it means.

- `Idempotency-Key` on a POST: the same key, call, caller and body get the same answer for 24 hours.
- `Prefer: respond-async` on what starts a run: 202 at once, with the run's address; `Prefer: wait=N` after N seconds.
- `ETag` and `If-None-Match` where the answer is a function of what is stored: 304.
]]

local function members_of(route)
  local list = {}
  local function add(name, needed) list[#list + 1] = ("`%s`%s"):format(name, needed and "" or "?") end
  local needs = {}
  for _, name in ipairs(route.needs or {}) do needs[name] = true end
  if route.team == "query" or route.team == "body" then add("team", true) elseif route.team == "perhaps" then add("team") end
  for _, name in ipairs(sorted_names(route.query or route.body or {})) do add(name, needs[name]) end
  return table.concat(list, ", ")
end

print "| call | scope | members | |"
print "|---|---|---|---|"
for _, route in ipairs(routes.LIST) do
  print(("| `%s %s` | %s | %s | %s |"):format(route.method, route.path, route.scope, members_of(route), route.about))
end

print "\n## Statuses\n"
print "| call | statuses |"
print "|---|---|"
for _, route in ipairs(routes.LIST) do
  print(("| `%s %s` | %s |"):format(route.method, route.path, table.concat(openapi.statuses(route), ", ")))
end

print "\n## Problems\n"
print "| `/docs/errors/` | status | means | do |"
print "|---|---|---|---|"
for _, name in ipairs(sorted_names(types)) do
  local kind = types[name]
  print(("| `%s` | %d | %s | %s |"):format(name, kind.status, kind.means, kind.help))
end
