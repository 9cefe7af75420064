-- The journal: what is noted of a write before it is made, and what a later run makes of a note whose outcome was never
-- recorded because the run died.

local crypto = require "fmcal.crypto"
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
  return assert(json.encode { l = planned.cur.version, r = action.version, text = hash(job.write.text),
    pulled = planned.pulled, held = held })
end

local function note_of(target, key)
  local intent = target.intents and target.intents[key]
  return intent and intent.doc and json.decode(intent.doc) or nil
end

-- What was agreed by a write that got through: all of it, but for fields that were left to differ, and for pulled ones
-- that never reached the board. For those the base before the write still holds; without one they are in conflict.
-- Whether what merely goes out got there too cannot be seen in the fields: `out` stays open.
local function agreed_by(note, base, view, remote)
  local agreed = { l = note.l, r = fields.copy(remote.version), open = {} }
  for _, field in ipairs(view.fields) do
    local unpulled = note.pulled[field] and not fields.equal(field, view.version[field], note.l[field])
    if note.held[field] or unpulled then
      agreed.l[field], agreed.r[field] = base and base.l[field], base and base.r[field]
      agreed.open[field] = not base or base.open and base.open[field] or nil
    end
  end
  return agreed
end

--- The base of an entry: where the calendar holds what a noted write meant, that was agreed.
-- @param base table|nil that the state has
-- @param remote table|nil the event as it is
function journal.base(target, view, base, remote)
  local note = remote and note_of(target, view.key)
  if not note or #fields.differences(view.fields, note.r, remote.version) > 0 then return base end
  return agreed_by(note, base, view, remote)
end

--- The base of an entry that is gone: likewise, where the object is the very text that was written.
-- @param text of the object in the calendar
-- @param seen hash of what a person can edit in it
function journal.base_of_gone(target, key, base, text, seen)
  local note = note_of(target, key)
  if not note or note.text ~= hash(text) then return base end
  local waiting = next(note.pulled) ~= nil or next(note.held) ~= nil
  return { l = note.l, r = note.r, seen = seen, held = waiting or nil }
end

return journal
