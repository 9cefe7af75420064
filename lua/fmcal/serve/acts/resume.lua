-- Ends the pause of a calendar: `POST /api/calendar-config/{team}/{provider}/resume`.

local given = require "fmcal.util.given"
local place = require "fmcal.serve.acts.place"
local section = require "fmcal.serve.acts.section"

--- Resumes a calendar.
-- @param params { board, …, provider = name of the calendar }
-- @return as the view `calendar_config`, or nil and an error
return function(params)
  local wanted, err = place.asked({ provider = "name" }, params)
  if not wanted then return nil, err end
  return section.change_calendar(params, wanted.provider, function(opened, path, part, whole)
    local member = section.below(path, "syncOptions", "paused")
    local is_shared = part ~= whole and (given(whole.syncOptions) or {}).paused == true
    if is_shared then return opened:set(nil, member, false) end
    return opened:remove(nil, member)
  end)
end
