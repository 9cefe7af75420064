-- Takes back what a run has changed of one entry: a plan as the planner makes it, out of the change that the state has kept.
-- What was edited since stays as it is: then the entry is refused, with what both sides say.

local base = require "fmcal.model.base"
local change = require "fmcal.model.change"
local fields = require "fmcal.model.fields"
local json = require "fmcal.json"
local refusal = require "fmcal.sync.decide.refusal"
local sorted_names = require "fmcal.util.sorted_names"

local revert = {}

local function refuse(format, ...)
  refusal.raise(format:format(...), "undo_refused")
end

-- ---------------------------------------------------------------- what was edited since

local function shown(view, field, value, version)
  local holding = fields.copy(version)
  holding[field] = value
  local text = fields.spell(field, holding, view.style)
  return text == json.null and "nothing" or json.encode(text)
end

local function is_known(remote, field)
  return not (remote.left_out and remote.left_out[field])
end

-- Both sides must still say what the run had made of a field.
local function check_field(view, side, field, values)
  local _, here, _, there = change.values(values)
  local now, remote = view.version[field], side.remote
  local is_there = not remote or not is_known(remote, field) or fields.equal(field, remote.version[field], there)
  if fields.equal(field, now, here) and is_there then return end
  refuse("%s was edited since: the board says %s, the calendar %s, and the run had made it %s", fields.MEMBER[field],
    shown(view, field, now, view.version), remote and shown(view, field, remote.version[field], remote.version) or "nothing",
    shown(view, field, here, view.version))
end

-- What waits to be synced would be taken for agreed on.
local function check_synced(view, side)
  local known, remote = side.base, side.remote
  if not known or side.rewound then refuse("board and calendar have not agreed on it yet: sync it first") end
  for _, field in ipairs(view.fields) do
    local here, there = view.version[field], remote and remote.version[field]
    local is_edited = not fields.equal(field, here, known.l[field])
      or remote and is_known(remote, field) and not fields.equal(field, there, known.r[field])
    if is_edited or base.is_open(known, field) then
      refuse("%s was edited since and is not in step: the board says %s, the calendar %s", fields.MEMBER[field],
        shown(view, field, here, view.version), remote and shown(view, field, there, remote.version) or "nothing")
    end
  end
end

local function check_writable(side)
  if side.target.direction ~= "both" then refuse("the calendar %s is read-only", side.target.name) end
  local has_guests = side.remote and side.remote.event.hasAttendees and not side.target.options.pushInvitations
  if has_guests then refuse("people are invited to its event: set syncOptions.pushInvitations to change it") end
end

local function check_selected(side)
  if not side.selected then refuse("the rules do not select it any more: its event would be deleted again") end
end

-- ---------------------------------------------------------------- the parts of a plan

local function step_of(decision, run, cur)
  local reason = run.revert.kind == "redo" and "redone" or "undone"
  return { cur = cur, presence = "sync", reason = ("run %d %s"):format(run.revert.number,
    reason == "redone" and "done again" or "taken back"), cause = reason, decided_by = "person", pulled = decision.reverted,
    open = {}, waits = {}, lost = {}, overwritten = {}, settled = {} }
end

-- The board's version with the fields of before in it. @return version, set of fields
local function version_of(view, docs)
  local version, set = fields.copy(view.version), {}
  for _, doc in pairs(docs) do
    for field, values in pairs(doc.fields) do version[field], set[field] = (change.values(values)), true end
    -- An event that went took the date with it.
    if doc.before and not version.date then
      for _, field in ipairs(fields.OF_DATE) do version[field], set[field] = doc.before.l[field], true end
    end
  end
  return version, set
end

local function keep_lost(step, view, version, set)
  for _, field in ipairs(view.fields) do
    if set[field] and not fields.equal(field, view.version[field], version[field]) then
      step.lost[#step.lost + 1] = { field = field, side = "local", value = view.version[field], action = "taken back" }
    end
  end
end

-- What the event says of each field once it is taken back: where both sides had differed they do again.
local function update(view, side, doc, version, set, step)
  local wanted, push = fields.copy(side.remote.version), {}
  for _, field in ipairs(view.fields) do
    if set[field] then
      local values = doc and doc.fields[field]
      local there = version[field]
      if values and values.n == 4 then there = select(3, change.values(values)) end
      if not fields.equal(field, wanted[field], there) then push[#push + 1] = field end
      wanted[field] = there
    end
  end
  return { kind = #push > 0 and "update" or "refresh", step = step, remote = side.remote, base = side.base, version = wanted,
    push = push }
end

local function create(side, doc, version, step)
  return { kind = "create", step = step, base = side.base, version = version, template = doc and doc.text }
end

-- An entry that is wanted, and is to have no event, says so in its base.
local function delete(side, version, step)
  local keeps_date = version.date ~= nil and side.selected
  return { kind = "delete", step = step, remote = side.remote, base = side.base, deleted_mark = keeps_date or nil,
    drop_base = not keeps_date or nil }
end

-- ---------------------------------------------------------------- one calendar

-- The event that a run has made goes: it must be as the run made it.
local function take_event(view, side, doc, version, step)
  if not side.remote then refuse("its event is not there any more") end
  check_synced(view, side)
  if doc.seen and side.target:content_hash(side.remote.event) ~= doc.seen then
    refuse("its event was edited since: the board says %s, the calendar %s", json.encode(view.version.title or ""),
      json.encode(side.remote.event.title or ""))
  end
  return delete(side, version, step)
end

-- The event that has gone comes back, with the date where that went with it.
local function give_event(view, side, doc, version, step)
  if side.remote then refuse("it has an event again") end
  check_selected(side)
  local keeps_date = side.base and side.base.deleted
  local is_moved = view.version.date and not fields.equal("date", view.version.date, doc.before.l.date)
  if is_moved and not keeps_date then
    refuse("it has a date again: the board says %s, and before the run it was %s",
      shown(view, "date", view.version.date, view.version), shown(view, "date", doc.before.l.date, doc.before.l))
  end
  if keeps_date then check_synced(view, side) end
  return create(side, doc, version, step)
end

-- The event of an item that goes back onto the board (see fmcal.sync.look.revert) belongs to it again, as it is.
local function adopt_again(view, side, version, step)
  if not side.target.adopted[view.key] then refuse("the board has another entry with this id") end
  return update(view, side, nil, version, {}, step)
end

local function went(doc)
  return doc ~= nil and doc.before ~= nil and (doc.did == "delete" or doc.cleared)
end

local function action_of(view, side, doc, version, set, step)
  if doc and doc.released then return adopt_again(view, side, version, step) end
  if next(set) or doc then check_writable(side) end
  if doc and doc.did == "create" then
    return take_event(view, side, doc, version, step)
  elseif went(doc) then
    return give_event(view, side, doc, version, step)
  elseif not side.remote then
    if doc or side.base and not side.base.deleted then refuse("its event is not there any more") end
    return { kind = "none", step = step, base = side.base, drop_base = side.base == nil or nil,
      deleted_mark = side.base and side.base.deleted or nil }
  end
  check_synced(view, side)
  return update(view, side, doc, version, set, step)
end

-- ---------------------------------------------------------------- items that were events

-- The first member in which an item is not as it was made.
local function edited_member(now, made)
  local names = {}
  for name in pairs(now) do names[name] = true end
  for name in pairs(made) do names[name] = true end
  for _, name in ipairs(sorted_names(names)) do
    local is_same = now[name] ~= nil and made[name] ~= nil
      and json.encode(now[name], { sort = true }) == json.encode(made[name], { sort = true })
    if not is_same then return name end
  end
end

local function check_item(text, made)
  if text == made then return end
  refuse("%s was edited since it was made of an event: remove the item, and the event is external again",
    edited_member(json.decode(text), json.decode(made)))
end

local function item_of(docs)
  for _, doc in pairs(docs) do
    if doc.adopted then return doc.item end
  end
end

-- The event that was adopted stays as it is; those that were made of the item go with it.
local function action_without_item(view, side, doc, step)
  if doc and doc.adopted then
    check_synced(view, side)
    return { kind = "none", released = true, drop_base = true, step = step, remote = side.remote, base = side.base }
  elseif doc and doc.did == "create" then
    check_writable(side)
    return take_event(view, side, doc, {}, step)
  elseif side.remote then
    refuse("it has an event in the calendar %s since", side.target.name)
  end
  return { kind = "none", drop_base = true, step = step }
end

-- Takes the item off the board: from here on the entry is one that is gone.
local function plan_without_item(run, decision, docs, made)
  local view, text = decision.view, change.item(decision.view.entry.value)
  check_item(text, made)
  local cur, actions = { version = {}, on_board = false, times = {} }, {}
  decision.reverted = {}
  for i, side in ipairs(decision.sides) do
    actions[i] = action_without_item(view, side, docs[side.target.name], step_of(decision, run, cur))
  end
  decision.view, decision.taken_off = nil, text
  return { cur = cur, pulled = {}, actions = actions }
end

-- ---------------------------------------------------------------- entries that are gone

local function action_of_gone(side, doc, step)
  if doc.did == "create" and side.remote then
    if doc.seen ~= side.target:content_hash(side.remote.event) then
      refuse("its event was edited since: it says %s", json.encode(side.remote.event.title or ""))
    end
    return { kind = "delete", step = step, remote = side.remote, drop_base = true }
  end
  if doc.released then refuse("its event is not there any more, or was edited since") end
  if doc.did ~= "delete" then refuse("it is gone from the board") end
  if side.remote then refuse("it has an event again") end
  if not doc.text then refuse("the text of its event could not be kept") end
  return { kind = "create", step = step, text = doc.text, drop_base = true }
end

local function plan_of_gone(run, decision, docs)
  local cur, actions = { version = {}, on_board = false, times = {} }, {}
  decision.reverted = {}
  for i, side in ipairs(decision.sides) do
    local doc, step = docs[side.target.name], step_of(decision, run, cur)
    if doc then check_writable(side) end
    actions[i] = doc and action_of_gone(side, doc, step) or { kind = "none", step = step, drop_base = true }
  end
  return { cur = cur, pulled = {}, actions = actions }
end

-- ---------------------------------------------------------------- the plan

local function check_fields(view, sides, docs)
  for _, side in ipairs(sides) do
    for field, values in pairs((docs[side.target.name] or { fields = {} }).fields) do check_field(view, side, field, values) end
  end
end

--- Plans that an entry becomes what it was before a run. Raises a refusal where that cannot be.
-- @param cur the entry as for fmcal.sync.decide.plan
-- @param docs {[target] = change}
-- @return plan
function revert.plan(run, decision, cur, docs)
  local view, sides = decision.view, decision.sides
  if not view then return plan_of_gone(run, decision, docs) end
  local made = item_of(docs)
  if made then return plan_without_item(run, decision, docs, made) end
  for _, doc in pairs(docs) do
    if went(doc) and not doc.before.l.date then refuse("its date is not known") end
  end
  check_fields(view, sides, docs)
  local version, set = version_of(view, docs)
  cur.version, decision.reverted = version, set
  local actions = {}
  for i, side in ipairs(sides) do
    local step = step_of(decision, run, cur)
    actions[i] = action_of(view, side, docs[side.target.name], version, set, step)
  end
  keep_lost(actions[1].step, view, version, set)
  return { cur = cur, pulled = set, actions = actions }
end

--- Whether a plan only renews what goes out with an event, as where a parent's title was taken back.
function revert.is_renewal(decision)
  if decision.error or not decision.plan or next(decision.plan.pulled) then return false end
  for _, action in ipairs(decision.plan.actions) do
    if action.kind ~= "refresh" or next(action.step.open) or next(action.step.waits) then return false end
  end
  return true
end

return revert
