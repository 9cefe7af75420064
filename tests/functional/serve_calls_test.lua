-- What the API answers: runs, how teams stand, what boards hold, tags, keys, errors.
local json = require "fmcal.json"
local lu = require "luaunit"
local service = require "service"
local shell = require "shell"

TestCalls = {}

local place, server

function TestCalls.setUp()
  if server then return end
  place = service.place("academy", "court")
  server = service.with_tokens(place)
end

local function get(path, options)
  local given = { token = server.token.read }
  for name, value in pairs(options or {}) do given[name] = value end
  return server:ask("GET", path, given)
end

local function trigger(body, headers)
  return server:ask("POST", "/api/calendar/sync/trigger", { token = server.token.trigger, body = body, headers = headers })
end

function TestCalls.test_a_run_as_the_original_answers_it()
  local answer = trigger { team = "academy", direction = "outbound" }
  lu.assertEquals(answer.status, 200)
  lu.assertEquals({ answer.body.success, answer.body.message, answer.body.team, answer.body.direction },
    { true, "Calendar sync completed (outbound)", "academy", "outbound" })
  lu.assertEquals(answer.body.result.outbound.total_items, 2)
  local run = get("/api/calendar/runs/" .. answer.body.run)
  lu.assertEquals({ run.body.state, run.body.why, run.body.who }, { "finished", "trigger", { "trigger" } })
  local list = get("/api/calendar/runs?team=academy&limit=1")
  lu.assertEquals(list.body.runs[1].id, answer.body.run)
end

function TestCalls.test_who_does_not_want_to_wait()
  local before = place:read("court.json")
  local answer = trigger({ team = "court", dryRun = true }, { Prefer = "respond-async" })
  lu.assertEquals({ answer.status, answer.headers["preference-applied"] }, { 202, "respond-async" })
  lu.assertEquals(answer.headers.location, "/api/calendar/runs/" .. answer.body.run)
  service.wait_for(function() return get(answer.headers.location).body.state == "finished" end, "the run")
  lu.assertTrue(get(answer.headers.location).body.dryRun)
  lu.assertEquals(place:read("court.json"), before)
end

function TestCalls.test_a_run_that_fails_is_an_answer()
  local fails <close> = service.place("lost")
  fails:edit(function(board) board.calendarConfig.endpoint = "lost.json/nowhere" end, "lost.json")
  local other <close> = service.with_tokens(fails)
  local answer = other:ask("POST", "/api/calendar/sync/trigger", { token = other.token.admin, body = { team = "lost" } })
  lu.assertEquals({ answer.status, answer.body.success }, { 200, false })
  lu.assertStrContains(answer.body.error, "nowhere")
  lu.assertNil(answer.text:find(fails.path, 1, true))
end

function TestCalls.test_broken_boards()
  local broken <close> = service.place("academy")
  broken:write("torn.json", '{"team": "torn",\n "items": [}')
  local other <close> = service.with_tokens(broken)
  local teams = other:ask("GET", "/api/calendar/teams", { token = other.token.read }).body.teams
  lu.assertEquals({ teams[1].team, teams[2].team, teams[2].state }, { "academy", "torn", "failing" })
  local answer = other:ask("POST", "/api/calendar/sync/trigger", { token = other.token.admin, body = { team = "torn" } })
  lu.assertEquals({ answer.status, answer.body.type }, { 422, "/docs/errors/unreadable-board" })
  lu.assertStrContains(answer.body.error, "torn.json")
  answer = other:ask("GET", "/api/calendar/entries?team=torn", { token = other.token.read })
  lu.assertEquals({ answer.status, answer.body.line, answer.body.column }, { 422, 2, 12 })
end

function TestCalls.test_reading()
  lu.assertEquals(get("/api/calendar/sync/status?team=academy").body.team, "academy")
  local entries = get("/api/calendar/entries?team=academy&q=two&limit=10")
  lu.assertEquals({ entries.status, #entries.body.entries, entries.body.entries[1].id }, { 200, 1, "academy-2" })
  lu.assertEquals(get("/api/calendar/entries/academy-1?team=academy").body.id, "academy-1")
  lu.assertEquals(get("/api/calendar/entries/none?team=academy").status, 404)
  lu.assertEquals(get("/api/calendar/conflicts?team=academy").body.conflicts, {})
  lu.assertEquals(get("/api/calendar/config?team=academy").body.providers[1].name, "vdir")
  lu.assertEquals(get("/api/calendar-config/academy").body.vdir.connected, true)
  lu.assertEquals(get("/api/calendar/history?team=academy").status, 200)
  lu.assertEquals(get("/api/calendar/runs/none").status, 404)
end

function TestCalls.test_tags()
  for _, path in ipairs { "/api/calendar/teams", "/api/calendar/config?team=court", "/" } do
    local first = get(path)
    lu.assertNotNil(first.headers.etag, path)
    local again = get(path, { headers = { ["If-None-Match"] = 'W/"x", ' .. first.headers.etag } })
    lu.assertEquals({ again.status, again.text, again.headers.etag }, { 304, "", first.headers.etag }, path)
    lu.assertEquals(get(path, { headers = { ["If-None-Match"] = '"other"' } }).status, 200, path)
  end
  lu.assertStrContains(get("/api/calendar/teams").headers["cache-control"], "private, no-cache")
  lu.assertEquals(server:ask("HEAD", "/api/calendar/teams", { token = server.token.read }).status, 200)
end

local function wrong(answer, status, kind, member)
  lu.assertEquals({ answer.status, answer.body.type, answer.body.member }, { status, "/docs/errors/" .. kind, member })
end

function TestCalls.test_what_was_asked_wrongly_is_said()
  wrong(trigger "{", 400, "broken-json")
  wrong(trigger "[]", 422, "invalid-member")
  wrong(trigger {}, 422, "invalid-member", "team")
  wrong(trigger { team = "academy", directon = "both" }, 422, "invalid-member", "directon")
  lu.assertStrContains(trigger({ team = "academy", directon = "both" }).body.error, "did you mean direction?")
  wrong(trigger { team = "academy", direction = "up" }, 422, "invalid-member", "direction")
  wrong(trigger { team = "academy", only = "academy-1" }, 422, "invalid-member", "only")
  wrong(trigger { team = "nowhere" }, 404, "unknown-team")
  wrong(get "/api/calendar/entries?team=academy&limit=x", 422, "invalid-member", "limit")
  wrong(get "/api/calendar/entries?team=academy&lmit=1", 422, "invalid-member", "lmit")
  wrong(get "/api/calendar/entries", 422, "invalid-member", "team")
  local answer = trigger "{\n\n x}"
  lu.assertEquals({ answer.body.line, answer.body.column }, { 3, 2 })
  wrong(trigger(('{"team": "%s"}'):format(("x"):rep(1 << 20))), 413, "body-too-large")
end

function TestCalls.test_a_request_that_is_sent_again_is_not_done_again()
  local body, key = { team = "academy" }, { ["Idempotency-Key"] = '"one"' }
  local first, again = trigger(body, key), trigger(body, { ["Idempotency-Key"] = "one" })
  lu.assertEquals(again.text, first.text)
  lu.assertEquals(again.headers["idempotency-replayed"], "true")
  lu.assertNotEquals(trigger(body).body.run, first.body.run)
  lu.assertNotEquals(trigger(body, { ["Idempotency-Key"] = "two" }).body.run, first.body.run)
  wrong(trigger({ team = "court" }, key), 422, "other-body")
  local other = server:ask("POST", "/api/calendar/sync/trigger", { token = server.token.admin, body = body, headers = key })
  lu.assertNotEquals(other.body.run, first.body.run)
end

function TestCalls.test_answers_outlive_a_restart()
  local here <close> = service.place("academy")
  local before <close> = service.with_tokens(here)
  local function ask(at)
    return at:ask("POST", "/api/calendar/sync/trigger", { token = before.token.trigger, body = { team = "academy" },
      headers = { ["Idempotency-Key"] = "once" } })
  end
  local first = ask(before)
  before:stop()
  local after <close> = service.start(here)
  lu.assertEquals(ask(after).text, first.text)
  local run = after:ask("GET", "/api/calendar/runs/" .. first.body.run, { token = before.token.read })
  lu.assertEquals({ run.status, run.body.state }, { 200, "finished" })
end

function TestCalls.test_health_and_page_need_no_token()
  lu.assertEquals(server:ask("GET", "/healthz/live").body, { status = "alive" })
  lu.assertEquals(server:ask("GET", "/healthz/ready").body, { status = "ready" })
  local page = server:ask("GET", "/")
  lu.assertStrContains(page.headers["content-security-policy"], "default-src 'none'")
  local script = page.text:match('"(assets/[^"]+%.js)"')
  lu.assertEquals(server:ask("GET", "/" .. script).headers["cache-control"], "public, max-age=31536000, immutable")
  lu.assertEquals(server:ask("GET", "/assets/0123456789abcdef/main.js").status, 404)
end

function TestCalls.test_what_it_says_of_itself()
  local document = server:ask("GET", "/api/openapi.json").body
  lu.assertEquals(document.openapi, "3.1.0")
  lu.assertNotNil(document.paths["/api/calendar/sync/trigger"].post.requestBody)
  local refused = get("/api/calendar/sync/status?team=nowhere")
  local page = server:ask("GET", refused.body.type)
  lu.assertEquals(page.status, 200)
  lu.assertStrContains(page.text, "unknown-team (404 Not Found)")
  local figures = get("/metrics").text
  lu.assertStrContains(figures, 'fmcal_http_answers_total{status="4xx"} ')
  lu.assertStrContains(figures, 'fmcal_teams{state="in-step"} 2')
  for line in figures:gmatch("[^\n]+") do
    lu.assertTrue(line:find("^# ") ~= nil or line:find('^[%l_]+ %d+$') ~= nil or line:find('^[%l_]+{%l+="[%w-]+"} %d+$') ~= nil, line)
  end
  local support = server:ask("GET", "/api/support", { token = server.token.admin })
  lu.assertEquals(#support.body.teams, 2)
  lu.assertNil(support.text:find("academy", 1, true))
end

function TestCalls.test_from_a_shell()
  local out, _, status = shell.run(("FMCAL_URL=%s FMCAL_TOKEN=%s %s api.lua GET /api/calendar/entries team=academy q=two"):format(
    server.url, server.token.read, os.getenv("FMCAL_LUA")))
  lu.assertEquals({ status, json.decode(out).total }, { 0, 1 })
  out, _, status = shell.run(("FMCAL_URL=%s FMCAL_TOKEN=%s %s api.lua POST /api/calendar/sync/trigger team=academy dryRun=true"):format(
    server.url, server.token.trigger, os.getenv("FMCAL_LUA")))
  lu.assertEquals({ status, json.decode(out).success }, { 0, true })
  out, _, status = shell.run(("FMCAL_URL=%s %s api.lua GET /api/calendar/teams"):format(server.url, os.getenv("FMCAL_LUA")))
  lu.assertEquals({ status, json.decode(out).status }, { 1, 401 })
end

-- ---------------------------------------------------------------- the stream

local function poll(query, token)
  return server:ask("GET", "/api/calendar/stream?" .. query, { token = token or server.token.read }).body
end

-- Reads a stream while something is done. @return its text
local function listen(query, fn, seconds)
  local out = place:file("stream")
  place:write("stream", "")
  os.execute(("curl -sN -m %g -H 'Authorization: Bearer %s' '%s/api/calendar/stream?%s' >%s &"):format(seconds or 20,
    server.token.read, server.url, query, out))
  service.wait_for(function() return place:read("stream"):find("retry", 1, true) end, "the stream")
  fn(function(text)
    service.wait_for(function() return place:read("stream"):find(text, 1, true) end, text)
  end)
  return place:read("stream")
end

function TestCalls.test_the_stream_tells_of_a_run()
  local run
  local text = listen("team=academy", function(wait_for)
    trigger { team = "court" }
    run = trigger({ team = "academy" }).body.run
    wait_for('"state":"finished"')
  end)
  lu.assertStrContains(text, "retry: 3000\n\n")
  lu.assertNil(text:find('"team":"court"', 1, true))
  local states, ids = {}, {}
  for id, data in text:gmatch("id: (%S+)\nevent: run\ndata: (%b{})\n\n") do
    local told = json.decode(data)
    lu.assertEquals(told.run, run)
    states[#states + 1], ids[#ids + 1] = told.state, id
  end
  lu.assertEquals(states, { "queued", "started", "finished" })
  lu.assertStrContains(text, "event: team\n")
  local missed = poll("timeout=1&team=academy&since=" .. ids[1])
  lu.assertEquals(missed.events[#missed.events].data.team, "academy")
  lu.assertNotEquals(missed.events[1].id, ids[1])
end

function TestCalls.test_events_that_are_not_known_any_more_are_a_reset()
  lu.assertEquals(poll("timeout=0&since=other-1").events[1].event, "reset")
  local last = poll("timeout=0").last
  lu.assertEquals(poll("timeout=0&since=" .. last).events, {})
end

function TestCalls.test_boards_appear_and_vanish()
  local last = poll("timeout=0").last
  place:write("new.json", { team = "new", items = json.array {}, epics = json.array {} })
  service.wait_for(function() return get("/api/calendar/sync/status?team=new").status == 200 end, "the new board")
  os.remove(place:file("new.json"))
  service.wait_for(function() return get("/api/calendar/sync/status?team=new").status == 404 end, "its end")
  local told = {}
  for _, event in ipairs(poll("timeout=0&since=" .. last).events) do
    if event.event == "board" then told[#told + 1] = event.data.state end
  end
  lu.assertEquals(told, { "appeared", "vanished" })
end

function TestCalls.test_zz_nothing_went_wrong_unseen()
  lu.assertEquals(server:stop(), "")
end

os.exit((function()
  local failed = lu.LuaUnit.run()
  if server then server:stop() end
  if place then place:__close() end
  return failed
end)())
