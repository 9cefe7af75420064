local t = ...
t.rules "archive_instead_of_delete.lua"

t.test("what is done stays, with a tick", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", status = "todo" }
  s:sync()
  s:edit("A-1", { status = "done" })
  s:sync()
  t.equal(s:calendar():event("A-1").title, "✓ Motion")
  s:calendar():edit("A-1", { title = "✓ First motion" })
  s:sync()
  t.equal(s:entry("A-1").title, "First motion")
end)

t.test("what is deleted there keeps its date here", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
  s:calendar():delete "A-1"
  s:sync()
  t.reason("A-1", "kept_deleted", "rule:on_deleted")
  t.equal(s:entry("A-1").dueDate, "2027-02-15")
end)
