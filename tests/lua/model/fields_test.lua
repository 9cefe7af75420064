local lu = require "luaunit"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local time = require "fmcal.time"

local ROME, LA = "Europe/Rome", "America/Los_Angeles"

local function version(members, zone)
  return fields.version(members, zone)
end

local function date_of(due, zone, default)
  local read = version({ dueDate = due, timeZone = zone }, default)
  return { read.date, read.zone, read.duration }
end

local function complaint(members, zone)
  local ok, raised = pcall(fields.version, members, zone)
  lu.assertFalse(ok, json.encode(members))
  return raised
end

TestVersion = {}

function TestVersion.test_nothing_given()
  for _, members in ipairs { {}, { title = json.null, description = json.null, dueDate = json.null, tags = json.null,
    priority = json.null, timeZone = json.null, durationMinutes = json.null }, { dueDate = "", priority = "" } } do
    lu.assertEquals(version(members), { title = "", description = "", tags = {} })
  end
end

function TestVersion.test_a_day_has_neither_zone_nor_length()
  lu.assertEquals(date_of("2026-02-15"), { "2026-02-15" })
  lu.assertEquals(date_of("2026-02-15", ROME, LA), { "2026-02-15" })
  lu.assertNil(version { dueDate = "2026-02-15", durationMinutes = 90 }.duration)
end

function TestVersion.test_instants()
  lu.assertEquals(date_of("2026-02-15T18:00:00Z"), { 1771178400, nil, 60 })
  lu.assertEquals(date_of("2026-02-15T10:00:00-08:00"), { 1771178400, nil, 60 })
  lu.assertEquals(date_of("2026-02-15T10:00:00-08:00", ROME, ROME), { 1771178400, nil, 60 })
  lu.assertEquals(date_of("2026-02-15T10:00-08:00"), { 1771178400, nil, 60 })
  lu.assertEquals(date_of("2026-02-15T10:00:00.75-08:00"), { 1771178400, nil, 60 })
end

function TestVersion.test_local_times()
  lu.assertEquals(date_of("2026-02-15T10:00:00", LA), { 1771178400, LA, 60 })
  lu.assertEquals(date_of("2026-02-15T10:00:00", nil, LA), { 1771178400, LA, 60 })
  lu.assertEquals(date_of("2026-02-15T19:00:00", ROME, LA), { 1771178400, ROME, 60 })
  lu.assertEquals(date_of("2026-02-15T10:00:00"), { "2026-02-15T10:00:00", nil, 60 })
end

function TestVersion.test_gap_and_fold()
  lu.assertEquals(date_of("2026-03-08T02:30:00", LA)[1], time.parse("2026-03-08T03:30:00-07:00").epoch)
  lu.assertEquals(date_of("2026-11-01T01:30:00", LA)[1], time.parse("2026-11-01T01:30:00-07:00").epoch)
end

function TestVersion.test_lengths()
  local function length(minutes)
    return version { dueDate = "2026-02-15T10:00:00Z", durationMinutes = minutes }.duration
  end
  lu.assertEquals({ length(90), length(1), length(22.5) }, { 90, 1, 22 })
  lu.assertEquals(math.type(length(90.0)), "integer")
  for _, wrong in ipairs { 0, -5, "60", true, 0.5, 1e300, 1e15, math.maxinteger } do
    lu.assertStrContains(complaint { dueDate = "2026-02-15T10:00:00Z", durationMinutes = wrong }, "durationMinutes")
  end
end

function TestVersion.test_text_is_what_every_calendar_can_hold()
  local read = version { title = "a\r\nb\rc\nd", description = "x\0\1\8\11\12\14\31\127y\tz" }
  lu.assertEquals(read.title, "a\nb\nc\nd")
  lu.assertEquals(read.description, "xy\tz")
  lu.assertEquals(version { title = "📊 é \u{2028} ✓" }.title, "📊 é \u{2028} ✓")
end

function TestVersion.test_tags_are_a_set()
  lu.assertEquals(version { tags = { "b", "a", "b", "" } }.tags, { "a", "b" })
  lu.assertEquals(version { tags = {} }.tags, {})
end

-- The text of a table is another one in every process: what cannot be text must be said to be so.
function TestVersion.test_what_is_no_text()
  lu.assertStrContains(complaint { title = { "a" } }, "title")
  lu.assertStrContains(complaint { description = { a = 1 } }, "description")
  lu.assertStrContains(complaint { priority = {} }, "priority")
  lu.assertStrContains(complaint { tags = { "a", { "b" } } }, "tags")
  lu.assertStrContains(complaint { tags = { "a", json.null } }, "tags")
  lu.assertStrContains(complaint { tags = "a" }, "tags")
  lu.assertEquals(version { title = 12, priority = 3, tags = { 7 } }, { title = "12", description = "", priority = "3",
    tags = { "7" } })
end

function TestVersion.test_what_is_no_date()
  for _, wrong in ipairs { "tomorrow", "2026-02-30", "2026-13-01", "2026-02-15T25:00:00", "15.02.2026", "2026-2-5" } do
    lu.assertStrContains(complaint { dueDate = wrong }, wrong)
  end
  lu.assertStrContains(complaint { dueDate = 20260215 }, "number")
  lu.assertStrContains(complaint { dueDate = { "2026-02-15" } }, "table")
  lu.assertStrContains(complaint { dueDate = "2026-02-15T10:00:00", timeZone = "Mars/Olympus" }, "Mars/Olympus")
  lu.assertStrContains(complaint { dueDate = "2026-02-15T10:00:00", timeZone = 7 }, "7")
end

TestCompare = {}

function TestCompare.test_equal_and_differences()
  local a = version { title = "a", tags = { "x", "y" }, dueDate = "2026-02-15T10:00:00Z" }
  local b = version { title = "a", tags = { "y", "x" }, dueDate = "2026-02-15T11:00:00+01:00" }
  lu.assertEquals(fields.differences(fields.ALL, a, b), {})
  b = version { title = "b", tags = { "y" }, dueDate = "2026-02-15", priority = "low", description = "d" }
  lu.assertEquals(fields.differences(fields.ALL, a, b), { "title", "description", "date", "duration", "tags", "priority" })
  lu.assertEquals(fields.differences(fields.COURT_DATE, a, b), { "date" })
  lu.assertTrue(fields.equal("tags", nil, {}))
  lu.assertFalse(fields.equal("tags", { "a" }, { "b" }))
  lu.assertFalse(fields.equal("tags", { "a" }, { "a", "b" }))
end

function TestCompare.test_a_copy_stands_alone()
  local a = version { title = "a" }
  local b = fields.copy(a)
  b.title = "b"
  lu.assertEquals(a.title, "a")
end

function TestCompare.test_kinds_of_dates()
  local function kind(due, zone) return fields.date_kind(version({ dueDate = due }, zone)) end
  lu.assertEquals({ kind("2026-02-15"), kind("2026-02-15T10:00:00Z"), kind("2026-02-15T10:00:00") },
    { "day", "instant", "floating" })
  lu.assertNil(kind(nil))
  lu.assertEquals({ fields.suiting_date { date = 0, zone = ROME } }, { ROME, 60 })
  lu.assertEquals({ fields.suiting_date { date = 0, zone = ROME, duration = 5 } }, { ROME, 5 })
  lu.assertEquals({ fields.suiting_date { date = "2026-02-15T10:00:00", zone = ROME, duration = 5 } }, { nil, 5 })
  lu.assertEquals(select("#", fields.suiting_date { date = "2026-02-15", duration = 5 }), 2)
  lu.assertNil((fields.suiting_date { date = "2026-02-15", zone = ROME, duration = 5 }))
  lu.assertNil(select(2, fields.suiting_date { date = "2026-02-15", zone = ROME, duration = 5 }))
end

TestSpelling = {}

-- How an entry that spells its date in one way holds another date.
local function respelled(due, own_zone, default, held)
  local style = fields.style({ dueDate = due, timeZone = own_zone }, default)
  local spelled, zone = fields.spell_date(held, style)
  return { spelled, zone }
end

function TestSpelling.test_a_date_keeps_the_entrys_spelling()
  local noon = { date = 1771178400 }
  local noon_rome = { date = 1771178400, zone = ROME }
  lu.assertEquals(respelled("2026-01-01T00:00:00Z", nil, nil, noon), { "2026-02-15T18:00:00Z" })
  lu.assertEquals(respelled("2026-01-01T00:00:00+05:45", nil, nil, noon), { "2026-02-15T23:45:00+05:45" })
  lu.assertEquals(respelled("2026-01-01T00:00:00", LA, nil, noon), { "2026-02-15T10:00:00", LA })
  lu.assertEquals(respelled("2026-01-01T00:00:00", nil, LA, noon), { "2026-02-15T10:00:00" })
  lu.assertEquals(respelled("2026-01-01T00:00:00", nil, LA, noon_rome), { "2026-02-15T19:00:00", ROME })
  lu.assertEquals(respelled("2026-01-01T00:00:00", LA, nil, noon_rome), { "2026-02-15T19:00:00", ROME })
  lu.assertEquals(respelled("2026-01-01", nil, ROME, noon_rome), { "2026-02-15T19:00:00" })
  lu.assertEquals(respelled("2026-01-01", nil, nil, noon_rome), { "2026-02-15T19:00:00", ROME })
  lu.assertEquals(respelled("2026-01-01", nil, nil, noon), { "2026-02-15T18:00:00Z" })
  lu.assertEquals(respelled("2026-01-01T00:00:00Z", nil, nil, { date = "2026-02-15" }), { "2026-02-15" })
  lu.assertEquals(respelled(nil, nil, nil, { date = "2026-02-15T10:00:00" }), { "2026-02-15T10:00:00" })
  lu.assertEquals(respelled("2026-01-01", nil, nil, {}), {})
end

-- The second half past one of the night when the clocks go back has no local spelling.
function TestSpelling.test_an_instant_without_a_local_spelling()
  local second = time.parse("2026-11-01T01:30:00-08:00").epoch
  local spelled = respelled("2026-01-01T00:00:00", LA, nil, { date = second })
  lu.assertEquals(version({ dueDate = spelled[1], timeZone = spelled[2] }).date, second)
end

function TestSpelling.test_fields_as_members()
  local held = version { title = "a", tags = { "b", "a" }, dueDate = "2026-02-15T10:00:00Z", durationMinutes = 5 }
  local style = fields.style({ dueDate = "2026-01-01T00:00:00+01:00" })
  lu.assertEquals(fields.spell("date", held, style), "2026-02-15T11:00:00+01:00")
  lu.assertEquals(fields.spell("zone", held, style), json.null)
  lu.assertEquals(fields.spell("duration", held, style), 5)
  lu.assertEquals(fields.spell("title", held, style), "a")
  lu.assertEquals(fields.spell("priority", held, style), json.null)
  lu.assertEquals(json.encode(fields.spell("tags", held, style)), '["a","b"]')
  lu.assertEquals(json.encode(fields.spell("tags", version {}, style)), "[]")
end

function TestSpelling.test_tags_keep_the_entrys_order()
  local function ordered(tags, current) return json.encode(fields.order_tags(tags, current)) end
  lu.assertEquals(ordered({ "a", "b", "c" }, { "c", "a" }), '["c","a","b"]')
  lu.assertEquals(ordered({ "a" }, { "c", "a" }), '["a"]')
  lu.assertEquals(ordered({ "a", "b" }, nil), '["a","b"]')
  lu.assertEquals(ordered({ "a" }, json.null), '["a"]')
  lu.assertEquals(ordered({}, { "c" }), "[]")
  lu.assertEquals(ordered(nil, { "c" }), "[]")
  lu.assertEquals(ordered({ "a" }, { "a", "a" }), '["a"]')
end

-- ---------------------------------------------------------------- properties

local SPELLINGS = {
  function(epoch) return { dueDate = time.format(epoch) } end,
  function(epoch, random) return { dueDate = time.format_offset(epoch, (random(105) - 53) * 900) } end,
  function(epoch, _, zone) return { dueDate = (time.to_zone(epoch, zone)), timeZone = zone } end,
  function(epoch) return { dueDate = time.format(epoch):sub(1, -2) } end,
  function(epoch) return { dueDate = time.format(epoch):sub(1, 10) } end,
}

local ZONES = { ROME, LA, "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "Etc/UTC", "America/St_Johns",
  "Pacific/Apia", "Europe/Dublin", "Asia/Tehran" }

-- Instants around the changes of the clock as well as anywhere.
local function random_epoch(random)
  local base = time.to_utc(("20%02d-%02d-%02dT00:00:00"):format(20 + random(20), random(12), random(28)), "Etc/UTC")
  return base + random(86400 * 2) // 900 * 900
end

function TestSpelling.test_what_is_spelled_is_read_again()
  math.randomseed(20260215)
  for i = 1, 20000 do
    local default = math.random(3) == 1 and ZONES[math.random(#ZONES)] or nil
    local function spelling()
      return SPELLINGS[math.random(#SPELLINGS)](random_epoch(math.random), math.random, ZONES[math.random(#ZONES)])
    end
    local entry, pulled = spelling(), spelling()
    -- What the entry's own spelling can say of the pulled date is what it says ever after.
    local style = fields.style(entry, default)
    local due, zone = fields.spell_date(version(pulled, default), style)
    local once = version({ dueDate = due, timeZone = zone }, default)
    local again, again_zone = fields.spell_date(once, fields.style({ dueDate = due, timeZone = zone }, default))
    lu.assertEquals({ version({ dueDate = again, timeZone = again_zone }, default), i }, { once, i })
    -- A floating time is one in the entry's zone, where it has one.
    local held = version(pulled, default)
    if fields.date_kind(held) ~= "floating" or not entry.timeZone then lu.assertEquals({ once.date, i }, { held.date, i }) end
  end
end

-- Every zone, on both sides of every change of its clocks in two years: the same instant comes back.
function TestSpelling.test_local_times_survive_the_changes_of_the_clock()
  for _, zone in ipairs(ZONES) do
    local _, before = time.to_zone(1735689600, zone)
    for epoch = 1735689600, 1798761600, 3600 do
      local _, offset = time.to_zone(epoch, zone)
      if offset ~= before then
        for at = epoch - 4 * 3600, epoch + 4 * 3600, 900 do
          local due, own = fields.spell_date({ date = at, zone = zone }, fields.style({ dueDate = "2026-01-01T00:00:00",
            timeZone = zone }))
          lu.assertEquals({ zone, at, version { dueDate = due, timeZone = own }.date }, { zone, at, at })
        end
      end
      before = offset
    end
  end
end

os.exit(lu.LuaUnit.run())
