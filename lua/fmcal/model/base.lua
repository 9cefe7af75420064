-- What board and calendar agreed on about one entry and its event: the base of the next merge, as the state keeps it.
--
-- Members, short because a board has thousands of them:
--   l, r      the board's version and the calendar's when both last agreed; r is left out in the text where it is the same
--   open      {field = true} that were never agreed on: in conflict until both sides are equal
--   seen      hash of what a person can edit in the event that was agreed on
--   held      true: both sides were left to differ in something, so that the event as a whole was not agreed on
--   texts     texts of that event that its entry reads otherwise (see fmcal.model.texts)
--   by        {field = member of the event} of a team's own fields, as they travelled then (see fmcal.model.remapped)
--   out       print of what went out with it (see fmcal.sync.act.untouched)
--   stamp     time of change that the event says, lm: lastModifiedLocal as it was written
--   deleted   true: the event was deleted, and the entry keeps its date
--   doubt     {field = true} that a write of ours seems not to have reached
--   touched   true: somebody has edited the event since a write of ours whose outcome nobody saw, be it back to what it
--             was before
--   err       { message, at, count }: the failures of the entry; a document may hold nothing else
-- Only in memory: rewound, {field = true} of an entry that seems to be an older copy.

local fields = require "fmcal.model.fields"
local json = require "fmcal.json"

local base = {
  --- An entry that failed this often is left alone until it is edited.
  MAX_RETRIES = 5,
  --- Statuses of the rows of entries that failed.
  FAILED = { "error", "delete_error" },
}

-- ---------------------------------------------------------------- making

--- A base on which both sides have agreed.
function base.of(l, r)
  return { l = l, r = r }
end

--- A base to put fields into; all that is known beside them stays.
-- @param doc base|nil
function base.copy(doc)
  local copy = {}
  for name, value in pairs(doc or {}) do copy[name] = value end
  copy.l, copy.r = fields.copy(doc and doc.l or {}), fields.copy(doc and doc.r or {})
  copy.texts = copy.texts and fields.copy(copy.texts)
  return copy
end

--- Whether a field was never agreed on.
function base.is_open(doc, field)
  return doc == nil or doc.open ~= nil and doc.open[field] == true
end

--- A base with other failures of the entry than it had.
-- @param doc base|nil
-- @param err { message, at, count }|nil
function base.with_failure(doc, err)
  local copy = {}
  for name, value in pairs(doc or {}) do copy[name] = value end
  copy.err = err
  return copy
end

--- Leaves fields in a base as they were: both sides may differ in them.
-- @param doc the new base; it is changed
-- @param held {field = true}
-- @param old base|nil before it
function base.hold(doc, held, old)
  if not held or next(held) == nil then return end
  for field in pairs(held) do
    doc.l[field], doc.r[field] = old and old.l[field], old and old.r[field]
    doc.open[field] = base.is_open(old, field) or nil
    doc.held, doc.stamp = true, old and old.stamp
  end
  base.hold_texts(doc, held, old)
end

--- The same for the texts of the event alone.
function base.hold_texts(doc, held, old)
  for field in pairs(doc.texts and held or {}) do doc.texts[field] = old and old.texts and old.texts[field] end
end

-- ---------------------------------------------------------------- asking

--- A document where it is a base, nil where it holds but failures.
function base.agreed(doc)
  return doc and doc.l and doc or nil
end

--- What a run planned with, be it a base or but failures.
-- @param side of a decision
function base.planned_with(side)
  return side.base or side.row and side.row.base
end

--- Whether an event is the one that both sides agreed on.
-- @param content hash of what a person can edit in it
function base.is_of(doc, content)
  return doc ~= nil and doc.seen ~= nil and not doc.held and doc.seen == content
end

--- What is known of an entry's failures, or nil.
-- @param row of fmcal.place.target's base, or nil
function base.failure(row)
  return row and row.base and row.base.err
end

--- Whether an entry failed so often that it is left alone.
function base.retries_exhausted(row)
  local failed = base.failure(row)
  return failed ~= nil and failed.count >= base.MAX_RETRIES
end

--- A row for an entry whose base does not hold any more: what is known of its failures stays.
function base.row_without(row)
  if not row then return nil end
  local copy = {}
  for name, value in pairs(row) do copy[name] = value end
  copy.base = { err = base.failure(row) }
  return copy
end

-- ---------------------------------------------------------------- as text

-- Whether a version says all that another one does.
local function says_all_of(version, other)
  for field, value in pairs(other) do
    if not fields.equal(field, value, version[field]) then return false end
  end
  return true
end

local function has_one_version(doc)
  return doc.r ~= nil and says_all_of(doc.l, doc.r) and says_all_of(doc.r, doc.l)
end

--- A document (a base, or a note of the journal, which has l and r too) as the text holds it: without r where it is l.
function base.folded(doc)
  if not has_one_version(doc) then return doc end
  local copy = {}
  for name, value in pairs(doc) do copy[name] = value end
  copy.r = nil
  return copy
end

--- Takes that back. @param doc document as it was read, nil for none; it is changed
function base.unfold(doc)
  if doc then doc.r = doc.r or doc.l end
  return doc
end

--- A document as text.
function base.encode(doc)
  local r = doc.r
  if has_one_version(doc) then doc.r = nil end
  local text = assert(json.encode(doc))
  doc.r = r
  return text
end

--- @param text string|nil
-- @return document, nil for no text
function base.decode(text)
  if not text or text == "" then return nil end
  return base.unfold(json.decode(text))
end

return base
