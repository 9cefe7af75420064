-- The process in which rules run: interrupted while it works, and on a kernel that cannot fence it in.
local commands = require "commands"
local lu = require "luaunit"
local shell = require "shell"

local BUSY = [[return { to_event = function(entry, ctx)
  if entry.id == "A-2" then
    print "busy"
    while true do end
  end
  return ctx.defaults.to_event(entry, ctx)
end }]]

local function place_with(rules)
  local board = commands.board({ { id = "A-1", title = "One", dueDate = "2027-02-15" },
    { id = "A-2", title = "Two", dueDate = "2027-02-16" } },
    { timeZone = "Europe/Rome", ruleLimits = { seconds = 60 } })
  board.calendarConfig.rules = "rules.lua"
  local place = commands.place(board)
  place:write("rules.lua", rules)
  return place
end

-- ---------------------------------------------------------------- interrupts

TestInterrupt = {}

-- Starts a command in its own process group, and sends Ctrl-C to the group once a rule is busy, as a terminal does.
-- @return its exit status, what it said, and how many processes of the group are left
local function interrupted(place, words)
  local out = shell.run(([[
    cd %s
    setsid env -u LUA_PATH_5_4 %s %s >said.txt 2>&1 & pid=$!
    until grep -qs busy said.txt; do sleep 0.01; done
    kill -INT -$pid
    wait $pid; echo "$?"
    pgrep -g $pid | wc -l]]):format(shell.quote(place.path), shell.quote(os.getenv("FMCAL_LUA")), words))
  local status, left = out:match("(%d+)%s+(%d+)")
  return tonumber(status), place:read("said.txt"), tonumber(left)
end

function TestInterrupt.test_a_run_ends_and_leaves_nothing_half_done()
  local place <close> = place_with(BUSY)
  local before = place:read "board.json"
  local status, said, left = interrupted(place, "sync.lua board.json")
  lu.assertEquals({ status, left }, { 130, 0 }, said)
  lu.assertStrContains(said, "interrupted")
  lu.assertEquals({ place:read "board.json", place:count_events() }, { before, 0 })
  place:write("rules.lua", "return {}")
  place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(place:count_events(), 2)
end

function TestInterrupt.test_commands_that_try_rules_end_too()
  local place <close> = place_with(BUSY)
  place:write("rules_test.lua", [[local t = ...
    t.rules "rules.lua"
    t.test("busy", function(s) s:to_event { id = "A-2" } end)]])
  for _, words in ipairs { "rules.lua check rules.lua board.json", "rules.lua test", "explain.lua board.json A-2" } do
    local status, said, left = interrupted(place, words)
    lu.assertEquals({ status, left }, { 130, 0 }, words .. ": " .. said)
  end
end

-- ---------------------------------------------------------------- a kernel without seccomp

TestKernel = {}

local WITHOUT = ("LD_PRELOAD=%s/tests/no_seccomp.so ASAN_OPTIONS=verify_asan_link_order=0"):format(os.getenv("BUILD_DIR"))
local WARNING = "this kernel has no seccomp filters"

-- Rules run, their limits hold, and one warning says what is missing, however many processes they have taken.
function TestKernel.test_one_warning()
  local place <close> = place_with(BUSY:gsub('print "busy"', ""))
  place:edit(function(board)
    board.calendarConfig.syncOptions.ruleLimits.seconds = 0.2
    board.items[3] = { id = "A-3", title = "Three", dueDate = "2027-02-17" }
  end)
  local _, errors = place:expect(1, "sync.lua -q board.json", { env = WITHOUT })
  lu.assertEquals(select(2, errors:gsub(WARNING, "")), 1, errors)
  lu.assertEquals(place:count_events(), 2)
  lu.assertStrContains(place:item("A-2").calendarSync.syncError, "0.2 seconds")
end

function TestKernel.test_none_where_there_are_filters_or_no_rules()
  local place <close> = place_with("return {}")
  local _, errors = place:expect(0, "sync.lua -q board.json")
  lu.assertEquals(errors, "")
  place:edit(function(board) board.calendarConfig.rules = nil end)
  _, errors = place:expect(0, "sync.lua -q board.json", { env = WITHOUT })
  lu.assertEquals(errors, "")
end

os.exit(lu.LuaUnit.run())
