-- Changes how a board is synced: `POST /api/calendar/config`. Members that are not said stay as they are.

local config_schema = require "fmcal.config.schema"
local json = require "fmcal.json"
local place = require "fmcal.serve.acts.place"
local section = require "fmcal.serve.acts.section"
local settings = require "fmcal.serve.views.settings"
local sorted_names = require "fmcal.util.sorted_names"
local told = require "fmcal.serve.told"

local ASKED = { syncEnabled = "boolean", syncInterval = "number", defaultCalendar = "name", syncOptions = "object" }

local PATH = { "calendarConfig" }

-- The options that are to be set; null takes one away. What was shown of a webhook in its place is no new address.
local function options_of(wanted)
  local options = {}
  for name, value in pairs(wanted.syncOptions or {}) do
    local address = type(value) == "table" and value.url or value
    if name ~= "webhook" or not settings.is_hidden(address) then options[name] = value end
  end
  if wanted.syncInterval then options.syncInterval = wanted.syncInterval end
  return options
end

-- What is wrong with options, as an error of the member that said it.
local function check(options, wanted)
  local values = {}
  for name, value in pairs(options) do
    if value ~= json.null then values[name] = value end
  end
  local sentence = config_schema.wrong_options(values, "")
  if not sentence then return true end
  local is_interval = wanted.syncInterval and sentence:find("syncInterval", 1, true)
  return told.wrong(is_interval and "syncInterval" or "syncOptions", "%s", (sentence:gsub("^calendarConfig%.", "")))
end

local function put(opened, path, value)
  if value == json.null then return opened:remove(nil, path) end
  return opened:set(nil, path, value)
end

local function edit(wanted, options)
  return function(opened, whole)
    if wanted.defaultCalendar then
      local found, unknown = section.of(opened, whole, wanted.defaultCalendar)
      if not found then return told.wrong("defaultCalendar", "%s", unknown.message) end
      assert(opened:set(nil, section.below(PATH, "defaultCalendar"), wanted.defaultCalendar))
    end
    if wanted.syncEnabled ~= nil then assert(opened:set(nil, section.below(PATH, "enabled"), wanted.syncEnabled)) end
    for _, name in ipairs(sorted_names(options)) do
      local ok, err = put(opened, section.below(PATH, "syncOptions", name), options[name])
      if not ok then return nil, err end
    end
    return true
  end
end

--- Changes the configuration.
-- @param params { board, …, syncEnabled, syncInterval (minutes), defaultCalendar = name of a calendar, syncOptions = {[name] =
--   value, null takes it away} }
-- @return as the view `config`, or nil and an error
return function(params)
  local wanted, err = place.asked(ASKED, params)
  if not wanted then return nil, err end
  local options = options_of(wanted)
  local ok, wrong = check(options, wanted)
  if not ok then return nil, wrong end
  return section.change(params, edit(wanted, options), "config")
end
