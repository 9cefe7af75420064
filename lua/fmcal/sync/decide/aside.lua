-- Texts that people write into an event and that no entry takes: what a subitem's title says of its parent, and
-- title and description of a court date. They are kept in the history.

local entries = require "fmcal.model.entry"

local aside = {}

local function is_new(target, side)
  return not (side.base and side.base.seen == target:content_hash(side.remote.event))
end

local function add(found, field, value)
  found[#found + 1] = { field = field, side = "external", value = value, action = "set aside" }
end

--- The texts of an event that its entry does not take and that were not there when both sides last agreed.
-- @param side { target, base, remote }
-- @return list of { field, side, value, action }, as `lost` of fmcal.sync.decide.merge
function aside.texts(view, side)
  local found, target, remote = {}, side.target, side.remote
  local is_court_date = view.entry.kind == "court-date"
  if not remote or not (is_court_date or view.raw.parentId) or not is_new(target, side) then return found end
  local ours = target.rules:to_event(view.key, entries.with_version(view, remote.version))
  if not ours then return found end
  local title, description = remote.event.title or "", remote.event.description or ""
  -- A prefix that was taken off is no text.
  if (ours.title or ""):sub(-#title) ~= title then add(found, "title", title) end
  if is_court_date and description ~= (ours.description or "") then add(found, "description", description) end
  return found
end

return aside
