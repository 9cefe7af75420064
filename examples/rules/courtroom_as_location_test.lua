local t = ...
t.rules "courtroom_as_location.lua"

t.test("the courtroom travels both ways", function(s)
  s:epic { id = "E-1", title = "Smith v. Jones", dueDate = "2027-03-15", metadata = { courtroom = "Room 2" } }
  s:sync()
  t.equal(s:calendar():event("E-1").location, "Room 2")
  s:calendar():edit("E-1", { location = "Room 7" })
  s:sync()
  t.equal(s:entry("E-1").metadata.courtroom, "Room 7")
end)
