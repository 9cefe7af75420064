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

os.exit(lu.LuaUnit.run())
