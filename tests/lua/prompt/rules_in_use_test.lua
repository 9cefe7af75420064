local board = require "fmcal.board"
local lu = require "luaunit"
local rules_in_use = require "fmcal.prompt.rules_in_use"
local shell = require "shell"

local BOARD = [[{ "team": "academy", "items": [], "epics": [],
  "calendarConfig": { "provider": "mock", "endpoint": "mock.json", "calendarId": "primary"%s } }]]

TestRulesInUse = {}

function TestRulesInUse:setUp()
  self.dir = shell.folder()
  self.said = {}
  self:open(', "rules": "rules.lua"')
end

function TestRulesInUse:tearDown()
  self.session.board:close()
  getmetatable(self.dir).__close(self.dir)
end

function TestRulesInUse:open(member)
  shell.write(self.dir.path .. "/board.json", BOARD:format(member))
  self.session = { board = assert(board.open(self.dir.path .. "/board.json")), rules = {},
    complain = function(_, sentence) table.insert(self.said, sentence) end }
end

function TestRulesInUse:write(text, name)
  shell.write(self.dir.path .. "/" .. (name or "rules.lua"), text)
end

function TestRulesInUse:test_the_newest_version_that_loads()
  self:write "return {}"
  lu.assertEquals(rules_in_use.of(self.session).text, "return {}")
  self:write "return { }"
  lu.assertEquals(rules_in_use.of(self.session).text, "return { }")
  self:write "return {"
  lu.assertEquals(rules_in_use.of(self.session).text, "return { }")
  lu.assertEquals(#self.said, 1)
  lu.assertStrMatches(self.said[1], "the rules file does not load: .*rules.lua:1: .*; the last version that did load is used")
  rules_in_use.of(self.session)
  lu.assertEquals(#self.said, 1) -- told once
  self:write "return {   }"
  lu.assertEquals(rules_in_use.of(self.session).text, "return {   }")
end

function TestRulesInUse:test_files_beside_it_belong_to_it()
  self:write('local h = require "holidays" return { select = function() return h.x end }')
  self:write("return { x = true }", "holidays.lua")
  local first = rules_in_use.of(self.session)
  lu.assertIs(rules_in_use.of(self.session), first)
  self:write("return { x = false }", "holidays.lua")
  lu.assertNotIs(rules_in_use.of(self.session), first)
end

function TestRulesInUse:test_none_has_loaded_yet()
  self:write "return {"
  lu.assertEquals(rules_in_use.of(self.session), self.dir.path .. "/rules.lua") -- a run says what is wrong
end

function TestRulesInUse:test_no_rules_file()
  self.session.board:close()
  self:open ""
  lu.assertNil(rules_in_use.of(self.session))
  local ok, sentence = rules_in_use.reload(self.session)
  lu.assertNil(ok)
  lu.assertEquals(sentence, "the board names no rules file: .reload FILE takes one")
end

function TestRulesInUse:test_reload()
  self:write "return {}"
  lu.assertStrMatches(assert(rules_in_use.reload(self.session)), ".*rules.lua is loaded")
  self:write "return 7"
  local ok, sentence = rules_in_use.reload(self.session)
  lu.assertNil(ok)
  lu.assertStrMatches(sentence, ".*must return a table.*; the last version that did load is used")
  lu.assertEquals(rules_in_use.of(self.session).text, "return {}")
  lu.assertEquals(self.said, {})
end

function TestRulesInUse:test_another_file()
  self:write "return {}"
  self:write("return { }", "other.lua")
  lu.assertStrContains(assert(rules_in_use.reload(self.session, self.dir.path .. "/other.lua")), "other.lua is loaded")
  lu.assertEquals(rules_in_use.of(self.session).text, "return { }")
end

os.exit(lu.LuaUnit.run())
