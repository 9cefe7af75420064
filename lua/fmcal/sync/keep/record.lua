-- What a run leaves behind: calendarSync on the board, base rows and history in the state.

local adopt = require "fmcal.sync.look.adopt"
local agreed = require "fmcal.model.agreed"
local attempt = require "fmcal.util.attempt"
local entries = require "fmcal.model.entry"
local fields = require "fmcal.model.fields"
local first_line = require "fmcal.util.first_line"
local journal = require "fmcal.place.journal"
local json = require "fmcal.json"
local texts = require "fmcal.model.texts"
local time = require "fmcal.time"

local record = {}

--- An entry that failed this often is left alone until it is edited.
record.MAX_RETRIES = 5

--- Statuses of base rows of entries that failed.
record.FAILED = { "error", "delete_error" }

--- Whether an entry failed so often that it is left alone.
-- @param row of fmcal.place.target's base, or nil
function record.retries_exhausted(row)
  local failed = row and row.base and row.base.err
  return failed ~= nil and failed.count >= record.MAX_RETRIES
end

local function timestamp(epoch)
  return epoch and time.format(epoch) or json.null
end

local function differing(view, open, version)
  local shown = {}
  for field in pairs(open) do shown[fields.MEMBER[field]] = fields.spell(field, version, view.style) end
  shown.dueDate = fields.spell("date", version, view.style)
  shown.title = version.title
  return shown
end

-- Both sides as they are after this run, which may have merged what is not in conflict.
local function conflict_data(decision, step, outcome)
  local view, versions = decision.view, {}
  for name, source in pairs { localVersion = "local", externalVersion = "external" } do
    local version = fields.copy(source == "local" and decision.plan.cur.version or outcome.remote)
    for field, sides in pairs(step.open) do version[field] = sides[source] end
    versions[name] = differing(view, step.open, version)
  end
  versions.localVersion.modifiedAt = timestamp(decision.plan.cur.time)
  versions.externalVersion.modifiedAt = timestamp(outcome.external_time)
  return versions
end

-- The time of a run, and never the one that the calendarSync before it has: that is how an older copy is told. Runs within
-- one second are counted behind the point.
local function synced_at(now, before)
  local second, last = now:sub(1, 19), before.lastSyncedAt
  if type(last) ~= "string" or last:sub(1, 19) ~= second then return now end
  return ("%s.%03dZ"):format(second, (tonumber(last:match("^%.(%d+)Z$", 20)) or 0) + 1)
end

-- The members of calendarSync for one calendar, in the order in which they are written.
local function sync_members(run, decision, i, before)
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
    and conflict_data(decision, decision.plan.actions[i].step, outcome) or nil }
  return members
end

-- Members whose change alone is worth a line in the board file.
local TELLING = { externalEventId = true, provider = true, syncStatus = true, syncError = true, retryCount = true,
  conflictData = true }

-- The times in it may be the board file's, which our own writing changes.
local function without_times(conflict)
  if type(conflict) ~= "table" then return conflict end
  local shown = {}
  for side, version in pairs(conflict) do
    shown[side] = {}
    for name, value in pairs(version) do
      if name ~= "modifiedAt" then shown[side][name] = value end
    end
  end
  return shown
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  return json.encode(a, { sort = true }) == json.encode(b, { sort = true })
end

local function worth_writing(members, before, acted)
  if acted then return true end
  for _, member in ipairs(members) do
    local name, value = member[1], member[2]
    local old = before[name]
    if old == nil then old = json.null end
    if name == "conflictData" then old, value = without_times(old), without_times(value) end
    if TELLING[name] and not same(old, value == nil and json.null or value) then return true end
  end
  return false
end

local OPTIONAL = { lastErrorAt = true, deletedAt = true, conflictData = true }

-- A calendarSync that is not there yet is written in one piece.
local function write_new(board, key, path, members)
  local object = {}
  for _, member in ipairs(members) do object[member[1]] = member[2] end
  assert(board:set(key, path, object))
end

local function write_members(board, key, path, members, before)
  if next(before) == nil then return write_new(board, key, path, members) end
  for _, member in ipairs(members) do
    local name, value = member[1], member[2]
    local where = { table.unpack(path) }
    where[#where + 1] = name
    if value ~= nil then
      if not same(before[name], value) then assert(board:set(key, where, value)) end
    elseif before[name] ~= nil then
      assert(board:remove(key, where))
    end
  end
  for name in pairs(OPTIONAL) do
    local kept = false
    for _, member in ipairs(members) do kept = kept or (member[1] == name and member[2] ~= nil) end
    if not kept and before[name] ~= nil then
      local where = { table.unpack(path) }
      where[#where + 1] = name
      assert(board:remove(key, where))
    end
  end
end

-- Nobody waits any more for what an entry said that is not synced now.
local function drop_concern(board, key, path, before)
  if before.syncStatus ~= "conflict" and before.syncStatus ~= "error" then return end
  if not before.others then
    assert(board:remove(key, path))
    return
  end
  for name in pairs(before) do
    local where = { table.unpack(path) }
    where[#where + 1] = name
    if name ~= "others" then assert(board:remove(key, where)) end
  end
end

-- A list or a scalar in the place of the other calendars' parts would refuse them.
local function make_room_for_others(board, key, path, found)
  local others = type(found) == "table" and found.others
  if others and others ~= json.null and (type(others) ~= "table" or getmetatable(others)) then
    assert(board:remove(key, { path[1], path[2] or "others", path[2] and "others" }))
  end
end

-- calendarSync of one entry: the first calendar's members, the others' under others.NAME.
local function write_sync(run, decision)
  local entry = decision.view and decision.view.entry or decision.entry
  if not entries.can_hold_sync(entry) then return end
  local path, sync = entries.path(entry, "calendarSync"), entries.sync(entry) or {}
  make_room_for_others(run.board, decision.key, path, entries.member(entry, "calendarSync"))
  for i, side in ipairs(decision.sides) do
    local outcome = decision.outcomes[i]
    local others = type(sync.others) == "table" and sync.others or {}
    local first, other = side.target.is_first, others[side.target.name]
    local before = first and sync or (type(other) == "table" and other) or {}
    local where = first and path or { path[1], path[2], "others", side.target.name }
    if not first and not path[2] then where = { path[1], "others", side.target.name } end
    local members = sync_members(run, decision, i, before)
    if outcome.status == "skipped" then
      drop_concern(run.board, decision.key, where, before)
    elseif worth_writing(members, before, outcome.acted or decision.patched) then
      write_members(run.board, decision.key, where, members, before)
    end
  end
end

-- The document of a base row: what both sides agreed on.
local function base_document(decision, side, action, outcome)
  local cur, step, old = decision.plan.cur, action.step, side.base
  local doc = { l = fields.copy(cur.version), r = fields.copy(outcome.remote or cur.version), out = outcome.out,
    seen = outcome.seen, texts = outcome.texts, open = {}, deleted = action.deleted_mark or nil, stamp = outcome.external_time,
    lm = timestamp(cur.time) }
  for _, held in ipairs { step.open, step.waits, outcome.unpulled } do
    for field in pairs(held) do
      doc.l[field] = old and old.l[field]
      doc.r[field] = old and old.r[field]
      if doc.texts then doc.texts[field] = old and old.texts and old.texts[field] end
      doc.held, doc.stamp = true, old and old.stamp
      if not old or old.open and old.open[field] then doc.open[field] = true end
    end
  end
  return fields.fold(doc)
end

-- The base that a run planned with.
local function planned_with(side)
  return side.base or side.row and side.row.base
end

-- The base where a write did not get through, or nobody knows whether it did: what is the same on both sides all the same
-- is agreed.
local function kept_document(decision, i)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  local action = decision.view and decision.plan and decision.plan.actions[i]
  if not action or not action.push or decision.error then return planned_with(side) end
  local note, list = agreed.note(decision.plan, action, decision.view.fields), decision.view.fields
  for field in pairs(outcome.unpulled or {}) do note.held[field] = true end
  local doc = agreed.without(side.base, note, list, decision.plan.cur.version)
  doc.seen, doc.held = side.target:content_hash(side.remote.event), next(note.held) ~= nil or nil
  doc.texts, doc.deleted, doc.lm = texts.of(side.remote.event, side.remote.version), nil, timestamp(decision.plan.cur.time)
  for field in pairs(doc.texts and note.held or {}) do
    doc.texts[field] = side.base and side.base.texts and side.base.texts[field]
  end
  return fields.fold(doc)
end

local function error_document(decision, i, run)
  local outcome, doc = decision.outcomes[i], kept_document(decision, i) or {}
  doc.err = outcome.error and { message = outcome.error, at = run.now, count = outcome.retries } or nil
  return doc
end

-- The document of the base row that an outcome leaves, or nil for none.
local function document(run, decision, i)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  if outcome.status == "error" or outcome.status == "delete_error" then return error_document(decision, i, run) end
  if outcome.status == "gone" or outcome.row_status == "skipped" then return nil end
  if outcome.keep_base then return kept_document(decision, i) end
  return base_document(decision, side, decision.plan and decision.plan.actions[i], outcome)
end

local function put_row(decision, i, doc, fingerprint, day)
  local side, outcome = decision.sides[i], decision.outcomes[i]
  assert(side.target.state:put_base {
    key = decision.key, uid = outcome.uid or (side.row and side.row.uid), href = outcome.href or (side.row and side.row.href),
    status = outcome.row_status or outcome.status, fingerprint = not outcome.revisit and fingerprint or nil, day = day,
    doc = doc and assert(json.encode(doc)) or nil,
  })
end

local function settle_remote(decision, i, outcome)
  local side = decision.sides[i]
  if outcome.revisit then return end
  local row = side.remote and side.remote.row or side.tomb
  if row and not outcome.acted then assert(side.target.state:settle(row.href)) end
end

-- A value that gave way, as people read it, and the board takes it.
local function readable(lost)
  if lost.field == "date" and math.type(lost.value) == "integer" then return time.format(lost.value) end
  if lost.value == nil then return json.null end
  return lost.value
end

local function keep_lost(run, key, side, step)
  for _, list in ipairs { step.overwritten, step.lost } do
    for _, lost in ipairs(list) do
      assert(run.state:add_history {
        time = run.now, target = side.target.name, key = key, field = lost.field, side = lost.side,
        action = lost.action or "overwritten", reason = lost.reason or step.reason,
        value = json.encode(readable(lost)), run = run.number,
      })
    end
  end
  step.kept = true
end

--- Puts what a decision overwrites into the history, once; called inside a transaction, before anything is overwritten.
function record.history(run, decision)
  for i, action in ipairs(decision.plan and decision.plan.actions or {}) do
    if not action.step.kept then keep_lost(run, decision.key, decision.sides[i], action.step) end
  end
end

--- Whether a decision overwrites something that is not in the history yet.
function record.has_lost(decision)
  for _, action in ipairs(decision.plan and decision.plan.actions or {}) do
    if not action.step.kept and #action.step.lost + #action.step.overwritten > 0 then return true end
  end
  return false
end

-- Whether the outcome of all that was noted of an entry has been seen: a calendar that refuses says so.
local function is_seen(decision, i)
  local job = decision.jobs and decision.jobs[i]
  if not decision.sides[i].observed then return false end
  if not job or not job.noted or job.outcome == "refused" then return true end
  return job.outcome == "done" and not job.error
end

--- Notes in the journal what was pulled into an entry; called inside a transaction, before the board file is written.
function record.pulled(run, decision)
  local entry = attempt.found(run.board:entry(decision.key))
  local sync = entry and entries.sync(entry)
  for i, side in ipairs(decision.sides) do
    journal.pull(side.target, decision.key, decision.view.sync, sync, document(run, decision, i), is_seen(decision, i))
  end
end

--- Puts the base that a decision rests on, so that what it came from need not be noted any more; called inside a
-- transaction.
function record.settle(decision, i)
  local side = decision.sides[i]
  if not journal.is_noted(side.target, decision.key) then return end
  local row, doc = side.row or {}, planned_with(side)
  if doc and row.base then doc.err = row.base.err end
  if doc or side.row then
    assert(side.target.state:put_base { key = decision.key, uid = side.uid, href = row.href, status = row.status or "pending",
      day = row.day, doc = doc and assert(json.encode(doc)) or nil })
  end
  journal.seen(side.target, decision.key)
end

local function end_notes(decision, i)
  local target = decision.sides[i].target
  if is_seen(decision, i) then
    journal.seen(target, decision.key)
  else
    journal.pulled(target, decision.key, not decision.outcomes[i].unpulled)
  end
end

--- Writes calendarSync of a decided entry into the board (in memory).
function record.board(run, decision)
  if decision.view or decision.entry then write_sync(run, decision) end
end

-- The event of an item that is gone, where somebody else made it, is external again.
local function release(run, side)
  if not side.remote or not side.target:is_foreign(side.uid) then return end
  local seen = side.base and side.base.seen or side.target:content_hash(side.remote.event)
  adopt.release(run, side.target, side.uid, seen)
end

--- Commits one decided key to the state; called inside a transaction, after the board file was written.
-- @param fingerprints {[i] = string} of the entry as planned with and patched, one a calendar; none for an entry that is gone
function record.state(run, decision, fingerprints)
  local day = decision.reads_clock and run.now:sub(1, 10) or nil
  for i, side in ipairs(decision.sides) do
    if decision.outcomes[i].status == "gone" then
      release(run, side)
      assert(side.target.state:delete_base(decision.key))
    else
      put_row(decision, i, document(run, decision, i), fingerprints[i], day)
    end
    end_notes(decision, i)
    settle_remote(decision, i, decision.outcomes[i])
  end
end

return record
