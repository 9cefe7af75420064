local t = ...
t.rules "working_hours.lua"
t.board { calendarConfig = { syncOptions = { timeZone = "Europe/Rome" } } }

t.test("a day is half an hour", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
  local event = s:calendar():event("A-1")
  t.equal({ event.dueDate, event.endDate, event.timeZone }, { "2027-02-15T09:00:00", "2027-02-15T09:30:00", "Europe/Rome" })
end)

t.test("another day moves the item, another hour does not", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:item { id = "A-2", title = "Answer", dueDate = "2027-02-15" }
  s:sync()
  s:calendar():edit("A-1", { dueDate = "2027-02-16T11:00:00" })
  s:calendar():edit("A-2", { dueDate = "2027-02-15T11:00:00" })
  s:sync()
  t.equal(s:entry("A-1").dueDate, "2027-02-16")
  t.equal(s:entry("A-2").dueDate, "2027-02-15")
end)
