-- What a run leaves of an entry on the board: its calendarSync.

local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local first_line = require "fmcal.util.first_line"
local json = require "fmcal.json"
local time = require "fmcal.time"

local entries = {}

local function timestamp(epoch)
  return epoch and time.format(epoch) or json.null
end

-- The fields in which both sides differ, and what tells a person which entry it is.
local function shown(view, open, version)
  local members = {}
  for field in pairs(open) do members[fields.MEMBER[field]] = fields.spell(field, version, view.style) end
  members.dueDate = fields.spell("date", version, view.style)
  members.title = version.title
  return members
end

-- A side as it is after this run, which may have merged what is not in conflict.
local function side_of_conflict(view, open, name, version, at)
  local copy = fields.copy(version)
  for field, sides in pairs(open) do copy[field] = sides[name] end
  local members = shown(view, open, copy)
  members.modifiedAt = timestamp(at)
  return members
end

local function conflict_data(decision, open, outcome)
  local view, cur = decision.view, decision.plan.cur
  return calendar_sync.conflict_data(side_of_conflict(view, open, "local", cur.version, cur.time),
    side_of_conflict(view, open, "external", outcome.remote, outcome.external_time))
end

-- The time of a run, and never the one that the calendarSync before it has: that is how an older copy is told. Runs within
-- one second are counted behind the point.
local function synced_at(now, before)
  local second, last = now:sub(1, 19), before.lastSyncedAt
  if type(last) ~= "string" or last:sub(1, 19) ~= second then return now end
  return ("%s.%03dZ"):format(second, (tonumber(last:match("^%.(%d+)Z$", 20)) or 0) + 1)
end

-- The members for one calendar, in the order in which they are written.
local function members_of(run, decision, i, before)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  local members = {
    { "externalEventId", outcome.uid or json.null },
    { "provider", side.target.spec.provider },
    { "lastSyncedAt", synced_at(run.now, before) },
    { "syncStatus", outcome.status },
    { "lastModifiedLocal", timestamp(decision.plan and decision.plan.cur.time) },
    { "lastModifiedExternal", timestamp(outcome.external_time) },
    { "syncError", first_line(outcome.error) or json.null },
    { "retryCount", outcome.retries or 0 },
  }
  members[#members + 1] = { "lastErrorAt", outcome.error and run.now or nil }
  members[#members + 1] = { "deletedAt", outcome.status == "deleted" and run.now or nil }
  members[#members + 1] = { "conflictData", outcome.status == "conflict"
    and conflict_data(decision, decision.plan.actions[i].step.open, outcome) or nil }
  return members
end

-- Nobody waits any more for what an entry said that is not synced now.
local function is_concern(before)
  return before.syncStatus == "conflict" or before.syncStatus == "error"
end

local function write_side(run, decision, i, entry, before)
  local target, outcome = decision.sides[i].target, decision.outcomes[i]
  if outcome.status == "skipped" then
    if is_concern(before) then calendar_sync.forget(run.board, entry, target) end
    return
  end
  local members = members_of(run, decision, i, before)
  if outcome.acted or decision.patched or calendar_sync.is_news(members, before) then
    calendar_sync.write(run.board, entry, target, members, before)
  end
end

--- Writes the calendarSync of a decided entry into the board (in memory).
function entries.write(run, decision)
  local entry = decision.view and decision.view.entry or decision.entry
  if not entry or not calendar_sync.fits(entry) then return end
  local sync = calendar_sync.read(entry) or {}
  calendar_sync.make_room(run.board, entry)
  for i, side in ipairs(decision.sides) do
    write_side(run, decision, i, entry, calendar_sync.own(sync, side.target) or {})
  end
end

return entries
