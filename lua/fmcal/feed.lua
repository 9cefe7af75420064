-- What a board says as one iCalendar object: every selected entry with a date, through the rules and the codec.

local board = require "fmcal.board"
local config = require "fmcal.config"
local entries = require "fmcal.model.entry"
local provider = require "fmcal.provider"
local state = require "fmcal.state"
local Target = require "fmcal.place.target"

local feed = {}

local LINE_END = "\r\n"

local function escaped(text)
  return (text:gsub("[\\;,]", "\\%0"):gsub("[\r\n]+", " "))
end

-- The components of a calendar object as they stand: list of { name, text }. A content line that begins a component
-- cannot be mistaken: a folded value goes on with a blank.
local function components(text)
  local list, name, lines = {}, nil, {}
  for line in text:gmatch("[^\r\n]+") do
    local begins = line:match("^BEGIN:(.+)$")
    if not name and begins and begins ~= "VCALENDAR" then name = begins end
    if name then lines[#lines + 1] = line .. LINE_END end
    if name and line == "END:" .. name then
      list[#list + 1] = { name = name, text = table.concat(lines) }
      name, lines = nil, {}
    end
  end
  return list
end

-- The event text of one entry; nil where it has none, nil and a sentence where it failed.
local function event_text(target, entry)
  local view, sentence = entries.view(entry, target.options.timeZone, target.rules.mapped)
  if not view then return nil, sentence end
  if view.version.date == nil then return nil end
  local wanted
  wanted, sentence = target.rules:wants(view.key, view.raw)
  if not wanted then return nil, wanted == nil and sentence or nil end
  local event
  event, sentence = target.rules:to_event(view.key, view.raw)
  if not event then return nil, sentence end
  event.uid = target:uid(view.key, nil, target.state:base(view.key))
  local text, err = target.provider:encode(event)
  return text, err and ("%s: %s"):format(view.key, err.message)
end

local function header(settings)
  return table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fleet Monitor//fmcal//EN", "CALSCALE:GREGORIAN",
    "X-WR-CALNAME:" .. escaped(settings.team_name or settings.team), "" }, LINE_END)
end

-- Zones go first and each only once.
local function collect(target, opened)
  local zones, events, problems, seen = {}, {}, {}, {}
  for _, problem in ipairs(opened:problems()) do problems[#problems + 1] = problem.message end
  for _, key in ipairs(opened:keys()) do
    local text, sentence = event_text(target, opened:entry(key))
    problems[#problems + 1] = sentence
    for _, component in ipairs(text and components(text) or {}) do
      local list = component.name == "VTIMEZONE" and zones or events
      if list == events or not seen[component.text] then list[#list + 1] = component.text end
      seen[component.text] = true
    end
  end
  return zones, events, problems
end

--- The feed of a board, by the rules of its first calendar.
-- @param options table { board = path, config, rules, team }
-- @return text, number of events, list of sentences about entries that are not in it; or nil and an error
function feed.of(options)
  local opened <close>, err = board.open(options.board)
  if not opened then return nil, err end
  local settings
  settings, err = config.load(opened, options)
  if not settings then return nil, err end
  local rows <close> = assert(state.open(":memory:"))
  local codec = assert(provider.codec("caldav"))
  local target
  target, err = Target.new(settings, settings.targets[1], assert(rows:target("feed")), nil, codec)
  if not target then return nil, err end
  local zones, events, problems = collect(target, opened)
  codec:close()
  return header(settings) .. table.concat(zones) .. table.concat(events) .. "END:VCALENDAR" .. LINE_END, #events, problems
end

return feed
