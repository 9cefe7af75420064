local t = ...
t.rules "merge_texts.lua"

local function edited_on_both_sides(s, ours, theirs)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
  s:edit("A-1", ours)
  s:calendar():edit("A-1", theirs)
  s:sync()
end

t.test("both descriptions are kept", function(s)
  edited_on_both_sides(s, { description = "ours" }, { description = "theirs" })
  t.equal(s:entry("A-1").description, "ours\n\ntheirs")
  t.equal(s:calendar():event("A-1").description, "ours\n\ntheirs")
  t.reason("A-1", "conflict_settled", "rule:on_conflict")
end)

t.test("anything else waits for a person", function(s)
  edited_on_both_sides(s, { title = "ours" }, { title = "theirs" })
  t.reason("A-1", "conflict_waits")
  t.equal(s:last_run().exit, 4)
end)
