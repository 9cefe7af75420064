-- What goes wrong gets one clear sentence with what to do, the right status, and costs nothing.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function items()
  return {
    { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", status = "todo" },
    { id = "XACA-0041", title = "Call the witness", dueDate = "2027-02-18", status = "todo" },
  }
end

local function board(change)
  local made = commands.board(items())
  if change then change(made) end
  return made
end

-- A command fails with one sentence that holds all of the parts, and neither board nor calendar has changed.
local function assert_refused(place, status, words, parts, options)
  local before = place:board_and_events()
  local out, errors = place:expect(status, words, options)
  lu.assertEquals(out:find("traceback"), nil)
  for _, part in ipairs(parts) do lu.assertStrContains(errors, part) end
  lu.assertEquals(select(2, errors:gsub("\n", "")), 1, errors)
  lu.assertEquals(place:board_and_events(), before)
end

TestCommandLine = {}

function TestCommandLine.test_a_mistyped_option()
  local place <close> = commands.place(board())
  assert_refused(place, 2, "sync.lua board.json --dry-rn", { "sync.lua: unknown option '--dry-rn': did you mean '--dry-run'?" })
  assert_refused(place, 2, "sync.lua board.json --direction inbuond", { "did you mean 'inbound'?" })
end

function TestCommandLine.test_a_missing_board()
  local place <close> = commands.place(board())
  assert_refused(place, 3, "sync.lua baord.json", { "there is no board baord.json: did you mean board.json?" })
  assert_refused(place, 3, "sync.lua .", { "is a folder: name the board file in it" })
end

TestBoard = {}

function TestBoard.test_broken_json_has_line_and_column()
  local place <close> = commands.place('{\n  "team": "academy",\n  "items": [ }\n')
  assert_refused(place, 3, "sync.lua board.json", { "board.json", "line 3", "column 14" })
end

function TestBoard.test_no_team()
  local place <close> = commands.place(board(function(b) b.team = nil end))
  assert_refused(place, 2, "sync.lua board.json", { 'board.json has no "team"' })
end

function TestBoard.test_no_configuration()
  local place <close> = commands.place(board(function(b) b.calendarConfig = nil end))
  assert_refused(place, 2, "sync.lua board.json", { "board.json has no calendarConfig: add one, or give --config FILE" })
end

function TestBoard.test_another_team()
  local place <close> = commands.place(board())
  assert_refused(place, 2, "sync.lua board.json --team legal", { 'is team "academy", not "legal"' })
end

-- The entries are named; the others go on.
function TestBoard.test_an_id_twice_and_an_id_missing()
  local place <close> = commands.place(board(function(b)
    b.items[3] = { id = "XACA-0040", title = "A copy", dueDate = "2027-03-01" }
  end))
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "XACA-0040")
  lu.assertNotNil(place:event("XACA-0041"))
  lu.assertNil(place:event("XACA-0040"))
  local nameless <close> = commands.place(board(function(b) b.items[1].id = nil end))
  _, errors = nameless:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "line")
  lu.assertNotNil(nameless:event("XACA-0041"))
end

function TestBoard.test_a_date_that_is_none()
  local place <close> = commands.place(board(function(b) b.items[1].dueDate = "2027-02-30" end))
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "XACA-0040")
  lu.assertStrContains(errors, "2027-02-30")
  lu.assertEquals(place:item("XACA-0040").calendarSync.syncStatus, "error")
  lu.assertEquals(place:item("XACA-0041").calendarSync.syncStatus, "synced")
end

TestConfiguration = {}

local function assert_configuration(parts, change)
  local place <close> = commands.place(board(function(b) change(b.calendarConfig) end))
  assert_refused(place, 2, "sync.lua board.json", parts)
  lu.assertEquals(shell.run("ls -A " .. place:file(".fmcal")), "") -- no state was begun
end

function TestConfiguration.test_an_unknown_provider()
  assert_configuration({ "vdri", "vdir" }, function(c) c.provider = "vdri" end)
end

function TestConfiguration.test_an_unknown_strategy()
  assert_configuration({ "conflictResolution", "did you mean", "local-wins" }, function(c)
    c.syncOptions.conflictResolution = "local-win"
  end)
end

function TestConfiguration.test_an_unknown_zone()
  assert_configuration({ "timeZone", "Europe/Roma" }, function(c) c.syncOptions.timeZone = "Europe/Roma" end)
end

function TestConfiguration.test_a_quota_that_is_no_number()
  assert_configuration({ "requestsPerMinute must be a number" }, function(c) c.requestsPerMinute = "many" end)
  assert_configuration({ "requestsPerMinute", "1000000" }, function(c) c.requestsPerMinute = 2000000 end)
end

function TestConfiguration.test_switched_off()
  assert_configuration({ "switched off", "calendarConfig.enabled" }, function(c) c.enabled = false end)
end

function TestConfiguration.test_no_calendar()
  assert_configuration({ "names no calendar", "calendarConfig.provider" }, function(c) c.provider = nil end)
end

function TestConfiguration.test_a_configuration_file()
  local place <close> = commands.place(board())
  assert_refused(place, 2, "sync.lua board.json --config none.json", { "cannot read the configuration none.json" })
  place:write("config.json", '{ "provider": "vdir", }')
  assert_refused(place, 2, "sync.lua board.json --config config.json", { "config.json, line 1, column 23" })
end

TestRules = {}

local function assert_rules(text, parts)
  local place <close> = commands.place(board(function(b) b.calendarConfig.rules = "rules.lua" end))
  if text then place:write("rules.lua", text) end
  assert_refused(place, 2, "sync.lua board.json", parts)
end

function TestRules.test_a_missing_file()
  assert_rules(nil, { "cannot read the rules file", "rules.lua" })
end

function TestRules.test_a_file_that_does_not_load()
  assert_rules("return {", { "the rules file does not load", "rules.lua:1" })
end

-- Whatever is nested: one sentence that names the file, and nothing of fmcal's own.
function TestRules.test_a_file_that_is_nested_too_deeply()
  for opening, closing in pairs { ["x = function() return {"] = "} end ", ["do "] = "end ", ["function f() "] = "end " } do
    local place <close> = commands.place(board(function(b) b.calendarConfig.rules = "rules.lua" end))
    place:write("rules.lua", opening:rep(300) .. closing:rep(300))
    local _, errors = place:expect(2, "sync.lua board.json")
    lu.assertEquals(errors, ("sync.lua: the rules file does not load: %s: it is nested too deeply\n"):format(place:file("rules.lua")))
  end
  assert_rules("return " .. ("not "):rep(300) .. "{}", { "rules.lua: it is nested too deeply" })
end

function TestRules.test_a_member_that_nobody_reads()
  assert_rules("return { to_evnt = function() end }", { "'to_evnt'", "did you mean 'to_event'?" })
end

function TestRules.test_a_rule_that_fails_fails_its_entry()
  local place <close> = commands.place(board(function(b) b.calendarConfig.rules = "rules.lua" end))
  place:write("rules.lua", [[return { to_event = function(entry, ctx)
    if entry.id == "XACA-0040" then error("no luck") end
    return ctx.defaults.to_event(entry, ctx)
  end }]])
  local _, errors = place:expect(1, "sync.lua board.json")
  lu.assertStrContains(errors, "XACA-0040: rule to_event failed: ")
  lu.assertStrContains(errors, "rules.lua:2: no luck")
  lu.assertNotNil(place:event("XACA-0041"))
end

-- The traceback goes to standard error, once, and ends where the rules file does; a table has one line an entry.
function TestRules.test_a_rule_that_fails_everywhere_is_told_once()
  local place <close> = commands.place(board(function(b) b.calendarConfig.rules = "rules.lua" end))
  place:write("rules.lua", "local function title(entry) return entry.titl .. 1 end\n"
    .. "return { to_event = function(entry) return { title = (title(entry)) } end }\n")
  local out, errors = place:expect(1, "sync.lua board.json")
  local where = place:file("rules.lua")
  lu.assertEquals(errors, ("sync.lua: XACA-0040, XACA-0041: rule to_event failed: %s:1: attempt to concatenate a nil value "
    .. "(field 'titl')\nstack traceback:\n\t%s:1: in upvalue 'title'\n\t%s:2: in function <%s:2>\n"):format(where, where, where, where))
  lu.assertNil(out:find("traceback", 1, true))
  lu.assertNil(place:item("XACA-0040").calendarSync.syncError:find("\n", 1, true))
  lu.assertNil(place:expect(0, "status.lua board.json"):find("traceback", 1, true))
end

TestCalendar = {}

function TestCalendar.test_a_calendar_that_does_not_exist()
  local place <close> = commands.place(board(function(b) b.calendarConfig.calendarId = "acadmy" end))
  assert_refused(place, 3, "sync.lua board.json", { "acadmy" })
end

function TestCalendar.test_a_calendar_that_vanished_deletes_nothing()
  local place <close> = commands.place(board())
  place:expect(0, "sync.lua -q board.json")
  os.execute("mv " .. place:file("calendars/academy") .. " " .. place:file("calendars/elsewhere"))
  place:expect(3, "sync.lua board.json")
  lu.assertEquals(place:item("XACA-0040").dueDate, "2027-02-15")
  os.execute("mv " .. place:file("calendars/elsewhere") .. " " .. place:file("calendars/academy"))
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "2 unchanged")
end

function TestCalendar.test_the_mass_delete_guard()
  local many = {}
  for i = 1, 12 do many[i] = { id = "X-" .. i, title = "Item", dueDate = "2027-02-15" } end
  local place <close> = commands.place(commands.board(many))
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(b) b.items = json.array { b.items[1] } end)
  assert_refused(place, 5, "sync.lua board.json -q", { "would delete 11 events", "--allow-mass-delete" })
  lu.assertEquals(place:count_events(), 12)
  place:expect(0, "sync.lua -q board.json --allow-mass-delete")
  lu.assertEquals(place:count_events(), 1)
end

TestSystem = {}

function TestSystem.test_a_locked_state_names_who_holds_it()
  local place <close> = commands.place(board())
  place:expect(0, "sync.lua -q board.json")
  local lock = place:file(".fmcal/academy.db.lock")
  local out, errors = shell.run(([[
    flock %s sleep 600 & holder=$!
    until ! flock -n %s true; do sleep 0.01; done
    cd %s && %s sync.lua board.json --lock-timeout 0; echo "status $?"
    pkill -P $holder; kill $holder]]):format(lock, lock, place.path, os.getenv("FMCAL_LUA")))
  lu.assertStrContains(out, "status 6")
  lu.assertStrContains(errors, "lock")
end

-- A limit on the size of files stands for a full disk: writes fail halfway, as they do there.
function TestSystem.test_a_full_disk_loses_nothing()
  local place <close> = commands.place(board())
  place:expect(0, "sync.lua -q board.json")
  local before = place:board()
  place:edit(function(b) b.items[1].description = ("long "):rep(2000) end)
  place:edit_event("XACA-0041", "SUMMARY:Call the witness", "SUMMARY:Visit the witness")
  local edited = place:read("board.json")
  local _, errors, status = shell.run(("cd %s && trap '' XFSZ && ulimit -f 4 && %s sync.lua board.json"):format(
    place.path, os.getenv("FMCAL_LUA")))
  lu.assertEquals(status, 1)
  lu.assertStrContains(errors, "academy.db")
  lu.assertEquals(errors:find("traceback"), nil, errors)
  lu.assertEquals(place:read("board.json"), edited)
  lu.assertNotNil(place:event("XACA-0040"))
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:item("XACA-0041").title, "Visit the witness")
  lu.assertEquals(place:item("XACA-0040").description, ("long "):rep(2000))
  lu.assertEquals(#place:board().items, #before.items)
end

function TestSystem.test_output_that_cannot_be_written()
  local place <close> = commands.place(board())
  local _, errors, status = place:run("status.lua board.json >/dev/full")
  lu.assertEquals(status, 1)
  lu.assertStrContains(errors, "cannot write to standard output: No space left on device")
  _, errors, status = place:run("sync.lua board.json --dry-run | true")
  lu.assertEquals({ errors, status }, { "", 0 })
end

-- The tests may run as root, for whom no folder is closed.
local function as_somebody(place, words)
  local prefix = ""
  if shell.lines("id -u")[1] == "0" then
    os.execute("chown -R 65534:65534 " .. place.path)
    prefix = "setpriv --reuid=65534 --regid=65534 --clear-groups "
  end
  return shell.run(("cd %s && %s%s %s"):format(place.path, prefix, os.getenv("FMCAL_LUA"), words))
end

function TestSystem.test_a_folder_that_cannot_be_written()
  local place <close> = commands.place(board())
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(b) b.items[1].title = "Edited" end)
  place:edit_event("XACA-0041", "SUMMARY:Call the witness", "SUMMARY:Visit the witness")
  local before = place:read("board.json")
  os.execute("chmod a-w " .. place.path)
  local _, errors, status = as_somebody(place, "sync.lua board.json")
  os.execute("chmod u+w " .. place.path)
  lu.assertNotEquals(status, 0)
  lu.assertStrContains(errors, "board.json")
  lu.assertEquals(errors:find("traceback"), nil, errors)
  lu.assertEquals(place:read("board.json"), before)
  local _, _, again = as_somebody(place, "sync.lua -q board.json")
  lu.assertEquals(again, 0)
  lu.assertEquals(place:item("XACA-0041").title, "Visit the witness")
end

function TestSystem.test_a_calendar_folder_that_cannot_be_written()
  local place <close> = commands.place(board())
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(b) b.items[1].title = "Edited" end)
  place:edit_event("XACA-0041", "SUMMARY:Call the witness", "SUMMARY:Visit the witness")
  os.execute("chmod a-w " .. place:file("calendars/academy"))
  local out, errors, status = as_somebody(place, "sync.lua board.json")
  os.execute("chmod u+w " .. place:file("calendars/academy"))
  lu.assertEquals(status, 3)
  lu.assertStrContains(errors, "is read-only: choose another")
  lu.assertStrContains(out, "pulled  XACA-0041  Visit the witness")
  lu.assertStrContains(out, "the calendar is read-only")
  lu.assertEquals(place:item("XACA-0041").title, "Visit the witness")
  local _, _, again = as_somebody(place, "sync.lua -q board.json")
  lu.assertEquals(again, 0)
  lu.assertStrContains(select(2, place:event("XACA-0040")), "SUMMARY:Edited")
end

function TestSystem.test_a_board_that_cannot_be_read()
  local place <close> = commands.place(board())
  os.execute("chmod 000 " .. place:file("board.json"))
  local _, errors, status = as_somebody(place, "sync.lua board.json")
  lu.assertEquals(status, 3)
  lu.assertStrContains(errors, "board.json")
  lu.assertStrContains(errors, "Permission denied")
end

os.exit(lu.LuaUnit.run())
