local t = ...
t.rules "dates_there_texts_here.lua"

t.test("each side wins where it should", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15", description = "as it was" }
  s:sync()
  s:calendar():edit("A-1", { title = "There", dueDate = "2027-02-17", description = "there" })
  s:edit("A-1", { title = "Here", dueDate = "2027-02-16", description = "here" })
  s:sync()
  t.reason("A-1", "conflict_settled")
  local entry, event = s:entry("A-1"), s:calendar():event("A-1")
  t.equal({ entry.title, entry.dueDate, entry.description }, { "Here", "2027-02-17", "here" })
  t.equal({ event.title, event.dueDate, event.description }, { "Here", "2027-02-17", "here" })
end)
