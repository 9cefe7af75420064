local t = ...
t.rules "done_leaves_calendar.lua"

t.test("what is done leaves the calendar after a week", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", status = "done" }
  s:item { id = "A-2", title = "Answer", dueDate = "2027-02-15", status = "todo" }
  s:clock "2027-02-20T09:00Z"
  s:sync()
  t.equal(#s:events(), 2)
  s:clock "2027-02-23T09:00Z"
  s:sync()
  t.reason("A-1", "deselected", "rule:select")
  t.equal(s:calendar():event("A-2").title, "Answer")
end)
