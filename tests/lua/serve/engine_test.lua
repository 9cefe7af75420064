-- The engine with its real children, over boards in a folder.
local commands = require "commands"
local engine = require "fmcal.serve.engine"
local json = require "fmcal.json"
local kept = require "fmcal.serve.engine.kept"
local lu = require "luaunit"
local shell = require "shell"
local state = require "fmcal.state"
local tasks = require "fmcal.children.tasks"

TestEngine = {}

local WAIT_MS = 20000

local function board_of(team, options)
  local board = commands.board({ { id = team .. "-1", title = "One", dueDate = "2027-01-01" },
    { id = team .. "-2", title = "Two", dueDate = "2027-01-02" } }, options or { autoSync = false }, team)
  board.calendarConfig.calendarId = team
  return board
end

local function place_with(...)
  local place = commands.place()
  os.execute(("mkdir -p %s/server"):format(place.path))
  for _, team in ipairs { ... } do
    os.execute(("mkdir -p %s/calendars/%s"):format(place.path, team))
    place:write(team .. ".json", board_of(team))
  end
  return place
end

-- Runs a function in a task, beside an engine that knows its boards: fn(engine, tasks, wait_for)
local function serve(place, fn, options)
  local all = tasks.new()
  local given = { tasks = all, paths = { place.path }, folder = place:file("server"), jobs = 2 }
  for name, value in pairs(options or {}) do given[name] = value end
  local made = assert(engine.open(given))
  local ok, raised
  local function wait_for(look, what)
    local finish = all:now() + WAIT_MS
    while not look() do
      if all:now() > finish then error("waited in vain for " .. (what or "it"), 2) end
      all:sleep(5)
    end
  end
  made:start(function()
    all:spawn(function()
      ok, raised = xpcall(fn, debug.traceback, made, all, wait_for)
      tasks.await(made:stop(1))
      all:stop()
    end)
  end)
  assert(all:run())
  if not ok then error(raised, 0) end
end

local function state_of(made, team)
  local status = made.status:of(made.teams:get(team))
  return status.state, status
end

local function trigger(made, team, options)
  return made:trigger(made.teams:get(team), options or {}, "kim")
end

local function ended(run)
  return tasks.await(run.promise, WAIT_MS)
end

function TestEngine.test_a_run_and_what_is_known_of_it()
  local place <close> = place_with("academy")
  serve(place, function(made)
    local seen = {}
    made:on(function(event, run, how)
      if event == "run" then seen[#seen + 1] = how .. " " .. run.id end
    end)
    local before = made.status:of(made.teams:get("academy"))
    lu.assertEquals({ before.pending.board, before.sentence }, { 2, "2 changes wait for the next run" })
    local run = trigger(made, "academy")
    lu.assertEquals(ended(run).result.result.outbound.created, 2)
    lu.assertEquals({ seen[1], seen[2], seen[#seen] }, { "queued " .. run.id, "started " .. run.id, "finished " .. run.id })
    local name, status = state_of(made, "academy")
    lu.assertEquals({ name, status.status, status.pending.board, status.syncCount, status.remedy }, { "in-step", "idle", 0, 1, nil })
    lu.assertStrContains(status.sentence, "2 entries")
    lu.assertNotNil(status.lastSync)
    local row = tasks.await(made:run(run.id)).row
    lu.assertEquals({ row.state, row.team, row.why, row.who, row.changes, row.result.outbound.created },
      { "finished", "academy", "trigger", { "kim" }, 2, 2 })
    lu.assertEquals(#tasks.await(made:runs { team = "academy" }).runs, 1)
    local config = tasks.await(made:read("config", made.teams:get("academy")))
    lu.assertEquals(config.team, "academy")
    lu.assertEquals(made.status:short(made.teams:get("academy")).state, "in-step")
  end)
end

function TestEngine.test_a_dry_run_writes_nothing()
  local place <close> = place_with("academy")
  serve(place, function(made)
    local run = ended(trigger(made, "academy", { dry_run = true }))
    lu.assertEquals({ run.result.success, run.result.changes, run.result.dry_run }, { true, 2, true })
    lu.assertEquals(ended(trigger(made, "academy")).result.result.outbound.created, 2)
  end, { jobs = 1 })
end

function TestEngine.test_boards_appear_change_and_vanish()
  local place <close> = place_with("academy")
  serve(place, function(made, all, wait_for)
    os.execute(("mkdir -p %s/calendars/late"):format(place.path))
    place:write("late.json", board_of("late", { autoSync = true }))
    wait_for(function() return made.teams:get("late") and select(2, state_of(made, "late")).syncCount == 1 end, "late")
    local row = tasks.await(made:runs { team = "late" }).runs[1]
    lu.assertEquals(row.why, "schedule")
    place:edit(function(board) board.items[1].title = "Uno" end, "late.json")
    wait_for(function() return #tasks.await(made:runs { team = "late" }).runs == 2 end, "a run after an edit")
    lu.assertEquals(tasks.await(made:runs { team = "late" }).runs[1].why, "board")
    place:edit(function(board) board.items[1].title = "Eins" end, "academy.json")
    all:sleep(700)
    lu.assertEquals(#tasks.await(made:runs { team = "late" }).runs, 2, "what a run writes starts none")
    lu.assertEquals(#tasks.await(made:runs { team = "academy" }).runs, 0, "without autoSync it is only pending")
    os.remove(place:file("late.json"))
    wait_for(function() return not made.teams:get("late") end, "its end")
  end)
end

function TestEngine.test_a_rules_file_that_changes()
  local place <close> = place_with("academy")
  place:edit(function(board)
    board.calendarConfig.rules = "rules.lua"
    board.calendarConfig.syncOptions.autoSync = true
  end, "academy.json")
  place:write("rules.lua", "return {}")
  serve(place, function(made, _, wait_for)
    wait_for(function() return state_of(made, "academy") == "in-step" end)
    place:write("rules.lua", "return { to_event = function(entry) return nil end, oops")
    wait_for(function() return state_of(made, "academy") == "failing" end)
    local _, status = state_of(made, "academy")
    lu.assertEquals(status.remedy, "fix_rules")
    place:write("rules.lua", "return {}")
    wait_for(function() return state_of(made, "academy") == "in-step" end)
  end)
end

function TestEngine.test_two_boards_of_one_team()
  local place <close> = place_with("academy")
  place:write("b.json", board_of("academy"))
  place:write("other.json", { calendars = {} })
  serve(place, function(made, _, wait_for)
    local board = made.teams:get("academy")
    lu.assertEquals({ board.path, board.refused }, { place:file("academy.json"), { place:file("b.json") } })
    lu.assertEquals(#made.teams:all(), 1)
    os.remove(place:file("academy.json"))
    wait_for(function() return made.teams:get("academy") and made.teams:get("academy").path == place:file("b.json") end)
  end)
end

function TestEngine.test_a_broken_board()
  local place <close> = place_with("academy")
  place:write("new.json", "{\n  oops")
  serve(place, function(made, _, wait_for)
    local name, status = state_of(made, "new")
    lu.assertEquals({ name, status.status, status.remedy }, { "failing", "error", "fix_board" })
    lu.assertStrContains(status.sentence, "line 2")
    lu.assertNotStrContains(status.sentence, place.path)
    local text = place:read("academy.json")
    place:write("academy.json", text:sub(1, -5))
    wait_for(function() return state_of(made, "academy") == "failing" end)
    place:write("academy.json", text)
    place:write("new.json", board_of("fresh"))
    wait_for(function() return state_of(made, "academy") ~= "failing" and made.teams:get("fresh") end)
    lu.assertNil(made.teams:get("new"))
  end)
end

-- ---------------------------------------------------------------- what goes wrong

-- Holds the lock that runs of a board take turns with: a run waits within itself.
local function hold(place, team)
  assert(os.execute(("mkdir -p %s/.fmcal"):format(place.path)))
  local opened = assert(state.open(("%s/.fmcal/%s.db"):format(place.path, team)))
  local lock = assert(opened:lock(0))
  return setmetatable({}, { __close = function()
    lock:release()
    opened:close()
  end })
end

-- A run that is in its midst: the child works on it.
local function in_midst(made, all, team)
  local run = trigger(made, team)
  all:sleep(300)
  lu.assertEquals(run.state, "running")
  return run
end

local function assert_healed(made)
  lu.assertTrue(ended(trigger(made, "academy")).result.success)
  lu.assertEquals(state_of(made, "academy"), "in-step")
end

function TestEngine.test_a_runner_is_killed_in_the_middle()
  local place <close> = place_with("academy", "other")
  serve(place, function(made, all)
    local run
    do
      local lock <close> = hold(place, "academy") -- luacheck: no unused
      run = in_midst(made, all, "academy")
      run.call.worker.process:kill()
      ended(run)
    end
    lu.assertEquals({ run.state, run.result.success, run.result.exit }, { "finished", false, 1 })
    lu.assertStrContains(run.result.error, "signal 9")
    lu.assertEquals(state_of(made, "academy"), "failing")
    lu.assertTrue(ended(trigger(made, "other")).result.success)
    lu.assertEquals(state_of(made, "other"), "in-step")
    assert_healed(made)
  end)
end

function TestEngine.test_a_run_that_takes_too_long()
  local place <close> = place_with("academy")
  serve(place, function(made)
    do
      local lock <close> = hold(place, "academy") -- luacheck: no unused
      local run = ended(made.queue:add(made.teams:get("academy"),
        { kind = "sync", options = {}, why = "trigger", who = "kim", deadline_ms = 300 }))
      lu.assertEquals({ run.state, run.result.error_code }, { "finished", "timeout" })
    end
    lu.assertEquals(state_of(made, "academy"), "failing")
    assert_healed(made)
  end)
end

function TestEngine.test_cancelling_a_run()
  local place <close> = place_with("academy")
  serve(place, function(made, all)
    do
      local lock <close> = hold(place, "academy") -- luacheck: no unused
      local run = in_midst(made, all, "academy")
      made.queue:cancel(run)
      lu.assertEquals(ended(run).state, "canceled")
    end
    assert_healed(made)
  end)
end

-- The end waits a while for what goes on, and then interrupts it; what waits is cancelled.
function TestEngine.test_the_end_interrupts_what_goes_on()
  local place <close> = place_with("academy")
  serve(place, function(made, all)
    local lock <close> = hold(place, "academy") -- luacheck: no unused
    local run, waiting = in_midst(made, all, "academy"), trigger(made, "academy", { direction = "inbound" })
    lu.assertTrue(tasks.await(made:stop(0.2), WAIT_MS))
    lu.assertEquals({ run.state, waiting.state }, { "canceled", "canceled" })
    lu.assertStrContains(run.result.error, "cancelled")
    lu.assertEquals(kept.find({ folder = place:file("server"), boot = "", id = run.id }).row.state, "canceled")
  end)
end

function TestEngine.test_the_end_lets_a_run_end()
  local place <close> = place_with("academy")
  serve(place, function(made)
    local run = trigger(made, "academy")
    tasks.await(made:stop(20), WAIT_MS)
    lu.assertEquals({ run.state, run.result.success }, { "canceled", false }, "it had not begun")
  end)
  serve(place, function(made, all)
    local run = trigger(made, "academy")
    while run.state == "queued" do all:sleep(1) end
    tasks.await(made:stop(20), WAIT_MS)
    lu.assertEquals({ run.state, run.result.success }, { "finished", true })
  end)
end

function TestEngine.test_an_edit_while_a_run_goes_on()
  local place <close> = place_with("academy")
  serve(place, function(made, all, wait_for)
    local run
    do
      local lock <close> = hold(place, "academy") -- luacheck: no unused
      run = in_midst(made, all, "academy")
      place:edit(function(board)
        board.calendarConfig.syncOptions.autoSync = true
        board.items[1].title = "Uno"
      end, "academy.json")
      all:sleep(700)
      lu.assertEquals(made.queue:of_board(made.teams:get("academy")), run, "it waits until the run has ended")
    end
    ended(run)
    wait_for(function() return select(2, state_of(made, "academy")).pending.board == 0 end)
    lu.assertTrue(shell.run("cat " .. place:file("calendars/academy/*")):find("Uno") ~= nil)
  end)
end

function TestEngine.test_everything_is_read_anew()
  local place <close> = place_with("academy")
  serve(place, function(made, _, wait_for)
    local board = made.teams:get("academy")
    board.text = nil
    made:reload()
    wait_for(function() return board.text end)
    lu.assertEquals(made.teams:get("academy"), board)
  end)
end

function TestEngine.test_the_number_by_which_the_history_knows_a_run()
  local place <close> = place_with("academy")
  serve(place, function(made)
    ended(trigger(made, "academy"))
    lu.assertNil(ended(trigger(made, "academy")).result.number, "it changed nothing")
    place:edit(function(board) board.items[1].title = "Uno" end, "academy.json")
    local number = ended(trigger(made, "academy")).result.number
    local opened <close> = assert(state.open(place:file(".fmcal/academy.db")))
    local row = opened:runs()[1]
    lu.assertEquals({ row.number, row.who, row.command }, { number, "kim", "serve.lua trigger" })
  end)
end

-- What a rule does wrong is an error of its entries, on its board alone.
function TestEngine.test_a_rule_that_eats_memory()
  local place <close> = place_with("academy", "other")
  place:edit(function(board)
    board.calendarConfig.rules = "rules.lua"
    board.calendarConfig.syncOptions.ruleLimits = { mebibytes = 8 }
  end, "academy.json")
  place:write("rules.lua", "return { to_event = function(entry) return { title = ('x'):rep(1 << 30) } end }")
  serve(place, function(made)
    local run = ended(trigger(made, "academy"))
    lu.assertEquals(run.result.exit, 1)
    local name, status = state_of(made, "academy")
    lu.assertEquals({ name, status.remedy, status.errorCount }, { "failing", "fix_entries", 2 })
    lu.assertTrue(ended(trigger(made, "other")).result.success)
    place:write("rules.lua", "return {}")
    assert_healed(made)
  end)
end

-- After a restart a run that was under way says so.
function TestEngine.test_a_restart()
  local place <close> = place_with("academy")
  local id
  serve(place, function(made, all)
    local lock <close> = hold(place, "academy") -- luacheck: no unused
    id = in_midst(made, all, "academy").id
    os.execute(("cp -r %s %s"):format(place:file("server"), place:file("after")))
  end)
  serve(place, function(made)
    local row = tasks.await(made:run(id)).row
    lu.assertEquals({ row.state, row.success }, { "cut-off", false })
  end, { folder = place:file("after") })
end

function TestEngine.test_the_shape_of_the_status_is_json()
  local place <close> = place_with("academy")
  serve(place, function(made)
    local text = made.status:text(made.teams:get("academy"))
    lu.assertEquals(json.decode(text), made.status:of(made.teams:get("academy")))
    lu.assertStrContains(text, '"errors":[]')
    lu.assertNil(text:find(place.path, 1, true))
  end)
end

os.exit(lu.LuaUnit.run())
