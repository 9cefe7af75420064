-- The planner over two calendars: every world of a small domain against tests/support/oracle.lua.
local lu = require "luaunit"
local fields = require "fmcal.model.fields"
local oracle = require "oracle"
local plan = require "fmcal.sync.decide.plan"

local FIELDS = { "title", "date" }

local function version(title, date)
  return { title = title, date = date, description = "", tags = {} }
end

local AGREED = version("agreed", "2026-02-15")
local ENTRIES = { AGREED, version("title a", "2026-02-15"), version("agreed", "2026-02-16"), version("agreed", nil) }
local EVENTS = { false, AGREED, version("title a", "2026-02-15"), version("title b", "2026-02-15"),
  version("agreed", "2026-02-17"), version("title b", "2026-02-16") }
local BASES = { { name = "none" }, { name = "agreed", base = { l = AGREED, r = AGREED } },
  { name = "deleted", base = { l = AGREED, r = AGREED, deleted = true } } }
local ANSWERS = { "local", "external", "manual" }

local function each_calendar(visit)
  for _, base in ipairs(BASES) do
    for _, event in ipairs(EVENTS) do visit { base = base.base, event = event or nil, name = base.name } end
  end
end

local function each_world(visit)
  each_calendar(function(first)
    each_calendar(function(second)
      for i = 1, #ENTRIES + 1 do
        visit { fields = FIELDS, calendars = { first, second }, entry = ENTRIES[i] or {},
          state = ENTRIES[i] and "on board" or "gone" }
      end
    end)
  end)
end

local function each_policy(world, visit)
  for _, direction in ipairs { "both", "outbound", "inbound" } do
    for _, deleted in ipairs { "clear-due-date", "recreate", "keep" } do
      for _, answer in ipairs(ANSWERS) do
        world.direction, world.deleted, world.said = direction, deleted, answer
        world.answer = function() return answer end
        visit()
      end
    end
  end
end

local function run(world)
  local policy = {
    fields = world.fields, direction = world.direction, on_deleted = function() return world.deleted end,
    resolve = function(conflict)
      local answers = {}
      for field in pairs(conflict.fields) do answers[field] = world.said end
      return answers
    end,
  }
  local targets = {}
  for i, calendar in ipairs(world.calendars) do
    targets[i] = { base = calendar.base, selected = world.state ~= "gone",
      remote = calendar.event and { version = calendar.event, time = 1000 * i } }
  end
  local cur = { version = world.entry, on_board = world.state ~= "gone", times = {}, time = 500 }
  return plan.entry(cur, targets, { policy, policy })
end

local WRITES = { create = true, update = true }

-- What the board and the calendars hold once a plan was carried out, in the oracle's terms.
local function outcome(world, planned)
  local out = { entry = planned.cur.version, events = {}, lost = {}, undecided = false }
  for i, action in ipairs(planned.actions) do
    out.events[i] = world.calendars[i].event
    if WRITES[action.kind] then out.events[i] = action.version end
    if action.kind == "delete" then out.events[i] = nil end
    for _, lost in ipairs(action.step.lost) do out.lost[#out.lost + 1] = lost end
    out.undecided = out.undecided or next(action.step.open) ~= nil or next(action.step.waits) ~= nil or action.kind == "wait"
  end
  return out
end

local function same(a, b)
  if not a or not b then return (a or nil) == (b or nil) end
  return #fields.differences(FIELDS, a, b) == 0
end

local function brief(held)
  return held and ("%s/%s"):format(held.title or "-", held.date or "-") or "absent"
end

local function brief_outcome(out)
  return ("entry %s; events %s, %s"):format(brief(out.entry), brief(out.events[1]), brief(out.events[2]))
end

local function brief_world(world)
  local one, two = table.unpack(world.calendars)
  return ("entry %s %s; %s (base %s), %s (base %s); %s, answered %s, %s"):format(world.state, brief(world.entry),
    brief(one.event), one.name, brief(two.event), two.name, world.direction, world.said, world.deleted)
end

local function over_all(check)
  local count, failures = 0, {}
  each_world(function(world)
    each_policy(world, function()
      count = count + 1
      local planned = run(world)
      local complaint = check(world, planned, outcome(world, planned))
      if complaint then
        failures[#failures + 1] = ("%s\n  world %s\n  plan %s: %s and %s: %s"):format(complaint, brief_world(world),
          planned.actions[1].kind, planned.actions[1].step.reason, planned.actions[2].kind, planned.actions[2].step.reason)
      end
    end)
  end)
  if #failures > 0 then
    local some = table.concat(failures, "\n", 1, math.min(#failures, 4))
    lu.fail(("%d of %d worlds:\n%s"):format(#failures, count, some))
  end
  return count
end

local function same_outcome(world, a, b)
  return (world.state == "gone" or same(a.entry, b.entry)) and same(a.events[1], b.events[1]) and same(a.events[2], b.events[2])
end

TestFold = {}

function TestFold.test_every_world_agrees_with_the_oracle()
  local count = over_all(function(world, _, have)
    local want = oracle.fold(world)
    if not same_outcome(world, want, have) then
      return ("expected %s\n  got      %s"):format(brief_outcome(want), brief_outcome(have))
    end
  end)
  lu.assertTrue(count > 40000)
end

-- Only where two edits meet does the order of the calendars matter.
function TestFold.test_the_order_of_the_calendars_decides_nothing_else()
  over_all(function(world, _, have)
    local turned = setmetatable({ calendars = { world.calendars[2], world.calendars[1] } }, { __index = world })
    local other = outcome(turned, run(turned))
    if have.undecided or other.undecided or #have.lost > 0 or #other.lost > 0 then return nil end
    other.events[1], other.events[2] = other.events[2], other.events[1]
    if not same_outcome(world, have, other) then
      return ("one way    %s\n  the other  %s"):format(brief_outcome(have), brief_outcome(other))
    end
  end)
end

-- Every edit made anywhere is somewhere afterwards, or in the history, or waits.
function TestFold.test_no_edit_is_lost()
  over_all(function(world, _, have)
    if have.undecided or world.state == "gone" then return nil end
    local found = {}
    for _, lost in ipairs(have.lost) do found[tostring(lost.value)] = true end
    for _, held in pairs { have.entry, have.events[1] or {}, have.events[2] or {} } do
      for _, field in ipairs(FIELDS) do found[tostring(held[field])] = true end
    end
    for _, calendar in ipairs(world.calendars) do
      for _, field in ipairs(calendar.base and calendar.event and FIELDS or {}) do
        local value = calendar.event[field]
        if value ~= calendar.base.r[field] and not found[value] then return "lost " .. value end
      end
    end
  end)
end

-- An edit made in one calendar alone reaches the entry and the other calendar.
function TestFold.test_an_edit_reaches_everywhere()
  local edited = version("title b", "2026-02-17")
  for first = 1, 2 do
    local world = { fields = FIELDS, entry = AGREED, state = "on board", direction = "both", deleted = "keep", said = "manual",
      calendars = { { base = BASES[2].base, event = AGREED }, { base = BASES[2].base, event = AGREED } } }
    world.calendars[first].event = edited
    local have = outcome(world, run(world))
    lu.assertEquals({ have.entry, have.events[1], have.events[2] }, { edited, edited, edited })
    lu.assertFalse(have.undecided)
  end
end

-- The field with the later source wins between two calendars as between calendar and board.
function TestFold.test_times_travel_with_the_fields()
  local asked = {}
  local policy = { fields = FIELDS, direction = "both", on_deleted = function() return "keep" end, resolve = function(conflict)
    asked[#asked + 1] = conflict
    return { title = "external" }
  end }
  local base = { l = AGREED, r = AGREED }
  plan.entry({ version = AGREED, on_board = true, times = {}, time = 500 }, {
    { base = base, selected = true, remote = { version = version("title a", "2026-02-15"), time = 1000 } },
    { base = base, selected = true, remote = { version = version("title b", "2026-02-15"), time = 2000 } },
  }, { policy, policy })
  lu.assertEquals(#asked, 1)
  lu.assertEquals(asked[1].fields.title.local_time, 1000)
  lu.assertEquals(asked[1].external_time, 2000)
end

-- An entry that only the second calendar does not want is deleted there alone.
function TestFold.test_each_calendar_selects_for_itself()
  local base = { l = AGREED, r = AGREED }
  local policy = { fields = FIELDS, direction = "both", on_deleted = function() return "keep" end }
  local planned = plan.entry({ version = AGREED, on_board = true, times = {}, time = 500 }, {
    { base = base, selected = true, remote = { version = AGREED, time = 1000 } },
    { base = base, selected = false, remote = { version = AGREED, time = 1000 } },
  }, { policy, policy })
  lu.assertEquals(planned.actions[1].kind, "refresh")
  lu.assertEquals(planned.actions[2].kind, "delete")
  lu.assertEquals(planned.cur.version, AGREED)
end

os.exit(lu.LuaUnit.run())
