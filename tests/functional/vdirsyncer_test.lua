-- A server's collection seen by other programs: vdirsyncer copies it into a folder, khal shows and edits it there.
local commands = require "commands"
local khal = require "khal"
local lu = require "luaunit"
local servers = require "servers"
local shell = require "shell"

local CONFIG = [==[
[general]
status_path = "%s/status"
[pair calendar]
a = "folder"
b = "server"
collections = [["kanban", "kanban", "%s"]]
[storage folder]
type = "filesystem"
path = "%s/copy"
fileext = ".ics"
[storage server]
type = "caldav"
url = "%s"
username = "%s"
password = "%s"
]==]

local function board(server)
  local made = commands.board {
    { id = "A-1", title = "File motion; soon, [X] a > b: c", dueDate = "2027-02-15", status = "todo" },
    { id = "A-2", title = "📊 Call", dueDate = "2027-02-16T10:00:00", durationMinutes = 90, status = "todo" },
  }
  made.calendarConfig.provider, made.calendarConfig.endpoint, made.calendarConfig.calendarId = "caldav", server.url, "kanban"
  made.calendarConfig.credentials = { username = server.user, command = { "printf", server.password } }
  return made
end

local function vdirsyncer(place, words, input)
  local command = ("VDIRSYNCER_CONFIG=%s vdirsyncer %s"):format(place:file("vdirsyncer.conf"), words)
  local out, err, status = shell.run(command, { input = input })
  lu.assertEquals(status, 0, out .. err)
end

-- A board synced to the server, and a copy of the calendar that khal works on.
local function shared(server)
  local place = commands.place(board(server))
  place:expect(0, "sync.lua -q board.json")
  local collection = server.cal:match("([^/]+)/$")
  place:write("vdirsyncer.conf", CONFIG:format(place.path, collection, place.path, server.url, server.user, server.password))
  vdirsyncer(place, "discover", "y\n")
  vdirsyncer(place, "sync")
  khal.configure(place.path, place:file("copy/kanban"))
  return place
end

local function assert_edits_travel(server)
  local place <close> = shared(server)
  lu.assertEquals(khal.events(place.path, "2027-02-01", "2027-02-28"), {
    "2027-02-15|2027-02-15|File motion; soon, [X] a > b: c",
    "2027-02-16 10:00|2027-02-16 11:30|📊 Call",
  })
  khal.run(place.path, "edit --show-past 'File motion'", "s\nFile it\nq\n")
  khal.run(place.path, "edit --show-past Call", "t\n2027-02-17 11:00 12:00\nq\n")
  khal.run(place.path, "new -a work 2027-02-20 10:00 12:00 Lunch")
  vdirsyncer(place, "sync")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("A-1").title, "File it")
  local call = place:item("A-2")
  lu.assertEquals({ call.title, call.dueDate, call.durationMinutes }, { "📊 Call", "2027-02-17T11:00:00", 60 })
  lu.assertStrContains(place:expect(0, "events.lua board.json"), "Lunch")

  place:edit(function(edited) edited.items[1].dueDate = "2027-02-18" end)
  place:expect(0, "sync.lua -q board.json")
  vdirsyncer(place, "sync")
  lu.assertEquals(khal.events(place.path, "2027-02-01", "2027-02-28"), {
    "2027-02-17 11:00|2027-02-17 12:00|📊 Call",
    "2027-02-18|2027-02-18|File it",
    "2027-02-20 10:00|2027-02-20 12:00|Lunch",
  })
end

TestVdirsyncer = {}

function TestVdirsyncer.test_radicale()
  local server <close> = servers.real("radicale")
  assert_edits_travel(server)
end

function TestVdirsyncer.test_xandikos()
  local server <close> = servers.real("xandikos")
  assert_edits_travel(server)
end

os.exit(lu.LuaUnit.run())
