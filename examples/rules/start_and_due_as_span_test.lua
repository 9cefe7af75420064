local t = ...
t.rules "start_and_due_as_span.lua"
t.board { calendarConfig = { syncOptions = { spans = true } } }

t.test("the event reaches from the start to the due date", function(s)
  s:item { id = "A-1", title = "Discovery", startDate = "2027-02-08", dueDate = "2027-02-12" }
  s:item { id = "A-2", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
  local event = s:calendar():event "A-1"
  t.equal({ event.dueDate, event.endDate, event.color }, { "2027-02-08", "2027-02-13", "steelblue" })
  t.equal(s:calendar():event("A-2").color, "tomato")
end)

t.test("moving it moves both dates, resizing it one", function(s)
  s:item { id = "A-1", title = "Discovery", startDate = "2027-02-08", dueDate = "2027-02-12" }
  s:sync()
  s:calendar():edit("A-1", { dueDate = "2027-02-09" })
  s:sync()
  t.equal({ s:entry("A-1").startDate, s:entry("A-1").dueDate }, { "2027-02-09", "2027-02-13" })
  s:calendar():edit("A-1", { dueDate = "2027-02-09", endDate = "2027-02-20" })
  s:sync()
  t.equal({ s:entry("A-1").startDate, s:entry("A-1").dueDate }, { "2027-02-09", "2027-02-19" })
end)
