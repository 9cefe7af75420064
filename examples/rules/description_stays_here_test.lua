local t = ...
t.rules "description_stays_here.lua"

t.test("what is private does not leave the board", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", description = "Kim's number is 4711", tags = { "divorce" } }
  s:sync()
  local event = s:calendar():event("A-1")
  t.equal(event.description or "", "")
  t.equal(#(event.tags or {}), 0)
end)

t.test("nor does what stands in the calendar come onto it", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", description = "ours" }
  s:sync()
  s:calendar():edit("A-1", { description = "theirs", title = "First motion" })
  s:sync()
  t.equal(s:entry("A-1").description, "ours")
  t.equal(s:entry("A-1").title, "First motion")
end)
