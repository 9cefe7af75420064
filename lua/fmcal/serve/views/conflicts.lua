-- The conflicts that wait for a person: `GET /api/calendar/conflicts`.

local asked = require "fmcal.serve.asked"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local waiting = require "fmcal.serve.waiting"

--- The conflicts of a board, in its order.
-- @param params { board, …, id = key of one entry, calendar = name of one calendar }
-- @return { conflicts = {{ id, title, type, line, zone, calendar, since, fields = {{ field, base, local, external }}, changed =
--   { local, external } (when each side was, null where that is not known), etag }} }, or nil and an error
return function(params)
  local wanted, err = asked.of({ id = "name", calendar = "name" }, params)
  if not wanted then return nil, err end
  local opened <close>, unread = place.open(wanted)
  if not opened then return nil, unread end
  local list = json.array {}
  for _, conflict in ipairs(waiting.list(opened)) do
    local is_of_id = not wanted.id or conflict.id == wanted.id
    local is_of_calendar = not wanted.calendar or conflict.calendar == wanted.calendar
    if is_of_id and is_of_calendar then list[#list + 1] = conflict end
  end
  return { conflicts = list }
end
