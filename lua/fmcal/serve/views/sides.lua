-- An entry beside its calendars, for lists: how it stands with each of them, from the board and the state.

local base = require "fmcal.model.base"
local calendar_sync = require "fmcal.model.calendar_sync"
local conflicts = require "fmcal.sync.conflicts"
local entries = require "fmcal.model.entry"
local given = require "fmcal.util.given"
local json = require "fmcal.json"
local place = require "fmcal.serve.views.place"
local shown = require "fmcal.serve.views.shown"

local sides = {
  --- How an entry can stand; of several calendars the first of these counts.
  --   error      it failed; conflict: it waits for a person; pending: the next run will look at it
  --   deleted    its event was deleted in the calendar, and it keeps its date
  --   synced     both sides are in step; skipped: it has a date, and is not selected
  --   undated    it has no date; off: nothing is synced
  STATUSES = { "error", "conflict", "pending", "deleted", "synced", "skipped", "undated", "off" },
}

local OF_ROW = { synced = "synced", pending = "pending", conflict = "conflict", error = "error", delete_error = "error",
  deleted = "deleted", skipped = "skipped" }

-- Whether the next run will look at an entry because of the board: as fmcal.board's compare says it.
local function is_edited(opened, target, key, row)
  return not row.fingerprint or row.fingerprint ~= opened.board:fingerprint(key, target.context)
end

local function status_with(opened, target, key, due)
  local row = target.state:base(key)
  if not row then return due and "pending" or "undated", nil end
  local status = OF_ROW[row.status] or "pending"
  local is_settled = status == "synced" or status == "skipped" or status == "deleted"
  if is_settled and is_edited(opened, target, key, row) then return due and "pending" or "undated", row end
  if status == "skipped" and not due then return "undated", row end
  return status, row
end

local RANK = {}
for i, status in ipairs(sides.STATUSES) do RANK[status] = i end

--- How an entry stands.
-- @param due text of its date, nil where it has none
function sides.status(opened, key, due)
  local worst = "off"
  for _, target in ipairs(opened.targets) do
    local status = status_with(opened, target, key, due)
    if RANK[status] < RANK[worst] then worst = status end
  end
  return worst
end

-- ---------------------------------------------------------------- for a list

local Reader = {}
Reader.__index = Reader

local function last_changes(state)
  local last = {}
  for _, row in ipairs(assert(state:changes {})) do last[row.key] = last[row.key] or row end
  return last
end

local function times_of(state)
  local times = {}
  for _, run in ipairs(assert(state:runs())) do times[run.number] = run.time end
  return times
end

-- Where the event is shown in a browser, where its object says that: it does where it is JSON (Google's API).
local function link_of(target, row)
  if not row or not row.href then return nil end
  local remote = target.state:remote(row.href)
  local event = remote and remote.text and json.decode(remote.text)
  local link = type(event) == "table" and event.htmlLink
  return type(link) == "string" and link:find("^https://") and link or nil
end

local function side_of(opened, target, key, due)
  local status, row = status_with(opened, target, key, due)
  local failed = row and status == "error" and base.failure(target:base(key)) or {}
  return { calendar = target.name, status = status, link = link_of(target, row), error = failed.message, retries = failed.count }
end

-- What is in conflict, with both dates where those are.
local function conflict_of(sync)
  local found = calendar_sync.conflicts(sync)[1]
  if not found then return nil end
  local here, there = calendar_sync.versions(found.sync.conflictData)
  local dates = given(here.dueDate) ~= given(there.dueDate) and { board = here.dueDate, calendar = there.dueDate } or nil
  return { calendar = found.target, fields = json.array(conflicts.members(found.sync.conflictData)),
    since = given(found.sync.lastSyncedAt), dates = dates }
end

local function parent_of(entry)
  return entry.parent and { id = entry.parent, title = entry.parent_title } or nil
end

local function text_of(value)
  return type(value) == "string" and value or nil
end

-- The epic that an item belongs to, where it is on the board.
local function epic_of(board, id)
  local epic = id and board:entry(id)
  return epic and { id = id, title = text_of(epic.value.title) } or nil
end

--- An entry with its calendars: { id, title (without the prefix of its kind), type ("item", "subitem", "epic", "court-date"),
-- parent = { id, title }, epicId, epic = { id, title }, line, date (as the board has it), start (of one that spans days), zone
-- (its own, or the board's), durationMinutes, allDay, priority, tags, boardStatus, status (of sides.STATUSES), calendars = {{
-- calendar, status, link, error, retries }}, conflict = { calendar, fields, since, dates = { board, calendar } },
-- last = { run, at, calendar, reason, sentence, decidedBy,
-- did } }.
function Reader:entry(key)
  local opened, entry = self.opened, self.opened.board:entry(key)
  local function member(name) return text_of(entries.member(entry, name)) end
  local due, is_court_date = member("dueDate"), entry.kind == "court-date"
  local calendars, tags = json.array {}, entries.member(entry, "tags")
  for i, target in ipairs(opened.targets) do calendars[i] = side_of(opened, target, key, due) end
  local last = self.last[key]
  return {
    id = key, title = text_of(entry.value.title), type = entry.kind, parent = parent_of(entry), epicId = member("epicId"),
    epic = epic_of(opened.board, member("epicId")), line = entry.line, date = due,
    start = not is_court_date and member("startDate") or nil, zone = member("timeZone") or place.zone(opened),
    durationMinutes = not is_court_date and given(entry.value.durationMinutes) or nil, allDay = due and #due == 10 or nil,
    priority = member("priority"), tags = type(tags) == "table" and tags or nil, boardStatus = member("status"),
    status = sides.status(opened, key, due), calendars = calendars, conflict = conflict_of(calendar_sync.read(entry)),
    last = last and shown.last(last, self.times) or nil,
  }
end

--- What reads the entries of a list.
-- @param opened fmcal.overview
function sides.reader(opened)
  return setmetatable({ opened = opened, last = last_changes(opened.state), times = times_of(opened.state) }, Reader)
end

return sides
