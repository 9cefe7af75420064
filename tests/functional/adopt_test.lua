-- Events of other people that rules make items of: nothing changes on them, and fmcal never deletes them.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local ADOPT = "adopt = function(event) return { id = 'N-' .. event.uid } end"
local ICS = table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x", "BEGIN:VEVENT", "UID:ext-1", "DTSTAMP:20261101T000000Z",
  "DTSTART;TZID=Europe/Rome:20270301T090000", "DTEND;TZID=Europe/Rome:20270301T103000", "SUMMARY:Adopt me", "CATEGORIES:kanban,home",
  "PRIORITY:5", "DESCRIPTION:Their words", "BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:x", "TRIGGER:-PT5M", "END:VALARM",
  "END:VEVENT", "END:VCALENDAR", "" }, "\r\n")
local EXTERNAL = "calendars/academy/ext.ics"

local function place_with(rules, options)
  local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" } }, options)
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", ("return { %s }"):format(rules))
  place:write(EXTERNAL, ICS)
  return place
end

local function assert_settled(place)
  local before = place:board_and_events()
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:board_and_events(), before)
end

TestAdopt = {}

function TestAdopt.test_nothing_changes_on_the_event_and_the_item_gets_what_it_lacks()
  for _, strategy in ipairs { "last-write-wins", "local-wins", "external-wins", "manual" } do
    local place <close> = place_with(ADOPT, { conflictResolution = strategy, timeZone = "America/Los_Angeles" })
    lu.assertStrContains(place:expect(0, "sync.lua board.json"), "adopted")
    local item = place:item("N-ext-1")
    lu.assertEquals(item.calendarSync.syncStatus, "synced")
    item.calendarSync = nil
    lu.assertEquals(item, { id = "N-ext-1", title = "Adopt me", description = "Their words", dueDate = "2027-03-01T09:00:00",
      timeZone = "Europe/Rome", durationMinutes = 90, tags = { "home", "kanban" }, priority = "medium" })
    lu.assertEquals(place:read(EXTERNAL), ICS)
    lu.assertNotStrContains(place:expect(0, "history.lua board.json"), "\nlost ")
    assert_settled(place)
  end
end

function TestAdopt.test_the_recipe()
  local place <close> = place_with("")
  os.execute(("cp %s %s"):format(shell.quote(os.getenv("SOURCE_DIR") .. "/examples/rules/adopt_tagged.lua"), place:file("rules.lua")))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals({ place:item("CAL-ext-1").durationMinutes, place:item("CAL-ext-1").status }, { 90, "todo" })
  lu.assertEquals(place:read(EXTERNAL), ICS)
end

-- What the item says otherwise is how both sides agree to differ; edits travel from then on.
function TestAdopt.test_an_item_that_says_something_else()
  local place <close> = place_with("adopt = function(event) return { id = 'N', title = 'Mine: ' .. event.title, dueDate = '2027-02-01', "
    .. "tags = {}, priority = 'high' } end", { conflictResolution = "external-wins" })
  place:expect(0, "sync.lua board.json")
  lu.assertEquals({ place:item("N").title, place:item("N").dueDate, place:item("N").priority }, { "Mine: Adopt me", "2027-02-01", "high" })
  lu.assertEquals(place:read(EXTERNAL), ICS)
  assert_settled(place)
  place:write(EXTERNAL, (ICS:gsub("SUMMARY:Adopt me", "SUMMARY:Renamed")))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals({ place:item("N").title, place:item("N").dueDate }, { "Renamed", "2027-02-01" })
  place:edit(function(board) board.items[2].title = "From the board" end)
  place:expect(0, "sync.lua board.json")
  lu.assertStrContains(place:read(EXTERNAL), "SUMMARY:From the board")
end

function TestAdopt.test_a_plan_shows_it_and_its_counts_follow()
  local place <close> = place_with(ADOPT)
  place:expect(0, "sync.lua -q board.json --plan plan.json")
  local plan = assert(json.decode(place:read("plan.json")))
  lu.assertEquals({ plan.changes[1].key, plan.changes[1].board.title.to, #plan.changes[1].calendars }, { "N-ext-1", "Adopt me", 0 })
  local out = place:expect(0, "sync.lua --apply plan.json")
  lu.assertStrContains(out, "adopted")
  lu.assertNil(out:find("external event", 1, true))
  lu.assertNotNil(place:item("N-ext-1"))
  lu.assertEquals(place:read(EXTERNAL), ICS)
  place:edit(function(board) table.remove(board.items, 2) end)
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "1 external event")
end

-- What is pulled is no reason to write, nor is a status that would only go out.
function TestAdopt.test_pulling_writes_nothing_on_the_event()
  local place <close> = place_with(ADOPT)
  place:expect(0, "sync.lua board.json")
  local renamed = ICS:gsub("SUMMARY:Adopt me", "SUMMARY:Renamed")
  place:write(EXTERNAL, renamed)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("N-ext-1").title, "Renamed")
  place:edit(function(board) board.items[2].status = "done" end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:read(EXTERNAL), renamed)
  assert_settled(place)
end

TestRelease = {}

local ENDS = {
  removed = function(board) table.remove(board.items, 2) end,
  cleared = function(board) board.items[2].dueDate = nil end,
  deselected = function(board) board.items[2].status = "archived" end,
}

-- However the item ends, the event stays as it is.
function TestRelease.test_the_event_stays()
  for name, finish in pairs(ENDS) do
    local place <close> = place_with(ADOPT .. ", select = function(entry) return entry.status ~= 'archived' end")
    place:expect(0, "sync.lua board.json")
    place:edit(finish)
    lu.assertStrContains(place:expect(0, "sync.lua board.json"), "released", false, name)
    lu.assertEquals(place:read(EXTERNAL), ICS, name)
    assert_settled(place)
  end
end

function TestRelease.test_it_is_offered_again_once_a_person_edited_it()
  local place <close> = place_with(ADOPT)
  place:expect(0, "sync.lua board.json")
  place:edit(ENDS.removed)
  place:expect(0, "sync.lua board.json")
  lu.assertStrContains(place:expect(0, "events.lua board.json"), "external")
  place:write("rules.lua", ("return { %s } -- changed"):format(ADOPT))
  place:expect(0, "sync.lua board.json")
  os.execute("touch -d '1 hour ago' " .. place:file(EXTERNAL))
  place:expect(0, "sync.lua board.json")
  lu.assertNil(place:item("N-ext-1"))
  place:write(EXTERNAL, (ICS:gsub("Adopt me", "Adopt me again")))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("N-ext-1").title, "Adopt me again")
end

-- Two or more at once destroy nothing, so the guard has nothing to hold.
function TestRelease.test_items_that_destroy_nothing_pass_the_guard()
  local place <close> = place_with(ADOPT)
  place:write("calendars/academy/ext2.ics", (ICS:gsub("ext%-1", "ext-2")))
  place:edit(function(board) board.items = json.array {} end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(#place:board().items, 2)
  place:edit(function(board) board.items = json.array {} end)
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:count_events(), 2)
end

TestAsking = {}

function TestAsking.test_a_changed_rule_is_asked_about_all_external_events_again()
  local place <close> = place_with("adopt = function() return nil end")
  place:expect(0, "sync.lua board.json")
  place:write("rules.lua", ("return { %s }"):format(ADOPT))
  place:expect(0, "sync.lua board.json")
  lu.assertNotNil(place:item("N-ext-1"))
end

-- Each failure names the file, the function and the event, and ends with status 1 until the rule is mended.
function TestAsking.test_an_adopt_that_fails()
  local an_id = "id: expected a text of 1 to 200 bytes without control characters, got "
  for answer, part in pairs { ["{ title = 'x' }"] = an_id .. "nothing", ["{ id = 5 }"] = an_id .. "the number 5",
    ["{ id = 'N', dueDate = 'tomorrow' }"] = "dueDate: expected a date", ["true"] = "expected a table of members",
    ["{ id = 'A' }"] = "id: the board has another entry A", ["{ id = 'N', calendarSync = print }"] = "calendarSync: expected",
    ["error('no luck')"] = "no luck" } do
    local place <close> = place_with(("adopt = function() return %s end"):format(answer))
    for _ = 1, 2 do
      local _, errors = place:expect(1, "sync.lua board.json")
      lu.assertStrContains(errors, "ext-1")
      lu.assertStrContains(errors, part)
      lu.assertStrContains(errors, "rules.lua:1")
      lu.assertEquals(#place:board().items, 1)
    end
    lu.assertEquals(place:board().calendarConfig.lastSyncStatus, "error")
    place:write("rules.lua", ("return { %s }"):format(ADOPT))
    place:expect(0, "sync.lua board.json")
    lu.assertNotNil(place:item("N-ext-1"))
    lu.assertEquals(place:board().calendarConfig.lastSyncStatus, "success")
    lu.assertEquals(place:read(EXTERNAL), ICS)
  end
end

-- An item would lack its date: also where the rule fails because there is none, or gives one itself.
function TestAsking.test_an_event_whose_date_is_not_understood_stays_external()
  for _, answer in ipairs { "{ id = 'N' }", "{ id = 'N', dueDate = '2027-03-01' }", "{ id = 'N', title = event.dueDate:sub(1, 4) }" } do
    local place <close> = place_with(("adopt = function(event) return %s end"):format(answer))
    local unknown = ICS:gsub("Europe/Rome", "Nowhere at all")
    place:write(EXTERNAL, unknown)
    for _ = 1, 2 do
      local _, errors = place:expect(1, "sync.lua board.json")
      lu.assertStrContains(errors, "rules.lua:1: adopt of ext-1: the event stays external, for its date is not understood: ")
      lu.assertStrContains(errors, "Nowhere at all")
      lu.assertEquals({ #place:board().items, place:read(EXTERNAL) }, { 1, unknown })
    end
    place:write("rules.lua", "return { adopt = function() return nil end }")
    place:expect(0, "sync.lua board.json")
  end
end

-- Adopting is work on the board, which an outbound run leaves to the next one.
function TestAsking.test_an_outbound_run_leaves_it_for_later()
  local place <close> = place_with(ADOPT)
  place:expect(0, "sync.lua board.json --direction outbound")
  lu.assertNil(place:item("N-ext-1"))
  place:expect(0, "sync.lua board.json")
  lu.assertNotNil(place:item("N-ext-1"))
end

function TestAsking.test_the_item_is_still_known_where_the_state_is_lost()
  local place <close> = place_with(ADOPT)
  place:expect(0, "sync.lua board.json")
  os.execute("rm -r " .. place:file(".fmcal"))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals({ #place:board().items, place:count_events() }, { 2, 2 })
  lu.assertEquals(place:read(EXTERNAL), ICS)
end

os.exit(lu.LuaUnit.run())
