-- Leaves a calendar alone until it is resumed: `POST /api/calendar-config/{team}/{provider}/pause`.

local place = require "fmcal.serve.acts.place"
local section = require "fmcal.serve.acts.section"

--- Pauses a calendar.
-- @param params { board, …, provider = name of the calendar }
-- @return as the view `calendar_config`, or nil and an error
return function(params)
  local wanted, err = place.asked({ provider = "name" }, params)
  if not wanted then return nil, err end
  return section.change_calendar(params, wanted.provider, function(opened, path)
    return opened:set(nil, section.below(path, "syncOptions", "paused"), true)
  end)
end
