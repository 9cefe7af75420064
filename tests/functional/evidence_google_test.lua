-- Only evidence counts as absence, and as done: what comes with 200 from Google's address and is no answer changes nothing on
-- the board, and the next run brings both sides in step.
package.path = os.getenv("TESTS_DIR") .. "/conformance/?.lua;" .. package.path
local commands = require "commands"
local google_world = require "google_world"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"

local server <close> = servers.google()
local config = google_world.policy(server).config
local CALENDAR = config.calendarId

local function synced()
  server:control("DELETE", "_fault")
  server:control("DELETE", "_all")
  local items = {}
  for i = 1, 3 do items[i] = { id = "A-" .. i, title = "Item " .. i, dueDate = "2030-01-0" .. i, status = "todo" } end
  config.enabled = true
  local place = commands.place { team = "academy", items = json.array(items), calendarConfig = config }
  place:expect(0, "sync.lua board.json -q")
  return place
end

local function events()
  local list = {}
  for _, event in ipairs(server:control("GET", "_events/" .. CALENDAR)) do
    if event.status ~= "cancelled" then list[#list + 1] = event end
  end
  return list
end

local function event_of(id)
  for _, event in ipairs(events()) do
    if event.extendedProperties.private.uid == id .. "@fleetmonitor" then return event end
  end
  return nil
end

local function assert_dates(place)
  for i = 1, 3 do lu.assertEquals(place:item("A-" .. i).dueDate, "2030-01-0" .. i) end
end

local BODIES = {
  portal = "<html>Please sign in</html>", empty = "", object = "{}", null = "null", list = "[]", error = '{"error":{"code":500}}',
  no_token = '{"kind":"calendar#events","items":[]}', no_items = '{"kind":"calendar#events","nextSyncToken":"x"}',
  items_object = '{"items":{},"nextSyncToken":"x"}', nameless = '{"items":[{"status":"confirmed"}],"nextSyncToken":"x"}',
}

TestListings = {}

for name, body in pairs(BODIES) do
  TestListings["test_" .. name] = function()
    local place <close> = synced()
    server:control("POST", "_events/" .. CALENDAR, { id = event_of("A-1").id, summary = "Edited there" })
    server:fault { kind = "status", method = "GET", path = "/events$", times = -1, code = 200, body = body }
    place:expect(3, "sync.lua board.json -q")
    assert_dates(place)
    server:control("DELETE", "_fault")
    server:fault { kind = "google", method = "GET", path = "/events$", code = 410, reason = "fullSyncRequired" }
    server:fault { kind = "status", method = "GET", path = "/events$", times = -1, code = 200, body = body }
    place:expect(3, "sync.lua board.json -q")
    assert_dates(place)
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    assert_dates(place)
    lu.assertEquals(place:item("A-1").title, "Edited there")
  end
end

TestWrites = {}

for name, body in pairs { object = "{}", null = "null", other = '{"id":"other","status":"confirmed","start":{"date":"2030-01-01"}}' } do
  TestWrites["test_a_write_that_names_" .. name] = function()
    local place <close> = synced()
    place:edit(function(board)
      board.items[2].title = "Edited here"
      table.insert(board.items, { id = "B-1", title = "New", dueDate = "2030-02-01", status = "todo" })
    end)
    for _, method in ipairs { "POST", "PATCH" } do
      server:fault { kind = "status", method = method, path = "/events", times = -1, code = 200, body = body }
    end
    place:expect(1, "sync.lua board.json -q")
    lu.assertNil(event_of("B-1"))
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    lu.assertEquals(event_of("A-2").summary, "Edited here")
    lu.assertEquals(event_of("B-1").summary, "New")
    lu.assertEquals(#events(), 4)
  end
end

-- Its answer was lost, its repetition was refused, and it arrived after all: what was taken back meanwhile is not pulled.
function TestWrites.test_a_write_that_arrives_after_a_refusal_of_its_repetition()
  local place <close> = synced()
  local function retitle(title) place:edit(function(board) board.items[1].title = title end) end
  retitle("Edited")
  server:fault { kind = "status", method = "PATCH", code = 502 }
  server:fault { kind = "google", method = "PATCH", code = 403, reason = "forbidden" }
  lu.assertStrContains(select(2, place:expect(1, "sync.lua board.json -q")), "A-1: ")
  server:control("POST", "_events/" .. CALENDAR, { id = event_of("A-1").id, summary = "Edited" })
  retitle("Item 1")
  place:expect(0, "sync.lua board.json -q")
  lu.assertEquals({ place:item("A-1").title, event_of("A-1").summary }, { "Item 1", "Item 1" })
  lu.assertEquals(place:item("A-1").calendarSync.syncStatus, "synced")
end

function TestWrites.test_a_delete_that_was_not_made()
  local place <close> = synced()
  place:edit(function(board) table.remove(board.items, 1) end)
  server:fault { kind = "status", method = "DELETE", times = -1, code = 200, body = "<html>Please sign in</html>" }
  place:expect(1, "sync.lua board.json -q")
  lu.assertEquals(#events(), 3)
  server:control("DELETE", "_fault")
  place:expect(0, "sync.lua board.json -q")
  lu.assertEquals(#events(), 2)
end

TestSignIn = {}

for _, name in ipairs { "portal", "object", "null", "error" } do
  TestSignIn["test_" .. name] = function()
    local place <close> = synced()
    server:fault { kind = "status", method = "POST", path = "/token", times = -1, code = 200, body = BODIES[name] }
    place:expect(3, "sync.lua board.json -q")
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    assert_dates(place)
  end
end

os.exit(lu.LuaUnit.run())
