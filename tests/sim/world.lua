-- Runs the script of a history on a board file, a state and a calendar, and holds the system to its promises.
local Board = require "place"
local Ledger = require "ledger"
local json = require "fmcal.json"
local promises = require "promises"
local run = require "fmcal.sync.run"
local shell = require "shell"
local sim = require "sim"
local steps = require "steps"
local taken_back = require "taken_back"
local time = require "fmcal.time"

local World = {}
World.__index = World

local RULES = {
  declared = 'return { fields = { location = "location" } }',
  archive = 'return { select = function(entry) return entry.status ~= "archived" end }',
  -- What a rule leaves out is left as it is.
  forgetful = 'return { to_entry = function(event, entry, ctx) local members = ctx.defaults.to_entry(event, entry, ctx) '
    .. 'members.dueDate = nil return members end }',
}
-- After the last fault so many runs bring both sides in step.
local ROUNDS_TO_SETTLE = 2
local SLICE_SIZES = { 1, 2, 1000 }

World.now = time.now

-- ---------------------------------------------------------------- looking

--- Both sides as they are: board (decoded), text, objects, events by key. All of it is only to be looked at.
function World:look()
  local text, objects = self.board:text(), self.calendar:objects()
  if text ~= self.seen_text then self.seen_text, self.seen_board = text, assert(json.decode(text)) end
  return { text = text, board = self.seen_board, objects = objects, events = promises.events(objects) }
end

--- The values that a place has held, oldest first.
function World:past(side, key, field)
  local name = ("%s %s %s"):format(side, key, field)
  self.values[name] = self.values[name] or {}
  return self.values[name]
end

local function remember(values, field, value)
  if Ledger.canonical(field, value) ~= Ledger.canonical(field, values[#values]) then values[#values + 1] = value end
end

local function remember_all(self, look)
  for _, key in ipairs(Board.KEYS) do
    local event = look.events[key] and look.events[key].event
    for _, field in ipairs(Board.FIELDS) do
      remember(self:past("board", key, field), field, Board.get(look.board, key, field))
      if event then remember(self:past("event", key, field), field, promises.event_value(key, event, field)) end
    end
  end
end

local function note_orphans(self, look)
  for _, key in ipairs(Board.KEYS) do
    local event = look.events[key] and look.events[key].event
    if event and not Board.is_wanted(look.board, key) then self.ledger:orphaned(key) end
  end
end

-- What each side says of a field, in one form.
local function sides_of(look, key, field)
  local event = look.events[key] and look.events[key].event
  return Ledger.canonical(field, Board.get(look.board, key, field)),
    event and Ledger.canonical(field, promises.event_value(key, event, field))
end

-- What both sides say after a run is agreed.
-- @param before where the run did not get to the end: what it has not changed itself, it may not have seen
local function agree(self, look, before)
  for _, key in ipairs(Board.KEYS) do
    for _, field in ipairs(look.events[key] and Board.FIELDS or {}) do
      local here, there = sides_of(look, key, field)
      local was_here, was_there
      if before then was_here, was_there = sides_of(before, key, field) end
      local seen = not before or here ~= was_here or there ~= was_there
      if seen and here and here == there then self.ledger:agreed(key, field, here) end
    end
  end
end

local function note(self, ...)
  self.trace[#self.trace + 1] = string.format(...)
end

-- ---------------------------------------------------------------- runs

local KILLED = "killed by the script"

-- The exit status of a run that lost the calendar on the way.
local UNREACHABLE = 3

-- @param act function(options) -> result, a sync by default
local function execute(self, options, act)
  options.board, options.providers, options.lock_wait_ms = self.board.path, self.calendar.providers, 0
  -- It takes as long to start a worker as to run a history.
  options.rules_in_process = not self.script.in_worker
  -- Runs in one slice and in several take turns.
  self.runs = self.runs + 1
  options.slice_size = SLICE_SIZES[self.runs % #SLICE_SIZES + 1]
  local text = self.board:text()
  local ok, result = pcall(act or run.sync, options)
  if self.board:text() ~= text then sim.touch(self.board.path) end
  if not ok then
    self.died = true
    if type(result) == "string" and result:find(KILLED, 1, true) then return nil end
    error(result, 0)
  end
  return result
end

-- The exit status of a run, and what it said to the calendar.
local function log_run(self, result, look)
  note(self, "exit %s", result and result.exit or "killed")
  for _, line in ipairs(self.calendar:log().lines) do note(self, "  %s", line) end
  note(self, "%s", look.text)
end

-- Calls of `progress` are the points where a run is killed and where others edit.
local function meddling(self, step)
  local calls = 0
  return function()
    calls = calls + 1
    if calls == step.crash_at then error(KILLED, 0) end
    if calls == step.meanwhile_at then
      self.meddled = true
      sim.advance(1)
      steps[step.meanwhile.op](self, step.meanwhile)
    end
  end
end

-- A run in which the guard stops writes nothing.
local function check_guarded(before, after)
  if before.text ~= after.text then promises.broken("a run that the guard stopped wrote the board") end
  for href, object in pairs(before.objects) do
    local now = after.objects[href]
    if not now or now.text ~= object.text then promises.broken("a run that the guard stopped touched %s", href) end
  end
  for href in pairs(after.objects) do
    if not before.objects[href] then promises.broken("a run that the guard stopped made %s", href) end
  end
end

local function note_faults(self, step)
  for _, fault in ipairs(step.faults or {}) do
    self.did_not_find = self.did_not_find or fault.kind == "missing"
    self.was_touched = self.was_touched or fault.kind == "stale"
    if fault.kind == "forget" then self.forgot = self.forgot or self.runs + 1 end
  end
end

--- A run with what goes wrong in it.
-- @param options of the run, beside what the step says; act  see execute()
-- @return its result, nil where it was killed; what is there afterwards
function World:execute_step(step, options, act)
  self.before_sync, self.meddled = self.board:text(), false
  note_faults(self, step)
  self.calendar:order(step.faults or {})
  self.calendar:begin_log()
  options.progress = meddling(self, step)
  local result = execute(self, options, act)
  self.calendar:calm()
  if self.meddled then self.before_sync = nil end
  local after = self:look()
  log_run(self, result, after)
  remember_all(self, after)
  return result, after
end

--- Notes what a run has left behind.
function World:seen(before, after, result)
  note_orphans(self, after)
  agree(self, after, result and result.exit == UNREACHABLE and before or nil)
end

-- @param unsettled part of what people wrote is somewhere else for the moment
local function one_run(self, step, allowed, unsettled)
  local before = self:look()
  local record = self.script.undoes and taken_back.before(self, before)
  local result, after = self:execute_step(step, { direction = step.direction, allow_mass_delete = allowed,
    retry_failed = step.retry_failed })
  promises.after_run(self, before, after, self.meddled, unsettled)
  local is_quiet = not (step.faults or self.meddled)
  local is_done = result and result.exit == 0 and step.direction == "both" and not self.meddled
  if result then promises.exit(result, after, is_quiet) end
  if result and result.exit == 5 then check_guarded(before, after) end
  if is_done then
    promises.in_step(self, after)
    self.ledger:in_step()
  end
  if record then taken_back.note(self, record, after, is_done and is_quiet) end
  self.touched = false
  self:seen(before, after, result)
  return result, after
end

steps.undo = taken_back.step

--- A run, with what goes wrong in it. Where the guard stops it a person allows what it would do.
-- @param step direction, faults, crash_at, meanwhile, meanwhile_at, gap (seconds since what was before), guarded
function steps.sync(self, step)
  sim.advance(step.gap or 60)
  local result = one_run(self, step, not step.guarded)
  if result and result.exit == 5 then
    if not step.guarded then promises.broken("the guard stopped a run that was allowed to delete") end
    one_run(self, step, true)
  end
end

function steps.resolve(self, step)
  local sync = Board.sync_of(self.board:read(), step.key)
  if not sync or sync.syncStatus ~= "conflict" then return end
  self.before_sync = nil
  execute(self, { only = { step.key }, answers = { [step.key] = step.answer } })
end

-- ---------------------------------------------------------------- everything gone at once

local function calm_run(self, allowed, unsettled)
  sim.advance(60)
  return one_run(self, { direction = "both", retry_failed = true }, allowed, unsettled)
end

-- How many entries of a kind have an event.
local function known(look, kind)
  local count = 0
  for key in pairs(look.events) do
    if (kind == "epics") == (key:find("^E") ~= nil) and Board.entry(look.board, key) then count = count + 1 end
  end
  return count
end

-- The events of all entries, always in the same order.
local function in_order(look)
  local list = {}
  for _, key in ipairs(Board.KEYS) do list[#list + 1] = look.events[key] end
  return list
end

local gone = {}

function gone.calendar(self, look)
  local options = self.script.options
  local destroys, count = false, 0
  for key in pairs(look.events) do
    local is_known = Board.is_wanted(look.board, key) -- not an orphan
    count = count + (is_known and 1 or 0)
    destroys = destroys or is_known and not Board.is_court_date(key)
  end
  if count < 2 or not destroys or (options.onEventDeleted or "clear-due-date") ~= "clear-due-date" then return nil end
  for _, event in ipairs(in_order(look)) do self.calendar:delete(event.href) end
  return function()
    for _, event in ipairs(in_order(look)) do self.calendar:put(event.href, event.text) end
  end
end

local function emptied(list)
  return function(self, look)
    if known(look, list) < 2 then return nil end
    local board = self.board:read()
    board[list] = json.null
    self.board:write(board)
    return function() self.board:write_text(look.text) end
  end
end

gone.items, gone.epics = emptied "items", emptied "epics"

--- All events of the calendar, all items or all epics vanish between two runs: the guard stops, and all is well once
-- they are back.
-- @param step what "calendar"|"items"|"epics"
function steps.vanish(self, step)
  local result, look = calm_run(self, true)
  if result.exit ~= 0 then return end
  local bring_back = gone[step.what](self, look)
  if not bring_back then return end
  result = calm_run(self, false, true)
  if result.exit ~= 5 then
    promises.broken("all of the %s vanished at once and the run ended with %d", step.what, result.exit)
  end
  bring_back()
end

-- ---------------------------------------------------------------- the end

--- A run for which nothing is left to do: no write, no body read, the board not touched.
-- @param may_read what the run before it wrote may be looked at once more
function World:check_idle(may_read)
  local before = self.board:text()
  self.calendar:begin_log()
  local result = execute(self, { direction = "both" })
  local log = self.calendar:log()
  if log.writes + (may_read and 0 or log.bodies) > 0 then
    local actions = {}
    for _, action in ipairs(result.actions) do actions[#actions + 1] = action.action .. " " .. action.key end
    promises.broken("an idle run makes requests: %s (%s)", table.concat(log.lines, ", "), table.concat(actions, ", "))
  end
  if self.board:text() ~= before then promises.broken("an idle run touches the board") end
end

local function settle(self)
  local look
  for _ = 1, ROUNDS_TO_SETTLE do _, look = calm_run(self, true) end
  promises.in_step(self, look)
  self:check_idle()
end

-- ---------------------------------------------------------------- a whole history

local folders = 0

local function config_of(script, calendar)
  local config = { enabled = true, provider = calendar.provider, rules = script.rules and "rules.lua" or nil,
    syncOptions = script.options }
  for name, value in pairs(calendar.config) do config[name] = value end
  return config
end

local function new(script, calendar, base)
  folders = folders + 1
  local folder = ("%s/%d"):format(base, folders)
  local self = setmetatable({ script = script, calendar = calendar, ledger = Ledger.new(), foreign = {}, edited_there = {},
    values = {}, trace = {}, runs = 0, records = {}, brought_back = {}, folder = folder, state_path = folder .. "/.fmcal/sim.db" }, World)
  sim.seed(script.seed or 1)
  sim.make_folder(folder)
  if script.rules then shell.write(folder .. "/rules.lua", RULES[script.rules]) end
  calendar:reset(script.server)
  self.board = Board.new(folder .. "/board.json", config_of(script, calendar))
  return self
end

local function remember_first(self)
  local board = self.board:read()
  for _, key in ipairs(Board.KEYS) do
    for _, field in ipairs(Board.FIELDS) do self.ledger:wrote("board", key, field, Board.get(board, key, field)) end
  end
end

-- What breaks a promise is told as it is; anything else is a defect and keeps its traceback.
local function complaint_of(raised)
  if type(raised) ~= "table" then return debug.traceback(tostring(raised), 2) end
  return raised.violation or raised.message or tostring(raised)
end

--- Runs a script.
-- @param calendar see calendars/mock.lua
-- @param base folder for the board's
-- @return nil or what promise was broken; the trace: what was asked of the calendar and what was on the board
function World.run(script, calendar, base)
  local self = new(script, calendar, base)
  local ok, complaint = xpcall(function()
    remember_first(self)
    calm_run(self, true)
    for _, step in ipairs(script.steps) do
      if step.op ~= "sync" and step.op ~= "undo" then self.touched = true end
      steps[step.op](self, step)
      if step.op ~= "sync" then remember_all(self, self:look()) end
    end
    settle(self)
  end, complaint_of)
  sim.remove_tree(self.folder)
  return not ok and complaint or nil, table.concat(self.trace, "\n")
end

return World
