local clockwork = require "clockwork"
local lu = require "luaunit"
local scheduler = require "fmcal.serve.engine.scheduler"

TestScheduler = {}

local MINUTE, HOUR = 60000, 3600000

local function board(team, facts)
  local made = { team = team, facts = { is_auto = true, is_paused = false, minutes = 15, pending = 0 } }
  for name, value in pairs(facts or {}) do made.facts[name] = value end
  return made
end

-- A scheduler whose runs end at once with `exit`, and when they began.
local function set_up(exit)
  local all, pass = clockwork()
  local made, requests = nil, {}
  local how = { exit = exit or 0 }
  made = scheduler.new(all, function(one, why)
    requests[#requests + 1] = { team = one.team, why = why, at = all:now() }
    if how.exit then made:ran(one, { options = {}, state = "finished", result = { exit = how.exit } }) end
  end)
  return made, requests, pass, how
end

local function gaps(requests)
  local list = {}
  for i = 2, #requests do list[#list + 1] = requests[i].at - requests[i - 1].at end
  return list
end

function TestScheduler.test_every_interval_at_its_own_place()
  local made, requests, pass = set_up()
  made:appeared(board("academy"))
  pass(HOUR)
  lu.assertTrue(requests[1].at <= 1000 + 500, "the first run of a lonely board comes at once")
  local between = gaps(requests)
  lu.assertTrue(#between == 4 or #between == 5, #between)
  for i = 2, #between do lu.assertAlmostEquals(between[i], 15 * MINUTE, 1) end
end

-- The same name, the same place; a thousand boards do not start at once.
function TestScheduler.test_boards_are_spread()
  local made, requests, pass = set_up()
  for i = 1, 1000 do made:appeared(board("team-" .. i)) end
  pass(15 * MINUTE)
  local before = #requests
  pass(15 * MINUTE)
  lu.assertEquals(#requests - before, 1000)
  local of_minute, of_team = {}, {}
  for i = before + 1, #requests do
    local minute = requests[i].at // MINUTE
    of_minute[minute] = (of_minute[minute] or 0) + 1
    of_team[requests[i].team] = requests[i].at
  end
  for _, count in pairs(of_minute) do lu.assertTrue(count < 120, count) end
  local again, others, pass_again = set_up()
  again:appeared(board("team-7"))
  pass_again(30 * MINUTE)
  lu.assertAlmostEquals((others[#others].at - of_team["team-7"]) % (15 * MINUTE), 0, 2)
end

function TestScheduler.test_after_errors_later_and_later()
  local made, requests, pass, how = set_up(3)
  local one = board("academy")
  made:appeared(one)
  pass(100 * HOUR)
  local between = gaps(requests)
  lu.assertEquals({ between[1], between[2], between[3], between[4], between[5] },
    { 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR })
  for i = 6, #between do lu.assertEquals(between[i], 6 * HOUR) end
  how.exit = 4
  pass(6 * HOUR)
  lu.assertEquals(one.failures, 0, "conflicts are no failure")
  local before = #requests
  pass(HOUR)
  lu.assertTrue(#requests - before >= 3)
end

function TestScheduler.test_what_resets_the_backoff()
  local made, requests, pass, how = set_up(3)
  local one = board("academy")
  made:appeared(one)
  pass(24 * HOUR)
  lu.assertTrue(one.failures > 4)
  how.exit = nil
  made:changed(one, "board")
  lu.assertEquals({ requests[#requests].why, one.failures }, { "board", 0 })
  one.failures = 5
  made:forgive(one)
  lu.assertEquals(one.failures, 0)
end

function TestScheduler.test_who_does_not_run_by_itself()
  local made, requests, pass = set_up()
  for name, facts in pairs { off = { is_auto = false }, paused = { is_paused = true } } do
    local one = board(name, facts)
    made:appeared(one)
    made:changed(one, "board")
    lu.assertNil(made:next(one))
  end
  made:appeared { team = "unread" }
  local broken = board("broken")
  broken.error = { code = "parse" }
  made:appeared(broken)
  pass(HOUR)
  lu.assertEquals(requests, {})
  broken.error = nil
  made:changed(broken, "board")
  lu.assertEquals(#requests, 1)
end

function TestScheduler.test_own_writing_starts_no_run()
  local made, requests, pass = set_up()
  local one = board("academy")
  made:appeared(one)
  pass(MINUTE)
  local before = #requests
  made:changed(one, "run")
  pass(0)
  lu.assertEquals(#requests, before)
  for _, why in ipairs { "board", "rules", "look" } do made:changed(one, why) end
  lu.assertEquals(#requests, before + 3)
end

-- What somebody edits while a run goes on comes with the next one, which does not wait; what a run leaves does not.
function TestScheduler.test_edits_while_a_run_goes_on()
  local made, requests = set_up()
  local one = board("academy")
  made:appeared(one)
  local function runs_after(pending, options, exit)
    local before = #requests
    one.facts.pending = pending
    made:ran(one, { kind = "sync", options = options or {}, state = "finished", result = { exit = exit or 0 } })
    return #requests - before
  end
  lu.assertEquals(runs_after(0), 0)
  lu.assertEquals(runs_after(2), 1)
  lu.assertEquals(requests[#requests].why, "board")
  lu.assertEquals(runs_after(2), 0, "these two were left")
  lu.assertEquals(runs_after(3, nil, 3), 0, "the calendar cannot be reached")
  lu.assertEquals(runs_after(5, { only = { "A" } }), 0)
  lu.assertEquals(runs_after(6, { direction = "inbound" }), 0)
  one.facts.is_auto = false
  lu.assertEquals(runs_after(9), 0)
end

function TestScheduler.test_a_board_that_is_looked_at()
  local made, requests, pass = set_up()
  local one = board("academy")
  made:appeared(one)
  pass(MINUTE)
  made:watch(one, 1)
  made:watch(one, 1)
  made:watch(one, -1)
  local before = #requests
  pass(20 * MINUTE)
  lu.assertEquals(#requests - before, 10)
  made:watch(one, -1)
  before = #requests
  pass(HOUR)
  lu.assertEquals(#requests - before, 4)
end

-- One run after a gap, however long.
function TestScheduler.test_sleep_does_not_bunch_runs()
  local made, requests, pass, how = set_up()
  local one = board("academy")
  made:appeared(one)
  pass(HOUR)
  how.exit = nil -- the next one takes eight hours
  pass(15 * MINUTE)
  local before = #requests
  pass(8 * HOUR)
  lu.assertEquals(#requests, before)
  how.exit = 0
  made:ran(one, { options = {}, state = "finished", result = { exit = 0 } })
  lu.assertEquals(#requests, before)
  pass(15 * MINUTE)
  lu.assertEquals(#requests, before + 1)
end

function TestScheduler.test_what_vanishes_and_the_end()
  local made, requests, pass = set_up()
  local one, other = board("one"), board("other")
  made:appeared(one)
  made:appeared(other)
  made:vanished(one)
  lu.assertNil(made:next(one))
  lu.assertNotNil(made:next(other))
  made:close()
  pass(HOUR)
  lu.assertEquals(requests, {})
end

os.exit(lu.LuaUnit.run())
