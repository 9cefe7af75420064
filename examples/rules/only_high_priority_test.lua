local t = ...
t.rules "only_high_priority.lua"

t.cases("what is selected", {
  { given = { priority = "high" }, expect = true },
  { given = { priority = "low" }, expect = false },
  { given = {}, expect = false },
}, function(s, given) return s:select(given) end)

t.test("court dates reach the calendar whatever their priority is", function(s)
  s:epic { id = "E-1", title = "Smith v. Jones", dueDate = "2027-03-15", metadata = { courtDate = "2027-03-20" } }
  s:sync()
  t.equal(#s:events(), 1)
  t.equal(s:events()[1].eventType, "court-date")
end)
