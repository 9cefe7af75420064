-- Entries that a rule routes to one or both of two calendars, end to end: nothing is lost where one moves. The second calendar
-- is a folder.
local lu = require "luaunit"
local json = require "fmcal.json"
local Place = require "policy_place"
local shell = require "shell"
local undo = require "fmcal.sync.undo"

local policy_routes = {}
local world

--- The provider's world that the tests below run in.
function policy_routes.run_in(of)
  world = of
end

local DAY, OTHER_DAY, NEXT_DAY = "2027-02-15", "2027-02-16", "2027-02-17"
-- The board says where an entry belongs: `to` holds names of calendars.
local RULES = [[return { route = function(entry)
  if entry.to == "nobody knows" then error("nobody knows") end
  return entry.to
end }]]

-- ---------------------------------------------------------------- the cases' ground

-- A board over both calendars, as a place of the first one; `second` is a place in the other one.
local Two = {}
Two.__index = Two

function Two:__close()
  self.first:__close()
  self.second:__close()
  os.execute("rm -rf " .. shell.quote(self.folder))
end

local function names(...)
  local list = {}
  for i, which in ipairs { ... } do list[i] = which == "first" and world.name or which end
  return json.array(list)
end

local function item(members)
  local made = { id = "X-1", title = "Draft", description = "Text", dueDate = DAY, updatedAt = "2026-01-01T00:00:00Z",
    to = names "first" }
  for name, value in pairs(members or {}) do made[name] = value end
  return made
end

-- @param members of the item
-- @param board { options, epics, rules }
local function in_step(members, board)
  local folder = shell.lines("mktemp -d")[1]
  os.execute("mkdir " .. shell.quote(folder .. "/events"))
  local vdir = { provider = "vdir", endpoint = folder, calendarId = "events" }
  local both = setmetatable({ config = { [world.name] = world.config, second = vdir } }, { __index = world })
  local asked = { items = { item(members) }, rules = RULES }
  for name, value in pairs(board or {}) do asked[name] = value end
  local two = setmetatable({ folder = folder, first = Place.new(both, asked),
    second = Place.new({ name = "vdir", etags_age = true, options = { endpoint = folder, calendar_id = "events" }, config = vdir }, {}) }, Two)
  two.first:expect(0)
  return two
end

local function move(two, ...)
  two.first:edit("X-1", { to = names(...) })
end

-- Titles and days of the entry's events, by calendar; of none there is none.
local function events(two, key)
  local found = {}
  for _, which in ipairs { "first", "second" } do
    local event = two[which]:event(key or "X-1")
    found[which] = event and { event.title, event.dueDate }
  end
  return found
end

local function assert_settled(two, exit)
  local before = two.second:contents()
  two.first:assert_settled(exit)
  lu.assertEquals(two.second:contents(), before)
end

local function assert_ends(two, expected, exit)
  lu.assertEquals(events(two), expected)
  assert_settled(two, exit)
end

-- ---------------------------------------------------------------- moving

TestRoute = {}

function TestRoute.test_to_one_and_to_both()
  local two <close> = in_step()
  lu.assertEquals(events(two), { first = { "Draft", DAY } })
  move(two, "first", "second")
  two.first:expect(0)
  assert_ends(two, { first = { "Draft", DAY }, second = { "Draft", DAY } })
end

function TestRoute.test_a_move_is_told_as_what_it_is()
  local two <close> = in_step()
  move(two, "second")
  local planned = two.first:expect(0, { dry_run = true })
  lu.assertEquals(events(two), { first = { "Draft", DAY } })
  local result = two.first:expect(0)
  local told = {}
  for _, entry in ipairs(result.entries) do told[entry.calendar] = { entry.reason, entry.decided_by } end
  lu.assertEquals(told, { [world.name] = { "deselected", "rule:route (rules.lua:1)" }, second = { "created", "merge" } })
  lu.assertEquals(planned.entries, result.entries)
  assert_ends(two, { second = { "Draft", DAY } })
end

function TestRoute.test_there_and_back()
  local two <close> = in_step()
  for _, which in ipairs { "second", "first", "second" } do
    move(two, which)
    two.first:expect(0)
    assert_ends(two, { [which] = { "Draft", DAY } })
  end
end

function TestRoute.test_what_is_edited_here_goes_along()
  local two <close> = in_step()
  two.first:edit("X-1", { to = names "second", title = "Final" })
  two.first:expect(0)
  assert_ends(two, { second = { "Final", DAY } })
end

function TestRoute.test_a_move_is_taken_back()
  local two <close> = in_step()
  two.first.cannot_go_back = true -- that is what this test does itself
  local kept = two.first:add_foreign "X-1"
  two.first:expect(0)
  move(two, "second")
  two.first:expect(0)
  move(two, "first")
  lu.assertEquals(undo.run({ board = two.first.board_path, providers = world.providers }).exit, 0)
  for _, text in ipairs(kept) do lu.assertStrContains(two.first:object("X-1").text, text) end
  assert_ends(two, { first = { "Draft", DAY } })
end

function TestRoute.test_nowhere()
  for _, to in ipairs { names(), json.null } do
    local two <close> = in_step { to = names("first", "second") }
    two.first:edit("X-1", { to = to })
    two.first:expect(0, { allow_mass_delete = true })
    assert_ends(two, {})
    move(two, "second")
    two.first:expect(0)
    assert_ends(two, { second = { "Draft", DAY } })
  end
end

-- ---------------------------------------------------------------- edits in the calendar that is left

TestLeft = {}

function TestLeft.test_an_edit_goes_along()
  for _, to in ipairs { names "second", names("first", "second") } do
    local from = #to == 1 and "first" or "second"
    local other = from == "first" and "second" or "first"
    local two <close> = in_step { to = #to == 1 and names "first" or to }
    two[from]:edit_event("X-1", { title = "Edited there", dueDate = OTHER_DAY, endDate = NEXT_DAY })
    move(two, other)
    two.first:expect(0)
    assert_ends(two, { [other] = { "Edited there", OTHER_DAY } })
    lu.assertEquals(two.first:entry("X-1").dueDate, OTHER_DAY)
  end
end

function TestLeft.test_different_fields_are_all_kept()
  local two <close> = in_step { to = names("first", "second") }
  two.first:edit_event("X-1", { title = "From the first" })
  two.second:edit_event("X-1", { dueDate = OTHER_DAY, endDate = NEXT_DAY })
  two.first:edit("X-1", { to = names "second", description = "From the board" })
  two.first:expect(0)
  assert_ends(two, { second = { "From the first", OTHER_DAY } })
  lu.assertEquals(two.second:event("X-1").description, "From the board")
end

function TestLeft.test_a_settled_conflict_is_in_the_history()
  local two <close> = in_step({}, { options = { conflictResolution = "local-wins" } })
  two.first:edit_event("X-1", { title = "Theirs" })
  two.first:edit("X-1", { to = names "second", title = "Ours" })
  two.first:expect(0)
  assert_ends(two, { second = { "Ours", DAY } })
  lu.assertEquals(json.decode(two.first:history("X-1")[1].value), "Theirs")
end

function TestLeft.test_a_conflict_that_waits_keeps_the_event_there()
  local two <close> = in_step({}, { options = { conflictResolution = "manual" } })
  two.first:edit_event("X-1", { title = "Theirs" })
  two.first:edit("X-1", { to = names "second", title = "Ours" })
  two.first:expect(4)
  lu.assertEquals(events(two), { first = { "Theirs", DAY }, second = { "Ours", DAY } })
  assert_settled(two, 4)
  two.first:expect(0, { only = { "X-1" }, answers = { ["X-1"] = "external" } })
  assert_ends(two, { second = { "Theirs", DAY } })
end

function TestLeft.test_deleted_there()
  local two <close> = in_step()
  two.first:delete_event("X-1")
  two.first.cannot_go_back = true -- a person did that
  move(two, "second")
  two.first:expect(0)
  assert_ends(two, { second = { "Draft", DAY } })
end

function TestLeft.test_a_one_way_run_leaves_an_edit_where_it_is()
  for _, direction in ipairs { "outbound", "inbound" } do
    local two <close> = in_step()
    two.first:edit_event("X-1", { title = "Theirs" })
    move(two, "second")
    two.first:expect(0, { direction = direction })
    lu.assertEquals(events(two).first, { "Theirs", DAY }, direction)
    two.first:expect(0)
    assert_ends(two, { second = { "Theirs", DAY } })
  end
end

-- ---------------------------------------------------------------- in the midst of a run

TestMidst = {}

local KILLED = "killed here"

-- Moves the entry again and again, and lets something happen at one point of the run after the other.
-- @param happen function(two), check function(two, whether it has happened)
local function at_each_point(happen, check)
  local at, reached = 0, true
  while reached do
    at, reached = at + 1, false
    local two <close> = in_step()
    two.first.cannot_go_back = true
    move(two, "second")
    local calls = 0
    local ok, problem = pcall(two.first.sync, two.first, { progress = function()
      calls = calls + 1
      if calls ~= at then return end
      reached = true
      happen(two)
    end })
    lu.assertTrue(ok or tostring(problem):find(KILLED, 1, true) ~= nil, problem)
    check(two, reached)
  end
  lu.assertTrue(at > 5, at)
end

function TestMidst.test_killed()
  at_each_point(function() error(KILLED, 0) end, function(two)
    lu.assertNotNil(next(events(two)))
    two.first:expect(0)
    assert_ends(two, { second = { "Draft", DAY } })
  end)
end

function TestMidst.test_killed_and_edited_where_it_was()
  at_each_point(function() error(KILLED, 0) end, function(two)
    local is_there = two.first:event("X-1") ~= nil
    if is_there then two.first:edit_event("X-1", { title = "Edited there" }) end
    two.first:expect(0)
    assert_ends(two, { second = { is_there and "Edited there" or "Draft", DAY } })
  end)
end

function TestMidst.test_edited_meanwhile()
  local is_edited
  at_each_point(function(two)
    is_edited = two.first:event("X-1") ~= nil
    if is_edited then two.first:edit_event("X-1", { title = "Edited there" }) end
  end, function(two, reached)
    two.first:expect(0)
    assert_ends(two, { second = { reached and is_edited and "Edited there" or "Draft", DAY } })
  end)
end

-- ---------------------------------------------------------------- what cannot be

TestHeld = {}

function TestHeld.test_a_calendar_that_cannot_be_reached()
  local two <close> = in_step()
  os.rename(two.folder .. "/events", two.folder .. "/away")
  move(two, "second")
  two.first:expect(3)
  lu.assertEquals(two.first:event("X-1").title, "Draft")
  os.rename(two.folder .. "/away", two.folder .. "/events")
  two.first:expect(0)
  assert_ends(two, { second = { "Draft", DAY } })
end

function TestHeld.test_many_moves_are_asked_about()
  local items = {}
  for i = 1, 7 do items[i] = item { id = "X-" .. i } end
  local two <close> = in_step({}, { items = items })
  two.first:edit_board(function(board)
    for _, one in ipairs(board.items) do one.to = names "second" end
  end)
  two.first:expect(5)
  lu.assertEquals({ #two.first:objects(), #two.second:objects() }, { 7, 0 })
  two.first:expect(0, { allow_mass_delete = true })
  lu.assertEquals({ #two.first:objects(), #two.second:objects() }, { 0, 7 })
  assert_settled(two)
end

function TestHeld.test_an_unknown_calendar()
  local two <close> = in_step()
  move(two, "sekond")
  local result = two.first:expect(1)
  lu.assertStrContains(result.error_messages[1], ('rules.lua:1: route of X-1: the board has no calendar "sekond", did you mean '
    .. '"second"?; it has '))
  lu.assertEquals({ result.entries[1].reason, events(two) }, { "rule_failed", { first = { "Draft", DAY } } })
end

function TestHeld.test_a_rule_that_fails()
  local two <close> = in_step()
  two.first:edit("X-1", { to = "nobody knows" })
  two.first:expect(1)
  lu.assertEquals(events(two), { first = { "Draft", DAY } })
  two.first:edit("X-1", { to = { a = 1 } })
  local result = two.first:expect(1)
  lu.assertStrContains(result.error_messages[1], "route of X-1: expected a list of names of calendars, got a table")
  lu.assertEquals(events(two), { first = { "Draft", DAY } })
end

return policy_routes
