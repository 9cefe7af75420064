local lu = require "luaunit"
local core = require "fmcal.provider.core"
local defaults = require "fmcal.rules.defaults"
local fields = require "fmcal.model.fields"

local function context(options)
  return { team = "academy", provider = "mock", config = { syncOptions = options or {} }, defaults = defaults }
end

local function item(members)
  members.id, members.eventType = members.id or "X-1", members.eventType or "item"
  return members
end

TestSelect = {}

function TestSelect.test_everything_unless_switched_off()
  for kind, option in pairs { item = "syncItems", epic = "syncEpics", ["court-date"] = "syncCourtDates" } do
    lu.assertTrue(defaults.select({ eventType = kind }, context()))
    lu.assertTrue(defaults.select({ eventType = kind }, context { [option] = true }))
    lu.assertFalse(defaults.select({ eventType = kind }, context { [option] = false }))
  end
end

TestToEvent = {}

function TestToEvent.test_titles_by_kind()
  local function title(members, options) return defaults.to_event(item(members), context(options)).title end
  lu.assertEquals(title { title = "T" }, "T")
  lu.assertEquals(title { title = "T", eventType = "epic" }, "📊 [EPIC] T")
  lu.assertEquals(title { title = "T", eventType = "court-date" }, "⚖️ COURT: T")
  lu.assertEquals(title { title = "T", parentId = "P", parentTitle = "Parent" }, "Parent > T")
end

function TestToEvent.test_days_and_times()
  local function dates(members, options)
    local event = defaults.to_event(item(members), context(options))
    return { event.dueDate, event.endDate, event.timeZone }
  end
  lu.assertEquals(dates { dueDate = "2026-02-15", durationMinutes = 30 }, { "2026-02-15" })
  lu.assertEquals(dates { dueDate = "2026-02-15T10:00:00-08:00" }, { "2026-02-15T18:00:00Z", "2026-02-15T19:00:00Z" })
  lu.assertEquals(dates { dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome", durationMinutes = 90 },
    { "2026-02-15T10:00:00", "2026-02-15T11:30:00", "Europe/Rome" })
  lu.assertEquals(dates({ dueDate = "2026-02-15T23:30:00" }, { timeZone = "Europe/Rome" }),
    { "2026-02-15T23:30:00", "2026-02-16T00:30:00", "Europe/Rome" })
  lu.assertEquals(dates { dueDate = "2026-02-28T23:30:00" }, { "2026-02-28T23:30:00", "2026-03-01T00:30:00" })
  -- The length of a meeting is what a clock on the wall does not show when it is changed meanwhile.
  lu.assertEquals(dates { dueDate = "2026-03-08T01:30:00", timeZone = "America/Los_Angeles" },
    { "2026-03-08T01:30:00", "2026-03-08T03:30:00", "America/Los_Angeles" })
  -- The hour that comes twice: a local end would be the start once more.
  lu.assertEquals(dates { dueDate = "2026-10-25T02:30:00", timeZone = "Europe/Rome" },
    { "2026-10-25T02:30:00", "2026-10-25T01:30:00Z", "Europe/Rome" })
end

function TestToEvent.test_the_footer_tells_what_the_calendar_cannot()
  local function footer(members) return defaults.to_event(item(members), context()).footer end
  lu.assertNil(footer { title = "T" })
  lu.assertEquals(footer { status = "done", priority = "high", tags = { "b", "a" } },
    "Status: done\nPriority: high\nTags: b, a")
  lu.assertEquals(footer { eventType = "epic", status = "active", itemCounts = { total = 3, done = 1 } },
    "Status: active\nItems: 1 of 3 done")
  lu.assertNil(footer { eventType = "epic", itemCounts = { total = 0, done = 0 } })
end

function TestToEvent.test_metadata()
  local event = defaults.to_event(item { title = "T", status = "done", epicId = "E-1",
    metadata = { caseNumber = "2025-CV-1" } }, context { reminders = { "-P1D" } })
  lu.assertEquals({ event.kanbanId, event.team, event.eventType, event.status, event.epicId, event.caseNumber,
    event.source, event.reminders }, { "X-1", "academy", "item", "done", "E-1", "2025-CV-1", "fleet-monitor", { "-P1D" } })
end

TestToEntry = {}

-- The title an event with a title gives back to an entry.
local function title_back(event_title, entry)
  return defaults.to_entry({ title = event_title, dueDate = "2026-02-15" }, item(entry), context()).title
end

function TestToEntry.test_a_prefix_that_was_taken_off_is_put_back()
  lu.assertEquals(title_back("📊 [EPIC] New", { eventType = "epic", title = "Old" }), "New")
  lu.assertEquals(title_back("New", { eventType = "epic", title = "Old" }), "New")
  lu.assertEquals(title_back("📊 [EPIC] 📊 [EPIC] New", { eventType = "epic", title = "Old" }), "📊 [EPIC] New")
  lu.assertEquals(title_back("⚖️ COURT: New", { eventType = "court-date", title = "Old" }), "New")
  lu.assertEquals(title_back("[X] a > b", { title = "Old" }), "[X] a > b")
end

function TestToEntry.test_a_subitem_leaves_its_parents_title_alone()
  local entry = { title = "one > two", parentId = "P", parentTitle = "Par > ent" }
  lu.assertEquals(title_back("Par > ent > one > two", entry), "one > two")
  lu.assertEquals(title_back("Par > ent > new", entry), "new")
  lu.assertEquals(title_back("Renamed > one > two", entry), "one > two")
  lu.assertEquals(title_back("Ren > amed > new", entry), "new")
  lu.assertEquals(title_back("one > two", entry), "one > two")
  lu.assertEquals(title_back("all new", entry), "all new")
  lu.assertEquals(title_back("", entry), "")
end

function TestToEntry.test_lengths()
  local function minutes(event)
    event.title = "T"
    return defaults.to_entry(event, item {}, context()).durationMinutes
  end
  lu.assertNil(minutes { dueDate = "2026-02-15", endDate = "2026-02-18" })
  lu.assertEquals(minutes { dueDate = "2026-02-15T10:00:00Z", endDate = "2026-02-15T10:45:00Z" }, 45)
  lu.assertEquals(minutes { dueDate = "2026-02-15T10:00:00Z" }, 60)
  lu.assertEquals(minutes { dueDate = "2026-02-15T10:00:00", endDate = "2026-02-15T12:00:00" }, 120)
  lu.assertEquals(minutes { dueDate = "2026-02-15T10:00:00Z", endDate = "2026-02-15T10:00:00Z" }, 1)
  lu.assertEquals(minutes { dueDate = "2026-02-15T10:00:00Z", endDate = "2026-02-15T09:00:00Z" }, 1)
  lu.assertEquals(minutes { dueDate = "2026-03-08T01:30:00", endDate = "2026-03-08T03:30:00",
    timeZone = "America/Los_Angeles" }, 60)
end

function TestToEntry.test_an_adopted_event_needs_no_entry()
  local members = defaults.to_entry({ title = "T", dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome",
    endDate = "2026-02-15T11:00:00", description = "d", tags = { "x" }, priority = "high" }, {}, context())
  lu.assertEquals(members, { title = "T", description = "d", dueDate = "2026-02-15T10:00:00", timeZone = "Europe/Rome",
    durationMinutes = 60, tags = { "x" }, priority = "high" })
end

TestAnswers = {}

local function winner(strategy, here, there, kind)
  return defaults.on_conflict({ entry = { eventType = kind or "item" }, local_time = here, external_time = there },
    context { conflictResolution = strategy })
end

function TestAnswers.test_strategies()
  lu.assertEquals(winner("local-wins", 1, 2), "local")
  lu.assertEquals(winner("external-wins", 2, 1), "external")
  lu.assertEquals(winner("manual", 2, 1), "manual")
end

function TestAnswers.test_the_last_write_wins()
  for _, strategy in ipairs { "last-write-wins", false } do
    lu.assertEquals(winner(strategy or nil, 2, 1), "local")
    lu.assertEquals(winner(strategy or nil, 1, 2), "external")
    lu.assertEquals(winner(strategy or nil, 2, 2), "external")
    lu.assertEquals(winner(strategy or nil, nil, 2), "external")
    lu.assertEquals(winner(strategy or nil, 2, nil), "external")
  end
end

function TestAnswers.test_a_court_date_waits_for_a_person()
  for _, strategy in ipairs(defaults.strategies) do lu.assertEquals(winner(strategy, 2, 1, "court-date"), "manual") end
end

function TestAnswers.test_deleted_events()
  local function answer(kind, option)
    return defaults.on_deleted({ eventType = kind }, "external", context { onEventDeleted = option })
  end
  lu.assertEquals(answer("item"), "clear-due-date")
  lu.assertEquals(answer("epic", "keep"), "keep")
  lu.assertEquals(answer("item", "recreate"), "recreate")
  lu.assertEquals(answer("court-date", "keep"), "recreate")
  lu.assertNil(defaults.adopt())
end

-- ---------------------------------------------------------------- there and back

local WORDS = { "a", "Smith v. Jones", " > ", "[X] ", "📊 [EPIC] ", "⚖️ COURT: ", "— Fleet Monitor —", "\n", ",", ";", "\\",
  "\\n", ":", "é", "e\u{301}", "🎉", "👩‍👩‍👧", "  ", "\t", "\"", "'", "BEGIN:VEVENT", "END:VEVENT", "<b>", "&amp;", "%41", "=",
  "日本語", "x>y", ">", "Status: done", "\r\n", "\u{2028}", "\u{FEFF}", "{id}" }

local function text(random, longest)
  local parts = {}
  for i = 1, random(0, longest) do parts[i] = WORDS[random(#WORDS)] end
  return table.concat(parts)
end

local DATES = {
  function() return { dueDate = "2026-02-15" } end,
  function() return { dueDate = "2026-02-15T18:00:00Z", durationMinutes = 45 } end,
  function() return { dueDate = "2026-02-15T10:00:00-08:00" } end,
  function() return { dueDate = "2026-03-29T02:30:00", timeZone = "Europe/Rome", durationMinutes = 600 } end,
  function() return { dueDate = "2026-10-25T02:30:00", timeZone = "Europe/Rome" } end,
  function() return { dueDate = "2026-02-15T10:00:00", durationMinutes = 1 } end,
}

local KINDS = { "item", "epic", "court-date", "subitem" }

local function random_entry(random, longest)
  local entry = DATES[random(#DATES)]()
  entry.id, entry.title, entry.description = "X-1", text(random, longest), text(random, longest)
  entry.tags, entry.priority = {}, ({ "high", "medium", "low", false })[random(4)] or nil
  for i = 1, random(0, 3) do entry.tags[i] = text(random, 2) end
  entry.status = ({ "done", "in-progress", false })[random(3)] or nil
  local kind = KINDS[random(#KINDS)]
  entry.eventType = kind == "subitem" and "item" or kind
  if kind == "subitem" then entry.parentId, entry.parentTitle = "P", text(random, 4) end
  return entry, kind
end

local function check_identity(random, longest, through)
  local options = ({ {}, { timeZone = "America/Los_Angeles" }, { timeZone = "Europe/Rome" } })[random(3)]
  local ctx = context(options)
  local entry, kind = random_entry(random, longest)
  local event = through(defaults.to_event(entry, ctx))
  local members = defaults.to_entry(event, entry, ctx)
  local before, after = fields.version(entry, options.timeZone), fields.version(members, options.timeZone)
  lu.assertEquals(fields.differences(fields.of_kind(kind), before, after), {}, "of " .. lu.prettystr { entry, event, members })
end

local function unchanged(event) return event end

TestThereAndBack = {}

function TestThereAndBack.test_an_event_gives_back_the_entry()
  math.randomseed(1)
  for _ = 1, 20000 do check_identity(math.random, 6, unchanged) end
end

-- The same through the text that a calendar keeps.
local function check_texts(seed, name, options)
  local provider = assert(core.new(name, options))
  math.randomseed(seed)
  for i = 1, 4000 do
    check_identity(math.random, i % 100 == 0 and 1500 or 6, function(event)
      event.uid = "X-1@fleetmonitor"
      return assert(provider:decode(assert(provider:encode(event))))
    end)
  end
  provider:close()
end

function TestThereAndBack.test_so_does_its_icalendar_object()
  check_texts(2, "mock", {})
end

function TestThereAndBack.test_so_does_its_google_json()
  check_texts(3, "google", { refresh_token = "r", client_id = "i", client_secret = "s" })
end

os.exit(lu.LuaUnit.run())
