-- The journal: what is noted of a write before it is made, and what a later run makes of a note whose outcome nobody saw,
-- because the run died or the network did. Writes to the calendar are noted, and what is pulled into the board file.
--
-- A note lives until its outcome was seen, however the run ends. It was seen where the calendar said what became of the
-- write, or where a later run has read the calendar and made the note's end a part of the base. Both go through
-- journal.seen, in the transaction that puts that base. So there is one write of an entry at most that nobody knows of.

local agreed = require "fmcal.model.agreed"
local bases = require "fmcal.model.base"
local calendar_sync = require "fmcal.model.calendar_sync"
local crypto = require "fmcal.crypto"
local json = require "fmcal.json"
local sys = require "fmcal.sys"

local journal = {}

local function hash(text)
  return crypto.encode("base64", crypto.sha256(text))
end

-- The kind of the intents that are no writes to the calendar.
local PULL = "pull"

local function is_pull(intent)
  return intent.kind == PULL
end

--- Reads the notes that are open into target.intents, {[key] = {row, …}}.
function journal.load(target)
  target.intents = {}
  for _, intent in ipairs(target.state:intents()) do
    local of_key = target.intents[intent.key] or {}
    of_key[#of_key + 1] = intent
    target.intents[intent.key] = of_key
  end
end

local function add(target, intent)
  intent.id = assert(target.state:add_intent(intent))
  local of_key = target.intents[intent.key] or {}
  of_key[#of_key + 1] = intent
  target.intents[intent.key] = of_key
end

-- Drops the notes of a key that `which` picks, all by default.
local function drop(target, key, which)
  local kept = {}
  for _, intent in ipairs(target.intents[key] or {}) do
    if which and not which(intent) then
      kept[#kept + 1] = intent
    else
      assert(target.state:drop_intent(intent.id))
    end
  end
  target.intents[key] = #kept > 0 and kept or nil
end

-- The latest note of a key, of a pull or of a write.
local function intent_of(target, key, pull)
  local found
  for _, intent in ipairs(target.intents and target.intents[key] or {}) do
    if is_pull(intent) == pull then found = intent end
  end
  return found
end

local function read(intent)
  return intent and bases.decode(intent.doc)
end

-- ---------------------------------------------------------------- noting

-- Notes what a write makes of the event: its text. One that is no UTF-8, because another program wrote it so, cannot be
-- part of a note; hashes of it, and of what a person can edit in it, say as much and cost more.
local function note_written(note, job)
  local text, target = job.write.text, job.side.target
  if sys.is_utf8(text) then
    note.written = text
  else
    note.text, note.seen = hash(text), target:content_hash(assert(target.provider:decode(text)))
  end
end

-- What a later run has to know of a write; nil for a deletion.
local function write_note(job)
  local action, view = job.action, job.decision.view
  if not action.version then return nil end
  local note, old = agreed.note(job.decision.plan, action, view.fields), action.remote
  note_written(note, job)
  note.before = old and hash(old.row.text)
  return bases.encode(note)
end

--- Notes a write; called inside a transaction, before the write is made.
function journal.write(job)
  local write = job.write
  add(job.side.target, { key = job.decision.key, kind = write.kind, uid = write.uid, href = write.href, etag = write.etag,
    doc = write_note(job) })
end

--- Notes what is pulled into an entry: the calendarSync that goes into the board file with it, and the base that holds
-- once it is there. Nothing where calendarSync does not tell the entry of before from that of after.
-- @param before calendarSync of the entry as it is there still
-- @param sync calendarSync as it goes there
-- @param base that the row holds then, or nil
-- @param seen whether it knows what became of the write that was made with it
function journal.pull(target, key, before, sync, base, seen)
  local text = calendar_sync.text(sync)
  if text == calendar_sync.text(before) then return end
  add(target, { key = key, kind = PULL,
    doc = assert(json.encode { sync = text, base = base and bases.folded(base), seen = seen }) })
end

-- ---------------------------------------------------------------- ending

--- The one end of notes: the outcome of all that was noted of a key was seen. Called inside the transaction that puts the
-- base which it has led to.
function journal.seen(target, key)
  drop(target, key)
end

-- Puts a note in the place of the one there is.
local function rewrite(target, key, intent, note)
  intent.doc = bases.encode(note)
  drop(target, key)
  add(target, intent)
end

--- Adds to the note of a write the ETag with which the calendar answered it: it could not be read back, or was not there.
function journal.answered(job)
  local target, key = job.side.target, job.decision.key
  local intent = job.etag and intent_of(target, key, false)
  local note = read(intent)
  if not note then return end
  note.answered = job.etag
  rewrite(target, key, intent, note)
end

--- Ends the note of a pull: the board file was written. The outcome of the write that was made with it is not known.
-- Called inside the transaction that puts the base which the pull has led to.
-- @param reached whether what was pulled is in the board file, and not another program's
function journal.pulled(target, key, reached)
  local intent = intent_of(target, key, false)
  local note = read(intent)
  drop(target, key, is_pull)
  if not reached or not note or not next(note.pulled) then return end
  note.pulled = {}
  rewrite(target, key, intent, note)
end

--- Puts the base that a decision rests on, so that what it came from need not be noted any more; called inside a
-- transaction.
-- @param side of the decision
function journal.conclude(side, key)
  if not journal.is_noted(side.target, key) then return end
  local row, doc = side.row or {}, bases.planned_with(side)
  if doc and row.base then doc.err = row.base.err end
  if doc or side.row then
    side.target:put_base { key = key, uid = side.uid, href = row.href, status = row.status or "pending", day = row.day,
      base = doc }
  end
  journal.seen(side.target, key)
end

-- ---------------------------------------------------------------- reading

-- What a pull that reached the board has noted, or nil.
local function pull_on_board(target, view)
  local note = read(intent_of(target, view.key, true))
  return note and note.sync == calendar_sync.text(view.sync) and note or nil
end

-- Whether a write has not reached the calendar. The text of before says so; but where the write was answered, another ETag
-- on it says that it was kept, and somebody has restored what was there. Without an answer it may be a write of ours that
-- failed half-way and was taken back.
local function is_as_before(intent, note, row)
  return hash(row.text) == note.before and (not note.answered or row.etag == nil or row.etag == intent.etag)
end

local function is_as_written(note, row)
  if note.answered ~= nil and note.answered == row.etag then return true end
  if note.written then return row.text == note.written end
  return hash(row.text) == note.text
end

-- Hash of what a person can edit in the event that was written. Most notes end without anybody asking.
local function content_written(target, note)
  if not note.written then return note.seen end
  return target:content_hash(assert(target.provider:decode(note.written)))
end

local function base_after(target, intent, note, base, view, remote)
  local list, version = view.fields, view.version
  if not remote then return agreed.gone(base, note, list, version) end
  if is_as_before(intent, note, remote.row) then return agreed.without(base, note, list, version) end
  local is_whole = is_as_written(note, remote.row)
  local known = agreed.perhaps(base, note, list, version, remote, is_whole)
  -- The event is what both sides agreed on only where all of it was agreed: what was to be pulled may not have been.
  local all_agreed = is_whole and not next(note.pulled) and not next(note.held)
  known.out, known.seen = nil, all_agreed and target:content_hash(remote.event) or nil
  return known
end

--- The base of an entry, with what the notes and the calendar say of writes and pulls whose outcome nobody saw.
-- @param base table|nil that the state has
-- @param remote table|nil the event as it is
function journal.base(target, view, base, remote)
  local pull = pull_on_board(target, view)
  if pull then
    base = bases.unfold(pull.base)
    if pull.seen then return base end
  end
  local intent = intent_of(target, view.key, false)
  local note = read(intent)
  if not note then return base end
  if pull then note.pulled = {} end
  return base_after(target, intent, note, base, view, remote)
end

--- The base of an entry that is gone: likewise, as far as the event tells without its entry.
-- @param row of the event
-- @param content hash of what a person can edit in it
function journal.base_of_gone(target, key, base, row, content)
  local intent = intent_of(target, key, false)
  local note = read(intent)
  if not note or is_as_before(intent, note, row) then return base end
  if content_written(target, note) ~= content then return agreed.touched(base) end
  local waiting = next(note.pulled) ~= nil or next(note.held) ~= nil
  return { l = note.l, r = note.r, seen = content, held = waiting or nil }
end

--- Whether anything is noted of an entry.
function journal.is_noted(target, key)
  return target.intents[key] ~= nil
end

--- What was to be done to the event of an entry by a write whose outcome nobody has seen, or nil.
function journal.noted_write(target, key)
  local intent = intent_of(target, key, false)
  return intent and intent.kind
end

--- Whether an event that is not there may be one that we deleted: an entry that wants it was edited since.
function journal.deleted(target, key)
  local intent = intent_of(target, key, false)
  return intent ~= nil and intent.kind == "delete"
end

return journal
