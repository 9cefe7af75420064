-- Scripts of random histories: what people, programs and the network do to a board and its calendar.
--
-- A script is a table that can be printed and run again:
--   options   syncOptions;  rules, stamps  which rules there are (see world.lua), whether people's programs say when they edited
--   server    settings of the calendar;  seed  of what is random in the world
--   undoes    runs are taken back;  in_worker  rules run in a process of their own
--   steps     list of { op, … }, see `makers`; a step that does not apply is passed over
local swarm = require "swarm"

local history = {}

local FOR_EVER = 1000000
-- One of so many histories runs its rules in the worker.
local WORKER_SHARE = 40
local FIELDS = { "title", "title", "description", "dueDate", "dueDate", "tags", "priority" }
-- Where the rules declare a field of the team's own.
local DECLARED = { "location", "location", "location", table.unpack(FIELDS) }
local KEYS = { "X-1", "X-2", "X-3", "X-4", "S-1", "E-1" }
local EVENT_KEYS = { "X-1", "X-2", "X-3", "X-4", "S-1", "E-1", "E-1.court-date" }

local function any(random, list)
  return list[random(#list)]
end

-- Every value is found again by the token in it; a day is its own token.
local function day(counter)
  local month_days = 28
  return ("20%02d-%02d-%02d"):format(30 + counter // (12 * month_days), counter // month_days % 12 + 1, counter % month_days + 1)
end

local SPELLINGS = {
  function(date) return date end,
  function(date) return date end,
  function(date) return date .. "T12:00:00Z" end,
  function(date) return date .. "T12:00:00" end,
  function(date) return date .. "T12:00:00+02:00" end,
}

local function value_of(self, field, in_event)
  self.counter = self.counter + 1
  local token = ("t%d"):format(self.counter)
  if field == "dueDate" then
    local spelled = any(self.random, SPELLINGS)(day(self.counter))
    if not in_event then return spelled end
    return spelled:gsub("%+02:00$", "Z"):gsub("T12:00:00$", self.drawn.floating and "%0" or "%0Z")
  end
  if field == "tags" then return { token, any(self.random, { "legal", "filing" }) } end
  if field == "priority" then return any(self.random, { "high", "medium", "low" }) end
  return token .. any(self.random, { "", " > x", " [X]", ", ; \\", "\nsecond line", " 🎉" })
end

-- ---------------------------------------------------------------- edits

local makers = {}

function makers.board(self)
  local field = any(self.random, self.fields)
  return { op = "board", key = any(self.random, KEYS), field = field, value = value_of(self, field) }
end

-- A field that an edit in the calendar brings back: not the date where the rules forget it.
local function field_there(self)
  local field = any(self.random, self.fields)
  return self.drawn.forgetful and field == "dueDate" and "title" or field
end

-- An edit in the calendar; moved events may come to last another time, or none at all.
local function edit_there(self, key, field)
  local step = { op = "event", key = key, field = field, value = value_of(self, field, true) }
  if field == "dueDate" then step.minutes = any(self.random, { 60, 60, 60, 15, 0 }) end
  return step
end

function makers.event(self)
  return edit_there(self, any(self.random, EVENT_KEYS), field_there(self))
end

-- Both sides at once, often in the same field.
function makers.clash(self)
  local key, field = any(self.random, KEYS), any(self.random, self.fields)
  local theirs = self.random(4) == 1 and field_there(self) or field
  if self.drawn.forgetful and theirs == "dueDate" then theirs = "title" end
  local value = value_of(self, field)
  return { op = "board", key = key, field = field, value = value }, edit_there(self, key, theirs)
end

function makers.court(self)
  self.counter = self.counter + 1
  return { op = "court", key = "E-1", value = day(self.counter) }
end

function makers.restore(self)
  local step = { op = "restore", side = any(self.random, { "board", "event" }), key = any(self.random, EVENT_KEYS),
    field = any(self.random, self.fields), back = self.random(2) }
  if step.key == "E-1.court-date" then step.field = "dueDate" end
  if self.drawn.forgetful and step.field == "dueDate" then step.side = "board" end
  return step
end

local function plain(op, keys)
  return function(self) return { op = op, key = any(self.random, keys) } end
end

makers.clear = plain("clear", KEYS)
makers.remove = plain("remove", { "X-1", "X-2", "X-3", "S-1" })
makers.archive = plain("archive", { "X-1", "X-2", "X-3", "X-4" })
makers.unarchive = plain("unarchive", { "X-1", "X-2", "X-3", "X-4" })
makers.delete = plain("delete", EVENT_KEYS)
makers.add = function(self)
  return { op = "add", key = any(self.random, { "X-1", "X-2", "X-3", "X-5" }), title = value_of(self, "title"),
    due = value_of(self, "dueDate") }
end
makers.foreign = plain("foreign", { "F-1", "F-2" })
makers.resolve = function(self)
  return { op = "resolve", key = any(self.random, EVENT_KEYS), answer = any(self.random, { "local", "external" }) }
end
makers.lose_state = function() return { op = "lose_state" } end
makers.stale_copy = function(self)
  return { op = "stale", key = any(self.random, KEYS), value = value_of(self, "title") }
end
makers.vanish = function(self)
  return { op = "vanish", what = any(self.random, { "calendar", "items", "epics" }) }
end

local EDITS = { "board", "board", "event", "event", "event", "clash", "clash", "court", "clear", "remove", "add", "archive",
  "unarchive", "delete", "foreign" }
local MEANWHILE = { "board", "event", "clear", "remove", "delete", "add" }

-- Now and then, where the history holds it.
local EVENTS = { "stale_copy", "lose_state", "vanish" }

-- ---------------------------------------------------------------- runs

local function sync(self)
  local random, drawn = self.random, self.drawn
  local step = { op = "sync", direction = any(random, { "both", "both", "both", "both", "outbound", "inbound" }),
    gap = any(random, self.gaps), guarded = random(4) == 1 or nil }
  if random(100) <= self.fault_share then step.faults = swarm.faults(random, drawn) end
  if drawn.crash and random(4) == 1 then
    step.crash_at = random(12)
  elseif drawn.meanwhile and random(3) == 1 then
    step.meanwhile, step.meanwhile_at = (makers[any(random, MEANWHILE)](self)), random(12)
  end
  return step
end

local function add(steps, ...)
  for _, step in ipairs { ... } do steps[#steps + 1] = step end
end

-- Somebody edits, a run carries it over and the network ends, he takes it back.
local function cut_and_restored(self)
  local random = self.random
  local edit = makers[any(random, { "board", "board", "event" })](self)
  local restore = { op = "restore", side = any(random, { "board", "event" }), key = edit.key, field = edit.field, back = 1 }
  if self.drawn.forgetful and edit.field == "dueDate" then restore.side = "board" end
  local run = { op = "sync", direction = "both", gap = any(random, self.gaps),
    faults = { { kind = "cut", on = "any", at = random(10), times = 1, after = random(3) > 1 } } }
  if random(3) == 1 then return edit, run, sync(self), restore end
  return edit, run, restore
end

-- Somebody edits, the server answers the write and does not keep it, and often cannot be asked what it made of it.
local function forgotten(self)
  local faults = { { kind = "forget", on = "update", at = self.random(2), times = 1 } }
  if self.random(3) > 1 then faults[2] = { kind = "network", on = "fetch", at = 1, times = FOR_EVER } end
  return makers.board(self), { op = "sync", direction = "both", gap = any(self.random, self.gaps), faults = faults }
end

-- What makes of a calendar that was edited another one, or none.
local MISREADINGS = { "hollow", "odd", "tokenless", "missing" }

-- Somebody edits in the calendar, and the next run is shown something else.
local function misread(self, name)
  local fault = swarm.fault(self.random, name)
  fault.at = 1
  return makers.event(self), { op = "sync", direction = "both", gap = any(self.random, self.gaps), faults = { fault } }
end

-- Somebody takes the last run back, perhaps another one before it, and often does it again.
local function add_undo(self, steps)
  local random, redo = self.random, nil
  for _ = 1, random(3) do
    local step = { op = "undo", redo = redo, gap = any(random, self.gaps) }
    if random(100) <= self.fault_share // 2 then step.faults = swarm.faults(random, self.drawn) end
    if self.drawn.crash and random(4) == 1 then step.crash_at = random(8) end
    add(steps, step)
    redo = random(2) == 1 or nil
  end
end

local function one_part(self, steps)
  local random, drawn = self.random, self.drawn
  for _ = 1, random(self.most_edits) do add(steps, makers[any(random, EDITS)](self)) end
  if drawn.restore and random(2) == 1 then add(steps, makers.restore(self)) end
  if drawn.cut and drawn.restore and random(2) == 1 then add(steps, cut_and_restored(self)) end
  if drawn.forget and random(2) == 1 then add(steps, forgotten(self)) end
  local misreading = any(random, MISREADINGS)
  if drawn[misreading] and random(2) == 1 then add(steps, misread(self, misreading)) end
  local event = any(random, EVENTS)
  if drawn[event] and random(2) == 1 then add(steps, makers[event](self)) end
  if random(5) == 1 then add(steps, makers.resolve(self)) end
  add(steps, sync(self))
  if drawn.undo and random(3) > 1 then add_undo(self, steps) end
end

--- The script of a seed.
-- @param provider name of the provider
-- @param draw_settings function(random) -> settings of its server
-- @param only list of what it may hold, see swarm.lua
function history.generate(seed, provider, draw_settings, only)
  math.randomseed(seed)
  local random = math.random
  local self = { random = random, counter = 50, most_edits = random(4) }
  self.drawn, self.fault_share = swarm.draw(random, only, provider)
  self.fields = self.drawn.declared and not self.drawn.forgetful and DECLARED or FIELDS
  self.gaps = self.drawn.close and { 0, 0, 1 } or any(random, { { 60 }, { 1, 60, 86400 } })
  local script = {
    seed = seed,
    options = {
      conflictResolution = any(random, { "last-write-wins", "local-wins", "external-wins", "manual" }),
      onEventDeleted = any(random, { "clear-due-date", "recreate", "keep" }),
      timeZone = any(random, { false, "Europe/Rome", "America/Los_Angeles" }) or nil,
    },
    rules = self.drawn.forgetful and "forgetful" or self.drawn.declared and "declared" or random(4) > 1 and "archive", stamps = random(3) > 1,
    server = draw_settings(random), undoes = self.drawn.undo, in_worker = seed % WORKER_SHARE == 0 or nil,
    steps = {},
  }
  for _ = 1, random(3, 6) do one_part(self, script.steps) end
  return script
end

return history
