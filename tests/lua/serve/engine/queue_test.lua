local clockwork = require "clockwork"
local lu = require "luaunit"
local queue = require "fmcal.serve.engine.queue"

TestQueue = {}

-- Runners that begin at once, and end when a test says so.
local Runners = {}
Runners.__index = Runners

function Runners:free()
  return self.most - #self.calls
end

function Runners:call(name, params, options)
  local call = { name = name, params = params, key = options.key, promise = self.tasks:promise() }
  table.insert(self.calls, call)
  return call
end

local function take(list, value)
  for i, other in ipairs(list) do
    if other == value then return table.remove(list, i) end
  end
end

function Runners:cancel(call)
  take(self.calls, call)
  call.promise:settle(nil, { code = "canceled", message = "it was cancelled" })
end

-- Ends the run of a board.
local function end_run(self, board, result, err)
  for _, call in ipairs(self.calls) do
    if call.params.board == board.path then
      take(self.calls, call)
      call.promise:settle(result and { result = result, stand = { board = board.path } }, err)
      return self.pass(0)
    end
  end
  error("no run of " .. board.team)
end

local function set_up(most)
  local all, pass = clockwork()
  local runners = setmetatable({ tasks = all, most = most or 9, calls = {}, pass = pass }, Runners)
  local events = {}
  local made = queue.new(all, { runners = runners, boot = "boot",
    on = function(event, run) events[#events + 1] = event .. " " .. run.id end })
  local function add(board, options, who)
    local run = made:add(board, { kind = "sync", options = options or {}, why = "trigger", who = who or "kim" })
    pass(0)
    return run
  end
  return made, add, runners, events, pass
end

local function board(team, ...)
  return { team = team, path = "/" .. team .. ".json", accounts = { ... } }
end

local FINE = { success = true, exit = 0 }

-- The teams whose runs go on, in the order in which they began.
local function going_on(runners)
  local teams = {}
  for i, call in ipairs(runners.calls) do teams[i] = call.params.board:match("/(.*)%.json") end
  return teams
end

function TestQueue.test_one_run()
  local made, add, runners, events = set_up()
  local a = board("a")
  local run = add(a, { direction = "outbound" })
  lu.assertEquals({ run.id, run.state, run.team, made:get("boot-1") == run }, { "boot-1", "running", "a", true })
  lu.assertEquals({ runners.calls[1].name, runners.calls[1].params }, { "serve", { board = "/a.json", direction = "outbound" } })
  end_run(runners, a, FINE)
  lu.assertEquals({ run.state, run.result, run.promise:is_settled() }, { "finished", FINE, true })
  lu.assertEquals(events, { "queued boot-1", "started boot-1", "finished boot-1" })
  lu.assertNil(made:get("boot-1"))
  lu.assertFalse(made:is_running())
end

-- Who asks while a run goes on gets one that began later; all of them the same.
function TestQueue.test_requests_are_joined()
  local made, add, runners = set_up()
  local a = board("a")
  local first = add(a)
  local second, third = add(a, {}, "lee"), add(a, { direction = "both" }, "max")
  lu.assertNotEquals(first, second)
  lu.assertTrue(second == third)
  lu.assertEquals(second.who, { "lee", "max" })
  lu.assertFalse(add(a, { direction = "inbound" }) == second)
  lu.assertFalse(add(a, { dry_run = true }) == second)
  lu.assertTrue(add(a, { only = { "B", "A" } }) == add(a, { only = { "A", "B" } }))
  lu.assertFalse(add(a, { only = { "A" } }) == add(a, { only = { "A", "B" } }))
  lu.assertEquals(#runners.calls, 1)
  end_run(runners, a, FINE)
  lu.assertEquals({ second.state, made:of_board(a) == second, #runners.calls }, { "running", true, 1 })
end

function TestQueue.test_acts_are_not_joined()
  local made = set_up()
  local a = board("a")
  local function act() return made:add(a, { kind = "undo", options = { run = 1 }, why = "undo", who = "kim" }) end
  lu.assertFalse(act() == act())
end

function TestQueue.test_who_waits_longest_goes_first()
  local _, add, runners = set_up(2)
  local a, b, c, d = board("a"), board("b"), board("c"), board("d")
  for _, one in ipairs { a, b, c, a, d } do add(one) end
  lu.assertEquals(going_on(runners), { "a", "b" })
  end_run(runners, b, FINE)
  lu.assertEquals(going_on(runners), { "a", "c" })
  end_run(runners, c, FINE)
  lu.assertEquals(going_on(runners), { "a", "d" }, "the second run of a waits for its first")
  end_run(runners, a, FINE)
  lu.assertEquals(going_on(runners), { "d", "a" })
end

function TestQueue.test_boards_of_one_account_follow_each_other()
  local _, add, runners, _, pass = set_up()
  local a, b, c = board("a", "kim at one"), board("b", "kim at one", "kim at two"), board("c", "kim at two")
  for _, one in ipairs { a, b, c } do add(one) end
  lu.assertEquals(going_on(runners), { "a", "c" })
  lu.assertEquals(runners.calls[1].key, "kim at one")
  end_run(runners, c, FINE)
  end_run(runners, a, { success = false, exit = 3, error_code = "throttled" })
  lu.assertEquals(going_on(runners), {}, "the server wants to be left alone")
  add(c)
  lu.assertEquals(going_on(runners), { "c" })
  end_run(runners, c, FINE)
  pass(59999)
  lu.assertEquals(going_on(runners), {})
  pass(1)
  lu.assertEquals(going_on(runners), { "b" })
end

function TestQueue.test_a_server_that_says_how_long_to_wait()
  local _, add, runners, _, pass = set_up()
  local a, b = board("a", "kim at one"), board("b", "kim at one")
  add(a)
  end_run(runners, a, { success = false, exit = 3, error_code = "throttled", retry_after_s = 7 })
  add(b)
  pass(6999)
  lu.assertEquals(going_on(runners), {})
  pass(1)
  lu.assertEquals(going_on(runners), { "b" })
end

function TestQueue.test_a_board_that_vanishes()
  local made, add, runners = set_up()
  local a, b = board("a"), board("b")
  add(a)
  local waiting = { add(a), add(a, { direction = "inbound" }) }
  add(b)
  made:cancel_waiting(a)
  lu.assertEquals({ waiting[1].state, waiting[2].state }, { "canceled", "canceled" })
  lu.assertEquals(going_on(runners), { "a", "b" })
  lu.assertTrue(made:is_busy(a))
  end_run(runners, a, FINE)
  lu.assertFalse(made:is_busy(a))
end

function TestQueue.test_a_run_that_is_lost()
  local made, add, runners = set_up()
  local a = board("a")
  for code, words in pairs { ended = "was lost", timeout = "was ended", io = "failed" } do
    local run = add(a)
    end_run(runners, a, nil, { code = code, message = "the reason" })
    lu.assertEquals({ run.state, run.result.success, run.result.exit, run.result.error_code }, { "finished", false, 1, code })
    lu.assertStrContains(run.result.error, words)
    lu.assertStrContains(run.result.error, "the reason")
  end
  lu.assertNil(made:of_board(a))
end

function TestQueue.test_cancelling()
  local made, add, runners, _, pass = set_up()
  local a = board("a")
  local first, second = add(a), add(a)
  lu.assertTrue(made:cancel(second))
  lu.assertEquals({ second.state, second.promise:is_settled(), second.result.exit }, { "canceled", true, 1 })
  lu.assertTrue(made:cancel(first))
  pass(0)
  lu.assertEquals({ first.state, #runners.calls }, { "canceled", 0 })
  lu.assertNil(made:cancel(first))
  local third = add(a)
  end_run(runners, a, { success = false, exit = 130, error_code = "canceled" })
  lu.assertEquals(third.state, "canceled", "one that answers how far it came")
end

function TestQueue.test_the_end()
  local made, add, runners, _, pass = set_up(1)
  local a, b = board("a"), board("b")
  local first, second = add(a), add(b)
  made:close()
  lu.assertEquals({ second.state, made:is_running() }, { "canceled", true })
  lu.assertEquals(add(b).state, "queued")
  made:interrupt()
  pass(0)
  lu.assertEquals({ first.state, made:is_running(), #runners.calls }, { "canceled", false, 0 })
end

os.exit(lu.LuaUnit.run())
