-- Dates of different kinds against each other: a day, a time in a zone, an instant, a floating time. What a merge makes
-- of date, zone and duration must again be a date that a board and a calendar can hold.
local lu = require "luaunit"
local fields = require "fmcal.model.fields"
local plan = require "fmcal.sync.decide.plan"

local ROME, LA = "Europe/Rome", "America/Los_Angeles"
local NOON, LATER = 1771153200, 1771160400

local DATES = {
  { date = "2026-02-15" },
  { date = "2026-02-16" },
  { date = NOON, zone = ROME, duration = 60 },
  { date = LATER, zone = ROME, duration = 60 },
  { date = NOON, zone = ROME, duration = 90 },
  { date = NOON, zone = LA, duration = 60 },
  { date = NOON, duration = 60 },
  { date = LATER, duration = 45 },
  { date = "2026-02-15T10:00:00", duration = 60 },
}
local DATE_FIELDS = { "date", "zone", "duration" }

local ANSWERS = {
  ["local"] = function() return "local" end,
  external = function() return "external" end,
  manual = function() return "manual" end,
  ["another day"] = function(field) return field == "date" and { value = "2026-12-24" } or "manual" end,
  ["another time"] = function(field) return field == "date" and { value = LATER + 7200 } or "manual" end,
}

local function version(date)
  return { title = "T", description = "", tags = {}, date = date.date, zone = date.zone, duration = date.duration }
end

local function target_of(world, base)
  return { base = base, selected = true, remote = { version = version(world.there), time = 1000 } }
end

local function policy_of(world)
  return { fields = fields.ALL, direction = world.direction, on_deleted = function() return "keep" end,
    resolve = function(conflict)
      local answers = {}
      for field in pairs(conflict.fields) do answers[field] = world.answer(field) end
      return answers
    end }
end

local function planned(world)
  local base = world.base and { l = version(world.base), r = version(world.base) }
  local cur = { version = version(world.here), on_board = true, times = {}, time = 2000 }
  local result = plan.entry(cur, { target_of(world, base) }, { policy_of(world) })
  return result.cur.version, result.actions[1]
end

local function brief(date)
  return ("%s %s %s"):format(date.date, date.zone or "-", date.duration or "-")
end

local function same(a, b)
  return #fields.differences(DATE_FIELDS, a, b) == 0
end

-- Calls check(world, entry, action) for every base, both sides, answer and direction.
local function each(check)
  local bases = { false, table.unpack(DATES) }
  for _, base in ipairs(bases) do
    for _, here in ipairs(DATES) do
      for _, there in ipairs(DATES) do
        for name, answer in pairs(ANSWERS) do
          for _, direction in ipairs { "both", "inbound", "outbound" } do
            local world = { base = base, here = here, there = there, answer = answer, direction = direction }
            local entry, action = planned(world)
            local complaint = check(world, entry, action)
            if complaint then
              lu.fail(("%s\n  base %s; here %s; there %s; %s, %s\n  entry %s, event %s, %s"):format(complaint,
                base and brief(base) or "none", brief(here), brief(there), name, direction, brief(entry),
                action.version and brief(action.version) or "-", action.kind))
            end
          end
        end
      end
    end
  end
end

local function coherent(held)
  local day = type(held.date) == "string" and #held.date == 10
  if day then return held.zone == nil and held.duration == nil end
  return held.duration ~= nil and (held.zone == nil or math.type(held.date) == "integer")
end

TestPlanDates = {}

function TestPlanDates.test_a_merged_date_is_one_that_can_be_held()
  each(function(_, entry, action)
    if not coherent(entry) then return "the entry's date cannot be spelled" end
    if action.kind == "update" and not coherent(action.version) then return "the event's date cannot be spelled" end
  end)
end

function TestPlanDates.test_what_one_side_did_is_taken_whole()
  each(function(world, entry, action)
    if not world.base then return nil end
    local mine, theirs = not same(world.here, world.base), not same(world.there, world.base)
    if theirs and not mine and world.direction ~= "outbound" and not same(entry, world.there) then
      return "the calendar's date was not taken whole"
    end
    if mine and not theirs and world.direction ~= "inbound" and not same(action.version, world.here) then
      return "the board's date was not pushed whole"
    end
  end)
end

local function is_day(held)
  return type(held.date) == "string" and #held.date == 10
end

function TestPlanDates.test_of_a_day_and_a_time_one_wins_whole()
  each(function(world, entry, action)
    if is_day(world.here) == is_day(world.there) then return nil end
    local given = entry.date == "2026-12-24" or entry.date == LATER + 7200
    if given then return nil end
    if not same(entry, world.here) and not same(entry, world.there) then return "the entry's date is a mixture" end
    local pushed = action.kind == "update" and action.version
    if pushed and not same(pushed, world.here) and not same(pushed, world.there) then return "the event's date is a mixture" end
  end)
end

function TestPlanDates.test_an_edited_date_that_loses_is_kept()
  each(function(world, entry, action)
    if is_day(world.here) == is_day(world.there) or not world.base or world.direction ~= "both" then return nil end
    local lost = {}
    for _, one in ipairs(action.step.lost) do lost[one.side .. one.field .. tostring(one.value)] = true end
    for side, held in pairs { ["local"] = world.here, external = world.there } do
      for _, field in ipairs(DATE_FIELDS) do
        local news = held[field] ~= nil and held[field] ~= world.base[field]
        local kept = entry[field] == held[field] or action.version[field] == held[field]
          or lost[side .. field .. tostring(held[field])]
        if news and not kept then return ("the edit of %s (%s) left no trace"):format(field, side) end
      end
    end
  end)
end

function TestPlanDates.test_moving_here_and_resizing_there_are_both_kept()
  local entry, action = planned { base = DATES[3], here = DATES[4], there = DATES[5], direction = "both" }
  lu.assertEquals({ entry.date, entry.zone, entry.duration }, { LATER, ROME, 90 })
  lu.assertEquals(action.kind, "update")
  lu.assertEquals({ action.version.date, action.version.duration }, { LATER, 90 })
end

os.exit(lu.LuaUnit.run())
