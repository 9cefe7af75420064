-- Series whose start moves, through the codecs: expanded before and after.
local lu = require "luaunit"
local core = require "fmcal.provider.core"
local json = require "fmcal.json"
local series = require "series"

local SEED, COUNT = 20270304, 600

local function moved(codec, one)
  local event = assert(codec:decode(one.before))
  event.dueDate, event.endDate, event.timeZone = one.move.due, one.move["end"], one.move.zone
  return codec:encode(event, one.before)
end

-- What is wrong with the cases that were moved, and how many were refused.
local function check(cases)
  local refused, done = 0, {}
  for _, one in ipairs(cases) do
    if one.after then
      done[#done + 1] = one
    else
      refused = refused + 1
      lu.assertTrue(one.may_refuse, ("%s\n%s"):format(one.error, one.before))
      lu.assertStrContains(one.error, "the series cannot be moved to ")
    end
  end
  for _, found in ipairs(series.problems(done)) do
    for _, one in ipairs(done) do
      if one.uid == found.uid then lu.fail(("%s %s\n%s\n%s"):format(one.uid, found.problem, one.before, one.after)) end
    end
  end
  return refused, #done
end

TestSeries = {}

function TestSeries.test_moved_objects_are_the_same_series()
  local codec, cases = assert(core.new("mock", {})), series.make(SEED, COUNT)
  for _, one in ipairs(cases) do
    local text, err = moved(codec, one)
    one.after, one.error = text, err and err.message
  end
  local refused, done = check(cases)
  lu.assertTrue(refused > COUNT / 50 and done > COUNT / 2, ("%d refused"):format(refused))
end

-- ------------------------------------------------------------------ Google

local function point(member, zone)
  if not member:find("T") then return { date = member } end
  return { dateTime = member, timeZone = zone ~= json.null and zone or "UTC" }
end

local function google_event(one)
  return assert(json.encode { id = "abcdef", iCalUID = "abcdef@google.com", summary = "Series", colorId = "7",
    start = point(one.start, one.start_zone), ["end"] = point(one["end"], one.start_zone),
    recurrence = json.array(one.recurrence) })
end

-- What Google keeps of a series, as lines.
local function lines(text)
  local event = assert(json.decode(text))
  local day = event.start.date ~= json.null and event.start.date
  local member, zone = day or event.start.dateTime, event.start.timeZone
  local value = member:gsub("[-:]", "")
  local params = day and ";VALUE=DATE" or value:find("Z$") and "" or ";TZID=" .. zone
  return ("DTSTART%s:%s\n%s"):format(params, value, table.concat(event.recurrence, "\n"))
end

function TestSeries.test_moved_events_of_google_are_the_same_series()
  local codec, cases = assert(core.new("google", {})), {}
  for _, one in ipairs(series.make(SEED + 1, COUNT)) do
    local floating = one.start_zone == json.null and one.start:find("T") and not one.start:find("Z$")
    if not floating and #one.recurrence > 0 then
      one.before = google_event(one)
      cases[#cases + 1] = one
    end
  end
  for _, one in ipairs(cases) do
    local text, err = moved(codec, one)
    one.before, one.after, one.error = lines(one.before), text and lines(text), err and err.message
    if text then lu.assertStrContains(text, '"colorId":"7"') end
  end
  local refused, done = check(cases)
  lu.assertTrue(refused > #cases / 50 and done > #cases / 2, ("%d refused"):format(refused))
end

os.exit(lu.LuaUnit.run())
