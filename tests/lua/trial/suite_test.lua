-- Files of tests: what they can say, and what is said of those that fail.
local coverage = require "fmcal.trial.coverage"
local lu = require "luaunit"
local shell = require "shell"
local suite = require "fmcal.trial.suite"

local RULES = [[return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = "> " .. event.title
    return event
  end,
  on_deleted = function()
    return "keep"
  end,
}]]

-- Runs a text as a test file beside RULES: list of results.
local function results_of(text, options)
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/rules.lua", RULES)
  shell.write(folder.path .. "/x_test.lua", text)
  local loaded, sentence = suite.load(folder.path .. "/x_test.lua", text, options or {})
  if not loaded then return nil, sentence end
  local results = {}
  for i, test in ipairs(loaded.tests) do results[i] = loaded:run(test) end
  assert(loaded:finish(true))
  return results
end

local function failure_of(body, options)
  local results = assert(results_of(('local t = ...\nt.rules "rules.lua"\nt.test("it", function(s)\n%s\nend)'):format(body), options))
  lu.assertEquals(#results, 1)
  return results[1].failure
end

TestSuite = {}

function TestSuite.test_a_test_passes()
  lu.assertNil(failure_of 't.equal(s:to_event({ title = "x" }).title, "> x")')
end

function TestSuite.test_a_difference_is_shown_with_its_line()
  lu.assertEquals(failure_of 't.equal({ a = 1, b = { "x" } }, { a = 1, b = { "y" } })', { sentence = "the values differ", line = 4,
    details = { 'b[1]: expected "y"', '      got      "x"' }, source = 't.equal({ a = 1, b = { "x" } }, { a = 1, b = { "y" } })', values = {} })
end

-- Variables, functions around and the scene mean what they meant when it failed.
function TestSuite.test_the_values_of_its_line()
  local failure = failure_of [[local title, there = "x", "outside"
    s:item { id = "A", title = title, dueDate = "2027-02-15" }
    local function check()
      t.equal({ s:entry("A").title, there }, { "y" })
    end
    check()]]
  lu.assertEquals(failure.source, '      t.equal({ s:entry("A").title, there }, { "y" })')
  lu.assertEquals({ failure.values[1], failure.values[2], failure.values[3] },
    { "            |          |      |", '            |          |      "outside"', '            |          "x"' })
end

function TestSuite.test_a_misspelt_method()
  lu.assertEquals(failure_of("s:itme {}").sentence, "attempt to call a nil value (method 'itme'): did you mean 'item'?")
  lu.assertEquals(failure_of("s:calendar():delte 'x'").sentence,
    "attempt to call a nil value (method 'delte'): did you mean 'delete'?")
end

function TestSuite.test_reasons_are_compared_from_the_left()
  local body = [[s:item { id = "A-1", dueDate = "2027-02-15" } s:sync()
    s:calendar():delete "A-1" s:sync()
    t.reason("A-1", "kept_deleted", "rule:on_deleted"%s)]]
  lu.assertNil(failure_of(body:format ""))
  lu.assertNil(failure_of(body:format ' .. " (rules.lua:7)"'))
  local failure = failure_of(body:format ' .. "!"')
  lu.assertEquals(failure.details, { "expected kept_deleted, decided by rule:on_deleted!",
    "got      kept_deleted, decided by rule:on_deleted (rules.lua:7)" })
  failure = failure_of 's:sync()\nt.reason("A-1", "pushed")'
  lu.assertStrContains(failure.details[2], "the last run did nothing to this entry")
  lu.assertStrContains(failure_of('t.reason("A-1", "pushd")').sentence, "did you mean 'pushed'?")
end

function TestSuite.test_errors_have_the_line_of_the_test()
  local failure = failure_of '\nlocal x = nil\nx.y = 1'
  lu.assertEquals({ failure.sentence, failure.line }, { "attempt to index a nil value (local 'x')", 6 })
  lu.assertEquals(failure_of("error({})").sentence, "(error object is a table value)")
  lu.assertStrContains(failure_of("t.equl()").sentence, "did you mean 'equal'?")
end

function TestSuite.test_cases_compare_what_is_expected()
  local results = results_of [[local t = ...
    t.rules "rules.lua"
    t.cases("titles", {
      { given = { title = "a" }, expect = { title = "> a" } },
      { name = "second", given = { title = "b" }, expect = { title = "b", status = "x" } },
    }, function(s, given) return s:to_event(given) end)]]
  lu.assertEquals({ results[1].name, results[1].failure, results[2].name }, { "titles: 1", nil, "titles: second" })
  lu.assertEquals(results[2].failure.details,
    { 'status: expected "x"', "        got      nothing", 'title: expected "b"', '       got      "> b"' })
end

function TestSuite.test_a_loop_ends()
  for _, loop in ipairs { "while true do end", "while true do pcall(function() end) end",
    "coroutine.wrap(function() while true do end end)()" } do
    lu.assertEquals(failure_of(loop, { seconds = 0.05 }).sentence, "it takes more than 0.05 seconds")
  end
  local _, sentence = results_of("while true do end", { seconds = 0.05 })
  lu.assertStrContains(sentence, "it takes more than 0.05 seconds")
end

function TestSuite.test_files_that_do_not_load()
  local _, sentence = results_of "local t = ..."
  lu.assertNil(sentence)
  _, sentence = results_of "return }"
  lu.assertStrContains(sentence, "unexpected symbol near '}'")
  _, sentence = results_of "local t = ...\nt.test(7, function() end)"
  lu.assertEquals(sentence, "line 2: the name of a test must be a string, not a number")
  _, sentence = results_of 'local t = ...\nt.cases("x", { {} }, function() end)'
  lu.assertEquals(sentence, 'line 2: case 1 of "x" says nothing in `expect`')
end

function TestSuite.test_coverage()
  local covered = coverage.new()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/rules.lua", RULES)
  local text = 'local t = ...\nt.rules "rules.lua"\nt.test("it", function(s) s:to_event { title = "x" } end)'
  local loaded = assert(suite.load(folder.path .. "/x_test.lua", text, { coverage = covered }))
  lu.assertNil(loaded:run(loaded.tests[1]).failure)
  lu.assertEquals(covered:summary()[folder.path .. "/rules.lua"].missed, { 8 })
  lu.assertStrContains(table.concat(covered:lines(), "\n"), '>    8      return "keep"')
end

os.exit(lu.LuaUnit.run())
