-- What rules raise and print, on standard error and on the board: so much of it as a person reads, without what steers a
-- terminal, and with the line of the rules file.
local commands = require "commands"
local lu = require "luaunit"

local MOST = 9000

local function place_with(rules)
  local board = commands.board({ { id = "A", title = "a", dueDate = "2027-01-01" } },
    { timeZone = "Europe/Rome", ruleLimits = { seconds = 0.1, mebibytes = 32 } })
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", rules)
  return place
end

-- Errors and what the board says of the entry, after a run that ends with a status.
local function run(rules, status)
  local place <close> = place_with(rules)
  local out, errors = place:expect(status, "sync.lua board.json")
  local sync = place:item("A").calendarSync
  return errors, tostring(sync and sync.syncError), out
end

TestBounded = {}

local LONG = '("x"):rep(3 << 20)'

function TestBounded.test_what_a_function_raises()
  for _, body in ipairs { ("error(%s)"):format(LONG), ("error({ [%s] = 1 })"):format(LONG),
    ("error(setmetatable({}, { __tostring = function() return %s end }))"):format(LONG),
    ("local event = ctx.defaults.to_event(entry, ctx) event[%s] = 1 return event"):format(LONG) } do
    for _, text in ipairs { run(("return { to_event = function(entry, ctx) %s end }"):format(body), 1) } do
      lu.assertTrue(#text < MOST, #text)
      lu.assertStrContains(text, "rules.lua:1")
    end
  end
end

function TestBounded.test_what_a_file_raises_while_it_loads()
  for _, text in ipairs { ("error(%s)"):format(LONG), ("return { [%s] = 1 }"):format(LONG),
    ("return { fields = { [%s] = 'locatio' } }"):format(LONG) } do
    local errors = run(text, 2)
    lu.assertTrue(#errors < MOST, #errors)
    lu.assertStrContains(errors, "rules.lua")
  end
end

function TestBounded.test_what_is_printed_and_logged()
  local errors = run(("print(%s) return { select = function(_, ctx) ctx.log.error(%s) return true end }"):format(LONG, LONG), 0)
  lu.assertTrue(#errors > 100 and #errors < 3 * MOST, #errors)
end

TestClean = {}

local STEERING = [["red\27[31m nul\0 bell\7 delete\127 c1\xC2\x9B turned\xE2\x80\xAE latin\xE9 € last"]]

function TestClean.test_nothing_steers_the_terminal()
  for rules, status in pairs { [("return { to_event = function() error(%s) end }"):format(STEERING)] = 1,
    [("error(%s)"):format(STEERING)] = 2, [("print(%s) return {}"):format(STEERING)] = 0,
    [("return { select = function(_, ctx) ctx.log.error('%%s', %s) return true end }"):format(STEERING)] = 0 } do
    local errors, on_board = run(rules, status)
    lu.assertStrContains(errors, "red[31m nul bell delete c1 turned latin? ??? last") -- it is not UTF-8 as a whole
    for _, text in ipairs { errors, on_board } do lu.assertNil(text:find("[%z\1-\8\11-\31\127-\255]"), text) end
  end
end

TestPlace = {}

local LOOP = "while true do end"
local LOOP_IN_TEXT = "setmetatable({}, { __tostring = function() while true do end end })"

function TestPlace.test_a_loop_while_the_file_loads()
  for _, text in ipairs { LOOP, "error(" .. LOOP_IN_TEXT .. ")", "print(" .. LOOP_IN_TEXT .. ")",
    "pcall(function() while true do end end)" } do
    local errors = run("\n" .. text, 2)
    lu.assertStrMatches(errors, "sync.lua: the rules file does not load: [^ ]*/rules%.lua:2: it takes more than 0%.1 seconds [^\n]*\n")
  end
end

function TestPlace.test_a_loop_in_a_function()
  for _, body in ipairs { LOOP, "error(" .. LOOP_IN_TEXT .. ")", "print(" .. LOOP_IN_TEXT .. ")" } do
    local errors = run(("return { to_event = function(entry, ctx)\n%s\nend }"):format(body), 1)
    lu.assertStrMatches(errors, "sync.lua: A: rule to_event failed: [^ ]*/rules%.lua:2: it takes more than 0%.1 seconds .*")
    lu.assertNil(errors:find("fmcal/rules", 1, true), errors)
  end
end

-- What ends in the middle of C, and what is raised without a place, names the function.
function TestPlace.test_what_has_no_line()
  for body, part in pairs { ['string.find(("a"):rep(30000), (".-"):rep(20) .. "b")'] = "processor time",
    ['local s = "x" while true do s = s .. s end'] = "memory", ['error("plain", 0)'] = "plain",
    ["error({})"] = "error object is a table value" } do
    local errors = run(("return {\n to_event = function()\n%s\nend }"):format(body), 1)
    lu.assertStrMatches(errors, "sync.lua: A: rule to_event failed: [^ ]*/rules%.lua:2: [^\n]*" .. part .. ".*")
  end
end

os.exit(lu.LuaUnit.run())
