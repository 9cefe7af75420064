-- What is promised of every run and of the end, held against what people wrote.
local Board = require "place"
local Ledger = require "ledger"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local state = require "fmcal.state"
local time = require "fmcal.time"

local promises = {}

function promises.broken(...)
  error({ violation = string.format(...) }, 0)
end
local broken = promises.broken

-- ---------------------------------------------------------------- what both sides hold

-- An event's title without what it says of the entry's kind; nil for a subitem's, which tells of its parent too.
local function title_of(key, event)
  if key == "S-1" then return nil end
  return (event.title:gsub("^📊 %[EPIC%] ", ""))
end

--- A field of an event, in the board's words; nil where the event does not say.
function promises.event_value(key, event, field)
  if Board.is_court_date(key) and field ~= "dueDate" then return nil end
  if field == "title" then return title_of(key, event) end
  return event[field]
end

--- The event of each entry. Two of one entry are a broken promise.
function promises.events(objects)
  local found = {}
  for href, object in pairs(objects) do
    local key = (object.uid or ""):match("^(.*)@fleetmonitor$")
    if key and found[key] then broken("two events of %s: %s and %s", key, found[key].href, href) end
    if key then found[key] = { href = href, text = object.text, event = object.event } end
  end
  return found
end

-- ---------------------------------------------------------------- each run

local function check_foreign(world, objects)
  for uid, text in pairs(world.foreign) do
    local there
    for _, object in pairs(objects) do there = there or object.uid == uid and object.text end
    if there ~= text then broken("the event %s of somebody else was touched", uid) end
  end
end

-- What vanished in a run: an event only where the board does not want it, a date only where the event is gone.
local function check_deletions(before, after)
  for _, key in ipairs(Board.KEYS) do
    local had, has = before.events[key], after.events[key]
    local wanted = Board.is_wanted(before.board, key) and Board.is_wanted(after.board, key)
    if had and not has and wanted then broken("the event of %s was deleted though the board wants it", key) end
    if Board.entry(before.board, key) and not Board.entry(after.board, key) then broken("the entry %s vanished", key) end
    if Board.entry(after.board, key) and had and Board.is_wanted(before.board, key) and not Board.is_wanted(after.board, key) then
      broken("the date of %s was cleared though its event is there", key)
    end
  end
end

local function history_tokens(world)
  local found = {}
  local opened = state.open(world.state_path, { read_only = true })
  if not opened then return found end
  for _, row in ipairs(opened:history {}) do
    local value = json.decode(row.value)
    if math.type(value) == "integer" then value = time.format(value) end
    Ledger.tokens(value, found)
  end
  opened:close()
  return found
end

-- Whether the history holds a value.
local function is_kept(world, value)
  local history = history_tokens(world)
  for token in pairs(Ledger.tokens(value)) do
    if not history[token] then return false end
  end
  return true
end

-- Whether an event was edited since a server has forgotten a write that it had answered.
local function is_edited_since_forgotten(world, key)
  return world.forgot and (world.edited_there[key] or 0) >= world.forgot
end

local function check_value(world, side, key, field, was, is)
  is = Ledger.canonical(field, is)
  if is == nil or is == Ledger.canonical(field, was) then return end
  if not world.ledger:is_written(key, field, is) then
    broken("nobody wrote what the %s says of %s: %s %q", side, key, field, is)
  end
  local came_back = was ~= nil and was ~= json.null and world.ledger:is_old(key, field, is)
  -- What a person put back in the calendar, where a run without an end had just been, cannot be told from what that run
  -- never reached. Nor can a write that was answered and forgotten, in an event that somebody touched since, be told from
  -- one that somebody took back. Either may lose, but not without a trace.
  if came_back and not ((side == "calendar" or is_edited_since_forgotten(world, key)) and is_kept(world, was)) then
    broken("on the %s of %s an old value came back: %s %q", side, key, field, is)
  end
end

-- What a run has put in a place was written there or on the other side, and nobody has replaced it since.
local function check_values(world, before, after)
  for _, key in ipairs(Board.KEYS) do
    local had, has = before.events[key], after.events[key]
    for _, field in ipairs(Board.FIELDS) do
      check_value(world, "board", key, field, Board.get(before.board, key, field), Board.get(after.board, key, field))
      if had and has and had.event and has.event then
        check_value(world, "calendar", key, field, promises.event_value(key, had.event, field),
          promises.event_value(key, has.event, field))
      end
    end
  end
end

--- The tokens in what people can see. A court date's texts are its epic's, and go out alone.
function promises.visible_tokens(look)
  local found = Ledger.tokens(look.board)
  for key, event in pairs(look.events) do
    for _, field in ipairs(Board.is_court_date(key) and { "dueDate" } or Board.FIELDS) do
      Ledger.tokens(event.event and event.event[field], found)
    end
  end
  return found
end

--- The tokens that only the history holds.
function promises.only_in_history(world, look)
  local visible, only = promises.visible_tokens(look), {}
  for token in pairs(history_tokens(world)) do
    if not visible[token] then only[token] = true end
  end
  return only
end

local function check_tokens(world, look)
  local visible = promises.visible_tokens(look)
  if not world.ledger:missing(visible) then return end
  local lost = world.ledger:missing(visible, history_tokens(world))
  if lost then broken("what somebody wrote is lost: %s", lost) end
end

--- What holds after every run, whatever happened in it.
-- @param before, after what was there: see World:look()
-- @param meddled somebody edited during the run
-- @param unsettled part of what people wrote is neither on the board nor in the calendar, for the moment
function promises.after_run(world, before, after, meddled, unsettled)
  check_foreign(world, after.objects)
  if not meddled then
    check_deletions(before, after)
    check_values(world, before, after)
  end
  if not unsettled then check_tokens(world, after) end
end

--- What holds after a run was taken back.
function promises.after_undo(world, look)
  check_foreign(world, look.objects)
  check_tokens(world, look)
end

-- ---------------------------------------------------------------- exit statuses

local EXITS = { [0] = true, [1] = true, [3] = true, [4] = true, [5] = true }

local function waiting(board)
  for _, key in ipairs(Board.KEYS) do
    local sync = Board.sync_of(board, key)
    if sync and sync.syncStatus == "conflict" then return key end
  end
  return nil
end

local function failing(board)
  for _, key in ipairs(Board.KEYS) do
    local sync = Board.sync_of(board, key)
    if sync and (sync.syncStatus == "error" or (sync.retryCount or 0) > 0) then return key end
  end
  return nil
end

--- What the exit status of a run says is so.
-- @param quiet nothing went wrong in the run
function promises.exit(result, after, quiet)
  local exit = result.exit
  if not EXITS[exit] then broken("a run ended with %d: %s", exit, tostring(result.message)) end
  if exit == 0 and waiting(after.board) then broken("a run ended with 0 though %s is in conflict", waiting(after.board)) end
  if not quiet then return end
  if exit == 3 then broken("a run ended with 3 though nothing went wrong: %s", tostring(result.error)) end
  if exit == 4 and not waiting(after.board) then broken("a run ended with 4 though no conflict waits") end
  if exit == 1 and not failing(after.board) and not next(result.messages or {}) then
    broken("a run ended with 1 though nothing failed: %s", tostring(result.error or result.message))
  end
end

-- ---------------------------------------------------------------- in step

local function as_members(entry, key)
  if not Board.is_court_date(key) then return entry end
  return { dueDate = entry.metadata.courtDate }
end

-- What somebody wrote over the parent's part of a title stays in the calendar until the event is written again.
local function own_title(board, key, title)
  if key ~= "S-1" then return title_of(key, { title = title }) end
  local own = Board.entry(board, key).title:gsub("\r\n?", "\n")
  return title:sub(-#own) == own and own or title
end

-- The board has no shorter one than a minute.
local function minutes(event)
  if not event.endDate or #event.endDate <= 10 then return nil end
  local function epoch(text) return time.parse(text:gsub("[+-]%d%d:%d%d$", ""):gsub("Z?$", "Z", 1)).epoch end
  return math.max(1, (epoch(event.endDate) - epoch(event.dueDate)) // 60)
end

-- An entry and its event say the same.
local function check_agreement(world, look, key)
  local entry, event, zone = Board.entry(look.board, key), look.events[key].event, world.script.options.timeZone
  local here = fields.version(as_members(entry, key), zone)
  local there = fields.version({ title = own_title(look.board, key, event.title), description = event.description,
    dueDate = event.dueDate, timeZone = event.timeZone, tags = event.tags, priority = event.priority,
    durationMinutes = minutes(event) }, zone)
  if fields.date_kind(there) == "floating" and fields.date_kind(here) == "instant" then
    there.date, here.date = nil, nil
  end
  local list = Board.is_court_date(key) and fields.COURT_DATE
    or { "title", "description", "date", "duration", "tags", "priority" }
  if world.script.rules == "forgetful" then there.date, there.duration = here.date, here.duration end
  if world.script.rules == "declared" and not Board.is_court_date(key) then
    list = { "location", table.unpack(list) }
    here.location, there.location = Ledger.canonical("location", entry.location), Ledger.canonical("location", event.location)
  end
  local name = fields.differences(list, here, there)[1]
  if name then broken("%s is in step but differs in %s: %s here, %s there", key, name, tostring(here[name]), tostring(there[name])) end
end

local function check_entry(world, look, key)
  local event, sync = look.events[key], Board.sync_of(look.board, key)
  local status = sync and sync.syncStatus
  if not Board.is_wanted(look.board, key) then
    -- What a run that died has written cannot be recognised where the server writes it in another way.
    local unrecognised = world.died and world.script.server.reverse
    -- A server that does not find what is there says just what it says of what was deleted.
    -- Where another program was at an event while a write of it was under way, nobody can tell that it edited nothing.
    local excused = world.state_was_lost or world.brought_back[key] or world.edited_there[key]
      or unrecognised or world.did_not_find or world.was_touched
    if event and not excused then broken("the event of %s is still there though nobody wants it", key) end
    return
  end
  if status == "deleted" and not event then return end
  if not event then broken("%s wants an event and has none (%s)", key, tostring(status)) end
  if status == "conflict" then return end
  if status ~= "synced" then broken("%s is %s at the end", key, tostring(status)) end
  check_agreement(world, look, key)
end

--- Both sides say the same of every entry, but for conflicts that wait.
function promises.in_step(world, look)
  for _, key in ipairs(Board.KEYS) do check_entry(world, look, key) end
  for _, one in ipairs(type(look.board.items) == "table" and look.board.items or {}) do
    if one.extra ~= 1234567890123456789 or one.note ~= "é" then broken("members of %s that are not ours changed", one.id) end
  end
end

return promises
