-- Why what happens to entries happens: `entries` of the result, one reason an entry and calendar, one a field.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local reasons = require "fmcal.model.reasons"

local function synced(options, items)
  local place = commands.place(commands.board(items or { { id = "X-1", title = "Brief", description = "old",
    dueDate = "2027-02-01" }, { id = "X-2", title = "Stays", dueDate = "2027-02-02" } }, options))
  place:expect(0, "sync.lua board.json")
  return place
end

-- The entries of a run by their keys.
local function entries_of(place, status, words)
  local text = place:expect(status, "sync.lua board.json --json " .. (words or ""))
  local result, found = assert(json.decode(text)), {}
  for _, entry in ipairs(result.entries) do
    lu.assertNil(found[entry.key])
    lu.assertNotNil(reasons.RANK[entry.reason], entry.reason)
    found[entry.key] = entry
  end
  return found, text
end

local function one(place, status, words)
  local found = entries_of(place, status, words)
  local key, entry = next(found)
  lu.assertNil(next(found, key))
  return entry
end

local function assert_reason(entry, reason, decided_by, fields)
  lu.assertEquals({ entry.reason, entry.decided_by }, { reason, decided_by })
  local list = {}
  for i, field in ipairs(entry.fields) do list[i] = ("%s %s %s"):format(field.field, field.reason, field.decided_by) end
  lu.assertEquals(list, fields or {})
end

local function edit(place, fn)
  place:edit(function(board) fn(board.items[1], board) end)
end

local function edit_title_there(place)
  place:edit_event("X-1", "SUMMARY:[^\r]*", "SUMMARY:There")
end

TestDone = {}

function TestDone.test_created_and_nothing()
  local place <close> = commands.place(commands.board { { id = "X-1", title = "Brief", dueDate = "2027-02-01" } })
  local entry = one(place, 0)
  assert_reason(entry, "created", "merge")
  lu.assertEquals({ entry.key, entry.title, entry.calendar }, { "X-1", "Brief", "vdir" })
  local _, text = entries_of(place, 0)
  lu.assertStrContains(text, '"entries":[]')
end

function TestDone.test_pushed_pulled_merged()
  local place <close> = synced()
  edit(place, function(item) item.title = "Here" end)
  assert_reason(one(place, 0), "pushed", "merge", { "title pushed merge" })
  edit_title_there(place)
  assert_reason(one(place, 0), "pulled", "merge", { "title pulled merge" })
  edit(place, function(item) item.description = "new" end)
  place:edit_event("X-1", "SUMMARY:[^\r]*", "SUMMARY:Again")
  assert_reason(one(place, 0), "merged", "merge", { "title pulled merge", "description pushed merge" })
end

function TestDone.test_what_only_goes_out_has_no_field()
  local place <close> = synced()
  edit(place, function(item) item.status = "done" end)
  assert_reason(one(place, 0), "pushed", "merge")
end

function TestDone.test_a_dry_run_says_the_same()
  local place <close> = synced()
  edit(place, function(item) item.title = "Here" end)
  assert_reason(one(place, 0, "--dry-run"), "pushed", "merge", { "title pushed merge" })
end

function TestDone.test_adopted()
  local place <close> = synced()
  os.execute("rm -rf " .. place:file ".fmcal")
  local found = entries_of(place, 0)
  assert_reason(found["X-1"], "adopted", "merge")
  assert_reason(found["X-2"], "adopted", "merge")
  place:write("rules.lua", "return { adopt = function(event) return { id = 'A-1', title = event.title } end }")
  place:write("calendars/academy/other.ics", table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT",
    "UID:other@example.org", "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270301", "SUMMARY:Hearing", "END:VEVENT",
    "END:VCALENDAR", "" }, "\r\n"))
  lu.assertEquals(one(place, 0, "--rules rules.lua").reason, "adopted")
end

TestGone = {}

function TestGone.test_undated_and_removed()
  local place <close> = synced()
  edit(place, function(item) item.dueDate = nil end)
  assert_reason(one(place, 0), "undated", "merge")
  edit(place, function(_, board) table.remove(board.items, 2) end)
  assert_reason(one(place, 0, "--allow-mass-delete"), "removed", "merge")
end

function TestGone.test_deselected_names_the_rule()
  local place <close> = synced()
  place:write("rules.lua", "return {\n  select = function(entry) return entry.id ~= 'X-1' end,\n}")
  assert_reason(one(place, 0, "--rules rules.lua"), "deselected", "rule:select (rules.lua:2)")
end

function TestGone.test_cleared_says_what_it_was()
  local place <close> = synced()
  os.remove((place:event "X-1"))
  local entry = one(place, 0)
  assert_reason(entry, "cleared", "strategy:clear-due-date", { "dueDate cleared strategy:clear-due-date" })
  lu.assertEquals(entry.fields[1].lost, { side = "local", field = "dueDate", value = "2027-02-01" })
end

function TestGone.test_kept_and_made_again()
  local place <close> = synced { onEventDeleted = "keep" }
  os.remove((place:event "X-1"))
  assert_reason(one(place, 0), "kept_deleted", "strategy:keep")
  edit(place, function(item) item.title = "Here" end)
  assert_reason(one(place, 0), "recreated", "merge")
  place:write("rules.lua", "return { on_deleted = function() return 'recreate' end }")
  os.remove((place:event "X-1"))
  assert_reason(one(place, 0, "--rules rules.lua"), "recreated", "rule:on_deleted (rules.lua:1)")
end

function TestGone.test_a_date_cleared_here_and_edited_there_comes_back()
  local place <close> = synced()
  edit(place, function(item) item.dueDate = nil end)
  edit_title_there(place)
  assert_reason(one(place, 0), "recreated", "merge", { "title pulled merge", "dueDate pulled merge" })
end

function TestGone.test_orphaned()
  local place <close> = synced()
  edit(place, function(_, board) table.remove(board.items, 1) end)
  edit_title_there(place)
  assert_reason(one(place, 0), "orphaned", "merge")
end

TestConflicts = {}

local function conflicting(options)
  local place = synced(options)
  edit(place, function(item) item.title = "Here" end)
  edit_title_there(place)
  return place
end

function TestConflicts.test_settled_by_a_strategy()
  local place <close> = conflicting { conflictResolution = "external-wins" }
  local entry = one(place, 0)
  assert_reason(entry, "conflict_settled", "strategy:external-wins", { "title conflict_settled strategy:external-wins" })
  lu.assertEquals(entry.fields[1].lost, { side = "local", field = "title", value = "Here" })
end

function TestConflicts.test_waits_and_a_person_decides()
  local place <close> = conflicting { conflictResolution = "manual" }
  assert_reason(one(place, 4), "conflict_waits", "strategy:manual", { "title conflict_waits strategy:manual" })
  place:expect(0, "conflicts.lua board.json resolve X-1 keep_local")
end

TestHeld = {}

function TestHeld.test_a_one_way_run()
  local place <close> = synced()
  edit_title_there(place)
  assert_reason(one(place, 0, "--direction outbound"), "direction_held", "merge", { "title direction_held merge" })
end

function TestHeld.test_the_guard()
  local place <close> = synced()
  os.execute("rm " .. place:file "calendars/academy/" .. "*.ics")
  local found = entries_of(place, 5)
  lu.assertEquals({ found["X-1"].reason, found["X-2"].reason }, { "guard_held", "guard_held" })
end

TestElsewhere = {}

function TestElsewhere.test_plans_and_explanations_have_them()
  local place <close> = conflicting { conflictResolution = "external-wins" }
  place:expect(0, "sync.lua board.json --plan plan.json")
  local planned = assert(json.decode(place:read "plan.json")).changes[1].reasons[1]
  assert_reason(planned, "conflict_settled", "strategy:external-wins", { "title conflict_settled strategy:external-wins" })
  local about = assert(json.decode((place:expect(0, "explain.lua board.json X-1 --json")))).calendars[1]
  local out = place:expect(0, "explain.lua board.json X-1")
  lu.assertStrContains(out, "reason: conflict_settled (strategy:external-wins): title")
  lu.assertStrContains(out, "to change that: conflictResolution and the rule on_conflict decide")
  lu.assertStrMatches(about.board_edited_at, "%d+%-.*Z")
  lu.assertEquals({ about.cause, about.decided_by, about.fields[1].lost.value },
    { "conflict_settled", "strategy:external-wins", "Here" })
end

function TestElsewhere.test_what_an_earlier_run_did()
  local place <close> = conflicting { conflictResolution = "external-wins" }
  place:expect(0, "sync.lua -q board.json")
  local out = place:expect(0, "explain.lua board.json X-1 --at-run 2")
  lu.assertStrContains(out, "conflict_settled  X-1")
  lu.assertStrContains(out, 'the board\'s title "Here"')
  local run = assert(json.decode((place:expect(0, "explain.lua board.json X-1 --at-run 2 --json"))))
  lu.assertEquals({ run.number, run.changes[1].reason }, { 2, "conflict_settled" })
  lu.assertStrContains(select(2, place:expect(2, "explain.lua board.json X-2 --at-run 2")), "run 2 did nothing to X-2")
end

TestFailed = {}

function TestFailed.test_rules_and_entries()
  local place <close> = synced()
  place:write("rules.lua", "return { to_event = function(entry) if entry.id == 'X-2' then error 'no' end end }")
  edit(place, function(item) item.dueDate = "soon" end)
  place:write("rules.lua", [[return { to_event = function(entry, ctx)
    if entry.id == "X-2" then error "no" end
    return ctx.defaults.to_event(entry, ctx) end }]])
  local found = entries_of(place, 1, "--rules rules.lua")
  assert_reason(found["X-1"], "invalid")
  assert_reason(found["X-2"], "rule_failed")
end

function TestFailed.test_an_entry_with_a_problem()
  local place <close> = synced()
  edit(place, function(_, board) board.items[3] = { id = "X-2", title = "Twice", dueDate = "2027-02-02" } end)
  local text = place:expect(1, "sync.lua board.json --json")
  lu.assertStrContains(text, '"reason":"invalid"')
end

function TestFailed.test_left_alone()
  local place <close> = synced()
  edit(place, function(item) item.dueDate = "soon" end)
  for _ = 1, 5 do lu.assertEquals(one(place, 1).reason, "invalid") end
  assert_reason(one(place, 1), "left_alone")
end

os.exit(lu.LuaUnit.run())
