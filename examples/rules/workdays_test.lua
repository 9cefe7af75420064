local t = ...
t.rules "workdays.lua"

t.cases("days", {
  { given = { dueDate = "2027-02-15" }, expect = { dueDate = "2027-02-15" } }, -- a Monday
  { given = { dueDate = "2027-02-14" }, expect = { dueDate = "2027-02-12" } }, -- a Sunday
  { given = { dueDate = "2027-12-24" }, expect = { dueDate = "2027-12-23" } },
}, function(s, given) return s:to_event(given) end)

t.test("the board keeps its Sunday until somebody moves the event", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-14" }
  s:sync()
  s:calendar():edit("A-1", { title = "First motion" })
  s:sync()
  t.equal(s:entry("A-1").dueDate, "2027-02-14")
  s:calendar():edit("A-1", { dueDate = "2027-02-17" })
  s:sync()
  t.equal(s:entry("A-1").dueDate, "2027-02-17")
end)
