-- Only evidence counts as absence, in a folder: a file that cannot be read costs its own entry, and nothing else is taken
-- for deleted because of it until it can be told from what is missing.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function synced()
  local items = {}
  for i = 1, 3 do items[i] = { id = "XACA-" .. i, title = "Item " .. i, dueDate = "2030-01-0" .. i, status = "todo" } end
  local place = commands.place(commands.board(items))
  place:expect(0, "sync.lua board.json -q")
  return place
end

local function path_of(place, name)
  return place:file("calendars/academy/" .. name)
end

local function assert_kept(place, id, sentence)
  local out, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(out .. errors, sentence)
  lu.assertNotNil(place:item(id).dueDate, "the date of " .. id)
end

TestUnreadFiles = {}

function TestUnreadFiles.test_a_bare_event()
  local place <close> = synced()
  local path, text = place:event("XACA-1")
  shell.write(path, text:match("BEGIN:VEVENT.*END:VEVENT\r\n"))
  for _ = 1, 2 do
    assert_kept(place, "XACA-1", "the event of XACA-1 cannot be read: this is no calendar object")
  end
  shell.write(path, text)
  place:expect(0, "sync.lua board.json -q")
  lu.assertEquals(place:item("XACA-1").calendarSync.syncStatus, "synced")
end

function TestUnreadFiles.test_an_event_that_became_a_task()
  local place <close> = synced()
  local path, text = place:event("XACA-1")
  shell.write(path, (text:gsub("VEVENT", "VTODO")))
  for _ = 1, 2 do assert_kept(place, "XACA-1", "the event of XACA-1 cannot be read: it holds no event any more") end
end

function TestUnreadFiles.test_an_event_that_lost_its_uid()
  local place <close> = synced()
  local path, text = place:event("XACA-1")
  shell.write(path, (text:gsub("UID:[^\r\n]*\r\n", "")))
  assert_kept(place, "XACA-1", "the event of XACA-1 cannot be read: the calendar object has no UID")
end

local UNREADABLE = {
  half = function(path, text) shell.write(path, text:sub(1, 120)) end,
  empty = function(path) shell.write(path, "") end,
  large = function(path, text)
    shell.write(path, (text:gsub("END:VEVENT", "X-LARGE:" .. ("x"):rep(1100000) .. "\r\nEND:VEVENT")))
  end,
  folder = function(path) os.execute("mkdir " .. shell.quote(path)) end,
}

for name, spoil in pairs(UNREADABLE) do
  TestUnreadFiles["test_a_renamed_file_that_is_" .. name] = function()
    local place <close> = synced()
    local path, text = place:event("XACA-1")
    spoil(path_of(place, "renamed.ics"), text)
    os.remove(path)
    for _ = 1, 2 do assert_kept(place, "XACA-1", "renamed.ics") end
    os.execute("rm -r " .. path_of(place, "renamed.ics"))
    shell.write(path_of(place, "renamed.ics"), (text:gsub("DTSTART;VALUE=DATE:20300101", "DTSTART;VALUE=DATE:20300103")
      :gsub("DTEND;VALUE=DATE:20300102", "DTEND;VALUE=DATE:20300104")))
    place:expect(0, "sync.lua board.json -q")
    lu.assertEquals(place:item("XACA-1").dueDate, "2030-01-03")
  end
end

function TestUnreadFiles.test_what_is_missing_when_the_unreadable_file_goes()
  local place <close> = synced()
  os.rename((place:event("XACA-1")), path_of(place, "other.ics"))
  shell.write(path_of(place, "other.ics"), "BEGIN:VCALENDAR\r\n")
  assert_kept(place, "XACA-1", "other.ics")
  os.remove(path_of(place, "other.ics"))
  place:expect(0, "sync.lua board.json -q")
  lu.assertEquals(place:item("XACA-1").dueDate, json.null)
end

function TestUnreadFiles.test_a_file_that_was_unreadable_before_is_no_excuse()
  local place <close> = synced()
  shell.write(path_of(place, "foreign.ics"), "BEGIN:VCALENDAR\r\n")
  local out, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(out .. errors, 'foreign.ics in the calendar "academy" cannot be read: line 1')
  os.remove((place:event("XACA-1")))
  place:expect(1, "sync.lua board.json")
  lu.assertEquals(place:item("XACA-1").dueDate, json.null)
  lu.assertNotNil(place:item("XACA-2").dueDate)
end

function TestUnreadFiles.test_a_moved_file_is_found_beside_an_unreadable_one()
  local place <close> = synced()
  os.rename((place:event("XACA-1")), path_of(place, "moved.ics"))
  shell.write(path_of(place, "foreign.ics"), "BEGIN:VCALENDAR\r\n")
  place:expect(1, "sync.lua board.json")
  lu.assertEquals(place:item("XACA-1").calendarSync.syncStatus, "synced")
end

os.exit(lu.LuaUnit.run())
