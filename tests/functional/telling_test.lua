-- What happens is told: conflicts that were settled, dates that went, what was written beside a conflict, runs that failed.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function row_of(out, pattern)
  for line in out:gmatch("[^\n]+") do
    if line:find(pattern) then return line end
  end
  error("no line has " .. pattern .. ":\n" .. out, 2)
end

-- A board in step with its calendar, then edited on both sides.
local function conflicting(strategy, more_here)
  local item = { id = "X-1", title = "Brief", description = "old", dueDate = "2027-02-01" }
  local place = commands.place(commands.board({ item }, { timeZone = "Europe/Rome", conflictResolution = strategy }))
  place:expect(0, "sync.lua board.json")
  place:edit(function(board)
    board.items[1].title = "Brief of the board"
    if more_here then board.items[1].description = "new" end
  end)
  place:edit_event("X-1", "SUMMARY:[^\r]*", "SUMMARY:Brief of the calendar")
  return place
end

local function object(place, status, words)
  return assert(json.decode((place:expect(status, words))))
end

TestSettled = {}

function TestSettled.test_the_table_and_the_sum_say_who_won()
  local place <close> = conflicting("external-wins")
  local planned = place:expect(0, "sync.lua board.json --dry-run")
  lu.assertStrContains(row_of(planned, "settle +X%-1"), 'title: the calendar wins (external-wins)')
  local out = place:expect(0, "sync.lua board.json")
  lu.assertStrContains(row_of(out, "settled +X%-1"),
    'title: the calendar wins (external-wins); the board\'s "Brief of the board" is in the history')
  lu.assertNil(out:find("\npulled "))
  lu.assertStrContains(out, "1 conflict settled")
  lu.assertStrContains(place:expect(0, "history.lua board.json"), "Brief of the board")
end

function TestSettled.test_the_board_wins()
  local place <close> = conflicting("local-wins")
  lu.assertStrContains(row_of(place:expect(0, "sync.lua board.json"), "settled +X%-1"),
    'title: the board wins (local-wins); the calendar\'s "Brief of the calendar" is in the history')
end

function TestSettled.test_programs_get_it_too()
  local place <close> = conflicting("external-wins")
  local settled = object(place, 0, "sync.lua board.json --json").settled
  lu.assertEquals(settled, json.array { { key = "X-1", calendar = "vdir", field = "title", winner = "external",
    decided_by = "strategy:external-wins", lost = { side = "local", field = "title", value = "Brief of the board" } } })
  lu.assertEquals(place:expect(0, "sync.lua board.json --json"):match('"settled":(%b[])'), "[]")
end

function TestSettled.test_a_plan_has_it()
  local place <close> = conflicting("external-wins")
  place:expect(0, "sync.lua board.json --plan plan.json")
  local entry = assert(json.decode(place:read("plan.json"))).changes[1]
  lu.assertEquals(entry.settled[1].decided_by, "strategy:external-wins")
end

function TestSettled.test_a_rule_that_decided_is_named()
  local place <close> = conflicting("manual")
  place:write("rules.lua", 'return {\n  on_conflict = function() return { title = "Both" } end,\n}\n')
  local settled = object(place, 0, "sync.lua board.json --rules rules.lua --json").settled
  lu.assertEquals(#settled, 2)
  lu.assertEquals(settled[1].winner, "merged")
  lu.assertEquals(settled[1].decided_by, "rule:on_conflict (rules.lua:2)")
end

TestWaiting = {}

function TestWaiting.test_what_is_written_beside_a_conflict_is_shown_and_counted()
  local place <close> = conflicting("manual", true)
  local planned = place:expect(4, "sync.lua board.json --dry-run")
  lu.assertStrContains(row_of(planned, "update +X%-1"), "description")
  row_of(planned, "conflict +X%-1")
  local out = place:expect(4, "sync.lua board.json")
  lu.assertStrContains(row_of(out, "updated +X%-1"), "description")
  lu.assertStrContains(out, "1 updated beside a conflict")
  lu.assertStrContains(out, "1 conflict waits")
end

function TestWaiting.test_quiet_is_not_silent()
  local place <close> = conflicting("manual")
  for _ = 1, 2 do
    local out, errors = place:expect(4, "sync.lua board.json -q")
    lu.assertEquals(out, "")
    lu.assertStrContains(errors, "1 conflict waits")
  end
end

TestDates = {}

local function dated()
  local place = commands.place(commands.board { { id = "X-1", title = "Brief", dueDate = "2027-02-01" },
    { id = "X-2", title = "Stays", dueDate = "2027-02-02" } })
  place:expect(0, "sync.lua board.json")
  return place
end

function TestDates.test_a_deletion_in_the_calendar_reads_as_one()
  local place <close> = dated()
  os.remove((place:event("X-1")))
  local planned = place:expect(0, "sync.lua board.json --dry-run")
  lu.assertStrContains(row_of(planned, "clear +X%-1"), "deleted in the calendar: the date is cleared")
  local out = place:expect(0, "sync.lua board.json")
  lu.assertStrContains(row_of(out, "cleared +X%-1"), "it was 2027-02-01")
  lu.assertNil(out:find("\npulled "))
  lu.assertStrContains(out, "1 date cleared")
end

function TestDates.test_explain_tells_of_the_date_that_went()
  local place <close> = dated()
  os.remove((place:event("X-1")))
  place:expect(0, "sync.lua board.json")
  local out = place:expect(0, "explain.lua board.json X-1")
  lu.assertNotStrContains(out, "have not met")
  lu.assertStrContains(out, 'run 2 cleared dueDate "2027-02-01": deleted in the calendar')
end

function TestDates.test_a_date_that_a_pull_overwrote_is_in_the_history()
  local place <close> = dated()
  place:edit_event("X-1", "DTSTART;VALUE=DATE:%d+", "DTSTART;VALUE=DATE:20270205")
  place:edit_event("X-1", "DTEND;VALUE=DATE:%d+", "DTEND;VALUE=DATE:20270206")
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:item("X-1").dueDate, "2027-02-05")
  local row = assert(json.decode((place:expect(0, "history.lua board.json --json --run 2")))).overwritten[1]
  lu.assertEquals({ row.field, row.value, row.side, row.reason }, { "dueDate", "2027-02-01", "local", "edited in the calendar" })
  lu.assertStrContains(place:expect(0, "explain.lua board.json X-1"), 'run 2 overwrote dueDate "2027-02-01"')
end

function TestDates.test_a_date_cleared_on_the_board_is_called_so()
  local place <close> = dated()
  place:edit(function(board) board.items[1].dueDate = nil end)
  lu.assertStrContains(row_of(place:expect(0, "sync.lua board.json"), "deleted +X%-1"), "the date was cleared on the board")
  place:edit(function(board) table.remove(board.items, 2) end)
  lu.assertStrContains(row_of(place:expect(0, "sync.lua board.json"), "deleted +X%-2"), "gone from the board")
end

TestLabels = {}

-- What goes out without an edit of a field is named; so is a zone that only the rules have changed.
function TestLabels.test_what_only_goes_out_is_named()
  local place <close> = commands.place(commands.board { { id = "X-1", title = "Brief", dueDate = "2027-02-01T10:00:00Z",
    status = "todo" } })
  place:expect(0, "sync.lua board.json")
  place:edit(function(board) board.items[1].status = "done" end)
  lu.assertStrMatches(row_of(place:expect(0, "sync.lua board.json --dry-run"), "update +X%-1"), '.* vdir +status: "todo" → "done"')
  lu.assertStrMatches(row_of(place:expect(0, "sync.lua board.json"), "updated +X%-1"), ".* vdir +status")
  place:write("rules.lua", [[return { to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.dueDate, event.endDate, event.timeZone = "2027-02-01T19:00:00", "2027-02-01T20:00:00", "Asia/Tokyo"
    return event
  end }]])
  lu.assertStrMatches(row_of(place:expect(0, "sync.lua board.json --rules rules.lua"), "updated +X%-1"),
    ".* vdir +dueDate, endDate, timeZone")
  lu.assertStrContains(select(2, place:event("X-1")), "DTSTART;TZID=Asia/Tokyo:20270201T190000")
end

-- One word for an event that is none of this team's, in the run as in the listing.
function TestLabels.test_another_teams_event_is_external()
  local place <close> = dated()
  local function write(name, uid, team)
    local _, ours = place:event("X-1")
    place:write("calendars/academy/" .. name, (ours:gsub("UID:[^\r]*", "UID:" .. uid, 1):gsub("SUMMARY:[^\r]*", "SUMMARY:" .. name)
      :gsub("X%-TEAM:[^\r]*", "X-TEAM:" .. team)))
  end
  write("theirs.ics", "M-1@fleetmonitor", "medical")
  write("left.ics", "X-9@fleetmonitor", "academy")
  local planned = place:expect(0, "sync.lua board.json --dry-run")
  local out = place:expect(0, "sync.lua board.json")
  for _, said in ipairs { planned, out } do
    lu.assertNotStrContains(said, "M-1")
    lu.assertStrContains(row_of(said, "orphan +X%-9"), "left.ics")
  end
  lu.assertStrContains(out, "1 external event")
  local listed = place:expect(0, "events.lua board.json")
  lu.assertStrContains(row_of(listed, "M%-1@"), "external  theirs.ics")
  lu.assertStrContains(row_of(listed, "X%-9@"), "orphan    left.ics")
  lu.assertStrContains(place:expect(0, "status.lua board.json --json"), '"calendar":0')
end

TestFailures = {}

function TestFailures.test_the_board_and_status_say_that_the_last_run_failed()
  local place <close> = dated()
  os.rename(place:file("calendars"), place:file("elsewhere"))
  place:expect(3, "sync.lua board.json")
  local config = place:board().calendarConfig
  lu.assertEquals(config.lastSyncStatus, "error")
  lu.assertStrContains(config.lastSyncError, "the calendar folder")
  local out = place:expect(0, "status.lua board.json")
  lu.assertStrContains(out, "the last run failed")
  lu.assertEquals(object(place, 0, "status.lua board.json --json").status, "error")
  local before = place:read("board.json")
  place:expect(3, "sync.lua board.json")
  lu.assertEquals(place:read("board.json"), before)
  os.rename(place:file("elsewhere"), place:file("calendars"))
  place:expect(0, "sync.lua board.json")
  lu.assertEquals(place:board().calendarConfig.lastSyncStatus, "success")
  lu.assertNotStrContains(place:expect(0, "status.lua board.json"), "failed")
end

function TestFailures.test_a_dry_run_with_entry_errors_is_no_success()
  local place <close> = commands.place(commands.board { { id = "X-1", title = "Wrong", dueDate = "soon" },
    { id = "X-2", title = "Right", dueDate = "2027-02-02" } })
  local out, errors = place:expect(1, "sync.lua board.json --dry-run")
  lu.assertStrContains(row_of(out, "error +X%-1"), "Wrong")
  lu.assertStrContains(errors, "X-1")
  place:expect(1, "sync.lua board.json")
  errors = select(2, place:expect(1, "sync.lua board.json --dry-run"))
  lu.assertStrContains(errors, "X-1")
  place:expect(1, "sync.lua board.json --plan plan.json")
  lu.assertNotNil(shell.read(place:file("plan.json")))
end

os.exit(lu.LuaUnit.run())
