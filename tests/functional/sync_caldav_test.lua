-- sync.lua against CalDAV servers: what a person is told when the server, the sign-in or the calendar is not right.
local commands = require "commands"
local crypto = require "fmcal.crypto"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"
local shell = require "shell"

local radicale <close> = servers.real("radicale")
local scripted <close> = servers.scripted()

local function board(server, members)
  local config = { enabled = true, provider = "caldav", endpoint = server.url, calendarId = "kanban",
    credentials = { username = server.user, command = { "printf", server.password } }, syncOptions = { timeZone = "Europe/Rome" } }
  for name, value in pairs(members or {}) do config[name] = value end
  local made = commands.board {
    { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", status = "todo" },
    { id = "XACA-0041", title = "Call the witness", dueDate = "2027-02-18T14:30:00", status = "todo" },
  }
  made.calendarConfig = config
  return made
end

-- The run fails with this status and one sentence that holds all of the parts; the board stays as it is.
local function assert_refused(server, status, members, parts)
  local place <close> = commands.place(board(server, members))
  local before = place:read("board.json")
  local _, errors = place:expect(status, "sync.lua board.json")
  for _, part in ipairs(parts) do lu.assertStrContains(errors, part) end
  lu.assertEquals(select(2, errors:gsub("\n", "")), 1, errors)
  lu.assertNil(errors:find("a wrong one", 1, true))
  lu.assertEquals(place:read("board.json"), before)
end

TestRadicale = {}

function TestRadicale.test_both_ways()
  local place <close> = commands.place(board(radicale))
  local out, errors = place:expect(0, "sync.lua board.json")
  lu.assertEquals(errors, "")
  lu.assertStrContains(out, "2 created")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "2 unchanged")
  local listing = radicale:request("PROPFIND", radicale.cal, nil, "Depth: 1")
  local name = assert(listing:match("<href>[^<]*/([^</]*XACA%-+0040[^<]*)</href>"), listing)
  local text = radicale:request("GET", radicale.cal .. name)
  lu.assertStrContains(text, "SUMMARY:File initial motion")
  radicale:request("PUT", radicale.cal .. name, (text:gsub("SUMMARY:[^\r\n]*", "SUMMARY:Moved there")),
    "Content-Type: text/calendar")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("XACA-0040").title, "Moved there")
end

function TestRadicale.test_a_wrong_password()
  assert_refused(radicale, 3, { credentials = { username = radicale.user, command = { "echo", "a wrong one" } } }, { "password" })
end

function TestRadicale.test_a_calendar_that_does_not_exist()
  assert_refused(radicale, 3, { calendarId = "kanbn" }, { "kanbn", "kanban" })
end

function TestRadicale.test_a_password_in_the_board_is_warned_about()
  local place <close> = commands.place(board(radicale,
    { credentials = { username = radicale.user, password = radicale.password } }))
  local _, errors = place:expect(0, "sync.lua -q board.json --dry-run")
  lu.assertStrContains(errors, "password")
  lu.assertNil(errors:find(radicale.password, 1, true))
end

TestScripted = {}

function TestScripted.test_a_read_only_calendar()
  scripted:control("POST", "_calendar", { name = "readonly", display_name = "Read only", writable = false })
  local place <close> = commands.place(board(scripted, { calendarId = "readonly" }))
  for _, words in ipairs { "--dry-run", "", "--direction outbound" } do
    local _, errors = place:expect(3, "sync.lua board.json " .. words)
    lu.assertEquals(errors, 'sync.lua: the calendar "Read only" is read-only: choose another, ask its owner for the '
      .. "right to write, or sync with --direction inbound\n")
  end
  lu.assertEquals(place:item("XACA-0040").calendarSync.syncStatus, "pending")
  lu.assertEquals(place:item("XACA-0040").calendarSync.retryCount, 0)
  place:expect(0, "sync.lua board.json --direction inbound")
end

function TestScripted.test_a_calendar_for_tasks()
  scripted:control("POST", "_calendar", { name = "tasks", display_name = "Tasks", components = { "VTODO" } })
  assert_refused(scripted, 2, { calendarId = "tasks" }, { "it is for tasks", "choose another" })
end

-- How many requests of each method the server got, multigets apart.
local function requests()
  local counts = { multiget = 0, PUT = 0, all = 0 }
  for _, row in ipairs(scripted:control("GET", "_log").requests) do
    counts.all = counts.all + 1
    counts[row.method] = (counts[row.method] or 0) + 1
    if (row.body or ""):find("calendar-multiget", 1, true) then counts.multiget = counts.multiget + 1 end
  end
  return counts
end

function TestScripted.test_edits_on_both_sides_take_one_multiget_where_it_is_slow()
  scripted:clear()
  scripted:control("POST", "_options", { software = "Python/3.11 aiohttp/3.8.4" })
  local items = {}
  for i = 1, 40 do items[i] = { id = "X-" .. i, title = "Item " .. i, dueDate = "2027-02-15" } end
  local made = board(scripted)
  made.items = items
  local place <close> = commands.place(made)
  place:expect(0, "sync.lua -q board.json")
  local now = json.decode(place:read("board.json"))
  for i = 1, 10 do now.items[i].title = "Edited here " .. i end
  place:write("board.json", json.encode(now))
  for name, object in pairs(scripted:control("GET", "_objects").kanban) do
    if object.text:find("SUMMARY:Item 2%d") then
      scripted:control("PUT", "_objects/kanban/" .. name, (object.text:gsub("SUMMARY:", "SUMMARY:There: ")))
    end
  end
  scripted:control("DELETE", "_log")
  local out = place:expect(0, "sync.lua board.json")
  lu.assertStrContains(out, "10 updated")
  lu.assertEquals(place:item("X-20").title, "There: Item 20")
  local counts = requests()
  lu.assertEquals({ counts.PUT, counts.multiget }, { 10, 1 })
  lu.assertTrue(counts.all <= 30, counts.all)
  scripted:control("POST", "_options", { software = "" })
end

function TestScripted.test_a_server_that_is_not_there()
  assert_refused({ url = "http://127.0.0.1:9/", user = "a", password = "b" }, 3, nil, { "127.0.0.1" })
end

function TestScripted.test_plain_http_beyond_this_machine()
  assert_refused(scripted, 2, { endpoint = "http://dav.example.org/" }, { "allowHttp" })
end

TestWebhook = {}

-- The bodies that the webhook got.
local function told()
  local bodies = {}
  for _, row in ipairs(scripted:control("GET", "_log").requests) do
    if row.path == "/echo" then bodies[#bodies + 1] = assert(json.decode(row.body)) end
  end
  return bodies
end

function TestWebhook.test_runs_with_news_are_posted()
  scripted:clear()
  local place <close> = commands.place(board(scripted, { syncOptions = { webhook = scripted.url .. "echo" } }))
  place:expect(0, "sync.lua -q board.json --dry-run")
  lu.assertEquals(told(), {})
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(#told(), 1)
  lu.assertEquals(told()[1].team, "academy")
  lu.assertEquals(told()[1].result.outbound.created, 2)
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(#told(), 1)
  place:edit(function(b) b.items[1].dueDate = "soon" end)
  place:expect(1, "sync.lua -q board.json")
  lu.assertStrContains(told()[2].errors[1], "XACA-0040")
end

function TestWebhook.test_one_that_refuses_is_a_warning()
  scripted:clear()
  local place <close> = commands.place(board(scripted, { syncOptions = { webhook = "http://127.0.0.1:9/hook" } }))
  local _, errors = place:expect(0, "sync.lua -q board.json")
  lu.assertStrContains(errors, "warning: the webhook was not told")
end

-- An answer that may be another one next time is tried again, with the same delivery.
function TestWebhook.test_a_busy_one_is_told_once_more_and_status_knows()
  scripted:clear()
  scripted:fault { kind = "status", method = "POST", code = 503, times = 1 }
  local place <close> = commands.place(board(scripted, { syncOptions = { webhook = { url = scripted.url .. "echo",
    secret = "canary-of-the-webhook", on = { "start", "ok" } } } }))
  local out, errors = place:expect(0, "sync.lua board.json --json")
  local rows = {}
  for _, row in ipairs(scripted:control("GET", "_log").requests) do
    if row.path == "/echo" then rows[#rows + 1] = row end
  end
  lu.assertEquals(#rows, 3)
  lu.assertEquals({ json.decode(rows[2].body).event, json.decode(rows[3].body).event }, { "start", "ok" })
  lu.assertEquals(#rows[1].headers["Fmcal-Delivery"], 32)
  lu.assertEquals(rows[1].headers["Fmcal-Delivery"], rows[2].headers["Fmcal-Delivery"])
  local t, code = rows[3].headers["Fmcal-Signature"]:match("^t=(%d+),v1=(%x+)$")
  lu.assertEquals(crypto.decode("hex", code), crypto.hmac("sha256", "canary-of-the-webhook", t .. "." .. rows[3].body))
  local shown = place:expect(0, "status.lua board.json") .. place:expect(0, "status.lua board.json --json")
  lu.assertStrContains(shown, "webhook: ok, ")
  lu.assertStrContains(shown, '"tries":2')
  lu.assertNotStrContains(out .. errors .. shown .. rows[3].body, "canary-of-the-webhook")
end

TestExample = {}

local DIRECT = "caldav_direct.lua %s kanban"

function TestExample.test_caldav_direct()
  local out, errors, status = shell.run(("env -u LUA_PATH_5_4 CALDAV_USERNAME=%s CALDAV_PASSWORD=%s %s %s/examples/%s"):format(
    radicale.user, radicale.password, shell.quote(os.getenv("FMCAL_LUA")), shell.quote(os.getenv("SOURCE_DIR")),
    DIRECT:format(radicale.url)))
  lu.assertEquals({ errors, status }, { "", 0 })
  lu.assertStrContains(out, "Signed in")
  lu.assertStrContains(out, "kanban")
  lu.assertStrContains(out, "found An event of fmcal's example at 2027-02-15T10:00:00, Europe/Rome")
  lu.assertStrContains(out, "Event deleted")
end

-- Servers count requests by account: what one board's run is told to wait for, the next one must not ignore.
function TestScripted.test_boards_of_one_account_follow_each_other()
  scripted:clear()
  scripted:add_calendar '{"name": "second", "display_name": "Second", "components": ["VEVENT"], "writable": true}'
  local one, two = board(scripted), board(scripted, { calendarId = "/cal/alice/second/" })
  two.team = "second"
  for _, item in ipairs(two.items) do item.id = "S" .. item.id end
  for _, made in ipairs { one, two } do
    made.calendarConfig.credentials = { username = scripted.user, password = { command = { "printf", scripted.password } } }
  end
  local place <close> = commands.place(one)
  place:write("second.json", two)
  scripted:fault { kind = "delay", method = "PUT", ms = 300, times = -1 }
  place:expect(0, "sync.lua board.json second.json --jobs 2 -q")
  local last_of_one, first_of_two
  for i, row in ipairs(scripted:control("GET", "_log").requests) do
    if row.path:find("^/cal/alice/kanban/.") then last_of_one = i end
    if row.path:find("/second/", 1, true) then first_of_two = first_of_two or i end
  end
  scripted:clear()
  lu.assertTrue(first_of_two > last_of_one)
end

os.exit(lu.LuaUnit.run())
