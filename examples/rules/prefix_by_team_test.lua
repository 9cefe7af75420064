local t = ...
t.rules "prefix_by_team.lua"
t.board { team = "legal" }

t.cases("titles", {
  { given = { title = "Motion" }, expect = { title = "[LEGAL] Motion" } },
  { given = { title = "[X] Motion" }, expect = { title = "[LEGAL] [X] Motion" } },
}, function(s, given) return s:to_event(given) end)

t.test("whether somebody keeps the prefix or not, the board has none", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:item { id = "A-2", title = "Answer", dueDate = "2027-02-15" }
  s:sync()
  s:calendar():edit("A-1", { title = "[LEGAL] First motion" })
  s:calendar():edit("A-2", { title = "First answer" })
  s:sync()
  t.equal(s:entry("A-1").title, "First motion")
  t.equal(s:entry("A-2").title, "First answer")
end)
