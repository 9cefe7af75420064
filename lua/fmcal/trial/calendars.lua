-- The calendars of a board as rules see them: one target each, over an empty state. No calendar is asked, nothing is kept.

local Target = require "fmcal.place.target"
local attempt = require "fmcal.util.attempt"
local config = require "fmcal.config"
local entries = require "fmcal.model.entry"
local state = require "fmcal.state"

local Calendars = {}
Calendars.__index = Calendars

local calendars = {}

-- Of a board that is connected with no calendar yet.
local function without_calendar(opened, options)
  return { team = opened:member("team"), section = {}, options = {}, warnings = {}, rules = options.rules,
    rules_in_process = options.rules_in_process, clock = options.clock,
    calendars = { { name = "mock" } }, targets = { { name = "mock", provider = "mock", options = {} } } }
end

local function settings_of(opened, options)
  local section = config.section(opened)
  local is_connected = options.config or not section or next(section) ~= nil
  if is_connected or type(opened:member("team")) ~= "string" then return config.load(opened, options) end
  return without_calendar(opened, options)
end

--- Loads the rules of a board for each of its calendars.
-- @param opened fmcal.board
-- @param options of fmcal.config.load: rules names the file
-- @return calendars, a list of targets; or nil and an error
function calendars.open(opened, options)
  local settings, err = settings_of(opened, options)
  if not settings then return nil, err end
  local self = setmetatable({ board = opened, state = assert(state.open(":memory:")) }, Calendars)
  for i, spec in ipairs(settings.targets) do
    self[i], err = Target.new(settings, spec, assert(self.state:target(spec.name)),
      function(path) return config.resolve(opened:path() or "./board", path) end)
    if not self[i] then
      self:close()
      return nil, err
    end
  end
  return self
end

--- The entries of the board that have a date, as a target's rules get them.
-- @return list of views, list of sentences about those that cannot be read
function Calendars:views(target)
  local views, unread = {}, {}
  for _, key in ipairs(self.board:keys()) do
    local view, sentence = entries.view(attempt.found(self.board:entry(key)), target.options.timeZone, target.rules.mapped)
    if view and view.version.date then views[#views + 1] = view end
    unread[#unread + 1] = sentence
  end
  return views, unread
end

--- The event that the rules make of an entry. @return event; or nil and a sentence where they fail, nil alone: not wanted there
function Calendars:event(target, view) -- luacheck: no self
  local wanted, sentence = target.rules:wants(view.key, view.raw)
  if not wanted then return nil, wanted == nil and sentence or nil end
  local event
  event, sentence = target.rules:to_event(view.key, view.raw)
  if not event then return nil, sentence end
  event.uid = target:uid(view.key, view.sync, nil)
  return event
end

--- Ends what runs the rules.
function Calendars:close()
  for _, target in ipairs(self) do target.rules:close() end
  self.state:close()
end

Calendars.__close = Calendars.close

return calendars
