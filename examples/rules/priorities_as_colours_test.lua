local t = ...
t.rules "priorities_as_colours.lua"

t.cases("colours", {
  { given = { priority = "high" }, expect = { color = "red" } },
  { given = { priority = "low" }, expect = { color = "green" } },
}, function(s, given) return s:to_event(given) end)

t.test("another colour is another priority", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", priority = "high" }
  s:sync()
  s:calendar():edit("A-1", { color = "orange" })
  s:sync()
  t.equal(s:entry("A-1").priority, "medium")
end)
