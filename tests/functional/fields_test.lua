-- Fields that a rules file declares, as commands show them: what is wrong with them, and what they say.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local function place_with(rules, members, options)
  local item = { id = "A", title = "First", dueDate = "2027-01-01", room = "4" }
  for name, value in pairs(members or {}) do item[name] = value end
  local board = commands.board({ item, { id = "B", title = "Second", dueDate = "2027-01-02" } }, options)
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", rules)
  return place
end

TestWrong = {}

function TestWrong.test_a_file_that_does_not_load_touches_nothing()
  for fields, sentence in pairs {
    ['{ room = "locatio" }'] = "fields.room: an event has no member 'locatio' for it: did you mean 'location'?",
    ['{ dueDate = { at = "09:00" } }'] = "fields.dueDate: at needs a time zone",
    ['"location"'] = "fields must be a table, not a string",
    ['{ priority = { map = { a = "x", b = "x" } } }'] = 'fields.priority: map: "a" and "b" both become "x"',
  } do
    local place <close> = place_with(("return { fields = %s }"):format(fields), nil, {})
    local before = place:board_and_events()
    local _, errors = place:expect(2, "sync.lua -q board.json")
    lu.assertStrContains(errors, sentence)
    lu.assertStrContains(errors, "rules.lua")
    lu.assertEquals(place:board_and_events(), before)
  end
end

function TestWrong.test_a_function_that_fails_costs_its_entry()
  local place <close> = place_with([[return {
    fields = { room = { event = "location", to = function(room) error("no room " .. room) end } } }]])
  local _, errors = place:expect(1, "sync.lua -q board.json")
  lu.assertStrMatches(errors, "sync.lua: A: rule fields failed: [^\n]*rules.lua:2: no room 4\n.*")
  lu.assertNil((place:event("A")))
  lu.assertNotNil((place:event("B")))
end

function TestWrong.test_a_function_that_answers_what_no_event_can_hold()
  local place <close> = place_with([[return { fields = { room = { event = "location", to = function() return {} end } } }]])
  local _, errors = place:expect(1, "sync.lua -q board.json")
  lu.assertEquals(errors, "sync.lua: A: rule fields failed: room: expected a text, a number, or true or false for location of the "
    .. "event, got a table\n")
end

function TestWrong.test_a_colour_that_is_none()
  local place <close> = place_with('return { fields = { room = "color" } }')
  local _, errors = place:expect(1, "sync.lua -q board.json")
  lu.assertStrContains(errors, 'A: the color "4" is neither a CSS name such as "teal" nor #rrggbb')
end

-- A field that comes to travel by another member of the event was edited by nobody.
TestMoved = {}

local function run_with(place, rules)
  place:write("rules.lua", rules)
  place:expect(0, "sync.lua -q board.json")
end

local function text_of(place)
  return (select(2, place:event("A")))
end

local function members_of(place)
  local board = assert(json.decode(place:read("board.json")))
  return { board.items[1].room, board.items[1].num }
end

function TestMoved.test_to_another_member_of_the_event()
  local place <close> = place_with('return { fields = { room = "location" } }')
  place:expect(0, "sync.lua -q board.json")
  run_with(place, 'return { fields = { room = "x:ROOM" } }')
  lu.assertEquals(members_of(place), { "4" })
  lu.assertStrContains(text_of(place), "X-ROOM:4")
end

function TestMoved.test_two_fields_change_places()
  local place <close> = place_with('return { fields = { room = "location", num = "x:NUM" } }', { num = "five" })
  place:expect(0, "sync.lua -q board.json")
  run_with(place, 'return { fields = { room = "x:NUM", num = "location" } }')
  lu.assertEquals(members_of(place), { "4", "five" })
  lu.assertStrContains(text_of(place), "LOCATION:five")
  lu.assertStrContains(text_of(place), "X-NUM:4")
end

function TestMoved.test_to_a_field_that_was_none()
  local place <close> = place_with('return { fields = { room = "location" } }')
  place:expect(0, "sync.lua -q board.json")
  run_with(place, 'return { fields = { num = "location" } }')
  lu.assertEquals(members_of(place), { "4" })
end

-- What a person wrote there has not been agreed on.
function TestMoved.test_to_a_member_that_a_person_has_filled()
  local place <close> = place_with('return { fields = { room = "location" } }', nil, { conflictResolution = "manual" })
  place:expect(0, "sync.lua -q board.json")
  place:edit_event("A", "LOCATION:4", "LOCATION:4\r\nURL:https://example.org/")
  place:expect(0, "sync.lua -q board.json")
  place:write("rules.lua", 'return { fields = { room = "url" } }')
  place:expect(4, "sync.lua -q board.json")
  lu.assertEquals(members_of(place), { "4" })
  lu.assertStrContains(text_of(place), "URL:https://example.org/")
end

TestShown = {}

function TestShown.test_explain_and_the_table_of_a_run()
  local place <close> = place_with('return { fields = { room = "location" } }')
  place:expect(0, "sync.lua -q board.json")
  place:edit_event("A", "LOCATION:4", "LOCATION:5")
  lu.assertStrMatches(place:expect(0, "explain.lua board.json A"), ".*room +4 +4 +5\n.*edited since the base: room.*")
  lu.assertStrMatches(place:expect(0, "sync.lua board.json"), ".*pulled +A +First +room\n.*")
  lu.assertEquals(place:item("A").room, "5")
end

TestDefaults = {}

-- to_event and to_entry of a team build on what is declared.
function TestDefaults.test_ctx_has_the_declared_mapping()
  local place <close> = place_with([[return {
    fields = { room = { event = "location", to = function(room) return "Room " .. room end,
      from = function(text) return (text:gsub("^Room ", "")) end } },
    to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      event.title = event.title .. " in " .. event.location
      return event
    end,
    to_entry = function(event, entry, ctx)
      local members = ctx.defaults.to_entry(event, entry, ctx)
      members.title = members.title:gsub(" in .*$", "")
      members.room = members.room:upper()
      return members
    end }]], { room = "4A" })
  place:edit(function(board) board.items[2].room = "7B" end)
  place:expect(0, "sync.lua -q board.json")
  local _, text = place:event("A")
  lu.assertStrContains(text, "SUMMARY:First in Room 4A")
  place:edit_event("A", "LOCATION:Room 4A", "LOCATION:Room 5a")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").room, place:item("A").title }, { "5A", "First" })
end

os.exit(lu.LuaUnit.run())
