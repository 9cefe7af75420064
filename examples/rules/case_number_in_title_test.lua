local t = ...
t.rules "case_number_in_title.lua"

t.cases("titles", {
  { given = { title = "Smith v. Jones", type = "epic", metadata = { caseNumber = "2025-CV-1234" } },
    expect = { title = "2025-CV-1234 · 📊 [EPIC] Smith v. Jones" } },
  { given = { title = "No case" }, expect = { title = "No case" } },
}, function(s, given) return s:to_event(given) end)

t.test("the number does not come back", function(s)
  s:epic { id = "E-1", title = "Smith v. Jones", dueDate = "2027-03-15", metadata = { caseNumber = "7" } }
  s:sync()
  s:calendar():edit("E-1", { title = "7 · 📊 [EPIC] Smith v. Smith" })
  s:sync()
  t.equal(s:entry("E-1").title, "Smith v. Smith")
end)
