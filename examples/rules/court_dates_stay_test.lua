local t = ...
t.rules "court_dates_stay.lua"

local function court_date(s)
  s:epic { id = "E-1", title = "Smith v. Jones", metadata = { courtDate = "2027-03-20" } }
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
end

t.test("a court date that is moved in the calendar stays on the board", function(s)
  court_date(s)
  s:calendar():edit("E-1.court-date", { dueDate = "2027-03-27" })
  s:calendar():edit("A-1", { dueDate = "2027-02-22" })
  s:sync()
  t.equal(s:entry("E-1").metadata.courtDate, "2027-03-20")
  t.equal(s:entry("A-1").dueDate, "2027-02-22")
end)

t.test("its event comes back", function(s)
  court_date(s)
  s:calendar():delete "E-1.court-date"
  s:sync()
  t.reason("E-1.court-date", "recreated", "rule:on_deleted")
  t.equal(s:calendar():event("E-1.court-date").dueDate, "2027-03-20")
end)
