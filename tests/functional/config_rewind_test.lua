-- Fleet Monitor saves a copy of the board that it read before a command wrote calendarConfig.
local commands = require "commands"
local lu = require "luaunit"
local shell = require "shell"
local state = require "fmcal.state"

local KEY = ("0123456789abcdef"):rep(4)
local OTHER_KEY = ("fedcba9876543210"):rep(4)

local function command(place, words, key, old)
  local text, errors, status = shell.run(("cd %s && CALENDAR_ENCRYPTION_KEY=%s CALENDAR_ENCRYPTION_KEY_OLD=%s %s %s"):format(
    shell.quote(place.path), key or KEY, old or "", shell.quote(os.getenv("FMCAL_LUA")), words))
  lu.assertEquals(status, 0, text .. errors)
  return text .. errors
end

-- A board that is connected, with a password that was encrypted.
local function connected()
  local made = commands.board { { id = "X-1", title = "Old", dueDate = "2031-02-15" } }
  made.calendarConfig.credentials = { username = "kim", password = "not to be seen" }
  local place = commands.place(made)
  command(place, "sync.lua -q board.json")
  lu.assertNotNil(place:board().calendarConfig.credentials.encrypted)
  return place
end

-- Saves the board as it was; a command runs in between.
local function save_older_copy(place, words, ...)
  local before = place:read("board.json")
  command(place, words, ...)
  local after = place:board().calendarConfig
  lu.assertNotEquals(place:read("board.json"), before)
  place:write("board.json", before)
  return after
end

-- Without what each run writes.
local function members_of(section)
  local copy = {}
  for name, value in pairs(section) do
    if not name:find("^last") and name ~= "stats" then copy[name] = value end
  end
  return copy
end

local function assert_put_back(place, after, key)
  local said = command(place, "sync.lua board.json", key)
  lu.assertStrContains(said, "older copy of the board")
  lu.assertEquals(members_of(place:board().calendarConfig), members_of(after))
  lu.assertNotStrContains(command(place, "sync.lua board.json", key), "older copy of the board")
  lu.assertEquals(members_of(place:board().calendarConfig), members_of(after))
end

TestConfigRewind = {}

function TestConfigRewind.test_rotate()
  local place <close> = connected()
  local after = save_older_copy(place, "rotate.lua board.json", OTHER_KEY, KEY)
  assert_put_back(place, after, OTHER_KEY)
end

function TestConfigRewind.test_disconnect()
  local place <close> = connected()
  local after = save_older_copy(place, "disconnect.lua board.json")
  lu.assertNil(after.credentials)
  assert_put_back(place, after)
end

function TestConfigRewind.test_connect()
  local place <close> = connected()
  place:edit(function(board) board.calendarConfig = nil end)
  place:write("password", "not to be seen")
  local after = save_older_copy(place, "connect.lua vdir board.json --endpoint calendars --calendar academy")
  lu.assertEquals(after.provider, "vdir")
  assert_put_back(place, after)
end

-- Who edits anything else in it has seen it, and means it.
function TestConfigRewind.test_an_edit_is_no_older_copy()
  local place <close> = connected()
  save_older_copy(place, "disconnect.lua board.json")
  place:edit(function(board) board.calendarConfig.syncOptions.syncEpics = false end)
  local said = command(place, "sync.lua board.json")
  lu.assertNotStrContains(said, "older copy")
  lu.assertNotNil(place:board().calendarConfig.credentials)
end

-- Nothing is kept of credentials that the board no longer holds.
function TestConfigRewind.test_what_was_edited_since_is_forgotten()
  local place <close> = connected()
  command(place, "rotate.lua board.json", OTHER_KEY, KEY)
  place:edit(function(board) board.calendarConfig.credentials = { username = "kim", command = { "echo", "x" } } end)
  command(place, "sync.lua -q board.json", OTHER_KEY)
  local opened <close> = assert(state.open(place:file(".fmcal/academy.db"), { read_only = true }))
  lu.assertNil(opened:get("replaced.config"))
end

function TestConfigRewind.test_a_plain_password_is_not_kept()
  local place <close> = connected()
  place:edit(function(board)
    board.calendarConfig = { apple = { connected = false, credentials = { username = "kim", appPassword = "not to be seen" } },
      folder = { provider = "vdir", endpoint = "calendars", selectedCalendarId = "academy", connected = true,
        credentials = { username = "kim", command = { "true" } } } }
  end)
  command(place, "disconnect.lua board.json --name folder")
  local opened <close> = assert(state.open(place:file(".fmcal/academy.db"), { read_only = true }))
  lu.assertNil(opened:get("replaced.config"))
end

os.exit(lu.LuaUnit.run())
