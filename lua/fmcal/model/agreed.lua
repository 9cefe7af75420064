-- What both sides agree on where nobody has seen what became of a write: pure, no I/O, no clock.
--
-- A *note* says what a write was to make of an entry and its event, as planned:
--   l, r     the board's version and the event's, once the write is through and what is pulled is on the board
--   push     {field = true} what the write changes
--   there    what the calendar held of that before; nil: there was no event
--   pulled   {field = true} what is pulled into the board in the same run and may not have reached it
--   held     {field = true} what both sides were left to differ in
--   written  the event's text as it was written (in notes of an older fmcal its hash, `text`, and one of what a person can
--            edit in it, `seen`)
--   before   hash of the text that was there
--   answered the ETag with which the calendar answered the write, where it could not be read back

local bases = require "fmcal.model.base"
local fields = require "fmcal.model.fields"

local agreed = {}

local function set_of(list)
  local set = {}
  for _, field in ipairs(list) do set[field] = true end
  return set
end

--- What a write was to do.
-- @param planned of fmcal.sync.decide.plan
-- @param action of the calendar
-- @param list the entry's fields
-- @return note without the hashes
function agreed.note(planned, action, list)
  local remote = action.remote and action.remote.version
  local note = { l = fields.copy(planned.cur.version), r = fields.copy(action.version), held = {}, pulled = planned.pulled,
    push = set_of(remote and action.push or list), there = remote and {} }
  for _, waiting in ipairs { action.step.open, action.step.waits } do
    for field in pairs(waiting) do note.held[field] = true end
  end
  for _, field in ipairs(remote and list or {}) do
    if note.push[field] then note.there[field] = remote[field] else note.r[field] = remote[field] end
  end
  return note
end

-- The text that an event had (see fmcal.model.texts) belongs to what was agreed on with it.
local function put(known, field, l, r, open)
  if known.texts and not fields.equal(field, known.r[field], r) then known.texts[field] = nil end
  known.l[field], known.r[field], known.open[field] = l, r, open or nil
end

-- A base to put fields into, none of them open.
local function copy_of(base)
  local known = bases.copy(base)
  known.open = {}
  return known
end

local function keep(known, field, base)
  put(known, field, base and base.l[field], base and base.r[field], bases.is_open(base, field))
end

-- What a write was to overrule was seen: the board's value stands against it, whatever that is by now.
local function overruled(known, field, base, note)
  local there = note.there[field]
  local is_known = not bases.is_open(base, field) and fields.equal(field, base.r[field], there)
  if is_known then keep(known, field, base) else put(known, field, there, there) end
end

local function reached_board(note, field, version)
  return not note.pulled[field] or fields.equal(field, note.l[field], version[field])
end

--- The base where a write has not reached the calendar: the one before it, and what was found equal when it was planned.
-- @param base before it, or nil
-- @param list the entry's fields
-- @param version what the board holds now
function agreed.without(base, note, list, version)
  if not note.there then return base end
  local known = copy_of(base)
  for _, field in ipairs(list) do
    if note.held[field] or not reached_board(note, field, version) then
      keep(known, field, base)
    elseif note.push[field] then
      overruled(known, field, base, note)
    else
      put(known, field, note.l[field], note.r[field])
    end
  end
  return known
end

-- A zone says nothing of a write: an event that names none has the one of its entry. Nor does the length of a new date:
-- whoever gives a day a time gives it a length.
local function is_sign(note, field)
  return field ~= "zone" and not (field == "duration" and note.push.date)
end

-- Whether anything that the write was to change is as it made it.
local function has_arrived(note, list, remote)
  for _, field in ipairs(list) do
    if note.push[field] and is_sign(note, field) and fields.equal(field, note.r[field], remote[field]) then return true end
  end
  return false
end

-- Whether the event says what it said before a write, in all fields that it is read for.
local function is_as_before(note, list, remote, left_out)
  if not note.there then return false end
  for _, field in ipairs(list) do
    local before = note.r[field]
    if note.push[field] then before = note.there[field] end
    if not left_out[field] and not fields.equal(field, before, remote[field]) then return false end
  end
  return true
end

-- What a write changed and somebody edited since, or what somebody edited that the write never got to: nobody can tell
-- where the write was not answered.
local function put_pushed(known, field, note, remote, arrived)
  if fields.equal(field, note.r[field], remote[field]) then
    put(known, field, note.l[field], remote[field])
  elseif note.there and not arrived and fields.equal(field, note.there[field], remote[field]) then
    known.doubt = known.doubt or {}
    known.doubt[field], known.touched = true, true
  elseif note.answered then
    put(known, field, note.l[field], note.r[field])
  else
    known.open[field], known.touched = true, true
  end
end

--- The base where the event is neither the one before a write nor the one it made, or has the very text that was written.
-- `doubt` of the base are fields that the write seems not to have reached; perhaps somebody took it back. Where the write
-- was answered, and all is as it was before in a new version, somebody did.
-- Of a field that rules leave out of the event nothing is known but what was written, where the event is that very one or
-- the write was answered.
-- @param remote { version, left_out } of the event
-- @param whole the event is the very one that was written
function agreed.perhaps(base, note, list, version, remote, whole)
  local there, left_out = remote.version, remote.left_out or {}
  local before = agreed.without(base, note, list, version)
  local known = copy_of(before)
  for _, field in ipairs(list) do keep(known, field, before) end
  local arrived = has_arrived(note, list, there) or note.answered and is_as_before(note, list, there, left_out)
  for _, field in ipairs(list) do
    if note.push[field] and reached_board(note, field, version) then
      if whole then
        put(known, field, note.l[field], left_out[field] and note.r[field] or there[field])
      elseif not left_out[field] then
        put_pushed(known, field, note, there, arrived)
      elseif note.answered then
        put(known, field, note.l[field], note.r[field])
      end
    end
  end
  return known
end

--- The base of an entry that is gone, whose event is neither the one before a write nor the one it made.
function agreed.touched(base)
  if not base then return nil end
  local known = bases.copy(base)
  known.touched = true
  return known
end

--- The base where there is no event: any edit of the entry since one of its bases keeps it alive.
function agreed.gone(base, note, list, version)
  if not note.there then return nil end
  local known = agreed.without(base, note, list, version)
  if #fields.differences(list, known.l, version) > 0 then return known end
  known = copy_of(known)
  for _, field in ipairs(list) do
    if reached_board(note, field, version) then known.l[field] = note.l[field] end
  end
  return known
end

return agreed
