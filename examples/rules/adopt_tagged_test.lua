local t = ...
t.rules "adopt_tagged.lua"

t.test("an event tagged kanban becomes an item", function(s)
  s:calendar():add { uid = "x@y", title = "Hearing", dueDate = "2027-02-15", tags = { "Kanban" } }
  s:calendar():add { title = "Lunch", dueDate = "2027-02-15", tags = { "private" } }
  s:sync()
  t.reason("CAL-x-y", "adopted")
  t.equal(s:entry("CAL-x-y").title, "Hearing")
  t.equal(s:entry("CAL-x-y").status, "todo")
end)

t.test("it is in step from then on", function(s)
  local uid = s:calendar():add { uid = "x@y", title = "Hearing", dueDate = "2027-02-15", tags = { "kanban" } }
  s:sync()
  s:edit("CAL-x-y", { title = "Hearing, room 2" })
  s:sync()
  t.equal(s:calendar():event(uid).title, "Hearing, room 2")
end)
