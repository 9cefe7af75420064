-- What each test of the policy suite holds of undo: its last run is taken back and done again. After either, the next run has
-- nothing to do; taken back, both sides say what they had agreed on before; done again, what they said.
local json = require "fmcal.json"
local lu = require "luaunit"
local state = require "fmcal.state"
local undo = require "fmcal.sync.undo"

local check = {}

local MEMBERS = { "title", "description", "dueDate", "timeZone", "durationMinutes", "tags", "priority" }
-- Not the end and the zone: an event of another program may leave them out and mean the same.
local EVENT_MEMBERS = { "title", "description", "dueDate", "tags", "priority" }

local function picked(object, members)
  local found = {}
  for _, name in ipairs(members) do
    local value = object[name]
    if value ~= nil and value ~= json.null and value ~= "" and not (type(value) == "table" and #value == 0) then
      found[name] = value
    end
  end
  local is_day = found.dueDate and #found.dueDate == 10
  if is_day or found.durationMinutes == 60 then found.durationMinutes = nil end -- as without one
  if is_day then found.timeZone = nil end
  if found.tags then -- in whatever order
    found.tags = { table.unpack(found.tags) }
    table.sort(found.tags)
  end
  return found
end

local function add_entries(found, list)
  for _, entry in ipairs(type(list) == "table" and list ~= json.null and list or {}) do
    if type(entry) == "table" and type(entry.id) == "string" then
      found[entry.id] = picked(entry, MEMBERS)
      local metadata = type(entry.metadata) == "table" and entry.metadata or {}
      found[entry.id].courtDate = metadata.courtDate ~= json.null and metadata.courtDate or nil
      add_entries(found, entry.subitems)
    end
  end
end

-- What both sides say: { entries = {[id] = members}, events = {[uid] = members} }.
local function sides(place)
  local found, board = { entries = {}, events = {} }, place:board()
  add_entries(found.entries, board.items)
  add_entries(found.entries, board.epics)
  for _, object in ipairs(place:objects()) do
    local event = place:decode(object.text)
    if event and object.uid then found.events[object.uid] = picked(event, EVENT_MEMBERS) end
  end
  return found
end

--- Notes what both sides say after a run that has brought them in step.
function check.note(place, result)
  if result.exit == 0 and #result.entries == 0 then return end
  local ok, now = pcall(sides, place)
  place.before, place.after = place.after, ok and result.exit == 0 and result.direction == "both" and now or nil
end

local function last_run(place)
  local opened <close> = state.open(place.path .. "/.fmcal/academy.db", { read_only = true })
  for _, row in ipairs(opened and opened:runs() or {}) do
    if row.kind == "sync" and #opened:changes { run = row.number } > 0 then return row.number end
  end
  return nil
end

local function assert_same(part, before, now)
  for key, members in pairs(before) do
    -- One whose date nobody understands has none.
    if now[key] and now[key].dueDate and members.dueDate then
      lu.assertEquals(now[key], members, ("%s of %s"):format(part, key))
    end
  end
end

local function take_back(place, number, redo)
  return undo.run({ board = place.board_path, providers = place.world.providers, allow_mass_delete = true }, number, redo)
end

--- Checks it, where the last run of a test has changed something and both sides are in step.
function check.all(place)
  local number, before, after = last_run(place), place.before, place.after
  if place.cannot_go_back or not number or not after or place:sync({ dry_run = true }).exit ~= 0 then return end
  local result = take_back(place, number)
  if result.exit ~= 0 then
    -- What was edited since stays as it was.
    lu.assertTrue(result.exit == 1 or result.error:find("changed nothing that could be taken back", 1, true) ~= nil,
      result.error)
    return
  end
  check.count = (check.count or 0) + 1
  place:assert_settled(0)
  local now = sides(place)
  if before then
    for id in pairs(before.entries) do -- of an event that the run has made the entry stays
      local uid = id .. "@fleetmonitor"
      if not before.events[uid] or not now.events[uid] then before.entries[id] = nil end
    end
    assert_same("the entry", before.entries, now.entries)
    if not place.goes_one_way then assert_same("the event", before.events, now.events) end
    for uid in pairs(before.events) do
      if not after.events[uid] then
        lu.assertNotNil(now.events[uid], "the event of " .. uid .. " is not back")
      end
    end
  end
  lu.assertEquals(take_back(place, nil, true).exit, 0)
  lu.assertEquals(sides(place), after)
  place:assert_settled(0)
end

return check
