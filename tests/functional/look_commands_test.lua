-- The commands that look, and conflicts.lua, which decides.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function entries()
  return {
    { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", tags = { "legal" } },
    { id = "XACA-0041", title = "Call the witness", dueDate = "2027-02-18T14:30:00", durationMinutes = 45 },
    { id = "XACA-0042", title = "Tidy the archive" },
  }
end

local function synced(options)
  local place = commands.place(commands.board(entries(), options))
  place:expect(0, "sync.lua -q board.json")
  return place
end

-- XACA-0040 has another title on each side.
local function in_conflict()
  local place = synced { timeZone = "Europe/Rome", conflictResolution = "manual" }
  place:edit(function(board) board.items[1].title = "Ours" end)
  place:edit_event("XACA-0040", "SUMMARY:File initial motion", "SUMMARY:Theirs")
  local out = place:expect(4, "sync.lua board.json")
  lu.assertStrContains(out, "conflict  XACA-0040")
  lu.assertStrContains(out, "1 conflict waits")
  return place
end

local function foreign_event(uid, title)
  return table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Someone//EN", "BEGIN:VEVENT", "UID:" .. uid,
    "DTSTAMP:20260101T000000Z", "DTSTART;VALUE=DATE:20270301", "SUMMARY:" .. title, "END:VEVENT", "END:VCALENDAR", "" }, "\r\n")
end

local function lines_of(text)
  local list = {}
  for line in text:gmatch("[^\n]+") do list[#list + 1] = assert(json.decode(line)) end
  return list
end

-- Runs a command that must touch nothing.
local function look(place, words)
  local before = place:snapshot()
  local out, errors = place:expect(0, words)
  lu.assertEquals(errors, "")
  lu.assertEquals(place:snapshot(), before)
  return out
end

TestStatus = {}

function TestStatus.test_before_the_first_run()
  local place <close> = commands.place(commands.board(entries()))
  lu.assertStrContains(look(place, "status.lua board.json"), "3 entries, last run never")
end

function TestStatus.test_counts_and_what_is_pending()
  local place <close> = synced()
  place:write("board.json", (place:read("board.json"):gsub("File initial motion", "Edited")))
  local out = look(place, "status.lua board.json")
  lu.assertStrContains(out, "academy  board.json  3 entries, last run 20")
  local status = assert(json.decode(look(place, "status.lua board.json --json")))
  lu.assertEquals(status.targets[1].counts.synced, 2)
  lu.assertEquals(status.targets[1].pending, { board = 1, calendar = 0 })
  lu.assertEquals(status.targets[1].provider, "vdir")
end

function TestStatus.test_errors_are_told()
  local place <close> = commands.place(commands.board(entries()))
  place:edit(function(board) board.items[1].dueDate = "2027-02-30" end)
  place:expect(1, "sync.lua -q board.json")
  local out = look(place, "status.lua board.json")
  lu.assertStrContains(out, 'XACA-0040')
  lu.assertStrContains(out, '"2027-02-30" is not a date')
  lu.assertStrContains(out, "tried 1 time)")
end

TestEvents = {}

function TestEvents.test_external_events_and_orphans()
  local place <close> = synced()
  lu.assertEquals(look(place, "events.lua board.json"), "no external events and no orphans\n")
  place:write("calendars/academy/lunch.ics", foreign_event("lunch@example.org", "Lunch"))
  place:write("calendars/academy/old.ics", foreign_event("XACA-0001@fleetmonitor", "An old entry"))
  place:expect(0, "sync.lua -q board.json")
  local events = lines_of(look(place, "events.lua board.json --json"))
  lu.assertEquals(#events, 2)
  local kinds = {}
  for _, event in ipairs(events) do kinds[event.title] = event.kind end
  lu.assertEquals(kinds, { Lunch = "external", ["An old entry"] = "orphan" })
  lu.assertStrContains(look(place, "events.lua board.json"), "2027-03-01  external  Lunch")
end

TestConflicts = {}

function TestConflicts.test_none()
  local place <close> = synced()
  lu.assertEquals(look(place, "conflicts.lua board.json"), "no conflicts\n")
  lu.assertEquals(look(place, "conflicts.lua board.json --json"), "")
end

function TestConflicts.test_list_and_show()
  local place <close> = in_conflict()
  local out = look(place, "conflicts.lua board.json")
  lu.assertStrContains(out, "XACA-0040")
  lu.assertStrContains(out, "title")
  out = look(place, "conflicts.lua board.json show XACA-0040")
  lu.assertStrContains(out, "title       Ours")
  lu.assertStrContains(out, "Theirs")
  local list = lines_of(look(place, "conflicts.lua --json"))
  lu.assertEquals(list[1].conflictData.localVersion.title, "Ours")
end

function TestConflicts.test_keep_local()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua board.json resolve XACA-0040 keep_local")
  lu.assertStrContains(select(2, place:event("XACA-0040")), "SUMMARY:Ours")
  lu.assertEquals(place:item("XACA-0040").calendarSync.syncStatus, "synced")
  local rows = lines_of(look(place, "history.lua board.json --json"))[1].overwritten
  lu.assertEquals({ rows[1].key, rows[1].field, rows[1].side, rows[1].value }, { "XACA-0040", "title", "external", "Theirs" })
end

function TestConflicts.test_keep_external()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua resolve XACA-0040 keep_external")
  lu.assertEquals(place:item("XACA-0040").title, "Theirs")
  lu.assertStrContains(look(place, "history.lua board.json"), "the board's title \"Ours\"")
end

function TestConflicts.test_merge()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua board.json resolve XACA-0040 merge 'title=Both of them'")
  lu.assertEquals(place:item("XACA-0040").title, "Both of them")
  lu.assertStrContains(select(2, place:event("XACA-0040")), "SUMMARY:Both of them")
  place:expect(0, "sync.lua -q board.json")
end

function TestConflicts.test_words_that_do_not_fit()
  local place <close> = in_conflict()
  local before = place:snapshot()
  for words, part in pairs {
    ["shwo XACA-0040"] = "did you mean 'show'?",
    ["show XACA-0O40"] = "XACA-0O40 has no conflict, did you mean XACA-0040?",
    ["show"] = "which entry?",
    ["resolve XACA-0040"] = "how?",
    ["resolve XACA-0040 keep_locl"] = "did you mean 'keep_local'?",
    ["resolve XACA-0040 merge"] = "merge needs members",
    ["resolve XACA-0040 merge titel=x"] = "did you mean 'title'?",
    ["resolve XACA-0040 merge durationMinutes=x"] = "durationMinutes=x is not a number",
    ["resolve XACA-0040 merge title"] = "'title' is not MEMBER=VALUE",
  } do
    local _, errors = place:expect(2, "conflicts.lua board.json " .. words)
    lu.assertStrContains(errors, part)
  end
  lu.assertEquals(place:snapshot(), before)
end

TestExplain = {}

function TestExplain.test_a_conflict_names_the_strategy()
  local place <close> = synced { timeZone = "Europe/Rome", conflictResolution = "local-wins" }
  place:edit(function(board) board.items[1].title = "Ours" end)
  place:edit_event("XACA-0040", "SUMMARY:File initial motion", "SUMMARY:Theirs")
  local out = look(place, "explain.lua board.json XACA-0040")
  lu.assertStrContains(out, "title    File initial motion  Ours")
  lu.assertStrContains(out, "strategy local-wins says local")
  lu.assertStrContains(out, "the next run would update the event")
  local about = lines_of(look(place, "explain.lua board.json XACA-0040 --json"))[1]
  lu.assertEquals(about.calendars[1].board_edits, { "title" })
  lu.assertEquals(about.calendars[1].calendar_edits, { "title" })
end

function TestExplain.test_a_conflict_that_waits()
  local place <close> = in_conflict()
  local out = look(place, "explain.lua board.json XACA-0040")
  lu.assertStrContains(out, "strategy manual says manual")
  lu.assertStrContains(out, "the next run would wait for a decision about title\n")
end

function TestExplain.test_the_rule_that_decided()
  local place <close> = synced()
  place:edit(function(board) board.calendarConfig.rules = "rules.lua" end)
  place:write("rules.lua", "return { select = function(entry) return entry.id ~= 'XACA-0041' end }")
  local out = look(place, "explain.lua board.json XACA-0041")
  lu.assertStrContains(out, "rule select of ")
  lu.assertStrContains(out, "rules.lua says false")
  lu.assertStrContains(out, "the next run would delete the event")
end

function TestExplain.test_entries_with_nothing_to_do()
  local place <close> = synced()
  lu.assertStrContains(look(place, "explain.lua board.json XACA-0040"), "the next run would leave the event alone")
  lu.assertStrContains(look(place, "explain.lua XACA-0042"), "XACA-0042")
end

function TestExplain.test_an_unknown_entry()
  local place <close> = synced()
  local _, errors = place:expect(2, "explain.lua board.json XACA-0O40")
  lu.assertStrContains(errors, "did you mean XACA-0040?")
end

TestHistory = {}

function TestHistory.test_nothing()
  local place <close> = synced()
  lu.assertStrContains(look(place, "history.lua board.json"), "created  XACA-0040")
  lu.assertEquals(look(place, "history.lua board.json --since 2099-01-01"), "no run has changed anything\n")
end

-- One line a run: who, with which words, with which versions, what it changed and what it overwrote.
function TestHistory.test_runs()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua board.json resolve XACA-0040 keep_local")
  place:expect(0, "sync.lua -q board.json")
  local runs = lines_of(look(place, "history.lua board.json --json"))
  lu.assertEquals(#runs, 2)
  local last = runs[1]
  lu.assertEquals({ last.kind, last.undoes, last.status, last.version }, { "sync", 0, 0, "0.1.0" })
  lu.assertStrContains(last.command, "conflicts.lua board.json resolve XACA-0040 keep_local")
  lu.assertStrMatches(last.who, "[^@]+@[^@]+")
  local change = last.changes[1]
  lu.assertEquals({ change.key, change.calendar, change.did, change.reason, change.decided_by },
    { "XACA-0040", "vdir", "update", "conflict_settled", "person" })
  lu.assertEquals({ change.fields[1].field, change.fields[1].after }, { "title", "Ours" })
  lu.assertEquals({ last.overwritten[1].value, last.overwritten[1].cause, last.overwritten[1].decided_by },
    { "Theirs", "conflict_settled", "person" })
end

function TestHistory.test_what_is_shown_can_be_narrowed()
  local place <close> = in_conflict()
  place:expect(0, "conflicts.lua board.json resolve XACA-0040 keep_local")
  local out = look(place, "history.lua board.json XACA-0041")
  lu.assertStrContains(out, "XACA-0041")
  lu.assertNotStrContains(out, "XACA-0040")
  lu.assertEquals(look(place, "history.lua XACA-0041"), out)
  lu.assertEquals(lines_of(look(place, "history.lua --run 1 --json"))[1].number, 1)
  lu.assertStrContains(select(2, place:expect(2, "history.lua --since soon")), "'soon' is no time such as")
end

function TestHistory.test_a_run_that_is_not_there()
  local place <close> = in_conflict()
  for words, sentence in pairs { ["--run 99"] = "there is no run 99 that changed something, or failed; run 1 did",
    ["--run 2 --json"] = "there is no run 2 that changed something, or failed; run 1 did",
    ["XACA-9999 --run 1"] = "there is no run 1 that changed XACA-9999; no run did" } do
    lu.assertEquals(select(2, place:expect(2, "history.lua board.json " .. words)), "history.lua: " .. sentence .. "\n")
  end
end

-- A run that fails is kept once, however often it fails in the same way.
function TestHistory.test_runs_that_failed()
  local place <close> = synced()
  os.execute("mv " .. place:file "calendars" .. " " .. place:file "elsewhere")
  for _ = 1, 3 do place:expect(3, "sync.lua -q board.json") end
  os.execute("mv " .. place:file "elsewhere" .. " " .. place:file "calendars")
  place:expect(0, "sync.lua -q board.json")
  local runs = lines_of(look(place, "history.lua board.json --json"))
  lu.assertEquals({ #runs, runs[1].status, #runs[1].changes }, { 2, 3, 0 })
  lu.assertStrContains(look(place, "history.lua board.json"), "status 3: ")
end

function TestHistory.test_pruning_keeps_the_last_thirty()
  local place <close> = synced()
  for i = 1, 34 do
    place:edit(function(b) b.items[1].title = "Title " .. i end)
    place:expect(0, "sync.lua -q board.json")
  end
  lu.assertStrContains(place:expect(0, "history.lua prune board.json --keep 90d"), "0 runs forgotten")
  lu.assertStrContains(place:expect(0, "history.lua prune board.json --keep 2099-01-01"), "5 runs forgotten")
  lu.assertEquals(#lines_of(look(place, "history.lua board.json --json --limit 100")), 30)
  lu.assertStrContains(select(2, place:expect(2, "history.lua prune board.json")), "--keep 90d")
end

TestExport = {}

function TestExport.test_one_calendar_with_every_dated_entry()
  local place <close> = commands.place(commands.board(entries()))
  local out = look(place, "export.lua board.json")
  lu.assertEquals(select(2, out:gsub("BEGIN:VCALENDAR\r\n", "")), 1)
  lu.assertEquals(select(2, out:gsub("BEGIN:VEVENT\r\n", "")), 2)
  lu.assertEquals(select(2, out:gsub("BEGIN:VTIMEZONE\r\n", "")), 1)
  lu.assertStrContains(out, "X-WR-CALNAME:ACADEMY")
  place:expect(0, "export.lua board.json --output board.ics")
  lu.assertEquals(select(2, place:read("board.ics"):gsub("BEGIN:VEVENT\r\n", "")), 2)
end

function TestExport.test_what_is_not_in_it_is_named()
  local place <close> = commands.place(commands.board(entries()))
  place:edit(function(board) board.items[1].dueDate = "soon" end)
  local out, errors = place:expect(1, "export.lua board.json")
  lu.assertEquals(select(2, out:gsub("BEGIN:VEVENT\r\n", "")), 1)
  lu.assertStrContains(errors, "XACA-0040")
end

function TestExport.test_khal_reads_it()
  local place <close> = commands.place(commands.board(entries()))
  place:expect(0, "export.lua board.json -o board.ics")
  place:write("khal.conf", ("[calendars]\n[[demo]]\npath = %s\n[locale]\nlocal_timezone = Europe/Rome\ndefault_timezone = Europe/Rome\n"
    .. "dateformat = %%Y-%%m-%%d\nlongdateformat = %%Y-%%m-%%d\ntimeformat = %%H:%%M\n"
    .. "datetimeformat = %%Y-%%m-%%d %%H:%%M\nlongdatetimeformat = %%Y-%%m-%%d %%H:%%M\n"):format(place:file("khal")))
  os.execute("mkdir " .. place:file("khal"))
  local out, errors, status = shell.run(([[cd %s && export HOME=$PWD XDG_DATA_HOME=$PWD/data XDG_CACHE_HOME=$PWD/cache
    khal -c khal.conf import --batch -a demo board.ics >/dev/null && khal -c khal.conf list 2027-02-01 60d]]):format(place.path))
  lu.assertEquals(status, 0, errors)
  lu.assertStrContains(out, "File initial motion")
  lu.assertStrContains(out, "14:30-15:15 Call the witness")
end

os.exit(lu.LuaUnit.run())
