-- The journal: what is noted of a write before it is made, and what a later run makes of a note whose outcome was never
-- recorded because the run died. Writes to the calendar are noted, and what is pulled into the board file.

local crypto = require "fmcal.crypto"
local entries = require "fmcal.sync.entries"
local fields = require "fmcal.sync.fields"
local json = require "fmcal.json"

local journal = {}

local function hash(text)
  return crypto.encode("base64", crypto.sha256(text))
end

--- What a later run has to know of a write: what it was to make of both sides, the fields that were pulled into the
-- board with it, and those that both sides were left to differ in.
-- @return string, or nil for a deletion
function journal.note(job)
  local planned, action = job.decision.plan, job.action
  if not action.version then return nil end
  local held = {}
  for _, waiting in ipairs { action.step.open, action.step.waits } do
    for field in pairs(waiting) do held[field] = true end
  end
  return assert(json.encode(fields.fold { l = planned.cur.version, r = action.version, text = hash(job.write.text),
    pulled = planned.pulled, held = held }))
end

--- What a later run has to know of an entry that is pulled into: the calendarSync that goes into the board file with
-- it, and the base that holds once it is there.
-- @param before calendarSync of the entry as it is there still
-- @param sync calendarSync as it goes there
-- @param base document of the base row, or nil
-- @return string, or nil where nothing tells the entry of before from that of after
function journal.pull_note(before, sync, base)
  local text = entries.sync_text(sync)
  if text == entries.sync_text(before) then return nil end
  return assert(json.encode { sync = text, base = base })
end

-- The kind of the intents that are no writes to the calendar.
local PULL = "pull"
journal.PULL = PULL

--- Reads what runs that died have left into target.intents, {[key] = { write = row, pull = row }}, and
-- target.intent_ids, {[id] = key}.
function journal.load(target)
  target.intents, target.intent_ids = {}, {}
  for _, intent in ipairs(target.state:intents()) do
    local of_key = target.intents[intent.key] or {}
    of_key[intent.kind == PULL and "pull" or "write"] = intent
    target.intents[intent.key] = of_key
    target.intent_ids[intent.id] = intent.key
  end
end

local function intent_of(target, key, which)
  local of_key = target.intents and target.intents[key]
  return of_key and of_key[which] or nil
end

local function note_of(target, key, which)
  local intent = intent_of(target, key, which)
  return intent and intent.doc and json.decode(intent.doc) or nil
end

-- Whether a field is as a noted write was to make it on both sides: agreed, then. Not where it was left to differ, where
-- the calendar holds something else, or where what was pulled never reached the board.
local function is_settled(field, note, view, remote)
  if note.held[field] or not fields.equal(field, note.r[field], remote.version[field]) then return false end
  return not note.pulled[field] or fields.equal(field, view.version[field], note.l[field])
end

-- What was agreed by a noted write, field by field: somebody may have edited others since. For those the base before the
-- write still holds; without one they are in conflict. Whether what merely goes out got there too cannot be seen in the
-- fields: `out` stays open.
local function agreed_by(note, base, view, remote)
  local agreed = { l = note.l, r = fields.copy(remote.version), open = {} }
  for _, field in ipairs(view.fields) do
    if not is_settled(field, note, view, remote) then
      agreed.l[field], agreed.r[field] = base and base.l[field], base and base.r[field]
      agreed.open[field] = not base or base.open and base.open[field] or nil
    end
  end
  return agreed
end

-- Whether a noted write got through, as far as can be seen: something that it was to change is as it made it.
local function got_through(note, base, view, remote)
  if not base then return true end
  for _, field in ipairs(view.fields) do
    local written = not fields.equal(field, base.r[field], note.r[field])
    if written and is_settled(field, note, view, remote) then return true end
  end
  return false
end

--- The base of an entry: what was noted of a pull that reached the board; else what a noted write has made of the one
-- before.
-- @param base table|nil that the state has
-- @param remote table|nil the event as it is
function journal.base(target, view, base, remote)
  local pulled = note_of(target, view.key, "pull")
  if pulled and pulled.sync == entries.sync_text(view.sync) then return fields.unfold(pulled.base) end
  local note = remote and fields.unfold(note_of(target, view.key, "write"))
  if not note or not got_through(note, base, view, remote) then return base end
  return agreed_by(note, base, view, remote)
end

--- The base of an entry that is gone: likewise, where the object is the very text that was written.
-- @param text of the object in the calendar
-- @param seen hash of what a person can edit in it
function journal.base_of_gone(target, key, base, text, seen)
  local note = fields.unfold(note_of(target, key, "write"))
  if not note or note.text ~= hash(text) then return base end
  local waiting = next(note.pulled) ~= nil or next(note.held) ~= nil
  return { l = note.l, r = note.r, seen = seen, held = waiting or nil }
end

--- Whether an event that is not there may be one that we deleted: an entry that wants it was edited since.
function journal.deleted(target, key)
  local intent = intent_of(target, key, "write")
  return intent ~= nil and intent.kind == "delete"
end

return journal
