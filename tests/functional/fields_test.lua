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
    ['{ status = "x:STATE" }'] = "rules.lua:1: fields.status: it cannot be declared: it goes out with the event by itself",
    ['{\n  m = "x:M",\n  ["m.a"] = "x:A",\n}'] = "rules.lua:3: fields.m.a: m is declared already, and this lies in it",
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

-- What the board has in the place of an object costs its entry, and no other one.
function TestWrong.test_a_member_that_lies_in_a_text()
  local place <close> = place_with('return { fields = { ["m.a"] = "x:A" } }', { m = "text" })
  local _, errors = place:expect(1, "sync.lua -q board.json")
  lu.assertStrContains(errors, "m must be an object, for the rules declare m.a")
  place:edit_event("B", "SUMMARY:Second", "SUMMARY:Other\r\nX-A:value")
  place:expect(1, "sync.lua -q board.json")
  lu.assertEquals({ place:item("B").title, place:item("B").m }, { "Other", { a = "value" } })
  lu.assertEquals(place:item("A").m, "text")
end

function TestWrong.test_an_empty_list_gives_way_to_an_object()
  local place <close> = place_with('return { fields = { ["m.a"] = "x:A", ["m.b"] = "x:B" } }', { m = json.array {} })
  place:expect(0, "sync.lua -q board.json")
  place:edit_event("A", "SUMMARY:First", "SUMMARY:First\r\nX-A:one\r\nX-B:two")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("A").m, { a = "one", b = "two" })
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

-- Which way a field goes.
TestWay = {}

local INWARD = 'return { fields = { room = { event = "location", direction = "in" }, tags = { direction = "in" } } }'

function TestWay.test_what_is_removed_in_the_calendar_is_pulled()
  local place <close> = place_with(INWARD, { tags = json.array { "t" } })
  place:expect(0, "sync.lua -q board.json")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").room, place:item("A").tags }, { "4", { "t" } })
  place:edit_event("A", "SUMMARY:First", "SUMMARY:First\r\nLOCATION:5\r\nCATEGORIES:u")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").room, place:item("A").tags }, { "5", { "u" } })
  place:edit_event("A", "LOCATION:5\r\nCATEGORIES:u\r\n", "")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").room, place:item("A").tags }, { json.null, {} })
end

-- What the calendar never said was not taken away there.
function TestWay.test_a_lost_state_takes_nothing_from_the_board()
  local place <close> = place_with(INWARD)
  place:expect(0, "sync.lua -q board.json")
  os.execute("rm -r " .. place:file(".fmcal"))
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("A").room, "4")
end

function TestWay.test_from_in_to_both()
  local place <close> = place_with(INWARD)
  place:expect(0, "sync.lua -q board.json")
  run_with(place, 'return { fields = { room = "location" } }')
  lu.assertEquals(place:item("A").room, "4")
  lu.assertStrContains(text_of(place), "LOCATION:4")
end

-- A field that no event says is no fault of the team's own functions.
function TestWay.test_in_beside_functions()
  local place <close> = place_with([[return { fields = { room = { event = "location", direction = "in" } },
    to_event = function(entry, ctx) return ctx.defaults.to_event(entry, ctx) end }]])
  local _, errors = place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(errors, "")
end

local DATE_OUT = 'return { fields = { dueDate = { direction = "out" } } }'

function TestWay.test_a_date_that_only_goes_out()
  local place <close> = place_with(DATE_OUT)
  place:expect(0, "sync.lua -q board.json")
  place:edit_event("A", "20270101", "20270105")
  place:edit_event("A", "SUMMARY:First", "SUMMARY:Other")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").dueDate, place:item("A").title }, { "2027-01-01", "Other" })
  place:edit(function(board) board.items[1].dueDate = "2027-02-01" end)
  place:expect(0, "sync.lua -q board.json")
  lu.assertStrContains(text_of(place), "DTSTART;VALUE=DATE:20270201")
end

-- Deleting its event clears no such date, unless the team says so; an edit there that wins brings it back.
function TestWay.test_a_date_that_only_goes_out_and_its_event()
  local place <close> = place_with(DATE_OUT)
  place:expect(0, "sync.lua -q board.json")
  os.remove((place:event("A")))
  place:expect(0, "sync.lua -q board.json")
  lu.assertNotNil(place:event("A"))
  place:edit(function(board) board.items[1].dueDate = nil end)
  place:edit_event("A", "SUMMARY:First", "SUMMARY:Other")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals({ place:item("A").dueDate, place:item("A").title }, { "2027-01-01", "Other" })
  run_with(place, (DATE_OUT:gsub("}$", ', on_deleted = function() return "clear-due-date" end }')))
  os.remove((place:event("A")))
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("A").dueDate, json.null)
end

-- Values come back in the type that the board has.
TestTypes = {}

function TestTypes.test_what_is_no_text()
  local place <close> = place_with([[return { fields = { flag = "x:FLAG", num = "x:NUM", big = "x:BIG",
    state = { event = "x:STATE", map = { open = 1, closed = 2 } } } }]],
    { flag = true, num = 5, big = 9007199254740993, state = "open" })
  place:expect(0, "sync.lua -q board.json")
  for _, line in ipairs { "X-FLAG:true", "X-NUM:5", "X-BIG:9007199254740993", "X-STATE:1" } do
    lu.assertStrContains(text_of(place), line)
  end
  place:edit_event("A", "X%-FLAG:true", "X-FLAG;VALUE=BOOLEAN:FALSE")
  place:edit_event("A", "X%-NUM:5", "X-NUM:6.50")
  place:edit_event("A", "X%-BIG:9007199254740993", "X-BIG:9007199254740995")
  place:edit_event("A", "X%-STATE:1", "X-STATE:2")
  local edited = text_of(place)
  place:expect(0, "sync.lua -q board.json")
  local item = place:item("A")
  lu.assertEquals({ item.flag, item.num, item.big, item.state }, { false, 6.5, 9007199254740995, "closed" })
  lu.assertEquals(text_of(place), edited) -- pulling is no reason to spell it as fmcal does
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

-- People know a declared member by its name, not by what the sync calls it.
function TestShown.test_the_history_and_conflicts()
  local place <close> = place_with('return { fields = { room = "location" } }', nil, { conflictResolution = "manual" })
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(board) board.items[1].room = "6" end)
  place:edit_event("A", "LOCATION:4", "LOCATION:5")
  for _, run in ipairs { { 4, "sync.lua board.json" }, { 0, "explain.lua board.json A" }, { 0, "explain.lua board.json A --json" },
    { 0, "conflicts.lua board.json show A" }, { 0, "conflicts.lua board.json resolve A keep_local" },
    { 0, "history.lua board.json" }, { 0, "history.lua board.json --json" } } do
    local text = place:expect(table.unpack(run))
    lu.assertStrContains(text, "room")
    lu.assertNil(text:find(".room", 1, true), text)
  end
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
