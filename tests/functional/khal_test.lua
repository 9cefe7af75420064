-- Calendar folders shared with khal, and objects that other programs have rewritten.
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local ical = require "fmcal.ical"
local khal = require "khal"
local shell = require "shell"
local state = require "fmcal.state"

-- khal's own libraries, which it has from the system's Python.
local PYTHON = "/usr/bin/python3"

-- A folder with a calendar, an open provider on it, and khal set up for it.
local function calendar()
  local dir = shell.folder()
  khal.configure(dir.path, dir.path .. "/work")
  local provider = assert(core.new("vdir", { endpoint = dir.path, calendar_id = "work" }))
  assert(provider:open())
  return dir, provider
end

-- The objects of the calendar by UID.
local function objects(provider)
  local target = assert(state.open(":memory:")):target("work")
  assert(provider:changes(target))
  local found = {}
  for _, row in ipairs(target:remotes()) do found[row.uid] = target:remote(row.href) end
  return found
end

local function create(provider, event)
  event.uid = event.uid or event.kanbanId .. "@fleetmonitor"
  local results = assert(provider:apply { { kind = "create", uid = event.uid, text = assert(provider:encode(event)) } })
  lu.assertEquals(results[1].outcome, "done")
end

TestKhal = {}

function TestKhal.test_shows_what_was_written()
  local dir <close>, provider = calendar()
  create(provider, { kanbanId = "A-1", title = "All day; with, marks", dueDate = "2026-02-15" })
  create(provider, { kanbanId = "A-2", title = "📊 [EPIC] Smith", dueDate = "2026-02-16", endDate = "2026-02-18" })
  create(provider, { kanbanId = "A-3", title = "In Rome", dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome" })
  create(provider, { kanbanId = "A-4", title = "In Los Angeles", dueDate = "2026-07-15T10:00:00",
    endDate = "2026-07-15T11:30:00", timeZone = "America/Los_Angeles" })
  create(provider, { kanbanId = "A-5", title = "An instant", dueDate = "2026-03-29T00:30:00Z", endDate = "2026-03-29T01:30:00Z" })
  create(provider, { kanbanId = "A-6", title = "Text", dueDate = "2026-02-20", description = "One\nTwo", footer = "Status: x" })
  provider:close()
  lu.assertEquals(khal.events(dir.path, "2026-02-01", "2026-12-31"), {
    "2026-02-15 10:00|2026-02-15 11:00|In Rome",
    "2026-02-15|2026-02-15|All day; with, marks",
    "2026-02-16|2026-02-17|📊 [EPIC] Smith",
    "2026-02-20|2026-02-20|Text",
    "2026-03-29 01:30|2026-03-29 03:30|An instant",
    "2026-07-15 19:00|2026-07-15 20:30|In Los Angeles",
  })
  lu.assertStrContains(khal.run(dir.path, "list --day-format '' --format '{description}' 2026-02-20"), "One\nTwo\n— Fleet Monitor —\nStatus: x")
end

function TestKhal.test_an_event_made_with_it_is_read()
  local dir <close>, provider = calendar()
  khal.run(dir.path, "new -a work 2026-02-20 10:00 12:00 'Meet; Mia, Leo :: Bring the file'")
  khal.run(dir.path, "new -a work 2026-02-21 2026-02-22 'Two days'")
  local events = {}
  for _, row in pairs(objects(provider)) do
    local event = assert(provider:decode(row.text))
    events[event.title] = event
    lu.assertEquals(provider:encode(event, row.text), row.text)
  end
  local meeting, days = events["Meet; Mia, Leo"], events["Two days"]
  lu.assertEquals({ meeting.dueDate, meeting.endDate, meeting.timeZone, meeting.description },
    { "2026-02-20T10:00:00", "2026-02-20T12:00:00", "Europe/Rome", "Bring the file" })
  lu.assertEquals({ days.dueDate, days.endDate, days.timeZone }, { "2026-02-21", "2026-02-23", nil })
  -- An edit of ours shows in khal.
  local row = objects(provider)[meeting.uid]
  meeting.title, meeting.dueDate, meeting.endDate = "Moved", "2026-02-23T09:00:00", "2026-02-23T11:00:00"
  local results = assert(provider:apply { { kind = "update", uid = meeting.uid, href = row.href, etag = row.etag,
    text = assert(provider:encode(meeting, row.text)) } })
  lu.assertEquals(results[1].outcome, "done")
  lu.assertEquals(khal.events(dir.path, "2026-02-23", "2026-02-23"), { "2026-02-23 09:00|2026-02-23 11:00|Moved" })
  provider:close()
end

-- Rewrites every .ics file of a folder with a library of another program.
local REWRITE = [[
import sys, os
library, source, target = sys.argv[1:]
for name in os.listdir(source):
    text = open(os.path.join(source, name), newline="").read()
    if library == "icalendar":
        import icalendar
        text = icalendar.Calendar.from_ical(text).to_ical().decode()
    else:
        import vobject
        text = vobject.readOne(text).serialize()
    open(os.path.join(target, name), "w", newline="").write(text)
]]

-- icalendar 4 takes a backslash before an "n" apart wrongly and parts tags at escaped commas.
local TEXTS = {
  vobject = { "a,b;c\\d \\n \\\\", "one\ntwo\n\nthree\n", "  blanks  ", "📊 👩‍👩‍👧 日本", ("é"):rep(500), "[X] a > b: c",
    "a\u{2028}b\u{85}c", "\"quoted\" 'too'", "t\tab", "50% %41", "a:b=c", "— Fleet Monitor —", ("x"):rep(10240) },
  icalendar = { "a;b: c", "one\ntwo\n\nthree\n", "  blanks  ", "📊 👩‍👩‍👧 日本", ("é"):rep(500), "[X] a > b: c",
    "a\u{2028}b\u{85}c", "\"quoted\" 'too'", "t\tab", "50% %41", "— Fleet Monitor —", ("x"):rep(10240) },
}

local function rewritten_by(library)
  local dir <close> = shell.folder()
  os.execute(("mkdir %s/ours %s/theirs"):format(dir.path, dir.path))
  shell.write(dir.path .. "/rewrite.py", REWRITE)
  local events = {}
  for i, text in ipairs(TEXTS[library]) do
    events[i] = { uid = i .. "@fleetmonitor", kanbanId = "K " .. text:sub(1, 30), title = text, description = text,
      footer = "Status: " .. text, team = text:sub(1, 200), status = "a,b;c\\n:%", priority = "some, day", eventType = "item",
      tags = { "filing", text:match("^[^,\n]*") }, reminders = { "-P1D" },
      dueDate = i % 2 == 0 and "2026-02-15" or "2026-02-15T10:00:00", timeZone = i % 2 == 1 and "Africa/Cairo" or nil }
    shell.write(("%s/ours/%d.ics"):format(dir.path, i), assert(ical.encode(events[i])))
  end
  local _, err, status = shell.run(("cd %s && %s rewrite.py %s ours theirs"):format(dir.path, PYTHON, library))
  lu.assertEquals(status, 0, err)
  for i, event in ipairs(events) do
    local ours = assert(ical.event(shell.read(("%s/ours/%d.ics"):format(dir.path, i))))
    local text = shell.read(("%s/theirs/%d.ics"):format(dir.path, i))
    local theirs = assert(ical.event(text))
    ours.raw, theirs.raw = nil, nil
    lu.assertEquals(theirs, ours, library .. ": " .. event.title)
    lu.assertEquals(theirs.title, event.title)
    lu.assertEquals(ical.encode(theirs, text), text) -- what another program spelled its own way stays so
  end
end

TestRewritten = {}

function TestRewritten.test_by_icalendar()
  rewritten_by("icalendar")
end

function TestRewritten.test_by_vobject()
  rewritten_by("vobject")
end

os.exit(lu.LuaUnit.run())
