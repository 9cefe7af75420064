-- Events of other programs through a sync: pulling writes nothing, and an edit of the title on the board touches the title
-- and the stamps of the event, and nothing else.
local commands = require "commands"
local fixtures = require "fixtures"
local lu = require "luaunit"

local TITLE = "Another title from the board"

local function path(one)
  return "calendars/academy/" .. one.name .. ".ics"
end

-- A board that is in step with the events of all fixtures.
local function pulled(list)
  local items = {}
  for i, one in ipairs(list) do items[i] = { id = "F-" .. one.name, title = "Plain", dueDate = "2027-03-10" } end
  local place = commands.place(commands.board(items, { timeZone = "Europe/Rome", reminders = { "-P1D" } }))
  place:expect(0, "sync.lua board.json")
  for _, one in ipairs(list) do
    os.remove((assert(place:event("F-" .. one.name))))
    place:write(path(one), one.text)
  end
  place:expect(0, "sync.lua board.json")
  return place
end

local function assert_untouched(place, list)
  for _, one in ipairs(list) do lu.assertEquals(place:read(path(one)), one.text, one.name) end
end

TestForeign = {}

function TestForeign.test_pulling_writes_nothing_and_a_title_its_lines()
  local list = fixtures.list("ics", "ics")
  local place <close> = pulled(list)
  assert_untouched(place, list)
  place:expect(0, "sync.lua board.json")
  assert_untouched(place, list)
  place:edit(function(board)
    for _, item in ipairs(board.items) do
      lu.assertNotEquals(item.title, "Plain", item.id)
      item.title = TITLE
    end
    board.calendarConfig.syncOptions.pushInvitations = true
  end)
  place:expect(0, "sync.lua board.json")
  local before = place:board_and_events()
  for _, one in ipairs(list) do
    local text = place:read(path(one))
    lu.assertStrContains(text, TITLE)
    lu.assertEquals(fixtures.rest(text), fixtures.rest(one.text), one.name)
  end
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:board_and_events(), before)
end

os.exit(lu.LuaUnit.run())
