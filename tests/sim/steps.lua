-- What people and other programs do to a board and its calendar, step by step. A step that does not apply is passed over.
local Board = require "place"
local Ledger = require "ledger"
local ics = require "calendars.ics"
local json = require "fmcal.json"
local promises = require "promises"
local sim = require "sim"

local steps = {}

-- ---------------------------------------------------------------- on the board

-- Lets `fn(entry, list, at)` edit an entry, where it is there.
local function edit_entry(world, key, fn)
  local board = world.board:read()
  local entry, list, at = Board.entry(board, key)
  if not entry then return end
  fn(entry, list, at)
  if world.script.stamps then entry.updatedAt = world.now() end
  world.board:write(board)
end

-- Somebody writes a value over the one that he sees; nobody can tell that he did where it is the same one.
local function write_over(world, side, key, field, old, new)
  if old == new then return end
  world.ledger:replaced(side, key, field, old)
  world.ledger:wrote(side, key, field, new)
end

local function copied(value)
  return type(value) == "table" and json.array { table.unpack(value) } or value
end

function steps.board(world, step)
  if Board.is_court_date(step.key) then return steps.court(world, step) end
  edit_entry(world, step.key, function(entry)
    write_over(world, "board", step.key, step.field, entry[step.field], step.value)
    entry[step.field] = copied(step.value)
    if step.field == "dueDate" then entry.timeZone = nil end
  end)
end

function steps.court(world, step)
  local key = "E-1.court-date"
  edit_entry(world, key, function(entry)
    write_over(world, "board", key, "dueDate", entry.metadata.courtDate, step.value)
    entry.metadata.courtDate = step.value
  end)
end

function steps.clear(world, step)
  edit_entry(world, step.key, function(entry)
    world.ledger:gave_up(entry.dueDate)
    entry.dueDate = json.null
  end)
end

-- What of an entry is there for people to see, and what both sides were agreed on.
local function give_up_entry(world, entry)
  for _, field in ipairs(Board.FIELDS) do
    world.ledger:gave_up(entry[field])
    world.ledger:gave_up(world.ledger:agreed_value(entry.id, field))
  end
  world.ledger:gave_up(entry.metadata and entry.metadata.courtDate)
  for _, part in ipairs(entry.subitems or {}) do give_up_entry(world, part) end
end

function steps.remove(world, step)
  edit_entry(world, step.key, function(entry, list, at)
    give_up_entry(world, entry)
    table.remove(list, at)
  end)
end

function steps.add(world, step)
  local board = world.board:read()
  if Board.entry(board, step.key) then return end
  local made = Board.item(step.key, step.due)
  made.title = step.title
  for _, field in ipairs(Board.FIELDS) do world.ledger:wrote("board", step.key, field, made[field]) end
  table.insert(board.items, made)
  world.board:write(board)
end

-- Only rules know of archived entries.
function steps.archive(world, step)
  if world.script.rules ~= "archive" then return end
  edit_entry(world, step.key, function(entry) entry.status = "archived" end)
end

function steps.unarchive(world, step)
  edit_entry(world, step.key, function(entry) entry.status = "open" end)
end

-- Another program saves the board as it read it before the last run, with an edit of its own.
function steps.stale(world, step)
  if not world.before_sync then return end
  local board = assert(json.decode(world.before_sync))
  local entry = Board.entry(board, step.key)
  if not entry then return end
  local look = world:look()
  local elsewhere = promises.visible_tokens { board = {}, events = look.events }
  for token in pairs(Ledger.tokens(look.board)) do
    if not elsewhere[token] then world.ledger.alive[token] = nil end
  end
  world.ledger:forget_what_is_old()
  write_over(world, "board", step.key, "title", entry.title, step.value)
  entry.title = step.value
  world.board:write(board)
  world.before_sync = nil
end

-- ---------------------------------------------------------------- in the calendar

local function members_of(event, key, field, value, minutes)
  if field == "dueDate" then return ics.with_date(event, value, minutes or 60) end
  if field ~= "title" or key == "S-1" then return { [field] = value } end
  return { title = (event.title:match("^📊 %[EPIC%] ") or "") .. value }
end

-- A subitem's title tells of its parent, too, and what stands before a ">" is taken for that.
local function write_over_parent(world, old, new)
  world.ledger:gave_up(old)
  local own = new:match(" > (.*)$")
  if own then world.ledger:wrote("event", "S-1", "title", own) end
end

-- Whether an event has these members already: nobody can edit it to what it says.
local function says(event, members)
  for name, value in pairs(members) do
    if json.encode(event[name] or json.null) ~= json.encode(value or json.null) then return false end
  end
  return true
end

function steps.event(world, step)
  local there = world:look().events[step.key]
  if not there or not there.event or there.event.deleted then return end
  local key, field = step.key, step.field
  -- A court date's texts only go out.
  local travels = not (Board.is_court_date(key) and field ~= "dueDate")
  local old, members = there.event[field], members_of(there.event, key, field, step.value, step.minutes)
  if says(there.event, members) then return end
  world.calendar:edit(there.href, members, step.stamp or world.script.stamps or world.meddled)
  if not travels then return world.ledger:gave_up(old) end
  write_over(world, "event", key, field, promises.event_value(key, there.event, field), step.value)
  if key == "S-1" and field == "title" then write_over_parent(world, old, step.value) end
  world.edited_there[key] = world.runs
end

function steps.delete(world, step)
  local there = world:look().events[step.key]
  if not there then return end
  for _, field in ipairs(Board.FIELDS) do world.ledger:gave_up(there.event and there.event[field]) end
  world.calendar:delete(there.href)
end

function steps.foreign(world, step)
  local uid = step.key .. "@elsewhere"
  world.calendar:foreign(uid)
  for _, object in pairs(world.calendar:objects()) do
    if object.uid == uid then world.foreign[uid] = object.text end
  end
end

-- ---------------------------------------------------------------- back to what it was

--- Somebody takes an edit back: what stood there before stands there again.
-- @param step side "board"|"event", key, field, back (how many values ago)
function steps.restore(world, step)
  local values = world:past(step.side, step.key, step.field)
  local old = values[#values - step.back]
  if old == nil or old == json.null then return end
  -- Byte for byte what it was, stamp and all, it would be what a run that the network cut off never touched.
  if step.side == "event" then sim.advance(1) end
  steps[step.side](world, { key = step.key, field = step.field, value = old, stamp = true })
end

function steps.lose_state(world)
  for token in pairs(promises.only_in_history(world, world:look())) do world.ledger.alive[token] = nil end
  sim.remove_tree(world.folder .. "/.fmcal")
  world.ledger:forget_what_is_old()
  world.state_was_lost = true
end

return steps
