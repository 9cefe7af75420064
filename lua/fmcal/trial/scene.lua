-- A scene for a test of rules: a board and calendars in memory, which the real sync keeps in step.

local board = require "fmcal.board"
local calendars = require "fmcal.trial.calendars"
local config = require "fmcal.config"
local copy = require "fmcal.util.copy"
local did_you_mean = require "fmcal.util.did_you_mean"
local exits = require "fmcal.exits"
local json = require "fmcal.json"
local run = require "fmcal.sync.run"
local scene_calendar = require "fmcal.trial.scene_calendar"
local sorted_names = require "fmcal.util.sorted_names"
local state = require "fmcal.state"
local time = require "fmcal.time"

local Scene = {}
Scene.__index = Scene

local scene = {}

-- What stands for "no value" where a member is set.
scene.NONE = setmetatable({}, { __tostring = function() return "t.none" end, __name = "t.none" })

local DAWN = assert(time.parse("2027-01-01T09:00:00Z")).epoch

-- ---------------------------------------------------------------- making one

local function board_of(given)
  local made = { team = "academy", items = {}, epics = {} }
  for name, value in pairs(copy(given)) do made[name] = value end
  local section = {}
  for name, value in pairs(made.calendarConfig or {}) do section[name] = value end
  made.calendarConfig = section
  return made
end

local function text_of(self)
  local shown = {}
  for name, value in pairs(self.board) do shown[name] = value end
  shown.items, shown.epics = json.array(self.board.items), json.array(self.board.epics)
  local text, err = json.encode(shown, { sort = true })
  if not text then error("the board of this scene cannot be written as JSON: " .. err.message, 3) end
  return text
end

local function parsed(self)
  local opened, err = board.parse(text_of(self), "of this scene")
  if not opened then error(err.message, 3) end
  return opened
end

-- The configuration of the scene's board; without a calendar it gets one.
local function settings_of(self)
  local opened = parsed(self)
  local section = self.board.calendarConfig
  if not section.provider and #config.calendar_members(section, opened) == 0 then section.provider = "mock" end
  opened = parsed(self)
  local settings, err = config.load(opened, {})
  if not settings then error(err.message, 3) end
  return settings
end

--- Makes a scene.
-- @param options { rules = path|nil, board = table|nil members of the board, in_process: rules run in this process,
--   calendars = function(name)|nil: where the events of a calendar are (see scene_calendar.in_memory) }
function scene.new(options)
  local self = setmetatable({ options = options, none = scene.NONE, at = DAWN, calendars = {}, providers = {},
    state = assert(state.open(":memory:")), board = board_of(options.board or {}) }, Scene)
  local place_of = options.calendars or scene_calendar.in_memory
  for i, spec in ipairs(settings_of(self).targets) do
    local calendar = scene_calendar.new(self, spec.name, place_of(spec.name))
    self.calendars[i], self.calendars[spec.name], self.providers[spec.name] = calendar, calendar, calendar.provider
  end
  return self
end

--- Frees it.
function Scene:close()
  self.state:close()
  if self.mapped then self.mapped:close() end
end

-- ---------------------------------------------------------------- time

--- Sets the clock: "2027-03-01T09:00Z". Without an argument, says what it shows.
function Scene:clock(text)
  if text == nil then return time.format(self.at) end
  local full = type(text) == "string" and text:gsub("(T%d%d:%d%d)(Z?)$", "%1:00%2") or ""
  if #full == 10 then full = full .. "T00:00:00Z" end
  local read = time.parse(full)
  if not read or not read.epoch then
    error(('clock: %q is not a time such as "2027-03-01T09:00Z"'):format(tostring(text)), 2)
  end
  self.at = read.epoch
end

--- Each edit takes a second, so that the later one is later. @return seconds since 1970
function Scene:tick()
  self.at = self.at + 1
  return self.at
end

-- ---------------------------------------------------------------- the board

-- @return the entry, the list that it is in and its place there
local function find(list, id)
  for i, entry in ipairs(list or {}) do
    if entry.id == id then return entry, list, i end
    local found, within, at = find(entry.subitems, id)
    if found then return found, within, at end
  end
  return nil
end

local function ids_in(list, ids)
  for _, entry in ipairs(list or {}) do
    ids[#ids + 1] = tostring(entry.id)
    ids_in(entry.subitems, ids)
  end
  return ids
end

local function locate(self, id)
  local bare = tostring(id):gsub("%.court%-date$", "")
  for _, name in ipairs { id, bare } do
    local entry, list, at = find(self.board.items, name)
    if not entry then entry, list, at = find(self.board.epics, name) end
    if entry then return entry, list, at end
  end
  return nil
end

local function existing(self, id)
  local entry, list, at = locate(self, id)
  if entry then return entry, list, at end
  local ids = ids_in(self.board.epics, ids_in(self.board.items, {}))
  error(("the board has no entry %s%s"):format(tostring(id), did_you_mean(tostring(id), ids)), 3)
end

local function add(self, list, entry)
  if type(entry) ~= "table" or type(entry.id) ~= "string" then error("an entry needs an id: { id = \"A-1\", … }", 3) end
  if locate(self, entry.id) then error(("the board has an entry %s already"):format(entry.id), 3) end
  local made = { title = entry.id, updatedAt = time.format(self:tick()) }
  for name, value in pairs(copy(entry)) do made[name] = value end
  list[#list + 1] = made
end

--- Puts an item on the board: { id = "A-1", title = "…", dueDate = "2027-03-01" }.
function Scene:item(entry) add(self, self.board.items, entry) end

--- Puts an epic on the board; its court date is metadata.courtDate.
function Scene:epic(entry) add(self, self.board.epics, entry) end

local function set(object, path, value)
  local inside, last = path:match("^(.-)%.(.+)$")
  if not inside then
    object[path] = value
    return
  end
  if type(object[inside]) ~= "table" then object[inside] = {} end
  set(object[inside], last, value)
end

--- Edits an entry on the board. @param members { title = "…", ["metadata.courtDate"] = "…" }; t.none takes a member away
function Scene:edit(id, members)
  local entry = existing(self, id)
  for path, value in pairs(members) do
    if value == scene.NONE then value = nil end
    set(entry, path, value)
  end
  if members.updatedAt == nil then entry.updatedAt = time.format(self:tick()) end
end

--- Takes an entry off the board.
function Scene:remove(id)
  local _, list, at = existing(self, id)
  table.remove(list, at)
  self:tick()
end

--- An entry as it stands on the board; of a court date, its epic. nil where there is none.
function Scene:entry(id)
  return (locate(self, id))
end

-- ---------------------------------------------------------------- the calendars

--- A calendar by its name; without one, the first.
function Scene:calendar(name)
  local calendar = self.calendars[name or 1]
  if calendar then return calendar end
  local list = {}
  for i, known in ipairs(self.calendars) do list[i] = known.name end
  error(("there is no calendar %q; there is %s"):format(tostring(name), table.concat(list, ", ")), 2)
end

--- Puts events into a calendar as they are, such as those of a recording.
function Scene:fill(name, events)
  local calendar = self:calendar(name)
  for _, event in ipairs(events) do calendar:put(event) end
end

--- The events of all calendars, one calendar after the other.
function Scene:events()
  local list = {}
  for _, calendar in ipairs(self.calendars) do table.move(calendar:events(), 1, #calendar:events(), #list + 1, list) end
  return list
end

--- Makes a calendar fail, as fmcal.mock has it: { kind = "timeout", on = "update", calendar = name|nil }.
function Scene:fault(fault)
  local order = {}
  for name, value in pairs(fault) do order[name] = value end
  order.calendar = nil
  local server = self:calendar(fault.calendar).server
  local ok, problem = pcall(server.fault, server, order)
  if not ok then error((problem:gsub("^[^\n]-:%d+: ", "")), 2) end
end

-- ---------------------------------------------------------------- runs

local function clock_of(self)
  return function() return self.at end
end

--- Syncs. @param options table|nil of fmcal.sync.run: dry_run, direction, only, retry_failed, allow_mass_delete
-- @return the result of the run
function Scene:sync(options)
  local asked = {}
  for name, value in pairs(options or {}) do asked[name] = value end
  asked.board_object, asked.state_object, asked.providers = parsed(self), self.state, self.providers
  asked.rules, asked.rules_in_process, asked.clock = self.options.rules, self.options.in_process, clock_of(self)
  self.last = run.sync(asked)
  if self.last.exit == exits.USAGE then error(self.last.error or self.last.message, 2) end
  local after = assert(json.decode(asked.board_object:text()))
  self.board.items, self.board.epics = after.items or {}, after.epics or {}
  self:tick()
  return self.last
end

--- The result of the last run: exit, actions, entries, settled, …
function Scene:last_run()
  if not self.last then error("there was no run yet: call s:sync() first", 2) end
  return self.last
end

-- ---------------------------------------------------------------- rules alone

-- The rules of the scene on another board.
local function mapped_on(self, opened)
  if not self.mapped then
    local loaded, err = calendars.open(opened, { rules = self.options.rules, rules_in_process = self.options.in_process,
      clock = clock_of(self) })
    if not loaded then error(err.message, 3) end
    self.mapped = loaded
  end
  self.mapped.board = opened
  return self.mapped, self.mapped[1]
end

-- The view of an entry that stands on a board alone.
local function view_of(self, given)
  local entry = { id = "GIVEN", title = "", dueDate = time.format(self.at):sub(1, 10) }
  for name, value in pairs(given) do entry[name] = value end
  local alone = { board = {}, none = self.none }
  for name, value in pairs(self.board) do alone.board[name] = value end
  local is_epic = entry.type == "epic" or entry.eventType == "epic"
  entry.eventType = nil
  alone.board.items, alone.board.epics = is_epic and {} or { entry }, is_epic and { entry } or {}
  local mapped, target = mapped_on(self, parsed(alone))
  local views, unread = mapped:views(target)
  if not views[1] then error(unread[1] or "an entry without a date has no event", 3) end
  return target, views[1]
end

local function answer(value, sentence, level)
  if value == nil and sentence then error(sentence:match("^[^\n]*"), level + 1) end
  return value
end

--- The event that the rules make of an entry: id, title and date may be left out.
function Scene:to_event(given)
  local target, view = view_of(self, given)
  local event, sentence = target.rules:to_event(view.key, view.raw)
  return answer(event, sentence, 2)
end

--- What the rules read out of an event, for an entry.
function Scene:to_entry(event, given)
  local target, view = view_of(self, given or {})
  local members, sentence = target.rules:to_entry(view.key, event, view.raw)
  return answer(members, sentence, 2)
end

--- Whether the rules select an entry.
function Scene:select(given)
  local target, view = view_of(self, given)
  local selected, sentence = target.rules:select(view.key, view.raw)
  return answer(selected, sentence, 2)
end

--- The names of the calendars that an entry belongs in.
function Scene:route(given)
  local target, view = view_of(self, given)
  local names, sentence = target.rules:route(view.key, view.raw)
  return answer(names, sentence, 2)
end

--- The events that the rules make of a whole board: {[key] = event}, of the first calendar.
-- @param path of the board
function Scene:events_of(path)
  local opened, err = board.open(self.options.resolve and self.options.resolve(path) or path)
  if not opened then error(err.message, 2) end
  local mapped <close>, loading = calendars.open(opened, { rules = self.options.rules, clock = clock_of(self),
    rules_in_process = self.options.in_process })
  if not mapped then error(loading.message, 2) end
  local events = {}
  for _, view in ipairs((mapped:views(mapped[1]))) do
    local event, sentence = mapped:event(mapped[1], view)
    events[view.key] = answer(event, sentence, 2)
  end
  return events
end

--- The names of what it and its calendars can do.
scene.METHODS = sorted_names(Scene)
table.move(scene_calendar.METHODS, 1, #scene_calendar.METHODS, #scene.METHODS + 1, scene.METHODS)

return scene
