-- Rules that are wrong cost the entries they are wrong about: never a date, never the run.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local function items()
  return {
    { id = "A", title = "First", dueDate = "2027-01-01", description = "text", tags = json.array { "home" }, priority = "high" },
    { id = "B", title = "Second", dueDate = "2027-01-02T10:00:00", durationMinutes = 90 },
    { id = "C", title = "Third", dueDate = "2027-01-03" },
  }
end

-- A board in step with its calendar, whose rules are then these.
local function place_with(rules, options)
  local board = commands.board(items(), options)
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", "return {}")
  place:expect(0, "sync.lua -q board.json")
  place:write("rules.lua", rules)
  return place
end

local function members(place, id)
  local item = place:item(id)
  item.calendarSync = nil
  return item
end

TestForgetfulRules = {}

-- Each of the members that to_entry may forget, alone and with the others.
function TestForgetfulRules.test_to_entry_says_nothing_about_what_it_leaves_out()
  local answers = { "{}", "{ title = event.title }" }
  for _, name in ipairs { "title", "description", "dueDate", "timeZone", "durationMinutes", "tags", "priority" } do
    answers[#answers + 1] = ("(function() local c = ctx.defaults.to_entry(event, entry, ctx) c.%s = nil return c end)()"):format(name)
  end
  for _, answer in ipairs(answers) do
    local place <close> = place_with(("return { to_entry = function(event, entry, ctx) return %s end }"):format(answer))
    local before = { members(place, "A"), members(place, "B"), members(place, "C") }
    lu.assertStrContains(place:expect(0, "sync.lua board.json"), "3 unchanged", false, answer)
    place:edit(function(board) board.items[1].title = "Renamed" end)
    place:expect(0, "sync.lua board.json")
    lu.assertStrContains(place:expect(0, "sync.lua board.json"), "3 unchanged", false, answer)
    before[1].title = "Renamed"
    lu.assertEquals({ members(place, "A"), members(place, "B"), members(place, "C") }, before, answer)
    lu.assertStrContains(select(2, place:event("A")), "SUMMARY:Renamed")
    lu.assertEquals(place:count_events(), 3)
  end
end

-- The other members of the event still come back.
function TestForgetfulRules.test_what_to_entry_does_say_is_pulled()
  local place <close> = place_with("return { to_entry = function(event) return { title = event.title } end }")
  place:edit_event("B", "SUMMARY:Second", "SUMMARY:Moved")
  place:edit_event("B", "DTSTART(.-)T100000", "DTSTART%1T110000")
  place:expect(0, "sync.lua board.json")
  lu.assertEquals({ place:item("B").title, place:item("B").dueDate }, { "Moved", "2027-01-02T10:00:00" })
end

function TestForgetfulRules.test_an_entry_without_a_base_keeps_what_to_entry_leaves_out()
  local place <close> = place_with("return { to_entry = function(event) return { title = event.title } end }")
  local before = { members(place, "A"), members(place, "B"), members(place, "C") }
  os.execute("rm -r " .. place:file(".fmcal"))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals({ members(place, "A"), members(place, "B"), members(place, "C") }, before)
end

function TestForgetfulRules.test_to_event_must_say_title_and_date()
  for _, name in ipairs { "title", "dueDate" } do
    local place <close> = place_with(([[return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      if entry.id == "A" then event.%s = nil end
      return event
    end }]]):format(name))
    local _, errors = place:expect(1, "sync.lua board.json")
    lu.assertStrContains(errors, ("rules.lua:1: to_event of A: %s: expected "):format(name))
    lu.assertEquals(place:count_events(), 3)
    lu.assertEquals(place:item("A").dueDate, "2027-01-01")
  end
end

TestWrongTypes = {}

-- What each function may answer with a wrong type, where only the first of two entries gets it.
local function assert_fails_alone(rules, parts, prepare)
  local board = commands.board({ items()[1], items()[2] }, { conflictResolution = "external-wins" })
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", "return {}")
  if prepare then
    place:expect(0, "sync.lua -q board.json")
    prepare(place)
  end
  place:write("rules.lua", rules)
  place:edit(function(b) b.items[2].title = "Edited" end)
  local _, errors = place:expect(1, "sync.lua board.json")
  for _, part in ipairs(parts) do lu.assertStrContains(errors, part) end
  lu.assertNil(errors:find("should not have happened", 1, true), errors)
  lu.assertEquals(select(2, errors:gsub("\nstack traceback:.*", "\n"):gsub("\n", "")), 1, errors)
  lu.assertStrContains(select(2, place:event("B")), "SUMMARY:Edited")
  lu.assertEquals(place:item("A").dueDate, "2027-01-01")
  lu.assertEquals(place:item("A").calendarSync.syncStatus, "error")
end

local WRONG = { "5", "true", "{ {} }", "{ 1 }", "function() end", "0/0", "'\\xff'", "{ a = 1 }",
  "setmetatable({}, { __index = error, __pairs = error, __len = error, __tostring = error })" }
local EVENT_TEXTS = { "title", "description", "footer", "priority", "status", "epicId", "team", "caseNumber", "source", "kanbanId" }

function TestWrongTypes.test_any_member_of_an_event()
  for i, value in ipairs(WRONG) do
    local name = EVENT_TEXTS[i % #EVENT_TEXTS + 1]
    assert_fails_alone(([[return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      if entry.id == "A" then event.%s = %s end
      return event
    end }]]):format(name, value), { "rules.lua:1: to_event of A: " .. name .. ": expected a text, got " })
  end
end

function TestWrongTypes.test_any_member_of_an_entry()
  for name, value in pairs { title = "5", description = "{}", dueDate = "20270101", timeZone = "'Rome'", durationMinutes = "'long'",
    tags = "'home'", priority = "1", dueDte = "'2027-01-01'" } do
    assert_fails_alone(([[return { to_entry = function(event, entry, ctx)
      local members = ctx.defaults.to_entry(event, entry, ctx)
      if entry.id == "A" then members.%s = %s end
      return members
    end }]]):format(name, value), { "rules.lua:1: to_entry of A: ", name }, function() end)
  end
end

function TestWrongTypes.test_any_answer()
  for _, name in ipairs { "select", "to_event", "to_entry" } do
    for _, value in ipairs { "nil", "5", "'yes'", "print", "setmetatable({}, { __pairs = error })[1]" } do
      assert_fails_alone(([[return { %s = function(...)
        local entry, ctx = select(-2, ...)
        if entry.id == "A" then return %s end
        return ctx.defaults.%s(...)
      end }]]):format(name, value, name), { ("rules.lua:1: %s of A: expected "):format(name) }, function() end)
    end
  end
end

function TestWrongTypes.test_conflicts_and_deletions()
  local function conflict(place)
    place:edit(function(b) b.items[1].title = "Board" end)
    place:edit_event("A", "SUMMARY:First", "SUMMARY:Calendar")
  end
  for _, value in ipairs { "nil", "'both'", "true", "{ title = 5 }", "{ dueDate = '' }", "{ dueDate = 'tomorrow' }", "{ titel = 'x' }" } do
    assert_fails_alone(("return { on_conflict = function() return %s end }"):format(value), { "rules.lua:1: on_conflict of A: " }, conflict)
  end
  for _, value in ipairs { "nil", "'clear'", "{}", "false" } do
    assert_fails_alone(("return { on_deleted = function() return %s end }"):format(value), { "rules.lua:1: on_deleted of A: expected " },
      function(place) os.remove((place:event("A"))) end)
  end
end

-- Whatever is raised: a text, nothing, a table that fails when it is asked for its text.
function TestWrongTypes.test_anything_may_be_raised()
  for _, raised in ipairs { "'no luck'", "nil", "{}", "5", "setmetatable({}, { __tostring = error })",
    "setmetatable({}, { __tostring = function() return {} end })", "setmetatable({}, { __name = {} })" } do
    assert_fails_alone(([[return { to_event = function(entry, ctx)
      if entry.id == "A" then error(%s, 0) end
      return ctx.defaults.to_event(entry, ctx)
    end }]]):format(raised), { "A: rule to_event failed: " }, nil)
  end
end

-- What a rule does to what it was given concerns that call alone.
function TestWrongTypes.test_nothing_that_a_rule_breaks_is_anybody_elses()
  for _, act in ipairs { "ctx.config.syncOptions = 5", "ctx.defaults.to_event = nil", "print = nil", "string = nil",
    "setmetatable(_G, { __index = error })", "entry.tags = nil", "ctx.log.info = nil", "getmetatable('')" } do
    local place <close> = place_with(([[return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      if entry.id == "A" then %s end
      return event
    end }]]):format(act))
    place:edit(function(board) board.items[3].title = "Edited" end)
    lu.assertStrContains(place:expect(0, "sync.lua board.json"), "1 updated", false, act)
  end
end

-- What only the calendar's format refuses is the rule's too.
function TestWrongTypes.test_values_that_no_event_can_have()
  for change, part in pairs { ['event.reminders = { "soon" }'] = "reminders", ['event.endDate = "2026-01-01"'] = "the end 2026-01-01" } do
    assert_fails_alone(([[return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      if entry.id == "A" then %s end
      return event
    end }]]):format(change), { "rules.lua:1: to_event of A: " .. part })
  end
end

TestRulesFile = {}

-- One sentence that names the file, whatever goes wrong while it is loaded.
function TestRulesFile.test_a_file_that_fails_while_it_is_loaded()
  for _, text in ipairs { "error('x')", "local function f() return nil + 1 end f() return {}", "return {", "error({})", "require 'x'",
    "error(setmetatable({}, { __tostring = error }))", "return 5" } do
    local place <close> = place_with(text)
    local _, errors = place:expect(2, "sync.lua board.json")
    lu.assertStrContains(errors, "rules.lua")
    lu.assertNil(errors:find("\\n", 1, true), errors)
    lu.assertNil(errors:find("traceback", 1, true), errors)
    lu.assertEquals(select(2, errors:gsub("\n", "")), 1, errors)
    lu.assertEquals(place:count_events(), 3)
  end
end

function TestRulesFile.test_what_rules_print_goes_to_standard_error()
  local place <close> = place_with("print('loaded')\nreturn { select = function(entry) print(entry.id, nil) return true end }")
  local out, errors = place:expect(0, "sync.lua board.json --json")
  lu.assertEquals(json.decode(out).exit, 0)
  lu.assertStrContains(errors, "rules.lua:1: loaded\n")
  lu.assertStrContains(errors, "rules.lua:2: A\tnil\n")
end

-- A select that fails is no answer, least of all a no.
function TestRulesFile.test_a_select_that_fails_deletes_nothing()
  for _, body in ipairs { "error('x')", "return nil", "return 'no'" } do
    local place <close> = place_with(("return { select = function() %s end }"):format(body))
    place:expect(1, "sync.lua board.json")
    lu.assertEquals(place:count_events(), 3)
    lu.assertEquals(place:item("C").dueDate, "2027-01-03")
  end
end

TestInverse = {}

local PREFIX = [[to_event = function(entry, ctx)
  local event = ctx.defaults.to_event(entry, ctx)
  event.title = "[ACADEMY] " .. event.title
  return event
end]]

-- What to_event adds and nobody takes off is told of, and never grows.
function TestInverse.test_a_prefix_without_an_inverse()
  local place <close> = place_with(("return { %s }"):format(PREFIX))
  local finding = 'rules.lua:1: to_event of A: title does not come back: "First" becomes "[ACADEMY] First", and so in 2 other entries'
  lu.assertStrContains(select(2, place:expect(0, "sync.lua board.json --dry-run")), finding)
  lu.assertStrContains(place:expect(0, "doctor.lua board.json"), finding)
  local out, errors = place:expect(0, "sync.lua board.json --json")
  lu.assertStrContains(errors, finding)
  lu.assertStrContains(json.decode(out).warnings[1], finding)
  for _ = 1, 2 do
    place:edit_event("A", "First", "First!")
    _, errors = place:expect(1, "sync.lua board.json")
    lu.assertStrContains(errors, "rules.lua:1: to_event of A: title does not come back: the calendar's \"[ACADEMY] First!")
    lu.assertEquals(place:item("A").title, "First")
    lu.assertStrContains(select(2, place:event("A")), "SUMMARY:[ACADEMY] First!")
  end
  lu.assertNotStrContains(place:expect(0, "history.lua board.json"), "\nlost ")
  place:write("rules.lua", ([[return { %s, to_entry = function(event, entry, ctx)
    local members = ctx.defaults.to_entry(event, entry, ctx)
    members.title = members.title:gsub("^%%[ACADEMY%%] ", "")
    return members
  end }]]):format(PREFIX))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("A").title, "First!!")
  lu.assertStrContains(place:expect(0, "doctor.lua board.json"), "3 entries there and back without a change")
end

-- Any member: a date that moves a day with each way would walk away.
function TestInverse.test_other_members()
  for member, change in pairs { dueDate = "event.dueDate = event.dueDate:gsub('01%-01', '01-02'):gsub('01%-03', '01-04')",
    description = "event.description = (event.description or '') .. '.'", tags = "event.tags = { 'x', table.unpack(event.tags) }",
    priority = "event.priority = event.priority == 'high' and 'low' or 'high'" } do
    local place <close> = place_with(("return { to_event = function(entry, ctx) local event = ctx.defaults.to_event(entry, ctx) "
      .. "%s return event end }"):format(change))
    lu.assertStrContains(select(2, place:expect(0, "sync.lua board.json")), ("to_event of A: %s does not come back"):format(member))
    local before = members(place, "A")
    place:edit_event("A", "SUMMARY:First", "SUMMARY:Renamed")
    place:expect(0, "sync.lua board.json")
    before.title = "Renamed"
    lu.assertEquals(members(place, "A"), before)
  end
end

-- Rules that name another zone and mean the same, and the warnings of a run with them.
local function warnings_with(item, change)
  local board = commands.board { item }
  board.calendarConfig.rules = "rules.lua"
  local place <close> = commands.place(board)
  place:write("rules.lua", ([[return { to_entry = function(event, entry, ctx)
    local members = ctx.defaults.to_entry(event, entry, ctx)
    %s
    return members
  end }]]):format(change))
  return json.decode((place:expect(0, "sync.lua board.json --json"))).warnings
end

-- What an entry would spell as it does now comes back, whatever a rule calls it.
function TestInverse.test_what_is_spelled_the_same_comes_back()
  local utc = { id = "A", title = "First", dueDate = "2027-01-01T10:00:00Z", timeZone = "Europe/Rome" }
  local rome = { id = "A", title = "First", dueDate = "2027-01-01T10:00:00", timeZone = "Europe/Rome" }
  lu.assertEquals(warnings_with(utc, "members.timeZone = 'Asia/Tokyo'"), {})
  lu.assertEquals(warnings_with(utc, "members.dueDate, members.timeZone = '2027-01-01T11:00:00', 'Europe/Rome'"), {})
  lu.assertEquals(warnings_with(rome, "members.dueDate, members.timeZone = '2027-01-01T09:00:00Z', nil"), {})
  lu.assertStrContains(warnings_with(rome, "members.timeZone = 'Asia/Tokyo'")[1], 'timeZone does not come back: "Europe/Rome" becomes "Asia/Tokyo"')
end

-- Of long texts is shown where they part.
function TestInverse.test_where_long_texts_part()
  local item = { id = "A", title = "First", dueDate = "2027-01-01", description = ("word "):rep(40) .. "end" }
  lu.assertStrContains(warnings_with(item, "members.description = members.description .. '!'")[1],
    'description does not come back: "…rd word word end" becomes "…rd word word end!"')
end

-- A text that is hidden from the calendar is still the board's where the state is lost, whoever wins.
function TestInverse.test_what_is_hidden_from_the_calendar_survives_a_lost_state()
  local place <close> = place_with([[return { to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.description, event.tags = nil, nil
    return event
  end }]], { conflictResolution = "external-wins", timeZone = "Europe/Rome" })
  place:expect(0, "sync.lua board.json")
  local before = members(place, "A")
  os.execute("rm -r " .. place:file(".fmcal"))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(members(place, "A"), before)
end

-- to_entry that fails on what to_event made fails the entry before anything is written.
function TestInverse.test_a_to_entry_that_fails()
  local place <close> = place_with("return { to_entry = function(event) return { title = event.title:upper(), x = 1 } end }")
  place:edit(function(board) board.items[4] = { id = "D", title = "New", dueDate = "2027-03-01" } end)
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "to_entry of A, B, C and 1 more: 'x' is a member that nobody reads")
  lu.assertEquals(place:count_events(), 3)
end

os.exit(lu.LuaUnit.run())
