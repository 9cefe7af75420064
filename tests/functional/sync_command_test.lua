-- sync.lua as a person uses it, on a calendar folder.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"
local shell = require "shell"

local function items()
  return {
    { id = "XACA-0040", title = "File initial motion", dueDate = "2027-02-15", status = "todo" },
    { id = "XACA-0041", title = "Call the witness", dueDate = "2027-02-18T14:30:00", status = "todo" },
    { id = "XACA-0042", title = "Tidy the archive", status = "todo" },
  }
end

TestSync = {}

function TestSync.test_a_run_says_what_it_did_and_the_second_has_nothing_to_do()
  local place <close> = commands.place(commands.board(items()))
  local out, errors = place:expect(0, "sync.lua board.json")
  lu.assertEquals(errors, "")
  lu.assertStrContains(out, "academy  board.json  ↔  vdir")
  lu.assertStrContains(out, "created  XACA-0040  File initial motion  vdir")
  lu.assertStrContains(out, "2 created, 1 without a date or not selected")
  lu.assertEquals(place:count_events(), 2)
  lu.assertEquals(place:item("XACA-0040").calendarSync.syncStatus, "synced")
  local before = place:read("board.json")
  lu.assertStrContains(place:expect(0, "sync.lua board.json"), "2 unchanged")
  lu.assertEquals(place:read("board.json"), before)
end

function TestSync.test_edits_travel_both_ways()
  local place <close> = commands.place(commands.board(items()))
  place:expect(0, "sync.lua -q board.json")
  place:edit(function(board) board.items[1].title = "File the amended motion" end)
  place:edit_event("XACA-0041", "SUMMARY:Call the witness", "SUMMARY:Visit the witness")
  local out = place:expect(0, "sync.lua board.json")
  lu.assertStrContains(out, "pulled   XACA-0041")
  lu.assertStrContains(out, "updated  XACA-0040")
  lu.assertEquals(place:item("XACA-0041").title, "Visit the witness")
  local _, text = place:event("XACA-0040")
  lu.assertStrContains(text, "SUMMARY:File the amended motion")
end

function TestSync.test_json_is_one_line_with_the_object_of_the_api()
  local place <close> = commands.place(commands.board(items()))
  local out, errors = place:expect(0, "sync.lua board.json --json")
  lu.assertEquals(errors, "")
  lu.assertEquals(select(2, out:gsub("\n", "")), 1)
  local result = assert(json.decode(out))
  lu.assertTrue(result.success)
  lu.assertEquals(result.message, "Calendar sync completed (both)")
  lu.assertEquals(result.team, "academy")
  lu.assertEquals(result.result.outbound.created, 2)
  lu.assertEquals(result.result.outbound.total_items, 3)
  lu.assertEquals(result.result.inbound.stats.pulled, 0)
  lu.assertEquals(result.exit, 0)
end

function TestSync.test_quiet_prints_nothing()
  local place <close> = commands.place(commands.board(items()))
  lu.assertEquals({ place:expect(0, "sync.lua -q board.json") }, { "", "" })
end

function TestSync.test_dry_run_shows_the_plan_and_touches_nothing()
  local place <close> = commands.place(commands.board(items()))
  local before = place:snapshot()
  local out = place:expect(0, "sync.lua board.json --dry-run")
  lu.assertStrContains(out, "create  XACA-0040")
  lu.assertStrContains(out, "Plan: 2 to create. Nothing was written")
  lu.assertEquals(place:snapshot(), before)
  local result = assert(json.decode((place:expect(0, "sync.lua board.json --dry-run --json"))))
  lu.assertTrue(result.dry_run)
  lu.assertEquals(#result.actions, 2)
end

function TestSync.test_directions()
  local place <close> = commands.place(commands.board(items()))
  lu.assertStrContains(place:expect(0, "sync.lua board.json --direction inbound"), "wait")
  lu.assertEquals(place:count_events(), 0)
  place:expect(0, "sync.lua board.json --direction outbound")
  lu.assertEquals(place:count_events(), 2)
  place:edit_event("XACA-0040", "SUMMARY:File initial motion", "SUMMARY:Moved there")
  place:expect(0, "sync.lua board.json --direction outbound")
  lu.assertEquals(place:item("XACA-0040").title, "File initial motion")
  place:expect(0, "sync.lua board.json --direction inbound")
  lu.assertEquals(place:item("XACA-0040").title, "Moved there")
end

function TestSync.test_only()
  local place <close> = commands.place(commands.board(items()))
  place:expect(0, "sync.lua board.json --only XACA-0041")
  lu.assertEquals(place:count_events(), 1)
  lu.assertNotNil(place:event("XACA-0041"))
  local _, errors = place:expect(2, "sync.lua board.json --only XACA-0O40")
  lu.assertStrContains(errors, "there is no entry XACA-0O40 on the board")
  lu.assertStrContains(errors, "did you mean XACA-0040?")
end

function TestSync.test_the_board_comes_from_the_environment_or_the_folder()
  local place <close> = commands.place(commands.board(items()))
  place:write("notes.json", { hello = true })
  place:expect(0, "sync.lua -q")
  place:write("other.json", commands.board(items(), nil, "other"))
  local _, errors = place:expect(2, "sync.lua")
  lu.assertStrContains(errors, "several: board.json, other.json; name one")
  place:expect(0, "sync.lua -q --team academy")
  place:expect(0, "sync.lua -q", { env = "FMCAL_BOARD=board.json" })
  local empty <close> = commands.place()
  _, errors = empty:expect(3, "sync.lua")
  lu.assertStrContains(errors, "no board is named, FMCAL_BOARD is not set, and there is none in this folder")
end

local function three_boards()
  local place = commands.place()
  for _, team in ipairs { "one", "two", "three" } do
    local board = commands.board(items(), nil, team)
    board.calendarConfig.calendarId = team
    os.execute("mkdir " .. place:file("calendars/" .. team))
    place:write(team .. ".json", board)
  end
  return place
end

function TestSync.test_several_boards_give_a_line_each()
  for _, jobs in ipairs { "", "--jobs 2" } do
    local place <close> = three_boards()
    local out, errors = place:expect(0, "sync.lua one.json two.json three.json --json " .. jobs)
    lu.assertEquals(errors, "")
    local teams = {}
    for line in out:gmatch("[^\n]+") do
      local result = assert(json.decode(line))
      teams[#teams + 1] = result.team
      lu.assertEquals(result.result.outbound.created, 2)
    end
    table.sort(teams)
    lu.assertEquals(teams, { "one", "three", "two" })
  end
end

function TestSync.test_the_status_of_several_boards_is_the_first_that_applies()
  for _, jobs in ipairs { "", "--jobs 3" } do
    local place <close> = three_boards()
    place:write("two.json", "{ broken")
    local out, errors = place:expect(3, "sync.lua one.json two.json three.json " .. jobs)
    lu.assertStrContains(errors, "two.json")
    lu.assertStrContains(out, "one  one.json")
    lu.assertStrContains(out, "three  three.json")
  end
end

function TestSync.test_only_the_boards_of_a_team()
  local place <close> = three_boards()
  local out = place:expect(0, "sync.lua one.json two.json three.json --team two --json")
  lu.assertEquals(assert(json.decode(out)).team, "two")
  local _, errors = place:expect(3, "sync.lua one.json two.json --team five")
  lu.assertStrContains(errors, 'none of the boards is of team "five"')
end

function TestSync.test_state_elsewhere()
  local place <close> = commands.place(commands.board(items()))
  place:expect(0, "sync.lua -q board.json --state states/")
  lu.assertNotEquals(place:read("states/academy.db"), "")
  lu.assertEquals(shell.run("ls " .. place:file(".fmcal")), "")
  place:expect(0, "sync.lua -q board.json", { env = "FMCAL_STATE=one.db" })
  lu.assertNotEquals(place:read("one.db"), "")
end

function TestSync.test_a_long_run_lists_its_first_entries()
  local many = {}
  for i = 1, 60 do many[i] = { id = ("X-%03d"):format(i), title = "Item", dueDate = "2027-02-15" } end
  local place <close> = commands.place(commands.board(many))
  lu.assertStrContains(place:expect(0, "sync.lua board.json --dry-run"), "X-060")
  local out = place:expect(0, "sync.lua board.json")
  lu.assertStrContains(out, "… and 20 more")
  lu.assertStrContains(out, "60 created")
end

function TestSync.test_options_that_contradict_each_other()
  local place <close> = commands.place(commands.board(items()))
  local _, errors = place:expect(2, "sync.lua board.json --plan p --apply p")
  lu.assertStrContains(errors, "--plan and --apply do not go together")
  place:expect(2, "sync.lua board.json --watch --dry-run")
end

function TestSync.test_help()
  local place <close> = commands.place()
  for _, name in ipairs { "sync", "status", "events", "conflicts", "history", "explain", "export" } do
    local out, errors = place:expect(0, name .. ".lua --help")
    lu.assertEquals(errors, "")
    lu.assertStrContains(out, "Usage: " .. name .. ".lua")
    lu.assertStrContains(out, "Exit status:")
    lu.assertStrContains(out, "fmcal-lua " .. name .. ".lua ")
    local _, wrong = place:expect(2, name .. ".lua --hepl")
    lu.assertStrContains(wrong, "did you mean '--help'?")
  end
end

os.exit(lu.LuaUnit.run())
