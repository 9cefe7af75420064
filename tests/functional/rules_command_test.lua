-- rules.lua as a command: what it prints, and its exit statuses.
local commands = require "commands"
local json = require "fmcal.json"
local lu = require "luaunit"

local RULES = [[
local PREFIX = "[ACADEMY] "
return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = PREFIX .. event.title
    return event
  end,
  to_entry = function(event, entry, ctx)
    event.title = event.title:gsub("^%[ACADEMY%] ", "")
    return ctx.defaults.to_entry(event, entry, ctx)
  end,
}
]]

local TESTS = [[
local t = ...
t.rules "rules.lua"
t.cases("prefix", { { given = { title = "x" }, expect = { title = "[ACADEMY] x" } } },
  function(s, given) return s:to_event(given) end)
t.snapshot("board", function(s) return s:events_of "board.json" end)
]]

local function place_with(files)
  local place = commands.place(commands.board { { id = "A-1", title = "One", dueDate = "2027-02-15" } })
  for name, text in pairs(files) do place:write(name, text) end
  return place
end

TestCheck = {}

function TestCheck.test_findings_as_json()
  local place <close> = place_with { ["rules.lua"] = "return { to_event = function(e, ctx) return { title = 'x', dueDate = e.dueDate } end }" }
  local before = place:snapshot()
  local report = json.decode((place:expect(1, "rules.lua check rules.lua board.json --json")))
  lu.assertEquals({ report.findings[1].kind, report.findings[1].entry, report.findings[1].member, report.findings[1].before,
    report.findings[1].after }, { "lost", "A-1", "title", "One", "x" })
  lu.assertEquals(place:snapshot(), before)
end

function TestCheck.test_exit_statuses()
  local place <close> = place_with { ["rules.lua"] = RULES, ["bad.lua"] = "return {" }
  lu.assertStrContains(place:expect(0, "rules.lua check rules.lua"), "2 functions, 6 entries, 0 findings")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua check bad.lua")), "the rules file does not load")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua check none.lua")), "cannot read the rules file none.lua")
  lu.assertStrContains(select(2, place:expect(3, "rules.lua check rules.lua bord.json")), "did you mean board.json?")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua chek")), "did you mean 'check'?")
  lu.assertStrContains(place:expect(0, "rules.lua check --help"), "sample entries")
end

TestTest = {}

function TestTest.test_snapshots_are_taken_and_compared()
  local place <close> = place_with { ["rules.lua"] = RULES, ["rules_test.lua"] = TESTS }
  lu.assertStrContains(place:expect(1, "rules.lua test"), "--update takes it")
  lu.assertStrContains(place:expect(0, "rules.lua test --update"), "2 tests, 0 failed")
  local out = place:expect(0, "rules.lua test -v")
  lu.assertStrContains(out, "ok   rules_test.lua:3: prefix: 1")
  place:write("rules.lua", (RULES:gsub("ACADEMY", "academy")))
  out = place:expect(1, "rules.lua test")
  lu.assertStrContains(out, 'A-1.title: expected "[ACADEMY] One"')
  lu.assertStrContains(out, "2 tests, 2 failed")
end

function TestTest.test_files_folders_and_patterns()
  local place <close> = place_with { ["rules.lua"] = RULES, ["rules_test.lua"] = TESTS }
  os.execute("mkdir -p " .. place:file("deep/er"))
  place:write("deep/er/other_test.lua", 'local t = ... t.test("other", function() end)')
  lu.assertStrContains(place:expect(0, "rules.lua test deep"), "1 test, 0 failed")
  lu.assertStrContains(place:expect(0, "rules.lua test --only 'pre.ix'"), "1 test, 0 failed")
  lu.assertStrContains(select(2, place:expect(1, "rules.lua test --only nothing")), 'no test matches "nothing"')
  lu.assertStrContains(select(2, place:expect(2, "rules.lua test --only '%'")), "is no Lua pattern")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua test none")), "cannot read none")
  lu.assertStrContains(select(2, place:expect(1, "rules.lua test calendars")), "there is no test")
end

function TestTest.test_a_file_that_does_not_load_is_a_failure()
  local place <close> = place_with { ["a_test.lua"] = "return }", ["b_test.lua"] = 'local t = ... t.test("b", function() end)' }
  local out = place:expect(1, "rules.lua test")
  lu.assertStrContains(out, "FAIL a_test.lua:1: the file loads")
  lu.assertStrContains(out, "2 tests, 1 failed")
end

function TestTest.test_formats()
  local place <close> = place_with { ["rules.lua"] = RULES,
    ["rules_test.lua"] = 'local t = ...\nt.test("a < b", function() end)\nt.test("c", function() t.equal(1, 2) end)' }
  lu.assertEquals(place:expect(1, "rules.lua test --format tap"), "TAP version 13\n1..2\nok 1 - rules_test.lua: a < b\n"
    .. "not ok 2 - rules_test.lua: c\n# rules_test.lua:3: the values differ\n# expected 2\n# got      1\n")
  local out = place:expect(1, "rules.lua test --format junit")
  lu.assertStrContains(out, '<testsuites tests="2" failures="1">')
  lu.assertStrContains(out, 'name="a &lt; b"')
  local told = json.decode((place:expect(1, "rules.lua test --format json")))
  lu.assertEquals({ told.tests, told.failed, told.results[2].failure.details }, { 2, 1, { "expected 2", "got      1" } })
end

function TestTest.test_coverage_and_its_threshold()
  local place <close> = place_with { ["rules.lua"] = RULES, ["rules_test.lua"] = [[local t = ...
t.rules "rules.lua"
t.test("there", function(s) s:to_event { title = "x" } end)]] }
  lu.assertStrContains(place:expect(0, "rules.lua test --coverage"), ">    9      event.title = event.title:gsub")
  local _, errors = place:expect(1, "rules.lua test --coverage --threshold 90")
  lu.assertStrContains(errors, "fewer than the 90 % of --threshold")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua test --threshold 90")), "--threshold needs --coverage")
end

TestNew = {}

function TestNew.test_files_that_work_at_once()
  local place <close> = commands.place()
  place:expect(0, "rules.lua new")
  lu.assertStrContains(place:expect(0, "rules.lua test"), "7 tests, 0 failed")
  lu.assertEquals(json.decode(place:read(".luarc.json"))["runtime.version"], "Lua 5.4")
  lu.assertStrContains(place:read("fmcal_meta.lua"), "---@class fmcal.Scene")
  local before = place:snapshot()
  lu.assertStrContains(select(2, place:expect(2, "rules.lua new")), "rules.lua is there already")
  lu.assertEquals(place:snapshot(), before)
end

function TestNew.test_each_recipe()
  local place <close> = commands.place()
  local names = {}
  for name in place:expect(0, "rules.lua new --list"):gmatch("([^\n%s]+)  [^\n]+") do names[#names + 1] = name end
  lu.assertTrue(#names >= 5)
  place:expect(0, "rules.lua new --example " .. names[1])
  lu.assertStrContains(place:expect(0, "rules.lua test"), " 0 failed")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua new --example merge_text")), "did you mean 'merge_texts'?")
end

TestDiff = {}

-- A synced board, and rules that change the prefix and select less.
local function synced_place()
  local board = commands.board { { id = "A-1", title = "One", dueDate = "2027-02-15", description = "Kimberley: 01714711 Müllerin" },
    { id = "A-2", title = "Two", dueDate = "2027-02-16" } }
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", RULES)
  place:write("new.lua", (RULES:gsub("%[ACADEMY%] \"", '[A] "'):gsub("return {", "return { select = function(e) return e.id ~= 'A-2' end,")))
  place:expect(0, "sync.lua -q board.json")
  return place
end

function TestDiff.test_events()
  local place <close> = synced_place()
  local before = place:snapshot()
  lu.assertEquals(place:expect(1, "rules.lua diff rules.lua new.lua board.json"), [[
~ A-1 in vdir
    title: "[ACADEMY] One" → "[A] One"
- A-2 in vdir: the event "[ACADEMY] Two" goes
2 events, 0 decisions
]])
  lu.assertStrContains(place:expect(0, "rules.lua diff rules.lua rules.lua board.json"), "both rules files do the same")
  local told = json.decode((place:expect(1, "rules.lua diff new.lua rules.lua board.json --json")))
  lu.assertEquals({ told.events[2].entry, told.events[2].change, told.decisions }, { "A-2", "comes", {} })
  lu.assertEquals(place:snapshot(), before)
end

function TestDiff.test_conflicts_that_would_be_decided_otherwise()
  local place <close> = synced_place()
  local function settles(side)
    return (RULES:gsub("return {", ("return { on_conflict = function() return %q end,"):format(side)))
  end
  place:write("rules.lua", settles "local")
  place:write("new.lua", settles "external")
  place:edit_event("A-1", "SUMMARY:.-\r?\n", "SUMMARY:[ACADEMY] In the calendar\r\n")
  place:edit(function(board) board.items[1].title = "On the board" end)
  lu.assertStrContains(place:expect(0, "rules.lua diff rules.lua new.lua board.json"), "both rules files do the same")
  local told = json.decode((place:expect(1, "rules.lua diff rules.lua new.lua board.json --fetch --json")))
  lu.assertEquals({ told.decisions[1].entry, told.decisions[1].old.winner, told.decisions[1].new.winner, told.events },
    { "A-1", "local", "external", {} })
end

function TestDiff.test_revisions()
  local place <close> = synced_place()
  os.execute(("cd %s && git init -q . && git add rules.lua && git -c user.name=a -c user.email=a@example.org commit -qm x"):format(
    place.path))
  place:write("rules.lua", place:read("new.lua"))
  lu.assertStrContains(place:expect(1, "rules.lua diff git:HEAD rules.lua board.json"), "2 events, 0 decisions")
  lu.assertEquals(select(2, place:expect(2, "rules.lua diff git:nothing rules.lua board.json")),
    "rules.lua: git has no rules.lua at nothing\n")
  lu.assertStrContains(select(2, place:expect(2, "rules.lua diff git: rules.lua board.json")), "needs a revision")
end

TestRecord = {}

function TestRecord.test_texts_are_masked_and_play()
  local place <close> = synced_place()
  place:expect(0, "rules.lua record board.json board.recording.json")
  local text = place:read("board.recording.json")
  for _, personal in ipairs { "Kimberley", "01714711", "llerin", "endpoint" } do lu.assertNotStrContains(text, personal) end
  local content = json.decode(text)
  local event, item = content.calendars.vdir[1], content.board.items[1]
  lu.assertEquals({ event.title, utf8.len(item.description), item.dueDate },
    { "[ACADEMY] " .. item.title, utf8.len("Kimberley: 01714711 Müllerin"), "2027-02-15" })
  place:write("x_test.lua", [[local t = ...
t.rules "rules.lua"
t.recording("board.recording.json", function(s)
  t.equal(#s:events(), 2)
  t.equal(s:sync().exit, 0)
  t.reason("A-1", "adopted")
end)
t.recording "board.recording.json"]])
  lu.assertStrContains(place:expect(1, "rules.lua test"), "--update takes it")
  lu.assertStrContains(place:expect(0, "rules.lua test --update"), "2 tests, 0 failed")
  place:expect(0, "rules.lua test")
  place:expect(0, "rules.lua diff rules.lua rules.lua board.json --events board.recording.json")
end

function TestRecord.test_what_cannot_be_recorded_or_played()
  local place <close> = place_with { ["rules.lua"] = RULES, ["x_test.lua"] = 'local t = ... t.recording "board.json"' }
  lu.assertStrContains(select(2, place:expect(2, "rules.lua record board.json x.json")), "sync it first")
  lu.assertStrContains(place:expect(1, "rules.lua test"), "board.json is no recording; rules.lua record makes one")
end

os.exit(lu.LuaUnit.run())
