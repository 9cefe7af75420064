-- Only evidence counts as absence, and as done: what a CalDAV server answers that is no answer changes nothing on the board,
-- and the next run brings both sides in step.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"

local server <close> = servers.scripted()

local function synced()
  server:clear()
  local items = {}
  for i = 1, 3 do items[i] = { id = "A-" .. i, title = "Item " .. i, dueDate = "2030-01-0" .. i, status = "todo" } end
  local place = commands.place {
    team = "academy", items = json.array(items),
    calendarConfig = { enabled = true, provider = "caldav", endpoint = server.url, calendarId = "kanban",
      credentials = { username = "alice", command = { "printf", "secret" } } },
  }
  place:expect(0, "sync.lua board.json -q")
  return place
end

local function objects()
  return server:control("GET", "_objects").kanban
end

local function count()
  local n = 0
  for _ in pairs(objects()) do n = n + 1 end
  return n
end

local function assert_dates(place)
  for i = 1, 3 do lu.assertEquals(place:item("A-" .. i).dueDate, "2030-01-0" .. i) end
end

local function retitle(place, id, title)
  place:edit(function(board)
    for _, item in ipairs(board.items) do
      if item.id == id then item.title = title end
    end
  end)
end

local function edit_there(id, from, to)
  local name = id:gsub("-", "--") .. "-40fleetmonitor.ics"
  server:control("PUT", "_objects/kanban/" .. name, (objects()[name].text:gsub(from, to)))
end

local PORTAL = "<html>Please sign in</html>"

TestNoAnswer = {}

for _, code in ipairs { 200, 202, 204, 206 } do
  TestNoAnswer["test_everything_is_answered_" .. code] = function()
    local place <close> = synced()
    edit_there("A-1", "SUMMARY:[^\r\n]*", "SUMMARY:Edited there")
    retitle(place, "A-2", "Edited here")
    server:fault { kind = "status", times = -1, code = code, body = PORTAL }
    place:expect(3, "sync.lua board.json -q")
    assert_dates(place)
    server:control("POST", "_expire")
    place:expect(3, "sync.lua board.json -q")
    assert_dates(place)
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    assert_dates(place)
    lu.assertEquals(place:item("A-1").title, "Edited there")
    lu.assertEquals(place:item("A-2").title, "Edited here")
    lu.assertEquals(count(), 3)
  end
end

for _, code in ipairs { 403, 404, 410 } do
  TestNoAnswer["test_a_calendar_that_answers_" .. code] = function()
    local place <close> = synced()
    server:fault { kind = "status", times = -1, code = code }
    place:expect(3, "sync.lua board.json -q")
    assert_dates(place)
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    assert_dates(place)
  end
end

function TestNoAnswer.test_a_listing_that_cannot_be_read_alone()
  local place <close> = synced()
  edit_there("A-1", "SUMMARY:[^\r\n]*", "SUMMARY:Edited there")
  server:fault { kind = "replace", method = "REPORT", skip = 1, code = 207, body = '<multistatus xmlns="DAV:"><response><href>'
    .. "/cal/alice/kanban/A--1-40fleetmonitor.ics</href><status>HTTP/1.1 404 Not Found</status></response></multistatus>" }
  server:fault { kind = "status", method = "GET", code = 404 }
  local out, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(out .. errors, "the event of A-1 cannot be read: the calendar lists it")
  assert_dates(place)
  place:expect(0, "sync.lua board.json -q")
  assert_dates(place)
  lu.assertEquals(place:item("A-1").title, "Edited there")
end

TestMended = {}

-- An event that nobody could read is read again each run, until it is whole; its ETag may be the same. Both those that are
-- no object at all and those whose date is none, as long as it takes.
function TestMended.test_an_event_that_is_whole_again_with_the_same_etag()
  for _, spoil in ipairs { function(text) return text:gsub("DTSTART[^\r\n]*", "DTSTART;VALUE=DATE:20300231") end,
    function() return "BEGIN:VCALENDAR\r\nnonsense" end } do
    for _, runs in ipairs { 1, 6 } do
      local place <close> = synced()
      edit_there("A-1", "SUMMARY:[^\r\n]*", "SUMMARY:Edited there")
      local broken = spoil(objects()["A--1-40fleetmonitor.ics"].text)
      server:fault { kind = "damaged", on = "fetch", times = -1, body = broken }
      server:fault { kind = "replace", code = 200, method = "GET", path = "ics$", times = -1, body = broken }
      for _ = 1, runs do
        lu.assertStrContains(select(2, place:expect(1, "sync.lua board.json -q")), "the event of A-1 cannot be read")
      end
      server:control("DELETE", "_fault")
      server:control("DELETE", "_log")
      place:expect(0, "sync.lua board.json -q")
      lu.assertEquals({ place:item("A-1").title, server:count() }, { "Edited there", 2 })
      place:expect(0, "sync.lua board.json -q")
      lu.assertEquals(server:count(), 3)
      assert_dates(place)
    end
  end
end

TestWrites = {}

for _, code in ipairs { 200, 201, 204 } do
  TestWrites["test_a_put_that_was_answered_and_not_made_" .. code] = function()
    local place <close> = synced()
    place:edit(function(board)
      table.insert(board.items, { id = "B-1", title = "New", dueDate = "2030-02-01", status = "todo" })
    end)
    server:fault { kind = "status", method = "PUT", times = -1, code = code, body = code == 200 and PORTAL or "" }
    local out, errors = place:expect(1, "sync.lua board.json")
    lu.assertNotStrContains(out .. errors, "created")
    lu.assertEquals(place:item("B-1").dueDate, "2030-02-01")
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    lu.assertEquals(place:item("B-1").dueDate, "2030-02-01")
    lu.assertEquals(count(), 4)
  end

  TestWrites["test_an_update_that_was_answered_and_not_made_" .. code] = function()
    local place <close> = synced()
    retitle(place, "A-2", "Edited here")
    server:fault { kind = "status", method = "PUT", times = -1, code = code, body = code == 200 and PORTAL or "" }
    place:expect(1, "sync.lua board.json -q")
    server:control("DELETE", "_fault")
    place:expect(0, "sync.lua board.json -q")
    lu.assertEquals(place:item("A-2").title, "Edited here")
    lu.assertStrContains(objects()["A--2-40fleetmonitor.ics"].text, "SUMMARY:Edited here")
  end
end

function TestWrites.test_a_delete_that_was_answered_and_not_made()
  local place <close> = synced()
  place:edit(function(board) table.remove(board.items, 1) end)
  server:fault { kind = "status", method = "DELETE", times = -1, code = 200, body = PORTAL }
  place:expect(1, "sync.lua board.json -q")
  lu.assertEquals(count(), 3)
  server:control("DELETE", "_fault")
  place:expect(0, "sync.lua board.json -q")
  lu.assertEquals(count(), 2)
end

-- Its answer was lost, its repetition was refused, and it arrived after all: what was taken back meanwhile is not pulled.
function TestWrites.test_a_write_that_arrives_after_a_refusal_of_its_repetition()
  local place <close> = synced()
  retitle(place, "A-1", "Edited")
  server:fault { kind = "status", method = "PUT", code = 502 }
  server:fault { kind = "status", method = "PUT", code = 403 }
  lu.assertStrContains(select(2, place:expect(1, "sync.lua board.json -q")), "A-1: ")
  edit_there("A-1", "SUMMARY:[^\r\n]*", "SUMMARY:Edited")
  retitle(place, "A-1", "Item 1")
  place:expect(0, "sync.lua board.json -q")
  lu.assertEquals(place:item("A-1").title, "Item 1")
  lu.assertStrContains(objects()["A--1-40fleetmonitor.ics"].text, "SUMMARY:Item 1")
  lu.assertEquals(place:item("A-1").calendarSync.syncStatus, "synced")
end

function TestWrites.test_a_server_that_lags_behind()
  local place <close> = synced()
  retitle(place, "A-2", "Edited here")
  place:edit(function(board)
    table.insert(board.items, { id = "B-1", title = "New", dueDate = "2030-02-01", status = "todo" })
  end)
  local gone = ""
  for _, name in ipairs { "A--2", "B--1" } do
    gone = gone .. ("<response><href>/cal/alice/kanban/%s-40fleetmonitor.ics</href><status>HTTP/1.1 404 Not Found</status>"
      .. "</response>"):format(name)
  end
  server:fault { kind = "replace", method = "REPORT", skip = 1, times = -1, code = 207,
    body = '<multistatus xmlns="DAV:">' .. gone .. "<sync-token>data:,1</sync-token></multistatus>" }
  server:fault { kind = "status", method = "GET", times = -1, code = 404 }
  place:expect(1, "sync.lua board.json -q")
  server:control("DELETE", "_fault")
  place:expect(0, "sync.lua board.json -q")
  assert_dates(place)
  lu.assertEquals(place:item("A-2").title, "Edited here")
  lu.assertEquals(place:item("B-1").dueDate, "2030-02-01")
  lu.assertEquals(count(), 4)
end

os.exit(lu.LuaUnit.run())
