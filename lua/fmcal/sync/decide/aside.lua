-- What people write into an event and no entry takes: what a subitem's title says of its parent, title and description of a
-- court date, and the hour of an entry whose date is a day. It is kept in the history.

local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"

local aside = {}

local function is_new(target, side)
  return not (side.base and side.base.seen == target:content_hash(side.remote.event))
end

local function add(found, field, value)
  found[#found + 1] = { field = field, side = "external", value = value, action = "set aside" }
end

-- Whether the date of an entry is a day that a team's fields show as a time.
local function shows_day_as_time(target, view)
  return target.rules.mapped.at ~= nil and view.entry.kind ~= "court-date" and fields.date_kind(view.version) == "day"
    and not view.version[fields.START]
end

local function says_same_start(ours, there, zone)
  if there.unknownDate then return true end
  return fields.date(ours.dueDate, ours.timeZone, zone) == fields.date(there.dueDate, there.timeZone, zone)
end

--- The texts of an event that its entry does not take and that were not there when both sides last agreed.
-- @param side { target, base, remote }
-- @return list of { field, side, value, action }, as `lost` of fmcal.sync.decide.merge
function aside.texts(view, side)
  local found, target, remote = {}, side.target, side.remote
  local is_court_date, is_shown_day = view.entry.kind == "court-date", shows_day_as_time(target, view)
  if not remote or not (is_court_date or view.raw.parentId or is_shown_day) or not is_new(target, side) then return found end
  local ours = target.rules:to_event(view.key, entries.with_version(view, remote.version))
  if not ours then return found end
  if is_shown_day and not says_same_start(ours, remote.event, target.options.timeZone) then
    add(found, "date", remote.event.dueDate)
  end
  if not (is_court_date or view.raw.parentId) then return found end
  local title, description = remote.event.title or "", remote.event.description or ""
  -- A prefix that was taken off is no text.
  if (ours.title or ""):sub(-#title) ~= title then add(found, "title", title) end
  if is_court_date and description ~= (ours.description or "") then add(found, "description", description) end
  return found
end

return aside
