local t = ...
t.rules "reminder_chain.lua"

t.cases("reminders", {
  { given = { priority = "high" }, expect = { reminders = { "-P7D", "-P1D", "-PT2H" } } },
  { given = { priority = "low" }, expect = { reminders = { "-P1D" } } },
}, function(s, given) return s:to_event(given) end)

t.test("the event has them", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", priority = "high" }
  s:sync()
  t.equal(s:calendar():event("A-1").reminders, { "-P7D", "-P1D", "-PT2H" })
end)
