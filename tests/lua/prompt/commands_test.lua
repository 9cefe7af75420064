local commands = require "fmcal.prompt.commands"
local lu = require "luaunit"
local shell = require "shell"

local function json_board(calendar)
  return ([[{
    "team": "academy",
    "calendarConfig": { "provider": "mock", "endpoint": %q, "calendarId": "primary" },
    "items": [
      { "id": "A-1", "title": "First", "dueDate": "2027-02-15" },
      { "id": "A-2", "title": "Second" },
      { "title": "No id", "dueDate": "2027-02-16" }
    ],
    "epics": []
  }]]):format(calendar)
end

TestCommands = {}

function TestCommands:setUp()
  self.dir = shell.folder()
  shell.write(self.dir.path .. "/board.json", json_board(self.dir.path .. "/mock.json"))
  self.said = {}
  self.session = {
    view = { colour = false }, rules = {}, trials = {},
    complain = function(_, sentence) table.insert(self.said, sentence) end,
  }
end

function TestCommands:tearDown()
  if self.session.board then self.session.board:close() end
  getmetatable(self.dir).__close(self.dir)
  rawset(_G, "board", nil)
end

function TestCommands:run(line)
  local name, argument = line:match("^(%S+)%s*(.*)$")
  return commands.run(self.session, name, argument)
end

function TestCommands:open()
  return assert(self:run("board " .. self.dir.path .. "/board.json"))
end

function TestCommands:assert_fails(expected, line)
  local value, err = self:run(line)
  lu.assertNil(value)
  lu.assertStrContains(tostring(err), expected)
end

function TestCommands:test_help_lists_every_command()
  local text = self:run("help")
  for _, name in ipairs(commands.names()) do lu.assertStrContains(text, "  ." .. name) end
end

function TestCommands:test_quit()
  lu.assertNil(self:run("quit"))
  lu.assertTrue(self.session.finished)
end

function TestCommands:test_board()
  lu.assertStrContains(self:open(), "board.json: 2 entries, 1 with problems")
  lu.assertEquals(#self.said, 1)
  lu.assertEquals(rawget(_G, "board"), self.session.board)
end

function TestCommands:test_item()
  self:open()
  lu.assertEquals(self:run("item A-1").value.title, "First")
  self:assert_fails("the board has no entry A-9: did you mean A-1?", "item A-9")
end

function TestCommands:test_plan_writes_nothing()
  self:open()
  local before = shell.read(self.dir.path .. "/board.json")
  local text = self:run("plan")
  lu.assertStrMatches(text, ".*create +A%-1 +First.*")
  lu.assertEquals(shell.read(self.dir.path .. "/board.json"), before)
  lu.assertEquals(shell.lines("ls -A " .. self.dir.path), { "board.json" })
end

function TestCommands:test_rule_answers_for_one_entry()
  self:open()
  lu.assertEquals(self:run("rule to_event A-1").title, "First")
  lu.assertTrue(self:run("rule select A-2"))
  self:assert_fails("a sync would not call on_conflict for A-1 now", "rule on_conflict A-1")
  self:assert_fails("there is no entry A-9", "rule select A-9")
  self:assert_fails("there is no rule to_evnt here: on_conflict, on_deleted, route, select", "rule to_evnt A-1")
end

function TestCommands:test_event_as_the_calendar_has_it()
  require("fmcal.sync").run { board = self.dir.path .. "/board.json" }
  self:open()
  local event = self:run("event A-1")
  lu.assertEquals(event.uid, "A-1@fleetmonitor")
  lu.assertEquals(event.dueDate, "2027-02-15")
  self:assert_fails("the calendar has no event for A-2", "event A-2")
  lu.assertEquals(self:run("rule to_entry A-1").title, "First")
end

function TestCommands:test_event_that_is_not_there()
  self:open()
  self:assert_fails("the calendar has no event for A-1", "event A-1")
end

function TestCommands:test_what_is_missing_is_said()
  self:assert_fails("no board is open: .board FILE", "item A-1")
  self:assert_fails("no board is open: .board FILE", "plan")
  for _, line in ipairs { "board", "item", "event", "rule", "rule to_event" } do
    self:assert_fails("usage: ." .. line:match("%a+") .. " ", line)
  end
  self:assert_fails("usage: .trace [on|off]", "trace loud")
  self:assert_fails("there is no .nonsense: .help lists the commands", "nonsense")
  self:assert_fails("none.json", "board none.json")
end

function TestCommands:test_breakpoints()
  lu.assertEquals(self:run("breaks"), "there is no breakpoint")
  local said = self:run("break to_event A-1")
  local number = said:match("^breakpoint (%d+): to_event of A%-1$")
  lu.assertStrMatches(self:run("break rules.lua:12"), "breakpoint %d+: rules.lua:12")
  lu.assertEquals(self:run("breaks"), ("%d: to_event of A-1\n%d: rules.lua:12"):format(number, number + 1))
  lu.assertEquals(self:run("unbreak " .. number), "gone")
  self:assert_fails("there is no breakpoint " .. number .. ": .breaks lists them", "unbreak " .. number)
  self:assert_fails("there is no breakpoint x", "unbreak x")
  lu.assertEquals(self:run("unbreak " .. math.tointeger(number) + 1), "gone")
  self:assert_fails("there is no rule to_evnt here", "break to_evnt")
  self:assert_fails("did you mean to_event?", "break to_evnt")
  self:assert_fails("usage: .break NAME [ID]", "break")
end

function TestCommands:test_what_needs_something_held_says_so()
  for _, name in ipairs { "locals", "up", "down", "bt", "step", "next", "finish", "continue" } do
    self:assert_fails("nothing is held: .break NAME, or fmcal.breakpoint() in a script or a rule", name)
  end
end

function TestCommands:test_why_and_diff()
  require("fmcal.sync").run { board = self.dir.path .. "/board.json" }
  local path = self.dir.path .. "/board.json"
  shell.write(path, (shell.read(path):gsub('"First"', '"Changed"')))
  self:open()
  lu.assertStrContains(self:run("why A-1"), "the next run would update the event")
  lu.assertStrMatches(self:run("diff A-1"), "A%-1 in mock\n.*\n≠ +title +Changed +First\n.*")
  self:assert_fails("there is no entry A-9", "diff A-9")
  lu.assertStrMatches(self:run("history A-1"), ".*created +A%-1 .*")
end

function TestCommands:test_commands_that_are_nearly_right()
  self:assert_fails("there is no .plann, did you mean .plan: .help lists the commands", "plann")
end

function TestCommands:test_load()
  local file = self.dir.path .. "/code.lua"
  shell.write(file, "return 6 * 7")
  lu.assertEquals(self:run("load " .. file), 42)
  shell.write(file, "return = 6")
  self:assert_fails("code.lua:1: unexpected symbol", "load " .. file)
end

function TestCommands:test_trace_restores_the_level()
  local log = require "fmcal.log"
  local before = log.level()
  lu.assertEquals(self:run("trace on"), "trace is on")
  lu.assertEquals(log.level(), "trace")
  lu.assertEquals(self:run("trace on"), "trace is on")
  lu.assertEquals(self:run("trace off"), "trace is off")
  lu.assertEquals(log.level(), before)
end

os.exit(lu.LuaUnit.run())
