local t = ...
t.rules "assigned_to_me.lua"

t.cases("what is selected", {
  { given = { assignee = "kim" }, expect = true },
  { given = { assignee = { "lee", "kim" } }, expect = true },
  { given = { assignee = "lee" }, expect = false },
  { given = {}, expect = false },
}, function(s, given) return s:select(given) end)

t.test("what is handed over leaves the calendar", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", assignee = "kim" }
  s:item { id = "A-2", title = "Answer", dueDate = "2027-02-15", assignee = "kim" }
  s:sync()
  s:edit("A-1", { assignee = "lee" })
  s:sync()
  t.reason("A-1", "deselected", "rule:select")
  t.equal(#s:events(), 1)
end)
