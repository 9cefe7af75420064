-- What the decision table asks for, written down once more, in another form than the planner's, to test it against.
--
-- A world is what one entry and one calendar hold before a run:
--   state   "present", "cleared" (its date), "deselected" or "gone"
--   entry   version on the board (date nil where cleared)
--   event   version in the calendar, or nil
--   base    nil, or { l, r = versions that were there when both were last in step, open = {field = true}, deleted = true }
--   fields  the fields that travel both ways;  careful  true for a court date
--   direction "both", "outbound", "inbound"
--   answer  who wins a contested field: function(field) -> "local", "external", "manual" or { value = v }
--   deleted "clear-due-date", "recreate" or "keep": what becomes of an entry whose event was deleted
--
-- The verdict is what they hold after it:
--   entry, event   as above
--   base    "none", "kept" (as it was), "deleted" or "synced"
--   open    {field = true} conflicts that wait for a person;  waits {field = true} left to a run in the other direction
--   waiting true where the event as a whole (its creation, its deletion, the clearing of a date) waits for such a run
--   lost    {{field, side, value}, …} edits that lost, dates that were cleared, and what a removed event said: they must be kept in the history
local oracle = {}

local function copy(version)
  local out = {}
  for field, value in pairs(version) do out[field] = value end
  return out
end

-- The base of a conflict that waits stays what was agreed before it.
local function edited(base, side, version, field)
  return base[side][field] ~= version[field]
end

local function any_edited(world, side, version)
  for _, field in ipairs(world.fields) do
    if edited(world.base, side, version, field) then return true end
  end
  return false
end

local function lose(out, field, side, value, winner)
  if value ~= winner then out.lost[#out.lost + 1] = { field = field, side = side, value = value } end
end

local function contest(out, world, field)
  if world.direction ~= "both" then
    out.waits[field] = true
    return
  end
  local answer = world.answer(field)
  local here, there = world.entry[field], world.event[field]
  if answer == "manual" then
    out.open[field] = true
  elseif answer == "local" then
    out.event[field] = here
    lose(out, field, "external", there, here)
  elseif answer == "external" then
    out.entry[field] = there
    lose(out, field, "local", here, there)
  else
    out.entry[field], out.event[field] = answer.value, answer.value
    lose(out, field, "external", there, answer.value)
    lose(out, field, "local", here, answer.value)
  end
end

local function merge_field(out, world, field)
  local here, there = world.entry[field], world.event[field]
  if here == there then return end
  if not world.base then return contest(out, world, field) end
  local mine, theirs = edited(world.base, "l", world.entry, field), edited(world.base, "r", world.event, field)
  if world.base.open and world.base.open[field] or theirs and (mine or world.careful) then
    contest(out, world, field)
  elseif theirs then
    if world.direction == "outbound" then out.waits[field] = true else out.entry[field] = there end
  elseif mine then
    if world.direction == "inbound" then out.waits[field] = true else out.event[field] = here end
  end
end

local function merge(out, world)
  out.base = "synced"
  for _, field in ipairs(world.fields) do merge_field(out, world, field) end
end

-- The event is to be made or removed: the calendar's side of the plan.
local function outgoing(out, world, event, base)
  if world.direction == "inbound" then
    out.waiting = true
  else
    out.event, out.base = event, base
  end
end

local function event_deleted(out, world)
  if world.base.deleted and not any_edited(world, "l", world.entry) then
    out.base = "deleted"
  elseif any_edited(world, "l", world.entry) or world.deleted == "recreate" then
    outgoing(out, world, copy(world.entry), "synced")
  elseif world.deleted == "keep" then
    out.base = "deleted"
  elseif world.direction == "outbound" then
    out.waiting = true
  else
    out.lost[#out.lost + 1] = { field = "date", side = "local", value = world.entry.date }
    out.entry.date, out.base = nil, "none"
  end
end

-- A date cleared here and an edit there: the edit wins, and the date comes back with it.
local function date_back(out, world)
  if world.direction == "outbound" then
    out.waiting = true
    return
  end
  out.base = "synced"
  out.entry.date = world.event.date
  for _, field in ipairs(world.fields) do
    if field ~= "date" then merge_field(out, world, field) end
  end
end

-- Nothing else holds what the event of a removed entry says.
local function keep_all(out, world)
  for _, field in ipairs(world.fields) do
    out.lost[#out.lost + 1] = { field = field, side = "external", value = world.base.r[field] }
  end
end

local function unwanted(out, world)
  if not world.event or not world.base then
    out.base = "none"
  elseif not any_edited(world, "r", world.event) then
    outgoing(out, world, nil, "none")
    if world.state == "gone" and not out.waiting then keep_all(out, world) end
  elseif world.state == "cleared" then
    date_back(out, world)
  else
    out.base = "none"
  end
end

--- What a run should do to a world.
function oracle.verdict(world)
  local out = { entry = copy(world.entry), event = world.event and copy(world.event), base = world.base and "kept" or "none",
    open = {}, waits = {}, lost = {}, waiting = false }
  if world.state ~= "present" then
    unwanted(out, world)
  elseif world.event then
    merge(out, world)
  elseif world.base then
    event_deleted(out, world)
  else
    outgoing(out, world, copy(world.entry), "synced")
  end
  return out
end

local function state_of(world, entry)
  if world.state == "gone" then return "gone" end
  return entry.date and "present" or "cleared"
end

local function unedited(world, base, entry)
  for _, field in ipairs(world.fields) do
    if base.l[field] ~= entry[field] then return false end
  end
  return true
end

-- What a calendar holds once all have been heard: the entry, but for what waits there. Where the entry lost its
-- date to another calendar, an event without a base stays as it is.
local function difference(world, calendar, verdict, entry)
  local before = verdict.event or calendar.event
  if world.direction == "inbound" or world.state == "gone" then return verdict.event end
  if not entry.date then
    local remove = calendar.base and (verdict.base == "synced" or not verdict.event)
    return not remove and calendar.event or nil
  end
  if not before then
    local kept = verdict.base == "deleted" and unedited(world, calendar.base, entry)
    return not (kept or verdict.waiting) and copy(entry) or nil
  end
  local event = copy(before)
  for _, field in ipairs(verdict.waiting and {} or world.fields) do
    if not verdict.open[field] and not verdict.waits[field] then event[field] = entry[field] end
  end
  return event
end

--- What a run over several calendars should do: their changes merge into the entry in turn, then each gets its difference.
-- @param world as above, with `calendars` = {{ base, event }, …} instead of `base` and `event`; `state` is never "deselected"
-- @return { entry, events = {[i] = version}, lost, undecided = whether a conflict or a field waits in any calendar }
function oracle.fold(world)
  local out = { entry = world.entry, events = {}, lost = {}, undecided = false }
  local verdicts = {}
  for i, calendar in ipairs(world.calendars) do
    local seen = setmetatable({ entry = out.entry, base = calendar.base or false, event = calendar.event or false,
      state = state_of(world, out.entry) }, { __index = world })
    verdicts[i] = oracle.verdict(seen)
    out.entry = verdicts[i].entry
    for _, lost in ipairs(verdicts[i].lost) do out.lost[#out.lost + 1] = lost end
    out.undecided = out.undecided or next(verdicts[i].open) ~= nil or next(verdicts[i].waits) ~= nil or verdicts[i].waiting
  end
  for i, calendar in ipairs(world.calendars) do
    out.events[i] = difference(world, calendar, verdicts[i], out.entry) or nil
  end
  return out
end

return oracle
