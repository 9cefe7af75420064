-- Disconnects a board from a calendar: `POST /api/calendar/disconnect/{name}`. The events that fmcal made go where that is asked;
-- then the sign-in is revoked, where the service knows such a thing, and the credentials go.

local disconnect = require "fmcal.accounts.disconnect"
local fail = require "fmcal.util.failure"
local json = require "fmcal.json"
local place = require "fmcal.serve.acts.place"
local quantity = require "fmcal.util.quantity"
local told = require "fmcal.serve.told"
local views = require "fmcal.serve.views"

local function titles_of(events)
  local list = json.array {}
  for i, event in ipairs(events) do list[i] = event.title end
  return list
end

-- Deletes what fmcal made. @return { is_first, deleted, kept = titles }, or nil and an error
local function remove_events(where, params)
  local session <close>, err = disconnect.open(where, place.options(params))
  if not session then return nil, err end
  local events, inviting = session:events()
  if not events then return nil, inviting end
  local done, failed = session:remove(events)
  if not done then return nil, failed end
  if #done.failed > 0 then
    return fail("io", "serve", "%s could not be deleted (%s); the credentials are kept, so that this can be done again",
      quantity(#done.failed, "event"), done.failed[1])
  end
  return { is_first = session.is_first, deleted = done.deleted, kept = titles_of(inviting) }
end

local function carry_out(where, wanted, params)
  local cleared, err
  if wanted.removeEvents then
    cleared, err = remove_events(where, params)
    if not cleared then return nil, err end
  end
  local revoked, unrevoked = disconnect.revoke(where)
  local changed, unsaved = disconnect.forget_account(where, cleared)
  if changed == nil then return nil, unsaved end
  return { deleted = cleared and cleared.deleted or 0, kept = cleared and cleared.kept or json.array {},
    revoked = revoked or false, warning = revoked == nil and "the sign-in was not revoked: " .. unrevoked.message or nil }
end

--- Disconnects a calendar.
-- @param params { board, …, name = of the calendar, removeEvents }
-- @return { deleted = how many events, kept = titles of those that invite people, revoked, warning, config = as the view
--   `calendar_config` }, or nil and an error
return function(params)
  local wanted, err = place.asked({ name = "name", removeEvents = "boolean" }, params)
  if not wanted then return nil, err end
  if not wanted.name then return told.wrong("name", "name is missing: which calendar?") end
  local where, unknown = disconnect.find(params.board, wanted.name)
  if not where then return told.error({ code = "notfound", message = unknown.message }, params) end
  local answer, failed = carry_out(where, wanted, params)
  if not answer then return told.error(failed, params) end
  answer.warning = answer.warning and told.sentence(answer.warning, params)
  answer.config = views.find "calendar_config"(place.of_views(params))
  return answer
end
