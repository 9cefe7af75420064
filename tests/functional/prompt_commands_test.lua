-- The prompt on a pipe: commands about boards and rules, the editor of .try, and the debugger under other conditions.
local commands = require "commands"
local lu = require "luaunit"
local shell = require "shell"

local RULES = [[
local PREFIX = "[X] "

return {
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = PREFIX .. event.title
    return event
  end,
  to_entry = function(event, entry, ctx)
    event.title = event.title:gsub("^%[X%] ", "")
    return ctx.defaults.to_entry(event, entry, ctx)
  end,
}
]]

local function place_with_rules()
  local board = commands.board {
    { id = "A-1", title = "First", dueDate = "2027-02-15" }, { id = "A-2", title = "Second", dueDate = "2027-02-16" },
  }
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", RULES)
  return place
end

-- What the prompt says to these lines, all of it.
local function say(place, lines, environment)
  local out, errors = shell.run(("cd %s && NO_COLOR= %s %s -i 2>&1"):format(shell.quote(place.path), environment or "",
    shell.quote(os.getenv("FMCAL_LUA"))), { input = table.concat(lines, "\n") .. "\n" })
  return out .. errors
end

local function assert_says(place, lines, environment, ...)
  local said = say(place, lines, environment)
  for _, expected in ipairs { ... } do lu.assertStrContains(said, expected) end
  return said
end

TestTry = {}

function TestTry.test_it_shows_the_old_answer_and_the_new_one()
  local place <close> = place_with_rules()
  place:write("ed.sh", [[sed -i 's/PREFIX/"new " .. PREFIX/' "$1"]])
  local said = assert_says(place, { ".board board.json", ".try to_event A-1", ".try to_event A-2", ".rule to_event A-1" },
    "TMPDIR=. EDITOR='sh ed.sh'", '- title = "[X] First"\n+ title = "new [X] First"', '  dueDate = "2027-02-15"',
    '+ title = "new new [X] Second"', 'title = "[X] First",')
  lu.assertEquals(place:read("rules.lua"), RULES)
  lu.assertNil(io.open(said:match("the edited rule is in (%S+)")))
end

function TestTry.test_a_rule_that_is_not_there_begins_as_the_default()
  local place <close> = place_with_rules()
  place:write("ed.sh", [[cat "$1"; sed -i 's/return .*/return entry.id ~= "A-1"/' "$1"]])
  assert_says(place, { ".board board.json", ".try select A-1" }, "EDITOR='sh ed.sh'",
    "select = function(entry, ctx)\n    return ctx.defaults.select(entry, ctx)\n  end,", "- true\n+ false")
end

function TestTry.test_without_a_rules_file()
  local place <close> = commands.place(commands.board { { id = "A-1", title = "First", dueDate = "2027-02-15" } })
  place:write("ed.sh", [[sed -i 's/return .*/return false/' "$1"]])
  assert_says(place, { ".board board.json", ".try select A-1" }, "EDITOR='sh ed.sh'", "- true\n+ false")
end

function TestTry.test_what_is_wrong_is_said()
  local place <close> = place_with_rules()
  place:write("ed.sh", [[echo 'x = = 1' > "$1"]])
  assert_says(place, { ".board board.json", ".try to_event A-1" }, "EDITOR='sh ed.sh'", "rules.lua:4: ", "the edited rule is in")
  assert_says(place, { ".board board.json", ".try to_event A-1" }, "EDITOR=false", "the editor false failed: set EDITOR to another one")
  assert_says(place, { ".try to_event A-1" }, "EDITOR=false", "no board is open")
end

TestRules = {}

function TestRules.test_a_rule_that_fails_says_so()
  local place <close> = place_with_rules()
  place:write("rules.lua", "return { to_event = function(entry) return entry.none.x end }")
  local said = assert_says(place, { ".board board.json", ".rule to_event A-1" }, nil,
    "A-1: rule to_event failed: ", "rules.lua:1: attempt to index a nil value (field 'none')")
  lu.assertNotStrContains(said, '"A-1: rule')
end

function TestRules.test_a_broken_file_leaves_the_last_good_one()
  local place <close> = place_with_rules()
  assert_says(place, { ".board board.json", ".rule to_event A-1",
    'local f = io.open("rules.lua", "w") f:write("return {") f:close()', ".reload", ".rule to_event A-2",
    'f = io.open("rules.lua", "w") f:write("return {}") f:close()', ".reload", ".rule to_event A-2" }, nil,
    "the rules file does not load: ", "rules.lua:1: ", "the last version that did load is used",
    '"[X] Second"', "rules.lua is loaded", 'title = "Second"')
end

function TestRules.test_they_run_here_and_may_be_held()
  local place <close> = place_with_rules()
  place:write("rules.lua", (RULES:gsub("event.title = PREFIX", "fmcal.breakpoint()\n    %0")))
  assert_says(place, { ".board board.json", ".rule to_event A-1", "event.title", ".continue", ".continue" }, nil,
    "rules.lua:6 in ", "->    6      fmcal.breakpoint()", "held> First", '"[X] First"')
  -- In the worker it does nothing.
  place:expect(0, "sync.lua board.json")
end

TestLook = {}

function TestLook.test_why_diff_and_history()
  local place <close> = place_with_rules()
  place:expect(0, "sync.lua board.json")
  place:edit(function(board) board.items[1].title = "Changed" end)
  assert_says(place, { ".board board.json", ".why A-1", ".diff A-1", ".diff A-2", ".history A-1", ".sync --dry-run", ".sync", ".sync now",
    ".why A-9" }, nil, "the next run would update the event", "≠  title", "A-2 in ", "created  A-1",
    "A-1", "usage: .sync --dry-run", "the prompt only looks: .sync --dry-run", "there is no entry A-9")
end

function TestLook.test_load()
  local place <close> = place_with_rules()
  place:write("code.lua", "left_behind = 17\nreturn 'loaded'")
  assert_says(place, { ".load code.lua", "left_behind + 1", ".load none.lua" }, nil, "loaded", "> 18", "cannot open none.lua")
end

function TestLook.test_help()
  local place <close> = place_with_rules()
  assert_says(place, { ".help json.decode", ".help dueDate", ".help .try", ".help http", ".help nonsens" }, nil,
    "json.decode(text, options)", "event.dueDate  ", ".try NAME ID  edit one rule", "http.get(url, options)",
    "the manual says nothing about nonsens")
end

TestDebug = {}

function TestDebug.test_without_a_terminal_the_traceback_is_told()
  local place <close> = place_with_rules()
  place:write("rules.lua", "return { to_event = function(entry) return entry.none.x end }")
  local out, errors, status = shell.run(("cd %s && %s --debug sync.lua board.json"):format(shell.quote(place.path),
    shell.quote(os.getenv("FMCAL_LUA"))))
  lu.assertEquals(status, 1, out)
  lu.assertStrContains(errors, "the prompt does not open at errors: standard input is no terminal")
  lu.assertStrContains(errors, "stack traceback:\n")
  lu.assertStrMatches(errors, ".*rules.lua:1: in .*")
end

os.exit(lu.LuaUnit.run())
