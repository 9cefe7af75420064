local t = ...
t.rules "conflicts_are_told.lua"

local function edited_on_both_sides(s, ours, theirs)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
  s:edit("A-1", ours)
  s:calendar():edit("A-1", theirs)
  s:sync()
end

t.test("a date waits for a person", function(s)
  edited_on_both_sides(s, { dueDate = "2027-02-16" }, { dueDate = "2027-02-17" })
  t.reason("A-1", "conflict_waits")
  t.equal(s:last_run().exit, 4)
end)

t.test("the board wins for texts", function(s)
  edited_on_both_sides(s, { title = "Here" }, { title = "There" })
  t.reason("A-1", "conflict_settled")
  t.equal(s:calendar():event("A-1").title, "Here")
end)
