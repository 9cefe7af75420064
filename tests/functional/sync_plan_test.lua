-- sync.lua --plan and --apply: exactly what was reviewed, or nothing.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local function place_with_edits()
  local place = commands.place(commands.board {
    { id = "A-1", title = "One", dueDate = "2027-02-15" },
    { id = "A-2", title = "Two", dueDate = "2027-02-16" },
    { id = "A-3", title = "Three", dueDate = "2027-02-17" },
    { id = "A-4", title = "Four", dueDate = "2027-02-18" },
  })
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(board)
    board.items[1].title = "One, edited"
    table.remove(board.items, 3)
    board.items[4] = { id = "A-5", title = "Five", dueDate = "2027-02-19" }
  end)
  place:edit_event("A-2", "SUMMARY:Two", "SUMMARY:Two, moved")
  place:expect(0, "sync.lua -q board.json --plan plan.json")
  return place
end

-- --apply refuses, names the reason, and writes nothing.
local function assert_stale(place, part, words)
  local before = place:board_and_events()
  local _, errors = place:expect(2, "sync.lua --apply plan.json " .. (words or ""))
  lu.assertStrContains(errors, part)
  lu.assertStrContains(errors, "Make a new one with --plan")
  lu.assertEquals(place:board_and_events(), before)
end

TestPlan = {}

function TestPlan.test_a_stale_plan_says_all_that_has_moved()
  local place <close> = place_with_edits()
  place:edit(function(board) board.items[1].title = "One, edited again" end)
  place:edit_event("A-3", "SUMMARY:Three", "SUMMARY:Three, edited")
  assert_stale(place, "A-1 has been edited on the board; the event of A-3 in vdir has changed since")
end

function TestPlan.test_a_plan_shows_old_and_new_values_and_touches_nothing()
  local place <close> = place_with_edits()
  local plan = assert(json.decode(place:read("plan.json")))
  lu.assertEquals(plan.team, "academy")
  local by_key = {}
  for _, entry in ipairs(plan.changes) do by_key[entry.key] = entry end
  lu.assertEquals(by_key["A-1"].calendars[1].action, "update")
  lu.assertEquals(by_key["A-1"].calendars[1].changes.title, { from = "One", to = "One, edited" })
  lu.assertEquals(by_key["A-2"].board.title, { from = "Two", to = "Two, moved" })
  lu.assertEquals(by_key["A-3"].calendars[1].action, "delete")
  lu.assertEquals(by_key["A-5"].calendars[1].action, "create")
  lu.assertNil(by_key["A-4"])
  lu.assertEquals(place:item("A-2").title, "Two")
  lu.assertNil(place:event("A-5"))
end

function TestPlan.test_a_plan_takes_the_place_of_a_plan_alone()
  local place <close> = place_with_edits()
  local board = place:read("board.json")
  for _, words in ipairs { "sync.lua --plan board.json", "sync.lua board.json --plan ./board.json",
    "export.lua board.json --output board.json" } do
    local _, errors = place:expect(2, words)
    lu.assertStrContains(errors, "board.json is there and no ")
    lu.assertEquals(place:read("board.json"), board)
  end
  place:write("empty.json", "")
  for _, name in ipairs { "plan.json", "empty.json", "new.json" } do
    place:expect(0, "sync.lua -q board.json --plan " .. name)
    lu.assertStrContains(place:read(name), "fmcal-plan-")
  end
  for _ = 1, 2 do place:expect(0, "export.lua board.json --output board.ics") end
end

function TestPlan.test_apply_does_it_and_only_once()
  local place <close> = place_with_edits()
  place:expect(0, "sync.lua --apply plan.json")
  lu.assertEquals(place:item("A-2").title, "Two, moved")
  lu.assertStrContains(select(2, place:event("A-1")), "SUMMARY:One\\, edited")
  lu.assertNil(place:event("A-3"))
  lu.assertNotNil(place:event("A-5"))
  assert_stale(place, "since; nothing was written")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "4 unchanged")
end

function TestPlan.test_what_changed_elsewhere_waits()
  local place <close> = place_with_edits()
  place:edit(function(board) board.items[3].title = "Four, edited" end)
  place:edit(function(board) board.items[5] = { id = "A-6", title = "Six", dueDate = "2027-02-20" } end)
  place:expect(0, "sync.lua --apply plan.json")
  lu.assertNil(place:event("A-6"))
  lu.assertStrContains(select(2, place:event("A-4")), "SUMMARY:Four\r\n")
  place:expect(0, "sync.lua -q board.json")
  lu.assertNotNil(place:event("A-6"))
end

function TestPlan.test_an_edit_of_a_planned_entry()
  local place <close> = place_with_edits()
  place:edit(function(board) board.items[1].title = "One, edited again" end)
  assert_stale(place, "A-1 has been edited on the board")
end

function TestPlan.test_an_edit_of_a_planned_event()
  local place <close> = place_with_edits()
  place:edit_event("A-3", "SUMMARY:Three", "SUMMARY:Three, edited")
  assert_stale(place, "the event of A-3 in vdir has changed")
end

function TestPlan.test_other_rules()
  local place <close> = place_with_edits()
  place:edit(function(board) board.calendarConfig.rules = "rules.lua" end)
  place:write("rules.lua", [[return { to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = "[X] " .. event.title
    return event
  end }]])
  assert_stale(place, "since; nothing was written")
end

function TestPlan.test_a_run_in_between()
  local place <close> = place_with_edits()
  place:expect(0, "sync.lua -q board.json")
  assert_stale(place, "since; nothing was written")
end

function TestPlan.test_an_empty_plan_does_nothing()
  local place <close> = place_with_edits()
  place:expect(0, "sync.lua -q board.json")
  place:expect(0, "sync.lua -q board.json --plan plan.json")
  place:edit(function(board) board.items[1].title = "Later" end)
  place:expect(0, "sync.lua --apply plan.json")
  lu.assertStrContains(select(2, place:event("A-1")), "SUMMARY:One\\, edited")
end

function TestPlan.test_plans_that_are_none()
  local place <close> = place_with_edits()
  place:write("broken.json", "{\n nope")
  lu.assertStrContains(select(2, place:expect(2, "sync.lua --apply broken.json")), "line 2, column 2")
  lu.assertStrContains(select(2, place:expect(2, "sync.lua --apply board.json")), "board.json is no plan of sync.lua --plan")
  lu.assertStrContains(select(2, place:expect(2, "sync.lua --apply none.json")), "cannot read the plan none.json")
  place:write("other.json", commands.board({}, nil, "other"))
  lu.assertStrContains(select(2, place:expect(2, "sync.lua other.json --apply plan.json")), "is for the board")
  place:expect(0, "sync.lua board.json --apply plan.json")
end

-- A plan that somebody has spoilt is refused and says where.
function TestPlan.test_a_malformed_plan()
  local place <close> = place_with_edits()
  local good, board = place:read("plan.json"), place:read("board.json")
  local function refuses(sentence, change)
    local plan = assert(json.decode(good))
    change(plan)
    place:write("plan.json", plan)
    local out, errors = place:expect(2, "sync.lua --apply plan.json")
    lu.assertStrContains(errors, sentence)
    lu.assertNotStrContains(out .. errors, "traceback")
    lu.assertEquals(place:read("board.json"), board)
    lu.assertEquals(place:count_events(), 4)
  end
  for _, value in ipairs { 5, true, "x", json.array { 5 }, json.array { json.null }, { a = 1 } } do
    refuses("changes must be a list of objects", function(plan) plan.changes = value end)
    refuses("calendars must be a list of objects", function(plan) plan.calendars = value end)
    refuses("changes[1].seals must be an object", function(plan)
      plan.changes[1].seals = type(value) == "table" and not getmetatable(value) and 5 or value
    end)
  end
  for _, value in ipairs { 5, true, json.array { "x" }, { a = 1 }, "a\0b" } do
    refuses("changes[1].key must be a text", function(plan) plan.changes[1].key = value end)
    refuses("changes[1].seals.board must be a text", function(plan) plan.changes[1].seals.board = value end)
    refuses("board must be a text", function(plan) plan.board = value end)
    refuses("team must be a text", function(plan) plan.team = value end)
    refuses("options.rules must be a text", function(plan) plan.options.rules = value end)
    refuses("options.direction must be", function(plan) plan.options.direction = value end)
  end
  refuses("changes[1].key is missing", function(plan) plan.changes[1].key = nil end)
  refuses("changes[1].seals is missing", function(plan) plan.changes[1].seals = json.null end)
  refuses("outcome is missing", function(plan) plan.changes[1].seals.outcome = nil end)
  refuses("options.direction must be both", function(plan) plan.options.direction = "sideways" end)
  refuses("options is missing", function(plan) plan.options = nil end)
  refuses("seals.calendars.vdir must be a text", function(plan) plan.changes[1].seals.calendars.vdir = 5 end)
end

function TestPlan.test_a_plan_that_cannot_be_written()
  local place <close> = place_with_edits()
  lu.assertStrContains(select(2, place:expect(1, "sync.lua board.json --plan no/such/plan.json")), "cannot write no/such/plan.json")
  lu.assertStrContains(select(2, place:expect(1, "sync.lua board.json --plan /dev/full")), "No space left on device")
end

-- Entries may be taken out of a plan. What it says of those that stay, and of the run, is not for editing.
function TestPlan.test_a_plan_that_was_changed_by_hand()
  local changes = {
    function(_, by_key) by_key["A-1"].calendars[1].changes.title.to = "Another" end,
    function(_, by_key) by_key["A-2"].board.title.to = "Another" end,
    function(_, by_key) by_key["A-3"].calendars = json.array {} end,
    function(_, by_key) by_key["A-5"].title = "Another" end,
    function(plan) plan.options.allow_mass_delete = true end,
    function(plan) plan.options.direction = "inbound" end,
    function(plan) plan.made = "2027-01-01T00:00:00Z" end,
  }
  for _, change in ipairs(changes) do
    local place <close> = place_with_edits()
    place:edit(function(plan)
      local by_key = {}
      for _, entry in ipairs(plan.changes) do by_key[entry.key] = entry end
      change(plan, by_key)
    end, "plan.json")
    local before = place:board_and_events()
    local _, errors = place:expect(2, "sync.lua --apply plan.json")
    lu.assertStrContains(errors, "changed by hand")
    lu.assertEquals(place:board_and_events(), before)
  end
end

function TestPlan.test_entries_may_be_taken_out_of_a_plan()
  local place <close> = place_with_edits()
  place:edit(function(plan)
    local kept = json.array {}
    for _, entry in ipairs(plan.changes) do
      if entry.key ~= "A-3" then kept[#kept + 1] = entry end
    end
    plan.changes = kept
  end, "plan.json")
  place:expect(0, "sync.lua --apply plan.json")
  lu.assertNotNil(place:event("A-3"))
  lu.assertNotNil(place:event("A-5"))
end

TestShown = {}

-- A dry run and a plan read as Terraform's do.
function TestShown.test_signs_old_and_new_values_and_counts()
  local place <close> = place_with_edits()
  for _, words in ipairs { "--dry-run", "--plan plan.json" } do
    local out = place:expect(0, "sync.lua board.json " .. words)
    lu.assertStrMatches(out:match("[^\n]*A%-1 [^\n]*"), '~ update +A%-1 .*title: "One" → "One, edited"')
    lu.assertStrMatches(out:match("[^\n]*A%-2 [^\n]*"), '~ pull +A%-2 .*title: "Two" → "Two, moved"')
    lu.assertStrMatches(out:match("[^\n]*A%-3 [^\n]*"), "%- delete +A%-3 .*")
    lu.assertStrMatches(out:match("[^\n]*A%-5 [^\n]*"), "%+ create +A%-5 .*")
    lu.assertStrMatches(out:match("([^\n]*)\n$"),
      "Plan: 1 to create, 1 to update, 1 to pull, 1 to delete. Nothing was written")
  end
end

-- What the rules make of an entry that nobody edited.
function TestShown.test_a_change_of_the_rules_shows_what_becomes_of_events()
  local place <close> = commands.place(commands.board {
    { id = "A-1", title = "One", dueDate = "2027-02-15", tags = { "a", "b" } } })
  place:expect(0, "sync.lua -q board.json")
  place:write("rules.lua", [[
    return { to_event = function(entry, ctx)
      local event = ctx.defaults.to_event(entry, ctx)
      event.location, event.tags = "Room 2", {}
      return event
    end }]])
  local out = place:expect(0, "sync.lua board.json --rules rules.lua --plan plan.json")
  lu.assertStrMatches(out, '.*~ update +A%-1 +One +vdir +tags: %["a","b"%] → %[%]\n +location: nothing → "Room 2"\n.*')
  local changes = json.decode(place:read("plan.json")).changes[1].calendars[1].changes
  lu.assertEquals(changes, { location = { from = json.null, to = "Room 2" },
    tags = { from = json.array { "a", "b" }, to = json.array {} } })
end

function TestShown.test_each_field_has_a_line()
  local place <close> = place_with_edits()
  place:edit(function(board) board.items[1].priority = "high" end)
  local out = place:expect(0, "sync.lua board.json --dry-run")
  lu.assertStrContains(out, '\n' .. (" "):rep(40) .. 'priority: nothing → "high"\n')
end

function TestShown.test_the_exit_status_says_whether_there_is_something_to_do()
  local place <close> = place_with_edits()
  place:expect(10, "sync.lua board.json --dry-run --exit-code")
  place:expect(10, "sync.lua board.json --plan plan.json --exit-code")
  place:expect(0, "sync.lua -q board.json")
  place:expect(0, "sync.lua board.json --dry-run --exit-code")
  place:expect(0, "sync.lua board.json --plan plan.json --exit-code")
  lu.assertStrContains(select(2, place:expect(2, "sync.lua board.json --exit-code")), "--exit-code goes with")
end

function TestShown.test_plan_lua_shows_what_is_in_the_file()
  local place <close> = place_with_edits()
  local out = place:expect(0, "plan.lua show plan.json")
  lu.assertStrContains(out, "by fmcal 0.")
  lu.assertStrContains(out, 'A-2 in vdir was edited: title: "Two" → "Two, moved"')
  lu.assertStrMatches(out:match("[^\n]*~ update[^\n]*"), '~ update +A%-1 .*title: "One" → "One, edited"')
  lu.assertStrContains(out, "Plan: 1 to create, 1 to update, 1 to pull, 1 to delete")
  lu.assertEquals(assert(json.decode((place:expect(0, "plan.lua show plan.json --json")))).team, "academy")
end

function TestShown.test_a_plan_says_what_it_was_made_of()
  local place <close> = place_with_edits()
  local plan = assert(json.decode(place:read("plan.json")))
  lu.assertEquals(plan.format, "fmcal-plan-2")
  lu.assertEquals(plan.basis.serial, 1)
  lu.assertStrMatches(plan.basis.board, ("%x"):rep(64))
  lu.assertNil(plan.basis.rules)
  lu.assertEquals({ #plan.drift, plan.drift[1].key, plan.drift[1].action }, { 1, "A-2", "edited" })
end

TestDiff = {}

function TestDiff.test_the_same_and_different()
  local place <close> = place_with_edits()
  place:expect(0, "sync.lua -q board.json --plan again.json")
  lu.assertStrContains(place:expect(0, "plan.lua diff plan.json again.json"), "both plans do the same")
  place:edit(function(board)
    board.items[1].title = "One, once more"
    board.items[4] = nil
    board.items[3].title = "Four, edited"
  end)
  place:expect(0, "sync.lua -q board.json --plan again.json")
  local out = place:expect(1, "plan.lua diff plan.json again.json")
  lu.assertStrMatches(out, "Only in the first plan:.*create +A%-5.*Only in the second plan:.*update +A%-4.*"
    .. 'Otherwise, in the first plan:.*"One, edited".*and in the second plan:.*"One, once more".*')
  local found = assert(json.decode((place:expect(1, "plan.lua diff plan.json again.json --json"))))
  lu.assertEquals({ #found.removed, #found.added, #found.changed }, { 1, 1, 1 })
end

function TestDiff.test_words()
  local place <close> = place_with_edits()
  for words, sentence in pairs { ["show plan.json plan.json"] = "takes one plan", ["diff plan.json"] = "takes two plans",
    ["shwo plan.json"] = "did you mean 'show'?", ["show board.json"] = "board.json is no plan" } do
    lu.assertStrContains(select(2, place:expect(2, "plan.lua " .. words)), sentence)
  end
end

function TestDiff.test_another_format()
  local place <close> = place_with_edits()
  for format, sentence in pairs { ["fmcal-plan-1"] = "the plan plan.json is an older fmcal's: make a new one with --plan",
    ["fmcal-plan-3"] = "the plan plan.json has format 3, and this fmcal reads 2: use the fmcal that made it (9.9)" } do
    place:edit(function(plan) plan.format, plan.fmcal = format, "9.9" end, "plan.json")
    for _, words in ipairs { "plan.lua show plan.json", "sync.lua --apply plan.json" } do
      lu.assertStrContains(select(2, place:expect(2, words)), sentence)
    end
  end
end

os.exit(lu.LuaUnit.run())
