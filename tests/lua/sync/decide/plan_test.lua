-- The planner over the whole decision table: every world of a small domain, each against tests/support/oracle.lua.
local lu = require "luaunit"
local fields = require "fmcal.model.fields"
local oracle = require "oracle"
local plan = require "fmcal.sync.decide.plan"

local TITLES = { same = "agreed", a = "title a", b = "title b" }
local DATES = { same = "2026-02-15", a = "2026-02-16", b = "2026-02-17" }
local DESCRIPTION, TAGS = "a description", { "one", "two" }
local MERGED = { title = "merged title", date = "2026-12-24" }

local function version(title, date)
  return { title = title, date = date, description = DESCRIPTION, tags = TAGS, priority = "high" }
end

-- ---------------------------------------------------------------- the domain

local BASES = {
  { name = "no base" },
  { name = "agreed", base = { l = version(TITLES.same, DATES.same), r = version(TITLES.same, DATES.same) } },
  { name = "rewritten by the server",
    base = { l = version(TITLES.same, DATES.same), r = version("AGREED", DATES.same) } },
  { name = "event deleted, date kept",
    base = { l = version(TITLES.same, DATES.same), r = version(TITLES.same, DATES.same), deleted = true } },
  { name = "title in conflict", of_item = true,
    base = { l = version(TITLES.same, DATES.same), r = version(TITLES.same, DATES.same), open = { title = true } } },
  { name = "date in conflict",
    base = { l = version(TITLES.same, DATES.same), r = version(TITLES.same, DATES.same), open = { date = true } } },
  { name = "both in conflict since adoption",
    base = { l = version(nil, nil), r = version(nil, nil), open = { title = true, date = true } } },
}

local ANSWERS = {
  ["local"] = function() return "local" end,
  external = function() return "external" end,
  manual = function() return "manual" end,
  ["a value for each"] = function(field) return { value = MERGED[field] } end,
  ["a value for the title alone"] = function(field) return field == "title" and { value = MERGED.title } or "manual" end,
  ["the calendar's title, the board's date"] = function(field) return field == "title" and "external" or "local" end,
}

local STATES = { "present", "cleared", "deselected", "gone" }
local DIRECTIONS = { "both", "outbound", "inbound" }
local DELETED = { "clear-due-date", "recreate", "keep" }
local EDITS = { "same", "a", "b" }

local function entry_of(state, title, date)
  if state == "gone" then return {} end
  return version(TITLES[title], state ~= "cleared" and DATES[date] or nil)
end

local function events_of(base, titles)
  local list = { false }
  for _, title in ipairs(titles) do
    for _, date in ipairs(EDITS) do
      local said = title == "same" and base and base.r.title or TITLES[title]
      list[#list + 1] = version(said, DATES[date])
    end
  end
  return list
end

-- Calls visit(world, name of the world) for every world of a kind; court dates have but a date.
local function each_world(careful, visit)
  local list = careful and fields.COURT_DATE or { "title", "description", "date", "tags", "priority" }
  local titles = careful and { "same" } or EDITS
  local bases = {}
  for _, kind in ipairs(BASES) do
    if not (careful and kind.of_item) then bases[#bases + 1] = kind end
  end
  for _, kind in ipairs(bases) do
    for _, event in ipairs(events_of(kind.base, titles)) do
      for _, state in ipairs(STATES) do
        for _, title in ipairs(state == "gone" and { "same" } or titles) do
          for _, date in ipairs((state == "gone" or state == "cleared") and { "same" } or EDITS) do
            visit { state = state, entry = entry_of(state, title, date), event = event or nil, base = kind.base,
              fields = list, careful = careful, name = kind.name }
          end
        end
      end
    end
  end
end

local function each_policy(visit)
  for name, answer in pairs(ANSWERS) do
    for _, direction in ipairs(DIRECTIONS) do
      for _, deleted in ipairs(DELETED) do visit(answer, direction, deleted, name) end
    end
  end
end

-- ---------------------------------------------------------------- driving the planner

local function arguments(world)
  local cur = { version = world.entry, on_board = world.state ~= "gone", times = {}, time = 2000 }
  local target = { base = world.base, selected = world.state ~= "deselected" and world.state ~= "gone",
    remote = world.event and { version = world.event, time = 1000 } }
  local policy = {
    fields = world.fields, direction = world.direction, careful = world.careful,
    resolve = function(conflict)
      local answers = {}
      for field in pairs(conflict.fields) do answers[field] = world.answer(field) end
      return answers
    end,
    on_deleted = function() return world.deleted end,
  }
  return cur, target, policy
end

local function run(world)
  local cur, target, policy = arguments(world)
  local planned = plan.entry(cur, { target }, { policy })
  return planned, planned.actions[1]
end

local WRITES = { create = true, update = true }

-- What the two sides hold once a plan was carried out, in the oracle's terms.
local function outcome(world, planned, action)
  local out = { entry = planned.cur.version, event = world.event, open = {}, waits = {}, lost = action.step.lost,
    waiting = false }
  if WRITES[action.kind] then out.event = action.version end
  if action.kind == "delete" then out.event = nil end
  for field in pairs(action.step.open) do out.open[field] = true end
  for field in pairs(action.step.waits) do out.waits[field] = true end
  if action.kind == "wait" and action.push then
    for _, field in ipairs(action.push) do out.waits[field] = true end
  else
    out.waiting = action.kind == "wait"
  end
  if action.kind == "wait" and not action.push then
    out.base = world.base and "kept" or "none"
  elseif action.drop_base then
    out.base = "none"
  else
    out.base = action.deleted_mark and "deleted" or "synced"
  end
  return out
end

-- The base that a run leaves: fields that wait, or are in conflict, stay at what was agreed last.
local function base_after(world, out)
  if out.base == "none" then return nil end
  if out.base == "kept" then return world.base end
  local base = { l = fields.copy(out.entry), r = fields.copy(out.event or out.entry), open = {},
    deleted = out.base == "deleted" or nil }
  for _, held in ipairs { out.open, out.waits } do
    for field in pairs(held) do
      base.l[field] = world.base and world.base.l[field]
      base.r[field] = world.base and world.base.r[field]
      base.open[field] = held == out.open or not world.base or (world.base.open or {})[field] or nil
    end
  end
  return base
end

local function world_after(world, out)
  local after = {}
  for name, value in pairs(world) do after[name] = value end
  after.entry, after.event, after.base = out.entry, out.event, base_after(world, out)
  if after.state == "present" and not after.entry.date then after.state = "cleared" end
  if after.state == "cleared" and after.entry.date then after.state = "present" end
  return after
end

local function shown(value)
  return (lu.prettystr(value):gsub("%s*\n%s*", " "))
end

-- Title and date of a version, the fields that the worlds differ in.
local function brief(held)
  return held and ("%s/%s"):format(held.title or "-", held.date or "-") or "absent"
end

local function brief_world(world)
  return ("%s; entry %s %s; event %s; %s; %s answered %s; %s%s"):format(world.name, world.state, brief(world.entry),
    brief(world.event), world.direction, "conflicts", world.answer_name, world.deleted,
    world.careful and "; court date" or "")
end

local function fail(world, planned, complaint)
  error(("%s\n  world: %s\n  plan: %s, %s"):format(complaint, brief_world(world), planned.actions[1].kind,
    planned.actions[1].step.reason), 0)
end

-- ---------------------------------------------------------------- against the oracle

local function set_equal(a, b)
  for field in pairs(a) do if not b[field] then return false end end
  for field in pairs(b) do if not a[field] then return false end end
  return true
end

local function version_equal(list, a, b)
  if not a or not b then return a == b end
  return #fields.differences(list, a, b) == 0
end

local function lost_as_set(lost)
  local set = {}
  for _, entry in ipairs(lost) do set[("%s %s %s"):format(entry.field, entry.side, tostring(entry.value))] = true end
  return set
end

local function names(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, ",")
end

local function brief_outcome(out)
  return ("entry %s, event %s, base %s, open [%s], waits [%s], waiting %s, lost [%s]"):format(brief(out.entry),
    brief(out.event), out.base, names(out.open), names(out.waits), tostring(out.waiting), names(lost_as_set(out.lost)))
end

-- A field that the server spells in its own way may be written again with the others.
local function without_respelled(world, event)
  if not event or not world.base or not world.event then return event end
  local copy = fields.copy(event)
  for _, field in ipairs(world.fields) do
    local quiet = fields.equal(field, world.entry[field], world.base.l[field])
      and fields.equal(field, world.event[field], world.base.r[field]) and not (world.base.open or {})[field]
    if quiet and fields.equal(field, event[field], world.entry[field]) then copy[field] = world.event[field] end
  end
  return copy
end

-- The first thing in which two outcomes of a world differ, or nil.
local function difference(world, want, have)
  if world.state ~= "gone" and not version_equal(fields.ALL, want.entry, have.entry) then return "the entry" end
  if not version_equal(world.fields, without_respelled(world, want.event), without_respelled(world, have.event)) then
    return "the event"
  end
  if want.base ~= have.base then return "the base" end
  if not set_equal(want.open, have.open) then return "the conflicts that wait" end
  if not set_equal(want.waits, have.waits) then return "the fields that wait" end
  if want.waiting ~= have.waiting then return "waiting" end
  if not set_equal(lost_as_set(want.lost), lost_as_set(have.lost)) then return "what lost" end
  return nil
end

local function check_same(world, planned, want, have)
  local what = difference(world, want, have)
  if what then
    fail(world, planned, ("%s\n  expected %s\n  got      %s"):format(what, brief_outcome(want), brief_outcome(have)))
  end
end

local function compare(world, planned, action)
  check_same(world, planned, oracle.verdict(world), outcome(world, planned, action))
end

local function check_push(world, planned, action)
  if action.kind ~= "update" then return end
  local differing = fields.differences(world.fields, world.event, without_respelled(world, action.version))
  if shown(differing) ~= shown(action.push) or #differing == 0 then
    fail(world, planned, "push names " .. shown(action.push) .. ", the event differs in " .. shown(differing))
  end
end

-- ---------------------------------------------------------------- properties, without the oracle

-- No edit is lost: it is on a side, waits, or goes to the history.
local function check_no_loss(world, planned, action)
  if not world.base and world.state ~= "present" then return end
  local out = outcome(world, planned, action)
  local lost = lost_as_set(out.lost)
  for side, versions in pairs { l = { world.entry, "local" }, r = { world.event, "external" } } do
    local held, name = table.unpack(versions)
    for _, field in ipairs(held and world.fields or {}) do
      local value = held[field]
      local news = value ~= nil and not (world.base and fields.equal(field, value, world.base[side][field]))
      local kept = fields.equal(field, value, out.entry[field]) or (out.event and fields.equal(field, value, out.event[field]))
        or lost[("%s %s %s"):format(field, name, tostring(value))]
      -- Deleting an entry takes its own edits with it; that is what its owner asked for.
      local owners = name == "local" and world.state ~= "present"
      if news and not kept and not owners then
        fail(world, planned, ("the edit %s = %s (%s) is lost"):format(field, tostring(value), name))
      end
    end
  end
end

-- A second run has nothing left to do.
local function check_convergence(world, planned, action)
  local out = outcome(world, planned, action)
  local after = world_after(world, out)
  local second, again = run(after)
  local same = set_equal(out.open, outcome(after, second, again).open)
  if WRITES[again.kind] or again.kind == "delete" or next(second.pulled) or not same or #again.step.lost > 0
    or not version_equal(fields.ALL, second.cur.version, after.entry) then
    fail(after, second, "the second run acts again; the first was " .. brief_world(world) .. ": " .. action.kind)
  end
end

local function check_one_way(world, planned, action)
  local same_entry = not next(planned.pulled) and version_equal(fields.ALL, planned.cur.version, world.entry)
  if world.direction == "outbound" and not same_entry then
    fail(world, planned, "an outbound run changes the entry")
  end
  if world.direction == "inbound" and (WRITES[action.kind] or action.kind == "delete") then
    fail(world, planned, "an inbound run writes to the calendar: " .. action.kind)
  end
end

-- A text that tells two plans, or two inputs, apart.
local function print_of(value)
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for name, member in pairs(value) do parts[#parts + 1] = tostring(name) .. "=" .. print_of(member) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

local function check_pure(world)
  local cur, target, policy = arguments(world)
  local before = print_of { cur, target, policy.fields }
  local first = print_of(plan.entry(cur, { target }, { policy }))
  if first ~= print_of(plan.entry(cur, { target }, { policy })) then
    error("the same input gave another plan: " .. brief_world(world), 0)
  end
  if print_of { cur, target, policy.fields } ~= before then
    error("the planner changed its input: " .. brief_world(world), 0)
  end
end

-- The order in which the fields are listed decides nothing.
local function check_field_order(world, planned, action)
  local turned, reversed = {}, {}
  for name, value in pairs(world) do turned[name] = value end
  for i = #world.fields, 1, -1 do reversed[#reversed + 1] = world.fields[i] end
  turned.fields = reversed
  local again, its_action = run(turned)
  check_same(world, again, outcome(world, planned, action), outcome(turned, again, its_action))
end

-- ---------------------------------------------------------------- the cases

local CHECKS = { compare = compare, push = check_push, no_loss = check_no_loss, convergence = check_convergence,
  one_way = check_one_way, pure = check_pure, field_order = check_field_order }

-- The costly checks look at one strategy for deleted events alone, which they do not depend on.
local COSTLY = { pure = true, field_order = true }

local function apply_checks(world, failures)
  local planned, action = run(world)
  for name, check in pairs(CHECKS) do
    if not COSTLY[name] or (world.deleted == "keep" and not world.careful) then
      local ok, complaint = pcall(check, world, planned, action)
      if not ok then table.insert(failures[name], complaint) end
    end
  end
end

-- Plans every world of a kind and applies all checks to each: the number of worlds, and the complaints by check.
local function survey(careful)
  local count, failures = 0, {}
  for name in pairs(CHECKS) do failures[name] = {} end
  each_world(careful, function(world)
    each_policy(function(answer, direction, deleted, answer_name)
      world.answer, world.direction, world.deleted, world.answer_name = answer, direction, deleted, answer_name
      apply_checks(world, failures)
      count = count + 1
    end)
  end)
  return { count = count, failures = failures }
end

local surveys = {}

local SHOWN_FAILURES = 3

-- Fails with the first few complaints of a check, over items and court dates.
local function assert_holds(check)
  for _, careful in ipairs { false, true } do
    surveys[careful] = surveys[careful] or survey(careful)
    local failures = surveys[careful].failures[check]
    if #failures > 0 then
      local some = table.concat(failures, "\n", 1, math.min(#failures, SHOWN_FAILURES))
      lu.fail(("%d of %d worlds:\n%s"):format(#failures, surveys[careful].count, some))
    end
  end
end

TestPlan = {}

function TestPlan.test_every_world_agrees_with_the_table()
  assert_holds "compare"
  lu.assertTrue(surveys[false].count >= 80000)
  lu.assertTrue(surveys[true].count >= 10000)
end

function TestPlan.test_push_names_what_differs()
  assert_holds "push"
end

function TestPlan.test_no_edit_is_lost()
  assert_holds "no_loss"
end

function TestPlan.test_a_second_run_does_nothing()
  assert_holds "convergence"
end

function TestPlan.test_a_one_way_run_writes_one_side()
  assert_holds "one_way"
end

function TestPlan.test_planning_is_pure()
  assert_holds "pure"
end

function TestPlan.test_the_order_of_the_fields_decides_nothing()
  assert_holds "field_order"
end

os.exit(lu.LuaUnit.run())
