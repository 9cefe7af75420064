-- A board's calendarConfig, as acts change it.

local asked_place = require "fmcal.serve.acts.place"
local config = require "fmcal.config"
local config_edit = require "fmcal.place.config_edit"
local did_you_mean = require "fmcal.util.did_you_mean"
local given = require "fmcal.util.given"
local told = require "fmcal.serve.told"
local views = require "fmcal.serve.views"

local section = {}

local SECTION = "calendarConfig"

--- The path of a calendar's part of calendarConfig, and that part; nil and an error where there is no such calendar.
-- @param opened fmcal.board
-- @param whole its calendarConfig
function section.of(opened, whole, name)
  local single = given(whole.provider)
  if single and name == single then return { SECTION }, whole end
  local names = single and { single } or config.calendar_members(whole, opened)
  for _, known in ipairs(names) do
    if known == name then return { SECTION, name }, whole[name] end
  end
  return told.missing("%s has no calendar %s%s", given(opened:member("team")) or "the board", name,
    did_you_mean(name, names, ", did you mean %s?"))
end

--- Changes it.
-- @param params of the act
-- @param edit as for fmcal.place.config_edit
-- @param view name of the view whose answer is answered then
-- @return what the view answers, or nil and an error
function section.change(params, edit, view)
  local changed, err = config_edit(params.board, edit)
  if changed == nil then return told.error(err, params) end
  return views.find(view)(asked_place.of_views(params))
end

--- Changes the part of one calendar.
-- @param name of the calendar
-- @param edit function(opened, path, part, whole); returns nil and an error where nothing is to be written
-- @return what the view `calendar_config` answers, or nil and an error
function section.change_calendar(params, name, edit)
  if not name then return told.wrong("provider", "provider is missing: which calendar?") end
  return section.change(params, function(opened, whole)
    local path, part = section.of(opened, whole, name)
    if not path then return nil, part end
    return edit(opened, path, part, whole)
  end, "calendar_config")
end

--- A path with more names behind it.
function section.below(path, ...)
  local longer = { table.unpack(path) }
  for _, name in ipairs { ... } do longer[#longer + 1] = name end
  return longer
end

return section
