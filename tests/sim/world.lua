-- Runs the script of a history on a real board file, state and mock server, and holds the system to its promises.
--
-- Every value that somebody writes carries a token of its own. A token may only disappear when somebody who saw it
-- wrote over it or deleted it; otherwise it must be found on a side, in a conflict that waits, or in the history.
local core = require "fmcal.provider.core"
local fields = require "fmcal.sync.fields"
local json = require "fmcal.json"
local mock = require "fmcal.mock"
local run = require "fmcal.sync.run"
local state = require "fmcal.state"
local time = require "fmcal.time"

local World = {}
World.__index = World

local RULES = 'return { select = function(entry) return entry.status ~= "archived" end }'
local ROUNDS_TO_SETTLE = 4

-- Runs are a minute apart, as they are in life: a run is known by its time.
local minutes = 0
function time.now() -- luacheck: ignore 122
  minutes = minutes + 1
  return time.format(time.epoch() + 60 * minutes)
end

local function violation(...)
  error({ violation = string.format(...) }, 0)
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

-- As programs save that care: a new file takes the place of the old one.
local function write(path, text)
  local file = assert(io.open(path .. ".new", "wb"))
  assert(file:write(text))
  file:close()
  assert(os.rename(path .. ".new", path))
end

-- ---------------------------------------------------------------- the board

local function item(id, due)
  return { id = id, title = id .. " t0", description = "d0", dueDate = due, priority = "high", status = "open",
    tags = json.array { "legal" }, extra = 1234567890123456789, note = "é" }
end

local function first_board(options)
  local x1 = item("X-1", "2030-01-01")
  x1.subitems = json.array { { id = "S-1", title = "S t0", dueDate = "2030-01-02" } }
  return { team = "sim", calendarConfig = { enabled = true, provider = "mock", rules = "rules.lua", syncOptions = options },
    items = json.array { x1, item("X-2", "2030-01-03"), item("X-3", "2030-01-04T12:00:00Z"),
      item("X-4", "2030-01-05T12:00:00+02:00") },
    epics = json.array { { id = "E-1", type = "epic", title = "E t0", dueDate = "2030-01-06",
      metadata = { courtDate = "2030-01-07" } } } }
end

local function find(list, id)
  for i, entry in ipairs(list or {}) do
    if entry.id == id then return entry, list, i end
    local found, within, at = find(entry.subitems, id)
    if found then return found, within, at end
  end
  return nil
end

local function entry_in(board, key)
  local id = key:gsub("%.court%-date$", "")
  local entry, list, at = find(board.items, id)
  if entry then return entry, list, at end
  return find(board.epics, id)
end

function World:board()
  return assert(json.decode(read(self.path)))
end

function World:save_board(board)
  write(self.path, assert(json.encode(board, { indent = 2, sort = true })))
end

-- ---------------------------------------------------------------- tokens

-- The tokens in a text: t12, and days, which are tokens of dates.
local function add_tokens(found, text)
  for token in text:gmatch("t%d+") do found[token] = true end
  for date in text:gmatch("20[3-9]%d%-%d%d%-%d%d") do found[date] = true end
  return found
end

local function tokens_of(value, found)
  found = found or {}
  if type(value) == "string" then return add_tokens(found, value) end
  if type(value) == "table" then
    for _, member in pairs(value) do tokens_of(member, found) end
  end
  return found
end

local MEMBERS = { "title", "description", "dueDate", "tags" }

-- What of an entry is there for people to see.
local function entry_tokens(entry, field)
  local found = {}
  for _, name in ipairs(field and { field } or MEMBERS) do tokens_of(entry[name], found) end
  if not field and entry.metadata then tokens_of(entry.metadata.courtDate, found) end
  return found
end

function World:event(key)
  local object = self.server:object(key .. "@fleetmonitor")
  return object and assert(self.server:event(key .. "@fleetmonitor")) or nil
end

local function event_tokens(event, field)
  local found = {}
  for _, name in ipairs(field and { field } or MEMBERS) do tokens_of(event[name], found) end
  return found
end

-- Somebody saw these and wrote over them or deleted them.
function World:forget(tokens)
  for token in pairs(tokens) do self.alive[token] = nil end
end

function World:remember(value)
  for token in pairs(tokens_of(value)) do self.alive[token] = true end
end

function World:calendar_tokens()
  local found = {}
  for _, object in ipairs(self.server:objects()) do
    local event = self.server:event(object.href)
    if event then event_tokens(event, nil, found) end
    for token in pairs(event and event_tokens(event) or {}) do found[token] = true end
  end
  return found
end

function World:history_tokens()
  local found = {}
  if not read(self.state_path) then return found end
  local opened = assert(state.open(self.state_path, { read_only = true }))
  for _, row in ipairs(opened:history {}) do
    local value = json.decode(row.value)
    if math.type(value) == "integer" then value = time.format(value) end
    tokens_of(value, found)
  end
  opened:close()
  return found
end

local function add_all(to, from)
  for token in pairs(from) do to[token] = true end
end

function World:check_tokens()
  local found = tokens_of(self:board())
  add_all(found, self:calendar_tokens())
  add_all(found, self:history_tokens())
  for token in pairs(self.alive) do
    if not found[token] then violation("what somebody wrote is lost: %s", token) end
  end
end

-- ---------------------------------------------------------------- steps

local steps = {}

function steps.board(self, step)
  local board = self:board()
  local entry = entry_in(board, step.key)
  if not entry then return end
  self:forget(entry_tokens(entry, step.field))
  entry[step.field] = type(step.value) == "table" and json.array { table.unpack(step.value) } or step.value
  if step.field == "dueDate" then entry.timeZone = nil end
  self:remember(step.value)
  self:save_board(board)
end

function steps.court(self, step)
  local board = self:board()
  local entry = entry_in(board, step.key)
  if not entry then return end
  self:forget(tokens_of(entry.metadata.courtDate))
  entry.metadata.courtDate = step.value
  self:remember(step.value)
  self:save_board(board)
end

function steps.clear(self, step)
  local board = self:board()
  local entry = entry_in(board, step.key)
  if not entry or not entry.dueDate then return end
  self:forget(entry_tokens(entry, "dueDate"))
  entry.dueDate = json.null
  self:save_board(board)
end

function steps.remove(self, step)
  local board = self:board()
  local entry, list, at = entry_in(board, step.key)
  if not entry then return end
  self:forget(entry_tokens(entry))
  for _, part in ipairs(entry.subitems or {}) do self:forget(entry_tokens(part)) end
  table.remove(list, at)
  self:save_board(board)
end

function steps.add(self, step)
  local board = self:board()
  if entry_in(board, step.key) then return end
  local made = item(step.key, step.due)
  made.title = step.title
  self:remember { step.title, step.due }
  table.insert(board.items, made)
  self:save_board(board)
end

local function set_status(self, step, status)
  local board = self:board()
  local entry = entry_in(board, step.key)
  if not entry then return end
  entry.status = status
  self:save_board(board)
end

function steps.archive(self, step) set_status(self, step, "archived") end
function steps.unarchive(self, step) set_status(self, step, "open") end

-- Dates are moved as a calendar program moves them: start and end together.
local function with_date(event, due)
  if #due == 10 then return { dueDate = due, endDate = time.add_days(due, 1) } end
  local finish = due:gsub("T12", "T13")
  if due:sub(-1) == "Z" then return { dueDate = due, endDate = finish } end
  return { dueDate = due, endDate = finish, timeZone = event.timeZone }
end

function steps.event(self, step)
  local event = self:event(step.key)
  if not event or event.deleted then return end
  local members = step.field == "dueDate" and with_date(event, step.value) or { [step.field] = step.value }
  if step.field == "title" then members.title = (event.title:match("^📊 %[EPIC%] ") or "") .. step.value end
  self:forget(event_tokens(event, step.field))
  self.clock = self.clock + 1
  -- Calendar programs say when they changed an event; the clock of the tests is far ahead of ours.
  local uid = step.key .. "@fleetmonitor"
  assert(self.server:edit(uid, members))
  local object = self.server:object(uid)
  assert(self.server:put(object.href, (object.text:gsub("LAST%-MODIFIED:%d+T%d+Z",
    "LAST-MODIFIED:" .. time.format(time.epoch() + self.clock):gsub("[-:]", "")))))
  local now = self:event(step.key)
  -- A court date's texts only go out, and what is said of a parent in a subitem's title is not the parent's.
  if step.key:find("court") and step.field ~= "dueDate" then return end
  add_all(self.alive, event_tokens(now, step.field))
  self.edited_there[step.key] = true
end

function steps.delete(self, step)
  local event = self:event(step.key)
  if not event then return end
  self:forget(event_tokens(event))
  assert(self.server:delete(step.key .. "@fleetmonitor"))
end

function steps.foreign(self, step)
  local uid = step.key .. "@elsewhere"
  self.foreign[uid] = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nBEGIN:VEVENT\r\nUID:%s\r\n"
    .. "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20300101\r\nSUMMARY:foreign\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"):format(uid)
  assert(self.server:put(step.key .. ".ics", self.foreign[uid]))
end

function steps.fault(self, step)
  self.server:fault { kind = step.kind, on = step.on, at = step.at, times = step.times,
    retry_after_s = (step.kind == "throttle" or step.kind == "server") and 0 or nil }
end

function steps.lose_state(self)
  self:forget(self:only_in_history())
  os.execute("rm -rf '" .. self.folder .. "/.fmcal'")
  self.state_was_lost = true
end

function World:only_in_history()
  local elsewhere = tokens_of(self:board())
  add_all(elsewhere, self:calendar_tokens())
  local only = {}
  for token in pairs(self:history_tokens()) do
    if not elsewhere[token] then only[token] = true end
  end
  return only
end

-- Another program saves the board as it read it before the last run, with an edit of its own.
function steps.stale(self, step)
  if not self.before_sync then return end
  local board = assert(json.decode(self.before_sync))
  local entry = entry_in(board, step.key)
  if not entry then return end
  local saved, there = tokens_of(board), self:calendar_tokens()
  for token in pairs(tokens_of(self:board())) do
    if not saved[token] and not there[token] then self.alive[token] = nil end
  end
  self:forget(entry_tokens(entry, "title"))
  entry.title = step.value
  self:remember(step.value)
  self:save_board(board)
  self.before_sync = nil
end

-- ---------------------------------------------------------------- runs

-- Whether the board asks for an event of an entry.
local function is_wanted(board, key)
  local entry = entry_in(board, key)
  if not entry or entry.status == "archived" then return false end
  local due = key:find("court") and (entry.metadata or {}).courtDate or entry.dueDate
  if key:find("court") then due = (entry.metadata or {}).courtDate end
  return due ~= nil and due ~= json.null
end

local function keys_of_events(self)
  local found = {}
  for _, object in ipairs(self.server:objects()) do
    local key = (object.uid or ""):match("^(.*)@fleetmonitor$")
    if key then
      if found[key] then violation("two events of %s: %s and %s", key, found[key], object.href) end
      found[key] = object.href
    end
  end
  return found
end

local function check_foreign(self)
  for uid, text in pairs(self.foreign) do
    local object = self.server:object(uid)
    if not object or object.text ~= text then violation("the event %s of somebody else was touched", uid) end
  end
end

-- What vanished in a run: an event only where the board does not want it, a date only where the event is gone.
local function check_deletions(self, board_before, events_before)
  local board, events = self:board(), keys_of_events(self)
  for key in pairs(events_before) do
    if not events[key] and is_wanted(board_before, key) and is_wanted(board, key) and not self.meddled then
      violation("the event of %s was deleted though the board wants it", key)
    end
  end
  for _, key in ipairs { "X-1", "X-2", "X-3", "X-4", "X-5", "S-1", "E-1" } do
    local before, after = entry_in(board_before, key), entry_in(board, key)
    if before and not after and not self.meddled then violation("the entry %s vanished", key) end
    if after and is_wanted(board_before, key) and not is_wanted(board, key) and events_before[key] and not self.meddled then
      violation("the date of %s was cleared though its event is there", key)
    end
  end
end

local EXITS = { [0] = true, [1] = true, [3] = true, [4] = true, [5] = true }

local SLICE_SIZES = { 1, 2, 1000 }

local function execute(self, options)
  options.board, options.providers = self.path, { mock = self.provider }
  options.lock_wait_ms = 0
  -- Runs in one slice and in several take turns.
  self.runs = (self.runs or 0) + 1
  options.slice_size = SLICE_SIZES[self.runs % #SLICE_SIZES + 1]
  local ok, result = pcall(run.sync, options)
  if not ok then
    self.died = true
    if type(result) == "string" and result:find("killed by the script", 1, true) then return nil end
    error(result, 0)
  end
  if not EXITS[result.exit] then violation("a run ended with %d: %s", result.exit, tostring(result.message)) end
  return result
end

function steps.sync(self, step)
  local before, events = self:board(), keys_of_events(self)
  self.before_sync, self.meddled = read(self.path), false
  local calls = 0
  execute(self, { direction = step.direction, allow_mass_delete = true, progress = function()
    calls = calls + 1
    if calls == step.crash_at then error("killed by the script", 0) end
    if calls == step.meanwhile_at then
      self.meddled = true
      steps[step.meanwhile.op](self, step.meanwhile)
    end
  end })
  if self.meddled then self.before_sync = nil end
  keys_of_events(self)
  check_foreign(self)
  check_deletions(self, before, events)
end

function steps.resolve(self, step)
  local entry = entry_in(self:board(), step.key)
  local sync = entry and (step.key:find("court") and (entry.metadata or {}).courtDateSync or entry.calendarSync)
  if type(sync) ~= "table" or sync.syncStatus ~= "conflict" then return end
  self.before_sync = nil
  execute(self, { only = { step.key }, answers = { [step.key] = step.answer } })
end

-- ---------------------------------------------------------------- the end

local function sync_status(entry, key)
  local sync
  if key:find("court") then sync = (entry.metadata or {}).courtDateSync else sync = entry.calendarSync end
  return type(sync) == "table" and sync.syncStatus or nil
end

local function as_members(entry, key)
  if not key:find("court") then return entry end
  return { dueDate = entry.metadata.courtDate }
end

-- An event's title without what it says of the entry's kind or parent. What somebody wrote over the parent's part stays
-- in the calendar until the event is written again.
local function strip_prefix(board, key, title)
  if key == "E-1" then return (title:gsub("^📊 %[EPIC%] ", "")) end
  if key ~= "S-1" then return title end
  local own = entry_in(board, key).title:gsub("\r\n?", "\n")
  return title:sub(-#own) == own and own or title
end

-- An entry and its event say the same.
local function check_agreement(self, board, key)
  local entry, event, zone = entry_in(board, key), self:event(key), self.script.options.timeZone
  local here = fields.version(as_members(entry, key), zone)
  local length = event.endDate and #event.endDate > 10
    and (time.parse(event.endDate .. (event.endDate:find("Z") and "" or "Z")).epoch
      - time.parse(event.dueDate .. (event.dueDate:find("Z") and "" or "Z")).epoch) // 60 or nil
  local there = fields.version({ title = strip_prefix(board, key, event.title), description = event.description,
    dueDate = event.dueDate, timeZone = event.timeZone, tags = event.tags, priority = event.priority,
    durationMinutes = length }, zone)
  if fields.date_kind(there) == "floating" and fields.date_kind(here) == "instant" then
    there.date = nil
    here.date = nil
  end
  local list = key:find("court") and fields.COURT_DATE or { "title", "description", "date", "duration", "tags", "priority" }
  local differing = fields.differences(list, here, there)
  if #differing > 0 then
    violation("%s (%s) is in step but differs in %s: %s here, %s there", key, tostring(sync_status(entry, key)),
      table.concat(differing, ", "), tostring(here[differing[1]]), tostring(there[differing[1]]))
  end
end

local function check_entry(self, board, events, key)
  local entry = entry_in(board, key)
  if not is_wanted(board, key) then
    -- What a run that died has written cannot be recognised where the server writes it in another way.
    local unrecognised = self.died and self.script.server.reverse
    local excused = self.state_was_lost or self.edited_there[key] or unrecognised
    if events[key] and not excused then violation("the event of %s is still there though nobody wants it", key) end
    return
  end
  local status = sync_status(entry, key)
  if status == "deleted" and not events[key] then return end
  if not events[key] then violation("%s wants an event and has none (%s)", key, tostring(status)) end
  if status == "conflict" then return end
  if status ~= "synced" then violation("%s is %s at the end", key, tostring(status)) end
  check_agreement(self, board, key)
end

-- One run for which nothing is left to do: no write, no body read, the board not touched.
local function check_idle(self)
  local before = read(self.path)
  self.server:reset_counts()
  local result = execute(self, { direction = "both" })
  local counts = self.server:counts()
  for _, kind in ipairs { "create", "update", "delete", "bodies", "fetch" } do
    if (counts[kind] or 0) > 0 then
      local actions = {}
      for _, action in ipairs(result.actions) do actions[#actions + 1] = action.action .. " " .. action.key end
      violation("an idle run makes %d %s requests (%s)", counts[kind], kind, table.concat(actions, ", "))
    end
  end
  if read(self.path) ~= before then violation("an idle run touches the board") end
end

local KEYS = { "X-1", "X-2", "X-3", "X-4", "X-5", "S-1", "E-1", "E-1.court-date" }

local function settle(self)
  self.server:clear_faults()
  for _ = 1, ROUNDS_TO_SETTLE do
    execute(self, { direction = "both", retry_failed = true, allow_mass_delete = true })
  end
  check_foreign(self)
  local board, events = self:board(), keys_of_events(self)
  for _, key in ipairs(KEYS) do check_entry(self, board, events, key) end
  for _, one in ipairs(board.items) do
    if one.extra ~= 1234567890123456789 or one.note ~= "é" then violation("members of %s that are not ours changed", one.id) end
  end
  self:check_tokens()
  check_idle(self)
end

-- ---------------------------------------------------------------- a whole history

local folders = 0

local function new(script, base)
  minutes = 0
  folders = folders + 1
  local self = setmetatable({ script = script, alive = {}, foreign = {}, edited_there = {}, clock = 1000,
    folder = ("%s/%d"):format(base, folders) }, World)
  os.execute("mkdir -p '" .. self.folder .. "'")
  self.path, self.state_path = self.folder .. "/board.json", self.folder .. "/.fmcal/sim.db"
  write(self.folder .. "/rules.lua", RULES)
  self:save_board(first_board(script.options))
  self.server = assert(mock.server(script.server))
  self.provider = assert(core.new("mock", {}, self.server))
  return self
end

--- Runs a script. @return nil, or what promise was broken
function World.run(script, base)
  local self = new(script, base)
  local ok, raised = xpcall(function()
    execute(self, { direction = "both" })
    for _, step in ipairs(script.steps) do
      steps[step.op](self, step)
    end
    settle(self)
  end, function(raised)
    return type(raised) == "table" and raised or debug.traceback(tostring(raised), 2)
  end)
  self.provider:close()
  os.execute("rm -rf '" .. self.folder .. "'")
  if ok then return nil end
  return type(raised) == "table" and (raised.violation or tostring(raised)) or raised
end

return World
