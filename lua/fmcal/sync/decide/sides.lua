-- Board and calendar as they stand for one key: the base, with what the journal knows beside it, and the event.

local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local journal = require "fmcal.place.journal"
local left_out = require "fmcal.model.left_out"
local refusal = require "fmcal.sync.decide.refusal"
local remapped = require "fmcal.model.remapped"
local rewind = require "fmcal.model.rewind"
local texts = require "fmcal.model.texts"
local time = require "fmcal.time"

local sides = {}

-- An entry whose state was lost says in its calendarSync that its event was deleted on purpose.
local function mark_restored(target, view)
  local sync = calendar_sync.own(view.sync, target)
  if target.bound ~= "new" or not sync or sync.syncStatus ~= "deleted" then return nil end
  if sync.provider ~= target.spec.provider then return nil end
  local doc = base.of(view.version, view.version)
  doc.deleted = true
  return doc
end

-- Without a stored base, calendarSync still tells which side was edited since: the calendar where its time of
-- change is not the one noted, else the entry.
local function seeded(target, view, remote)
  local sync = calendar_sync.own(view.sync, target)
  local said = sync and sync.lastModifiedExternal
  if not remote or type(said) ~= "string" then return nil end
  local noted = time.parse(said)
  local unchanged_there = noted and remote.stamp and remote.stamp <= noted.epoch
  local agreed = unchanged_there and remote.version or view.version
  return base.of(agreed, agreed)
end

-- Where both sides have not met, texts that are as a team's rules write them say what the entry says.
local function hold_written(target, view, remote)
  if not target.rules.functions.to_event or not view.version.date then return end
  local event, sentence = target.rules:to_event(view.key, view.raw)
  texts.hold_written(remote, refusal.need(event, sentence), view.version, target.rules.mapped.own)
end

-- How an event reads depends on how its entry spells dates now; that it is the one both sides agreed on does not.
local function is_as_agreed(target, known, remote)
  return known and base.is_of(known, target:content_hash(remote.event))
end

-- So a date in an event that nobody touched says what it said.
local function hold_date(target, known, remote)
  if not is_as_agreed(target, known, remote) then return end
  for _, field in ipairs(fields.OF_DATE) do remote.version[field] = known.r[field] end
  remote.version[fields.START] = known.r[fields.START]
end

-- Which zone is read of an event depends on how its entry spells its date: in UTC, as a local time, or as a day. Where the
-- entry came to spell it in another way, the zone of an event that nobody moved says what it said.
local function hold_zone(known, version, remote)
  local read, here, there = remote.version, known.l, known.r
  if read.date ~= there.date or read.duration ~= there.duration then return end
  local respelled = fields.date_kind(version) ~= fields.date_kind(here) or (version.zone == nil) ~= (here.zone == nil)
  if respelled then read.zone = there.zone end
end

-- Some programs leave the stamp of an event as it was when they edit it: then nobody knows when that was.
local function doubt_time(remote, agreed_stamp)
  if agreed_stamp and agreed_stamp == remote.stamp then remote.time = nil end
end

local function side_of_entry(run, target, view, row)
  local uid = target:uid(view.key, view.sync, row)
  local remote, tomb, sentence, reason = target:remote(view.key, view.raw, row, uid)
  if sentence then refusal.raise(sentence, reason) end
  local known = base.agreed(journal.base(target, view, base.agreed(row and row.base), remote))
  if not known then row = base.row_without(row) end
  known = remapped.base(known, remote, target.rules.mapped.own)
  local start = rewind.base(attempt.found(run.state:replaced(view.key)), view, target.name, known, remote)
  local rewound = start ~= known
  if remote then
    remote.read_at = time.parse(run.now).epoch
    left_out.fill(remote, start and start.r, start and start.open, view.version)
  end
  if remote and known and not rewound then
    texts.hold(remote, known, target.rules.mapped.own)
    hold_date(target, known, remote)
    hold_zone(known, view.version, remote)
    doubt_time(remote, known.stamp)
  end
  if not start and not remote then start = mark_restored(target, view) end
  if not start and remote and target.adopted[view.key] then start = base.of(view.version, remote.version) end
  if not start and remote then hold_written(target, view, remote) end
  if not start and run.seed then start = seeded(target, view, remote) end
  return { target = target, row = row, base = start, remote = remote, tomb = tomb, uid = uid, rewound = rewound,
    observed = true }
end

-- What the event of an entry that is gone says cannot be mapped without the entry: it was edited where it is not
-- the event that the base was made from, where an edit of it waits since then, or where the journal knows of one.
local function side_of_gone(target, key, row)
  local known, uid = base.agreed(row and row.base), target:uid(key, nil, row)
  local side = { target = target, row = row, base = known, uid = uid, observed = true }
  local at = target:event_row(uid, row and row.href)
  if not at then return side end
  local event, sentence = target:read_of_gone(key, at)
  if not event then refusal.raise(sentence) end
  if event.deleted then return side end
  local content = target:content_hash(event)
  known = journal.base_of_gone(target, key, known, at, content)
  side.base = known
  side.remote = { version = known and known.r or {}, event = event, row = at }
  side.remote.edited = not base.is_of(known, content) or known.touched == true
  return side
end

--- One calendar's side of a key.
-- @param view of the entry, nil where it is gone
function sides.of(run, target, key, view)
  local row = target:base(key)
  if view then return side_of_entry(run, target, view, row) end
  return side_of_gone(target, key, row)
end

--- Whether nobody has touched an event since both sides agreed on it.
function sides.is_untouched(side)
  return side.remote and is_as_agreed(side.target, side.base, side.remote)
end

--- An entry that failed fails in each of its calendars, also where no side was looked at any more. What its event says
-- is not known; `tomb` only lets it count as seen.
function sides.fill(run, decision)
  for i, target in ipairs(run.targets) do
    if not decision.sides[i] then
      local row = target:base(decision.key)
      local event, tomb = target:event_row(target:uid(decision.key), row and row.href)
      decision.sides[i] = { target = target, row = row, tomb = event or tomb }
    end
  end
end

return sides
