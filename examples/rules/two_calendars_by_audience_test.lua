local t = ...
t.rules "two_calendars_by_audience.lua"
t.board { calendarConfig = { team = { provider = "mock" }, public = { provider = "mock" } } }

local function titles(s, calendar)
  local list = {}
  for i, event in ipairs(s:calendar(calendar):events()) do list[i] = event.title end
  return list
end

t.cases("routes", {
  { given = { private = true }, expect = { "team" } },
  { given = {}, expect = { "team", "public" } },
}, function(s, given) return s:route(given) end)

t.test("what becomes private leaves the public calendar", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:item { id = "A-2", title = "Salaries", dueDate = "2027-02-16", private = true }
  s:sync()
  t.equal(titles(s, "team"), { "Motion", "Salaries" })
  t.equal(titles(s, "public"), { "Motion" })
  s:edit("A-1", { private = true })
  s:sync()
  t.reason("A-1", "deselected", "rule:route")
  t.equal(titles(s, "public"), {})
end)

t.test("an edit in the calendar that it leaves is kept", function(s)
  s:item { id = "A-1", title = "Motion", dueDate = "2027-02-15" }
  s:sync()
  s:edit("A-1", { private = true })
  s:calendar("public"):edit("A-1", { dueDate = "2027-02-17" })
  s:sync()
  t.equal(s:entry("A-1").dueDate, "2027-02-17")
  t.equal(s:calendar("team"):event("A-1").dueDate, "2027-02-17")
  t.equal(titles(s, "public"), {})
end)
