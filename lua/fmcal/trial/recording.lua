-- A recording: the entries of a board and the events of its calendars as the last run saw them, masked, for tests.

local attempt = require "fmcal.util.attempt"
local board = require "fmcal.board"
local board_state = require "fmcal.place.board_state"
local config = require "fmcal.config"
local fail = require "fmcal.util.failure"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local mask = require "fmcal.trial.mask"
local names = require "fmcal.names"
local provider = require "fmcal.provider"
local state = require "fmcal.state"
local sys = require "fmcal.sys"
local time = require "fmcal.time"

local recording = {}

local FORMAT = "fmcal recording"
local VERSION = 1

-- Members whose texts stay as they are: ids, and words of a small vocabulary.
local KEPT = {}
for _, name in ipairs { "id", "parentId", "epicId", "kanbanId", "team", "type", "eventType", "status", "priority", "tags",
  "timeZone", "reminders", "source", "color", "visibility", "dueDate", "endDate", "updatedAt", "createdAt", "lastModified",
  "courtDate", "startDate" } do
  KEPT[name] = true
end

-- What belongs to fmcal, and what is made anew.
local LEFT_OUT = { calendarSync = true, courtDateSync = true, raw = true, etag = true, eventId = true, footer = true }

-- What the defaults put round texts.
local ALWAYS = { "EPIC COURT Status Priority Tags Items of done http https www mailto" }

local function masked(self, value)
  if type(value) == "string" then return time.parse(value) and value or self:text(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, member in next, value do
    if not LEFT_OUT[name] then copy[name] = KEPT[name] and member or masked(self, member) end
  end
  return getmetatable(value) == "fmcal.json.array" and json.array(copy) or copy
end

-- The texts in the rules file: what it puts in front must be found again.
local function words_of_rules(path)
  local kept = { table.unpack(ALWAYS) }
  local text = path and sys.read(path) or ""
  for _, pattern in ipairs { '"([^"\n]*)"', "'([^'\n]*)'" } do
    for quoted in text:gmatch(pattern) do kept[#kept + 1] = quoted end
  end
  return kept
end

-- ---------------------------------------------------------------- making one

local function calendar_config(settings)
  local section = { syncOptions = settings.options }
  for _, spec in ipairs(settings.targets) do
    section[spec.name] = { provider = spec.provider, syncOptions = spec.options }
  end
  if #settings.targets == 1 and settings.targets[1].name == settings.targets[1].provider then
    return { provider = settings.targets[1].provider, syncOptions = settings.targets[1].options }
  end
  return section
end

local function events_of(self, opened_state, spec)
  local target, codec = assert(opened_state:target(spec.name)), assert(provider.codec(spec.provider))
  local events = json.array {}
  for _, row in ipairs(target:remotes()) do
    local full = not row.gone and not row.unread and attempt.found(target:remote(row.href))
    local event = full and full.text and codec:decode(full.text)
    if event then
      local copy = masked(self, event)
      copy.uid = names.is_ours(row.uid) and row.uid or self:text(row.uid or "")
      events[#events + 1] = copy
    end
  end
  return events
end

--- Records a board and what its calendars held in the last run.
-- @param path of the board
-- @param options { config, state }
-- @return the recording as text, how many entries and how many events; or nil and an error
function recording.make(path, options)
  local opened, err = board.open(path)
  if not opened then return nil, err end
  local settings
  settings, err = config.load(opened, { config = options.config })
  if not settings then return nil, err end
  local state_path = board_state.path(opened:path(), settings.team, options.state)
  if not state.exists(state_path) then
    return fail("invalid", "rules", "there is no state of board %s: sync it first, so that there are events to record", path)
  end
  local opened_state <close>, wrong = board_state.open(opened:path(), settings.team, options.state, { read_only = true })
  if not opened_state then return nil, wrong end
  local self = mask.new(words_of_rules(settings.rules))
  local content = { format = FORMAT, version = VERSION, calendars = {}, board = {
    team = settings.team, calendarConfig = calendar_config(settings),
    items = masked(self, given(opened:member("items")) or json.array {}),
    epics = masked(self, given(opened:member("epics")) or json.array {}) } }
  local count = 0
  for _, spec in ipairs(settings.targets) do
    local events = events_of(self, opened_state, spec)
    content.calendars[spec.name] = events
    count = count + #events
  end
  local text
  text, err = json.encode(content, { indent = 2, sort = true })
  if not text then return nil, err end
  return text .. "\n", #opened:keys(), count
end

-- ---------------------------------------------------------------- reading one

--- Reads a recording. @return { board, calendars = {[name] = list of events} }, or nil and a sentence
function recording.read(path)
  local text, err = sys.read(path)
  if not text then return nil, err.message end
  local content, wrong = json.decode(text)
  if type(content) ~= "table" or content.format ~= FORMAT then
    return nil, ("%s is no recording%s; rules.lua record makes one"):format(path, wrong and ": " .. wrong.message or "")
  end
  if content.version ~= VERSION then
    return nil, ("%s is a recording of version %s, and this fmcal reads %d: record it anew"):format(path,
      tostring(content.version), VERSION)
  end
  return content
end

return recording
