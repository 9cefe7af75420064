-- Who may ask the server what: each route with no token, a wrong one, a scope too low, a foreign team, a foreign host, a foreign
-- page, a wrong type and a wrong method.
local lu = require "luaunit"
local routes = require "fmcal.serve.http.routes"
local scopes = require "fmcal.serve.access.scopes"
local service = require "service"

TestAccess = {}

local place, server

function TestAccess.setUp()
  if server then return end
  place = service.place("academy", "court")
  server = service.with_tokens(place)
  server.token.foreign = service.tokens(place, "new foreign --scope admin --team court")
end

local UNSAFE = { POST = true, DELETE = true }

-- A request that fits a route but for what a test changes.
local function ask(route, options)
  local path = route.path:gsub("{(%w+)}", function(name) return name == "team" and "academy" or "none" end)
  if route.team == "query" then path = path .. "?team=academy" end
  local given = { token = server.token.admin, body = route.method == "POST" and { team = route.team ~= "path" and "academy" or nil } or nil }
  for name, value in pairs(options) do given[name] = value or nil end
  return server:ask(options.method or route.method, path, given)
end

local function each(fn, filter)
  for _, route in ipairs(routes.LIST) do
    if not filter or filter(route) then fn(route, ("%s %s"):format(route.method, route.path)) end
  end
end

local function is_closed(route) return route.scope ~= "public" end

local function refused(answer, status, kind, what)
  lu.assertEquals(answer.status, status, what)
  lu.assertEquals(answer.headers["content-type"], "application/problem+json", what)
  lu.assertEquals(answer.body.type, "/docs/errors/" .. kind, what)
  lu.assertEquals({ answer.body.status, answer.body.success, answer.body.error }, { status, false, answer.body.detail }, what)
  lu.assertNil(answer.text:find(place.path, 1, true), what)
end

function TestAccess.test_each_route_has_a_scope_and_says_where_the_team_is()
  each(function(route, what)
    lu.assertTrue(route.scope == "public" or scopes.is_known(route.scope), what)
    lu.assertTrue(({ query = true, body = true, path = true, perhaps = true, all = true })[route.team], what)
    if route.scope == "public" then lu.assertEquals(route.team, "all", what) end
  end)
end

function TestAccess.test_no_token()
  each(function(route, what)
    local answer = ask(route, { token = false })
    refused(answer, 401, "not-signed-in", what)
    lu.assertEquals(answer.headers["www-authenticate"], "Bearer", what)
  end, is_closed)
end

function TestAccess.test_a_scope_too_low()
  each(function(route, what)
    for _, scope in ipairs(scopes.LIST) do
      if not scopes.covers(scope, route.scope) then
        refused(ask(route, { token = server.token[scope] }), 403, "not-allowed", what .. " with " .. scope)
      end
    end
  end, is_closed)
end

function TestAccess.test_a_foreign_team()
  each(function(route, what)
    refused(ask(route, { token = server.token.foreign }), 403, "not-allowed", what)
  end, function(route) return route.team == "query" or route.team == "body" or route.team == "path" end)
  local there = server:ask("GET", "/api/calendar/sync/status?team=academy", { token = server.token.foreign })
  local nowhere = server:ask("GET", "/api/calendar/sync/status?team=nowhere", { token = server.token.foreign })
  lu.assertEquals(there.text, nowhere.text)
  local teams = server:ask("GET", "/api/calendar/teams", { token = server.token.foreign })
  lu.assertEquals({ #teams.body.teams, teams.body.teams[1].team }, { 1, "court" })
end

function TestAccess.test_a_foreign_host()
  each(function(route, what)
    refused(ask(route, { headers = { Host = "evil.example" } }), 421, "wrong-host", what)
  end)
  lu.assertEquals(server:ask("GET", "/healthz", { headers = { Host = "localhost:1" } }).status, 200)
end

function TestAccess.test_a_foreign_page()
  each(function(route, what)
    refused(ask(route, { headers = { ["Sec-Fetch-Site"] = "cross-site" } }), 403, "foreign-origin", what)
    refused(ask(route, { headers = { ["Sec-Fetch-Site"] = "same-site" } }), 403, "foreign-origin", what)
    refused(ask(route, { headers = { Origin = "https://evil.example" } }), 403, "foreign-origin", what)
    refused(ask(route, { headers = { Origin = "null" } }), 403, "foreign-origin", what)
    refused(ask(route, { headers = { Origin = "http://127.0.0.1:1" } }), 403, "foreign-origin", what)
  end, function(route) return UNSAFE[route.method] end)
  local own = server:ask("POST", "/api/calendar/sync/trigger", { token = server.token.admin, body = { team = "nowhere" },
    headers = { Origin = server.url } })
  refused(own, 404, "unknown-team")
end

function TestAccess.test_a_wrong_type()
  each(function(route, what)
    for _, kind in ipairs { "text/plain", "application/x-www-form-urlencoded", "application/jsonp" } do
      refused(ask(route, { headers = { ["Content-Type"] = kind } }), 415, "wrong-type", what)
    end
  end, function(route) return route.method == "POST" end)
end

function TestAccess.test_a_wrong_method()
  each(function(route, what)
    local answer = ask(route, { method = "PATCH" })
    refused(answer, 405, "wrong-method", what)
    lu.assertStrContains(answer.headers.allow, route.method)
    lu.assertEquals(ask(route, { method = "OPTIONS", token = false }).status, 405, what)
  end)
end

function TestAccess.test_unknown_paths()
  for _, path in ipairs { "/none", "/api", "/api/calendar/", "/api/calendar/teams/", "//", "/assets/x", "/api/calendar/runs/",
    "/api/calendar/%74eams/x/y/z" } do
    refused(server:ask("GET", path), 404, "unknown-path", path)
  end
  refused(server:ask("GET", "/api/%zz"), 400, "malformed-request")
  refused(server:ask("GET", "/assets/../api", { token = server.token.admin }), 404, "unknown-path")
end

function TestAccess.test_wrong_tokens_are_slowed_down_and_then_refused()
  local here <close> = service.place("academy")
  local other <close> = service.with_tokens(here)
  local answer
  for i = 1, 11 do
    answer = other:ask("GET", "/api/calendar/teams", { token = "fmc_wrong" .. i })
    if i <= 10 then refused(answer, 401, "wrong-credentials", i) end
  end
  refused(answer, 429, "too-many-attempts")
  lu.assertTrue(tonumber(answer.headers["retry-after"]) > 0)
  lu.assertEquals(other:ask("GET", "/api/calendar/teams", { token = other.token.read }).status, 200)
  refused(other:ask("GET", "/api/calendar/teams"), 401, "not-signed-in")
end

function TestAccess.test_tokens_are_noticed_and_revoked()
  local token = service.tokens(place, "new fleet --scope read")
  lu.assertEquals(server:ask("GET", "/api/calendar/teams", { token = token }).status, 200)
  lu.assertNil(place:read(".fmcal/tokens.json"):find(token, 1, true))
  lu.assertStrContains(service.tokens(place, "list"), "fleet")
  service.tokens(place, "revoke fleet")
  lu.assertNotEquals(server:ask("GET", "/api/calendar/teams", { token = token }).status, 200)
end

function TestAccess.test_sessions()
  local link = service.tokens(place, "login --name kim --url " .. server.url)
  local code = link:match("#code=(.+)$")
  local begun = server:ask("POST", "/api/session", { body = { code = code } })
  lu.assertEquals(begun.status, 204)
  local cookie = begun.headers["set-cookie"]
  for _, part in ipairs { "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200" } do lu.assertStrContains(cookie, part) end
  lu.assertNil(cookie:find("Secure", 1, true))
  local value = cookie:match("^[^;]+")
  lu.assertNotEquals(server:ask("POST", "/api/session", { body = { code = code } }).status, 204)
  lu.assertEquals(server:ask("GET", "/api/calendar/teams", { headers = { Cookie = value } }).status, 200)
  local ran = server:ask("POST", "/api/calendar/sync/trigger", { body = { team = "court" }, headers = { Cookie = value } })
  lu.assertEquals(ran.status, 200)
  local run = server:ask("GET", "/api/calendar/runs/" .. ran.body.run, { headers = { Cookie = value } })
  lu.assertEquals(run.body.who, { "kim" })
  lu.assertEquals(server:ask("DELETE", "/api/session", { headers = { Cookie = value } }).status, 204)
  refused(server:ask("GET", "/api/calendar/teams", { headers = { Cookie = value } }), 401, "not-signed-in")
end

function TestAccess.test_zz_nothing_went_wrong_unseen()
  lu.assertEquals(server:stop(), "")
end

os.exit((function()
  local failed = lu.LuaUnit.run()
  if server then server:stop() end
  if place then place:__close() end
  return failed
end)())
