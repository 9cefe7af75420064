-- Events to which people are invited: held back, and said so, unless the only one named is the account itself.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local servers = require "servers"

local scripted <close> = servers.scripted()

local LINES = { "ORGANIZER;CN=Kim:mailto:kim@example.org", "ATTENDEE;CN=Kim:mailto:KIM@example.org" }
local OTHER = "ATTENDEE;CN=Lee:MAILTO:lee@example.org"

local function item(title)
  return { id = "XACA-1", title = title, dueDate = "2027-03-10" }
end

local function insert(text, lines)
  return (text:gsub("SUMMARY", table.concat(lines, "\r\n") .. "\r\nSUMMARY", 1))
end

-- A board over a calendar whose one event has these lines; `read` and `write` reach it.
local function in_a_folder(lines)
  local place = commands.place(commands.board { item "Before" })
  place:expect(0, "sync.lua board.json")
  local path = place:event("XACA-1"):match("calendars/.*")
  local function read() return place:read(path) end
  place:write(path, insert(read(), lines))
  place:expect(0, "sync.lua board.json")
  return place, read
end

local function on_a_server(lines)
  local board = commands.board { item "Before" }
  local config = board.calendarConfig
  config.provider, config.endpoint, config.calendarId = "caldav", scripted.url, "kanban"
  config.credentials = { username = scripted.user, command = { "printf", scripted.password } }
  local place = commands.place(board)
  place:expect(0, "sync.lua board.json")
  local listing = scripted:request("PROPFIND", scripted.cal, nil, "Depth: 1")
  local href = scripted.cal .. assert(listing:match("<href>[^<]*/([^</]*XACA%-+1[^<]*)</href>"), listing)
  local function read() return (scripted:request("GET", href)) end
  scripted:request("PUT", href, insert(read(), lines), "Content-Type: text/calendar")
  place:expect(0, "sync.lua board.json")
  return place, read, function() scripted:request("DELETE", href) end
end

local function retitle(place, title)
  place:edit(function(board) board.items[1].title = title end)
  return place:expect(0, "sync.lua board.json")
end

local function assert_pushed(place, read)
  lu.assertStrContains(retitle(place, "After"), "1 updated")
  lu.assertStrContains(read(), "SUMMARY:After")
end

-- The entry and the reason are said.
local function assert_held(place, read)
  local before = read()
  local out = retitle(place, "After")
  lu.assertStrMatches(out, ".*held back +XACA%-1 .*people are invited to it: set syncOptions.pushInvitations.*")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "people are invited to it")
  local result = json.decode((place:expect(0, "sync.lua board.json --json")))
  lu.assertEquals(result.held, json.array { { key = "XACA-1", title = "After", calendar = result.targets[1].name,
    reason = "invitation_held", detail = "people are invited to it: set syncOptions.pushInvitations to change it" } })
  lu.assertStrContains(place:expect(0, "explain.lua board.json XACA-1"), "people are invited to it")
  lu.assertEquals(place:item("XACA-1").calendarSync.syncStatus, "pending")
  lu.assertEquals(read(), before)
end

TestFolder = {}

function TestFolder.test_who_invites_nobody_else()
  local place <close>, read = in_a_folder(LINES)
  assert_pushed(place, read)
  lu.assertStrContains(place:expect(0, "sync.lua board.json --json"), '"held":[]')
end

function TestFolder.test_others_are_invited()
  local place <close>, read = in_a_folder { LINES[1], OTHER }
  assert_held(place, read)
  place:edit(function(board) board.calendarConfig.syncOptions.pushInvitations = true end)
  place:expect(0, "sync.lua board.json")
  lu.assertStrContains(read(), "SUMMARY:After")
  lu.assertStrContains(read(), OTHER)
end

function TestFolder.test_a_deletion_is_held_back_and_said()
  local place <close>, read = in_a_folder { OTHER }
  place:edit(function(board) board.items[1].dueDate = nil end)
  local held = json.decode((place:expect(0, "sync.lua board.json --dry-run --json"))).held
  lu.assertEquals({ #held, held[1].key, held[1].title }, { 1, "XACA-1", "Before" })
  local out = place:expect(0, "sync.lua board.json")
  lu.assertStrMatches(out, ".*held back +XACA%-1 .*people are invited.*")
  lu.assertStrMatches(out, ".*1 held back\n")
  lu.assertStrContains(read(), OTHER)
end

TestServer = { setUp = function() scripted:clear() end }

-- The addresses are those that the server says the account has, however they are spelled.
function TestServer.test_the_account_is_no_guest()
  local own = "mailto:" .. scripted.user:upper() .. "@example.org"
  for _, lines in ipairs {
    { "ATTENDEE:" .. own }, { "ORGANIZER:" .. own, "ATTENDEE:" .. own }, { "ORGANIZER:" .. own },
    { "ORGANIZER:" .. own, "ATTENDEE;EMAIL=" .. own:sub(8) .. ":/principals/elsewhere/" },
    { "ATTENDEE:/principals/" .. scripted.user .. "/" },
  } do
    local place <close>, read, delete = on_a_server(lines)
    assert_pushed(place, read)
    delete()
  end
end

function TestServer.test_the_account_is_a_guest_of_others()
  local own = "mailto:" .. scripted.user .. "@example.org"
  for _, lines in ipairs { { LINES[1], "ATTENDEE:" .. own }, { "ORGANIZER:" .. own, OTHER }, { OTHER } } do
    local place <close>, read, delete = on_a_server(lines)
    assert_held(place, read)
    delete()
  end
end

os.exit(lu.LuaUnit.run())
