-- Tests of rules.lua: fmcal-lua rules.lua test
local t = ...
t.rules "rules.lua"

t.cases("the team's name stands in front", {
  { given = { title = "Motion" }, expect = { title = "[ACADEMY] Motion" } },
  { given = { title = "Smith v. Jones", type = "epic" }, expect = { title = "[ACADEMY] 📊 [EPIC] Smith v. Jones" } },
}, function(s, given) return s:to_event(given) end)

t.test("it does not come back", function(s)
  s:item { id = "A-1", title = "[X] Motion", dueDate = "2027-02-15" }
  s:sync()
  s:calendar():edit("A-1", { title = "[ACADEMY] [X] Answer" })
  s:sync()
  t.equal(s:entry("A-1").title, "[X] Answer")
end)

t.test("what is archived leaves the calendar", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", status = "todo" }
  s:item { id = "A-2", title = "Answer", dueDate = "2027-02-16", status = "todo" }
  s:sync()
  s:edit("A-1", { status = "archived" })
  s:sync()
  t.reason("A-1", "deselected", "rule:select")
  t.equal(#s:events(), 1)
end)

local function edited_on_both_sides(s, tags)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", tags = tags }
  s:sync()
  s:edit("A-1", { title = "On the board" })
  s:calendar():edit("A-1", { title = "[ACADEMY] In the calendar" })
  s:sync()
  t.reason("A-1", "conflict_settled", "rule:on_conflict")
end

t.test("the board wins about legal matters", function(s)
  edited_on_both_sides(s, { "legal" })
  t.equal(s:calendar():event("A-1").title, "[ACADEMY] On the board")
end)

t.test("the later edit wins about the rest", function(s)
  edited_on_both_sides(s, { "office" })
  t.equal(s:entry("A-1").title, "In the calendar")
end)

t.test("an event deleted by mistake comes back while the work is under way", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", status = "in-progress" }
  s:item { id = "A-2", title = "Answer", dueDate = "2027-02-16", status = "todo" }
  s:sync()
  s:calendar():delete "A-1"
  s:calendar():delete "A-2"
  s:sync { allow_mass_delete = true }
  t.reason("A-1", "recreated", "rule:on_deleted")
  t.reason("A-2", "cleared", "rule:on_deleted")
  t.equal(s:entry("A-2").dueDate, nil)
end)
