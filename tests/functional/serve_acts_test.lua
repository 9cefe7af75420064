-- What the API writes: each act as a request, with who may ask for it.
local lu = require "luaunit"
local service = require "service"

local place <close> = service.place("academy", "court")
local server <close> = service.with_tokens(place)

local function post(path, body, options)
  local asked = { body = body, token = server.token.admin }
  for name, value in pairs(options or {}) do asked[name] = value end
  return server:ask("POST", path, asked)
end

local function get(path)
  return server:ask("GET", path, { token = server.token.read })
end

local function sync(team)
  local answer = post("/api/calendar/sync/trigger", { team = team })
  lu.assertEquals(answer.status, 200)
  return answer.body
end

local function edit_title(team, title)
  place:edit(function(board) board.items[1].title = title end, team .. ".json")
end

local function event_of(team)
  return place:read(("calendars/%s/%s-1.ics"):format(team, team))
end

-- A conflict about the title of the first entry.
local function make_conflict(team)
  sync(team)
  place:edit(function(board)
    board.items[1].title = "Board"
    board.calendarConfig.syncOptions.conflictResolution = "manual"
  end, team .. ".json")
  local name = ("calendars/%s/%s-1.ics"):format(team, team)
  place:write(name, (place:read(name):gsub("SUMMARY:[^\r]*", "SUMMARY:Calendar")))
  lu.assertEquals(sync(team).conflicts, 1)
  return get("/api/calendar/conflicts?team=" .. team).body.conflicts[1]
end

TestActs = {}

function TestActs.test_plan_and_apply()
  sync "academy"
  edit_title("academy", "Planned")
  local plan = post("/api/calendar/plan", { team = "academy" }, { token = server.token.read })
  lu.assertEquals({ plan.status, #plan.body.changes, plan.body.team }, { 200, 1, "academy" })
  lu.assertNil(plan.text:find(place.path, 1, true))
  lu.assertEquals(post("/api/calendar/apply", { team = "court", plan = plan.body.id }).status, 404)
  lu.assertEquals(post("/api/calendar/apply", { team = "academy", plan = plan.body.id }, { token = server.token.read }).status, 403)
  local applied = post("/api/calendar/apply", { team = "academy", plan = plan.body.id })
  lu.assertEquals({ applied.status, applied.body.success, applied.body.changes }, { 200, true, 1 })
  lu.assertStrContains(event_of "academy", "SUMMARY:Planned")
  local again = post("/api/calendar/apply", { team = "academy", plan = plan.body.id })
  lu.assertEquals({ again.status, again.body.type }, { 409, "/docs/errors/stale-plan" })
end

function TestActs.test_undo()
  sync "academy"
  edit_title("academy", "Undone")
  local number = sync("academy").number
  local dry = post("/api/calendar/undo", { team = "academy", dryRun = true })
  lu.assertEquals({ dry.status, dry.body.dryRun, dry.body.actions[1].key, dry.body.reverted.run }, { 200, true, "academy-1", number })
  lu.assertStrContains(event_of "academy", "SUMMARY:Undone")
  lu.assertTrue(post("/api/calendar/undo", { team = "academy", run = number }).body.success)
  lu.assertNotStrContains(event_of "academy", "SUMMARY:Undone")
  lu.assertEquals(get("/api/calendar/history?team=academy").body.runs[1].kind, "undo")
end

function TestActs.test_resolve()
  local conflict = make_conflict "court"
  local path = ("/api/calendar/conflicts/%s/resolve"):format(conflict.id)
  local stale = post(path, { team = "court", resolution = "keep_local" }, { headers = { ["If-Match"] = '"other"' } })
  lu.assertEquals({ stale.status, stale.body.type }, { 412, "/docs/errors/changed-meanwhile" })
  lu.assertEquals(post(path, { team = "court", resolution = "keep" }).status, 422)
  lu.assertEquals(post(path, { team = "court", resolution = "keep_local" }, { token = server.token.trigger }).status, 403)
  local done = post(path, { team = "court", fields = { title = "external" } },
    { headers = { ["If-Match"] = ('"%s"'):format(conflict.etag) } })
  lu.assertEquals({ done.status, done.body.success }, { 200, true })
  lu.assertEquals(place:board("court.json").items[1].title, "Calendar")
  lu.assertEquals(post(path, { team = "court", resolution = "keep_local" }).status, 404)
end

function TestActs.test_config()
  local answer = post("/api/calendar/config", { team = "academy", syncInterval = 30 })
  lu.assertEquals({ answer.status, answer.body.syncInterval }, { 200, 30 })
  local wrong = post("/api/calendar/config", { team = "academy", syncOptions = { conflictResolution = "no" } })
  lu.assertEquals({ wrong.status, wrong.body.member }, { 422, "syncOptions" })
  lu.assertEquals(post("/api/calendar/config", { team = "academy", syncInterval = 5 }, { token = server.token.trigger }).status, 403)
end

function TestActs.test_pause_and_resume()
  local base = "/api/calendar-config/academy/vdir/"
  lu.assertTrue(post(base .. "pause", {}).body.vdir.paused)
  lu.assertEquals(post("/api/calendar/sync/trigger", { team = "academy" }).status, 409)
  lu.assertFalse(post(base .. "resume", {}).body.vdir.paused)
  sync "academy"
  lu.assertEquals(post("/api/calendar-config/academy/none/pause", {}).status, 404)
end

function TestActs.test_events()
  place:write("calendars/academy/x.ics", table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:x@x",
    "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270310", "RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Fair", "END:VEVENT",
    "END:VCALENDAR", "" }, "\r\n"))
  sync "academy"
  lu.assertEquals(#get("/api/calendar/events?team=academy&from=2027-03-11&to=2027-03-20").body.events, 2)
end

-- What is wrong is said before anybody signs in anywhere; a password is in no answer.
function TestActs.test_connect_and_disconnect()
  local wrong = post("/api/calendar/connect/vdir", { team = "academy", username = "u", password = "hidden-word" })
  lu.assertEquals({ wrong.status, wrong.body.member }, { 422, "provider" })
  local away = post("/api/calendar/connect/caldav", { team = "academy", username = "u", password = "hidden-word",
    endpoint = "http://127.0.0.1:1/" })
  lu.assertTrue(away.status == 422 or away.status == 503, away.text)
  lu.assertNil((wrong.text .. away.text):find("hidden-word", 1, true))
  lu.assertEquals(post("/api/calendar/disconnect/none", { team = "academy" }).status, 404)
  lu.assertEquals(post("/api/calendar/disconnect/vdir", { team = "academy" }, { token = server.token.write }).status, 403)
end

os.exit(lu.LuaUnit.run())
