-- Where boards, states and calendars lie: links, folders, other users' files, other programs' files.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function place_of_one()
  return commands.place(commands.board { { id = "A", title = "A", dueDate = "2027-03-10" } })
end

TestBoard = {}

function TestBoard.test_a_link_to_a_board_is_followed()
  local place <close> = place_of_one()
  os.execute(("cd %s && mkdir links && ln -s ../board.json links/link.json"):format(place.path))
  place:expect(0, "sync.lua links/link.json")
  lu.assertStrContains(place:expect(0, "status.lua links/link.json"), "vdir")
  place:edit(function(board) board.items[1].title = "B" end)
  place:expect(0, "sync.lua links/link.json --plan plan.json")
  place:expect(0, "sync.lua links/link.json --apply plan.json")
  lu.assertStrContains(select(2, place:event("A")), "SUMMARY:B")
  lu.assertEquals(os.execute(("test -L %s/links/link.json"):format(place.path)), true)
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "1 unchanged")
  lu.assertEquals(shell.run(("ls -A %s/links"):format(place.path)), "link.json\n")
end

-- Saved by this user, the board would change its owner.
function TestBoard.test_another_users_board()
  local place <close> = place_of_one()
  os.execute("mkdir " .. place:file("calendars/other"))
  local before = place:snapshot()
  local preload = ("LD_PRELOAD=%s/tests/another_user.so ASAN_OPTIONS=verify_asan_link_order=0"):format(os.getenv("BUILD_DIR"))
  local _, errors = place:expect(2, "sync.lua board.json", { env = preload })
  lu.assertStrContains(errors, "belongs to the user with the number")
  lu.assertEquals(place:snapshot(), before)
  place:expect(0, "sync.lua board.json --dry-run", { env = preload })
  _, errors = place:expect(2, "connect.lua vdir board.json --endpoint calendars --calendar other", { env = preload })
  lu.assertStrContains(errors, "belongs to the user with the number")
  lu.assertEquals(place:snapshot(), before)
end

TestState = {}

local function refused(place, file, sentence)
  local content = place:read(file)
  for _, words in ipairs { "sync.lua board.json", "sync.lua board.json --dry-run", "status.lua board.json", "events.lua board.json",
    "disconnect.lua board.json --remove-events --yes" } do
    local _, errors = place:expect(2, words .. " --state " .. file)
    lu.assertStrContains(errors, sentence)
  end
  lu.assertEquals(place:read(file), content)
  lu.assertEquals(place:count_events(), 0)
end

function TestState.test_another_file()
  local place <close> = place_of_one()
  place:write("notes.txt", "Remember the milk, and whatever else there is to buy.")
  refused(place, "notes.txt", "is no state of fmcal's")
  refused(place, "board.json", "is a JSON file")
  place:write("short", "x")
  refused(place, "short", "is no state of fmcal's")
  lu.assertEquals(shell.run("ls " .. place.path), "board.json\ncalendars\nnotes.txt\nshort\n")
end

function TestState.test_a_folder()
  local place <close> = place_of_one()
  os.execute("mkdir " .. place:file("states"))
  place:expect(0, "sync.lua board.json --state states")
  place:expect(0, "sync.lua board.json --state states/")
  lu.assertEquals(os.execute(("test -s %s/states/academy.db"):format(place.path)), true)
  place:expect(0, "sync.lua board.json --state new/")
  lu.assertEquals(os.execute(("test -s %s/new/academy.db"):format(place.path)), true)
end

TestCalendar = {}

-- A folder as people write it.
function TestCalendar.test_home_and_file_urls()
  for _, endpoint in ipairs { "~/calendars", "file:calendars", "file://%s/calendars", "file:%s/calendars", "%s/calendars",
    "file://localhost%s/calendars" } do
    local place <close> = place_of_one()
    endpoint = endpoint:format(place.path)
    place:edit(function(board) board.calendarConfig.endpoint = endpoint end)
    place:expect(0, "sync.lua board.json", { env = "HOME=" .. place.path })
    lu.assertEquals(place:count_events(), 1, endpoint)
  end
  local place <close> = place_of_one()
  place:edit(function(board) board.calendarConfig.endpoint = "file://elsewhere.example/calendars" end)
  local _, errors = place:expect(2, "sync.lua board.json")
  lu.assertStrContains(errors, "another machine")
  lu.assertNotNil(json.encode(place:board()))
end

os.exit(lu.LuaUnit.run())
