-- Runs that are taken back in a history, and what that must restore: each field that the run changed is on both sides what both
-- had agreed on before it, events that it made are gone, and those that it deleted are there again. What was edited since stays.
local Board = require "place"
local Ledger = require "ledger"
local promises = require "promises"
local sim = require "sim"
local state = require "fmcal.state"
local undo = require "fmcal.sync.undo"

local taken_back = {}

local broken = promises.broken

-- ---------------------------------------------------------------- what runs have changed

local function number_of_last_run(world)
  local opened <close> = state.open(world.state_path, { read_only = true })
  local row = opened and opened:runs()[1]
  return row and row.number
end

local function agreed_values(world)
  local found = {}
  for _, key in ipairs(Board.KEYS) do
    found[key] = {}
    for _, field in ipairs(Board.FIELDS) do found[key][field] = world.ledger:agreed_value(key, field) end
  end
  return found
end

--- What both sides had agreed on and what was there before a run: to be noted before it.
function taken_back.before(world, look)
  return { agreed = agreed_values(world), before = look, known = number_of_last_run(world) }
end

--- Notes a run, with what is certain about it.
-- @param is_calm both sides were in step when it began but for what people edited, and it ended so
function taken_back.note(world, record, look, is_calm)
  local number = number_of_last_run(world)
  record.after, record.is_calm = look, is_calm and world.was_calm
  world.was_calm = is_calm
  if number and number ~= record.known then world.records[number] = record end
end

-- ---------------------------------------------------------------- what must be restored

-- As it is spelled on a side.
local function spelled(look, side, key, field)
  if side == "board" then return Board.get(look.board, key, field) end
  local there = look.events[key]
  return there and there.event and promises.event_value(key, there.event, field)
end

local function value(look, side, key, field)
  return Ledger.canonical(field, spelled(look, side, key, field))
end

local function expect(key, field, side, expected, look)
  local now = value(look, side, key, field)
  if now ~= expected then
    broken("taken back, the %s of %s is %s on the %s; it was %s", field, key, tostring(now), side, tostring(expected))
  end
end

-- A field that the run has changed is what both sides had agreed on; any other is what it was.
local function check_field(record, key, field, before, after)
  local agreed, here = record.agreed[key][field], value(record.after, "board", key, field)
  local there = value(record.after, "event", key, field)
  if not agreed or not there or here ~= there then return end
  for _, side in ipairs { "board", "event" } do
    expect(key, field, side, here ~= agreed and agreed or value(before, side, key, field), after)
  end
end

local function check_entry(record, key, before, after)
  local had, has = record.before.events[key], record.after.events[key]
  local went = had and not has
  local cleared = not had and not has and value(record.before, "board", key, "dueDate") and not value(record.after, "board", key, "dueDate")
  if has and not had then
    if after.events[key] then broken("taken back, the event of %s that the run made is still there", key) end
  elseif went or cleared then
    if not after.events[key] then broken("taken back, the event of %s is not there again", key) end
    local date = record.agreed[key].dueDate
    if date then expect(key, "dueDate", "event", date, after) end
    if date and Board.entry(after.board, key) then expect(key, "dueDate", "board", date, after) end
  elseif had then
    for _, field in ipairs(Board.FIELDS) do check_field(record, key, field, before, after) end
  end
end

local TAKEN = { undone = true, redone = true }

local function check_untouched(key, before, after)
  for _, field in ipairs(Board.FIELDS) do
    for _, side in ipairs { "board", "event" } do
      if value(before, side, key, field) ~= value(after, side, key, field) then
        broken("%s was refused to be taken back, and its %s changed on the %s", key, field, side)
      end
    end
  end
end

local function check_result(world, result, before, after)
  local record = world.records[result.reverted and result.reverted.run]
  local refused, is_entire = {}, true
  for _, told in ipairs(result.entries or {}) do
    if told.reason == "undo_refused" then refused[told.key] = true end
    is_entire = is_entire and TAKEN[told.reason] ~= nil
  end
  for key in pairs(refused) do check_untouched(key, before, after) end
  for _, told in ipairs(record and record.is_calm and is_entire and result.entries or {}) do
    check_entry(record, told.key, before, after)
  end
end

-- ---------------------------------------------------------------- the step

-- A subitem's title stands in its event behind its parent's.
local function write_down_subitem(world, before, after)
  local had, has = before.events["S-1"], after.events["S-1"]
  local title = has and has.event and has.event.title
  if not title or had and had.event and had.event.title == title then return end
  world.ledger:wrote("event", "S-1", "title", title:match(" > (.*)$") or title)
end

-- Who takes a run back writes what is there afterwards.
local function write_down(world, before, after)
  write_down_subitem(world, before, after)
  for _, key in ipairs(Board.KEYS) do
    for _, field in ipairs(Board.FIELDS) do
      for _, side in ipairs { "board", "event" } do
        if value(before, side, key, field) ~= value(after, side, key, field) then
          world.ledger:replaced(side, key, field, spelled(before, side, key, field))
          world.ledger:wrote(side, key, field, spelled(after, side, key, field))
        end
      end
    end
    local is_orphan = after.events[key] and not before.events[key] and not Board.is_wanted(after.board, key)
    world.brought_back[key] = world.brought_back[key] or is_orphan
  end
end

--- Takes the last run back, or does the last one again that was taken back. Nothing that it does is lost. Not where a state was
-- lost: the run after that has found both sides without anything that they had agreed on; taken back, they differ.
-- @param step redo, faults, crash_at, gap
function taken_back.step(world, step)
  if world.state_was_lost then return end
  sim.advance(step.gap or 60)
  local before = world:look()
  local record = taken_back.before(world, before)
  local result, after = world:execute_step(step, { allow_mass_delete = true },
    function(options) return undo.run(options, nil, step.redo) end)
  world.before_sync = nil -- a copy of the board from before an undo counts as an edit
  promises.after_undo(world, after)
  if result and not step.faults then check_result(world, result, before, after) end
  write_down(world, before, after)
  local is_calm = result ~= nil and result.exit == 0 and not step.faults and world.was_calm and not world.touched
  taken_back.note(world, record, after, is_calm)
  world:seen(before, after, result)
  if is_calm then world:check_idle(true) end
end

return taken_back
