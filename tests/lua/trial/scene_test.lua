-- Scenes: a board and calendars in memory, kept in step by the real sync.
local lu = require "luaunit"
local scene = require "fmcal.trial.scene"
local shell = require "shell"

local function item(s, more)
  local entry = { id = "A-1", title = "One", dueDate = "2027-02-15" }
  for name, value in pairs(more or {}) do entry[name] = value end
  s:item(entry)
end

TestScene = {}

function TestScene:setUp() self.scene = scene.new {} end
function TestScene:tearDown() self.scene:close() end

function TestScene:test_there_and_back()
  local s = self.scene
  item(s)
  lu.assertEquals(s:sync().exit, 0)
  lu.assertEquals(s:calendar():event("A-1").title, "One")
  s:calendar():edit("A-1", { title = "Two", dueDate = "2027-02-20" })
  s:sync()
  lu.assertEquals({ s:entry("A-1").title, s:entry("A-1").dueDate }, { "Two", "2027-02-20" })
  lu.assertEquals(s:last_run().entries[1].reason, "pulled")
end

-- The later edit wins by default; each edit takes a second.
function TestScene:test_the_later_edit_is_later()
  local s = self.scene
  item(s)
  s:sync()
  s:edit("A-1", { title = "Board" })
  s:calendar():edit("A-1", { title = "Calendar" })
  s:sync()
  lu.assertEquals(s:entry("A-1").title, "Calendar")
  s:calendar():edit("A-1", { title = "Calendar again" })
  s:edit("A-1", { title = "Board again" })
  s:sync()
  lu.assertEquals(s:calendar():event("A-1").title, "Board again")
end

function TestScene:test_an_event_that_is_moved_keeps_its_length()
  local s = self.scene
  item(s, { dueDate = "2027-02-15T10:00:00", timeZone = "Europe/Rome", durationMinutes = 90 })
  s:sync()
  s:calendar():edit("A-1", { dueDate = "2027-02-16T23:00:00" })
  lu.assertEquals(s:calendar():event("A-1").endDate, "2027-02-17T00:30:00")
  s:sync()
  lu.assertEquals({ s:entry("A-1").dueDate, s:entry("A-1").durationMinutes }, { "2027-02-16T23:00:00", 90 })
end

function TestScene:test_members_are_set_by_path_and_taken_away()
  local s = self.scene
  s:epic { id = "E-1", metadata = { courtDate = "2027-03-01", caseNumber = "7" } }
  s:edit("E-1", { ["metadata.courtDate"] = "2027-03-02", ["metadata.caseNumber"] = scene.NONE, ["more.inside"] = 1 })
  local entry = s:entry("E-1.court-date")
  lu.assertEquals({ entry.metadata, entry.more, entry.title }, { { courtDate = "2027-03-02" }, { inside = 1 }, "E-1" })
end

function TestScene:test_faults_and_removal()
  local s = self.scene
  item(s)
  s:fault { kind = "timeout", on = "create" }
  lu.assertEquals(s:sync().exit, 1)
  lu.assertEquals(s:sync().exit, 0)
  s:remove("A-1")
  s:sync { allow_mass_delete = true }
  lu.assertEquals(s:events(), {})
end

function TestScene:test_events_of_others()
  local s = self.scene
  local uid = s:calendar():add { title = "Lunch", dueDate = "2027-02-15T12:00:00Z" }
  lu.assertEquals(s:calendar():event(uid).title, "Lunch")
  s:calendar():delete(uid)
  lu.assertEquals(#s:events(), 0)
end

function TestScene:test_misuse_names_what_there_is()
  local s = self.scene
  item(s)
  s:sync()
  lu.assertErrorMsgContains("the board has no entry A-2: did you mean 'A-1'?", s.edit, s, "A-2", {})
  lu.assertErrorMsgContains("did you mean 'title'?", s:calendar().edit, s:calendar(), "A-1", { titel = "x" })
  lu.assertErrorMsgContains("no event of A-2: did you mean 'A-1'?; it has A-1", s:calendar().delete, s:calendar(), "A-2")
  lu.assertErrorMsgContains('there is no calendar "public"; there is mock', s.calendar, s, "public")
  lu.assertErrorMsgContains("there is no fault 'slow'", s.fault, s, { kind = "slow" })
  lu.assertErrorMsgContains('"noon" is not a time', s.clock, s, "noon")
  lu.assertErrorMsgContains("has an entry A-1 already", s.item, s, { id = "A-1" })
end

TestScenesOfRules = {}

local RULES = [[return {
  select = function(entry, ctx) return entry.status ~= "done" and ctx.now > 0 end,
  to_event = function(entry, ctx)
    local event = ctx.defaults.to_event(entry, ctx)
    event.title = ("%s %s %s"):format(ctx.team, os.date("!%Y", ctx.now), event.title)
    return event
  end,
}]]

function TestScenesOfRules.test_rules_alone()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/rules.lua", RULES)
  local s = scene.new { rules = folder.path .. "/rules.lua", board = { team = "legal" } }
  lu.assertEquals(s:to_event({ title = "x" }).title, "legal 2027 x")
  s:clock "2030-03-01T09:00Z"
  lu.assertEquals(s:to_event({ title = "x", type = "epic" }).title, "legal 2030 📊 [EPIC] x")
  lu.assertEquals({ s:select { status = "done" }, s:select { status = "todo" } }, { false, true })
  lu.assertEquals(s:to_entry({ title = "y", dueDate = "2027-01-01" }).title, "y")
  lu.assertErrorMsgContains("tags must be a list of texts", s.to_event, s, { tags = 1 })
  s:close()
end

function TestScenesOfRules.test_calendars_have_names()
  local s = scene.new { board = { calendarConfig = { ours = { provider = "mock" }, public = { provider = "mock" } } } }
  item(s)
  s:sync()
  lu.assertEquals({ #s:events(), #s:calendar("public"):events() }, { 2, 1 })
  s:calendar("public"):edit("A-1", { title = "Two" })
  s:sync()
  lu.assertEquals(s:calendar("ours"):event("A-1").title, "Two")
  s:close()
end

function TestScenesOfRules.test_rules_that_do_not_load()
  local folder <close> = shell.folder()
  shell.write(folder.path .. "/rules.lua", "return {")
  local s = scene.new { rules = folder.path .. "/rules.lua" }
  lu.assertErrorMsgContains("the rules file does not load", s.sync, s)
  s:close()
end

os.exit(lu.LuaUnit.run())
