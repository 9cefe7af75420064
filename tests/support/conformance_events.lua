-- Events that calendars have trouble with, and objects of other programs.
local events = {}

--- Members that must come back as they went.
events.compared = { "uid", "kanbanId", "title", "description", "footer", "dueDate", "endDate", "timeZone", "priority",
  "status", "epicId", "team", "eventType", "caseNumber", "tags", "location", "url", "color", "visibility", "busy",
  "x:ASSIGNEE" }

local pieces = { "a", "Z", " ", "  ", ",", ";", "\\", "\\n", "\\,", "\n", ":", '"', "'", "é", "e\u{301}", "📊", "👩‍⚖️", "ß", "中文",
  "[X] ", "> ", "a > b: c", "%2C", "&amp;", "<b>", "=", "—", "\u{2028}", "\t", "0", "-", "END:VEVENT", "\u{FEFF}" }

local function random_text(count)
  local parts = {}
  for i = 1, count do parts[i] = pieces[math.random(#pieces)] end
  return "x" .. table.concat(parts) .. "x"
end

local function event(number, members)
  local made = { uid = ("ODD-%03d@fleetmonitor"):format(number), kanbanId = ("ODD-%03d"):format(number), title = "Title",
    dueDate = "2026-02-15", endDate = "2026-02-16", team = "academy", eventType = "item", status = "in-progress",
    tags = {} }
  for name, value in pairs(members) do made[name] = value end
  return made
end

local fixed = {
  { title = "[X] a > b: c" },
  { title = "comma, semicolon; backslash \\ and \\n that is no line break" },
  { title = "two\nlines", description = "line\n\n\nline\n, ; \\" },
  { title = "📊 [EPIC] ⚖️ COURT: Ünïcödé 中文 👩‍⚖️" },
  { title = ("long "):rep(100) .. "end", description = ("10 kB of text, in lines;\n"):rep(400) .. "end" },
  { title = "📊", description = ("📊"):rep(500) },
  { description = "text", footer = "Status: open\nPriority: high\nTags: a, b" },
  { description = "text — Fleet Monitor — text", footer = "Status: open" },
  { footer = "Status: open" },
  { tags = { "a,b", "c;d", "e f", "ÄÖ" }, priority = "high" },
  { priority = "medium", epicId = "EACA-0001", caseNumber = "2025-CV-1234" },
  { priority = "low", status = "in progress; or not, really", team = "team,with;marks" },
  { dueDate = "2026-02-15T10:00:00", endDate = "2026-02-15T11:30:00", timeZone = "America/Los_Angeles" },
  { dueDate = "2026-03-29T02:30:00", endDate = "2026-03-29T04:30:00", timeZone = "America/New_York" },
  { dueDate = "2026-02-15T18:00:00Z", endDate = "2026-02-15T19:00:00Z" },
  { dueDate = "2026-02-15T10:00:00", endDate = "2026-02-15T11:00:00" },
  { dueDate = "2024-02-29", endDate = "2024-03-01" },
  { dueDate = "2026-12-31", endDate = "2027-01-03" },
  { location = "Courthouse, room 4; 2nd floor", url = "https://example.org/case?id=1&x=a,b", color = "teal" },
  { visibility = "private", busy = true, ["x:ASSIGNEE"] = "Kim, Ünïcödé; 4:5", color = "#fe0102" },
  { visibility = "confidential", dueDate = "2026-02-15T18:00:00Z", endDate = "2026-02-15T19:00:00Z", busy = false },
  { title = "BEGIN:VEVENT", description = "END:VCALENDAR\nUID:other" },
}

--- Fixed ones, and random ones that are the same in every run.
function events.odd()
  math.randomseed(42)
  local list = {}
  for i, members in ipairs(fixed) do list[i] = event(i, members) end
  for _ = 1, 60 do
    list[#list + 1] = event(#list + 1, { title = random_text(math.random(1, 30)), description = random_text(math.random(200)) })
  end
  return list
end

--- The content lines of an object, unfolded, as a set.
function events.lines(text)
  local set = {}
  for line in (text:gsub("\r\n", "\n"):gsub("\n[ \t]", "") .. "\n"):gmatch("([^\n]*)\n") do set[line] = true end
  return set
end

--- What must be there after an update by fmcal.
events.foreign_lines = {
  "LOCATION:Courthouse\\, room 4",
  "RRULE:FREQ=WEEKLY;COUNT=3",
  "X-OTHER-APP;X-PARAM=1:kept",
  "URL:https://example.org/case?id=1",
  "COLOR:turquoise",
  "ACTION:DISPLAY",
  "TRIGGER:-PT15M",
}

events.foreign_text = table.concat({
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Other//EN",
  "BEGIN:VEVENT", "UID:rich@example.org", "DTSTAMP:20260101T000000Z",
  "DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260302", "SUMMARY:Their title", "LOCATION:Courthouse\\, room 4",
  "RRULE:FREQ=WEEKLY;COUNT=3", "ORGANIZER:mailto:boss@example.org", "ATTENDEE;CN=Alice:mailto:alice@example.org",
  "X-OTHER-APP;X-PARAM=1:kept", "URL:https://example.org/case?id=1", "COLOR:turquoise",
  "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:Alarm", "END:VALARM",
  "END:VEVENT", "END:VCALENDAR", "",
}, "\r\n")

events.task_text = table.concat({
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Other//EN",
  "BEGIN:VTODO", "UID:task@example.org", "DTSTAMP:20260101T000000Z", "SUMMARY:A task", "END:VTODO",
  "END:VCALENDAR", "",
}, "\r\n")

return events
