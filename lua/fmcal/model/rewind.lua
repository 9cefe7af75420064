-- Entries that another program rewound: it read the board before a run, saved it after, and so wrote over what the run
-- had pulled. Such an entry has the calendarSync that the run replaced. What the run pulled into it is then as if it
-- had not been pulled: a member that still has its value of before is pulled again, one with a third value was
-- edited on both sides.

local base = require "fmcal.model.base"
local calendar_sync = require "fmcal.model.calendar_sync"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"

local rewind = {}

--- What to remember of an entry whose pulled members a run has written.
-- @param decision of the run; its view is the entry as it was before
-- @param sync the calendarSync that the run wrote
-- @return string for fmcal.state's set_replaced, or nil where nothing tells the entry of before from that of after
function rewind.note(decision, sync)
  local view, bases, open = decision.view, {}, {}
  local before = calendar_sync.text(view.sync)
  if before == calendar_sync.text(sync) then return nil end
  for _, side in ipairs(decision.sides) do
    local agreed, name = side.base, side.target.name
    bases[name] = agreed and agreed.r
    open[name] = agreed and agreed.open and next(agreed.open) and agreed.open or nil
  end
  return assert(json.encode { sync = before, l = view.version, r = bases, open = next(open) and open or nil,
    fields = json.array(fields.differences(view.fields, view.version, decision.plan.cur.version)) })
end

-- Whether somebody has given the event the value again that it had before the run: that is an edit since.
local function is_restored(field, doc, old, remote)
  if not old or not remote or remote.left_out and remote.left_out[field] then return false end
  local value = remote.version[field]
  return fields.equal(field, value, old[field]) and not fields.equal(field, value, doc.r[field])
end

-- @param old what the calendar was known to say before the run, or nil
-- @param was_open set of fields that were in conflict then, or nil
local function taken_back(note, doc, old, was_open, remote)
  local copy = base.copy(doc)
  copy.seen = nil -- of the event that was agreed on after it
  copy.open, copy.rewound = fields.copy(doc.open or {}), {}
  for _, field in ipairs(note.fields) do
    copy.rewound[field] = true
    copy.l[field], copy.r[field] = note.l[field], old and old[field]
    if copy.texts then copy.texts[field] = nil end -- nor was it agreed how the event says it
    local conflicts = not old or was_open and was_open[field] or copy.open[field]
    local restored = is_restored(field, doc, old, remote)
    copy.open[field] = conflicts or restored or nil
    copy.touched = copy.touched or restored or nil
  end
  return copy
end

--- The base that holds for an entry: where it was rewound, that of before the run.
-- @param noted string|nil from fmcal.state's replaced
-- @param view of the entry
-- @param name of the target
-- @param doc base|nil that the state has
-- @param remote { version, left_out } of the event, or nil
function rewind.base(noted, view, name, doc, remote)
  local note = noted and json.decode(noted)
  if not note or note.sync ~= calendar_sync.text(view.sync) then return doc end
  local old = note.r[name]
  if doc then return taken_back(note, doc, old, note.open and note.open[name], remote) end
  return old and base.of(note.l, old) or nil
end

return rewind
