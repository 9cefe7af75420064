-- Runners work for one board after the other: nothing of one is left for the next, neither in memory nor in what is answered.
local commands = require "commands"
local crypto = require "fmcal.crypto"
local json = require "fmcal.json"
local lu = require "luaunit"
local pool = require "fmcal.children.pool"
local servers = require "servers"
local shell = require "shell"
local spellings = require "spellings"
local tasks = require "fmcal.children.tasks"

local scripted <close> = servers.guarded("kanarienvogel-Xy7/+42")

-- What is told of one board alone: none of them is in this process but here, and no child gets them but in the board.
local WEBHOOK, TITLE, RULE = "hush-hook-4711", "Motion of the canary", "a_rule_of_the_canary"

TestRunnerSecrets = {}

local function place_of_two()
  local place = commands.place()
  local one = commands.board({ { id = "ONE-1", title = TITLE, dueDate = "2027-02-15" } }, { timeZone = "Europe/Rome",
    webhook = { url = scripted.url .. "hook", secret = WEBHOOK } }, "one")
  one.calendarConfig.provider, one.calendarConfig.endpoint, one.calendarConfig.calendarId = "caldav", scripted.url, "kanban"
  one.calendarConfig.credentials = { username = scripted.user, password = scripted.password }
  one.calendarConfig.rules = "one.lua"
  place:write("one.json", one)
  place:write("one.lua", ("local %s = 1\nreturn {}"):format(RULE))
  local other = commands.board({ { id = "TWO-1", title = "Two", dueDate = "2027-02-15" } }, nil, "two")
  place:write("two.json", other)
  return place
end

-- Runs a function in a task, beside one runner: fn(call)
local function with_runner(fn)
  local all, ok, raised = tasks.new(), nil, nil
  local runners <close> = pool.new(all, { module = "fmcal.serve.engine.runner", most = 1 })
  all:spawn(function()
    ok, raised = xpcall(fn, debug.traceback, function(board, key)
      local call = runners:call("serve", { board = board }, { key = key })
      local answer, err = tasks.await(call.promise)
      lu.assertNil(err)
      lu.assertTrue(answer.result.success, answer.result.error)
      return answer, call.worker.process:pid()
    end)
    all:stop()
  end)
  assert(all:run())
  if not ok then error(raised, 0) end
end

-- How often what a board holds is found in the memory of a process, by what it is.
local function found_in(pid, texts)
  local lines = {}
  for _, text in ipairs(texts) do lines[#lines + 1] = text end
  return shell.run(("python3 %s/support/memory_scan.py %d"):format(os.getenv("TESTS_DIR"), pid),
    { input = table.concat(lines, "\n") .. "\n" })
end

-- A build with sanitizers wipes nothing: its allocator is theirs.
local function test_nothing_is_left_in_memory()
  local place <close> = place_of_two()
  local signed_in = crypto.encode("base64", scripted.user .. ":" .. scripted.password)
  local canaries = { signed_in, scripted.password, WEBHOOK, TITLE, RULE }
  with_runner(function(call)
    local _, first = call(place:file("one.json"), "one")
    local _, second = call(place:file("two.json"))
    lu.assertEquals(second, first, "the same process")
    local found = found_in(second, canaries)
    if found ~= "protected\n" then lu.assertEquals(found, "") end
  end)
end

if (os.getenv("SANITIZE") or "") == "" then TestRunnerSecrets.test_nothing_is_left_in_memory = test_nothing_is_left_in_memory end

function TestRunnerSecrets.test_nothing_is_left_in_answers()
  local place <close> = place_of_two()
  with_runner(function(call)
    call(place:file("one.json"), "one")
    local answer = json.encode((call(place:file("two.json"))))
    for _, canary in ipairs { scripted.password, WEBHOOK, TITLE, RULE } do
      for _, spelling in ipairs(spellings.of(canary)) do lu.assertNotStrContains(answer, spelling) end
    end
  end)
end

-- A connection is kept for the same account alone.
function TestRunnerSecrets.test_connections()
  local place <close> = place_of_two()
  local function open()
    return scripted:control("GET", "_log").open - 1 -- the one that asks
  end
  with_runner(function(call)
    for _ = 1, 2 do
      call(place:file("one.json"), "one")
      lu.assertTrue(open() > 0)
    end
    call(place:file("two.json"))
    scripted:control("POST", "_quiet") -- it waits until all are closed
    lu.assertEquals(open(), 0)
  end)
end

os.exit(lu.LuaUnit.run())
