-- The planner: one entry and all its calendars in, actions out. Pure: no I/O, no clock.
--
-- A run is a fold: the changes of each calendar merge into the entry so far, then each calendar gets its
-- difference. With a single calendar this is the ordinary three-way merge.

local fields = require "fmcal.model.fields"
local merge = require "fmcal.sync.decide.merge"

local plan = {}

-- The version a calendar should hold: the entry's, except for fields that wait there.
local function wanted(cur, step, remote, inward)
  local version = fields.copy(cur.version)
  for _, held in ipairs { step.open, step.waits, inward } do
    for field in pairs(held) do version[field] = remote.version[field] end
  end
  return version
end

-- The fields to write: different there, and not just spelled differently there since both sides agreed.
local function pushed(policy, base, cur, step, remote)
  local push, inward = {}, policy.inward or {}
  for _, field in ipairs(policy.fields) do
    local here, there = cur.version[field], remote.version[field]
    local settled = base and fields.equal(field, here, base.l[field]) and fields.equal(field, there, base.r[field])
    local held = step.open[field] or step.waits[field] or inward[field]
    if not held and not settled and not fields.equal(field, here, there) then push[#push + 1] = field end
  end
  return push
end

-- A deleted event stays deleted until the entry is edited, be it through another calendar.
local function stays_deleted(base, cur, step, policy)
  return step.presence == "keep-deleted" and #fields.differences(policy.fields, base.l, cur.version) == 0
end

-- What happens to the event when the entry is wanted.
local function act_on_present(action, base, cur, step, remote, policy)
  if step.presence == "wait" then
    action.kind = "wait"
  elseif stays_deleted(base, cur, step, policy) then
    action.kind, action.deleted_mark = "none", true
  elseif not remote then
    action.kind, action.version = "create", fields.copy(cur.version)
  else
    action.push = pushed(policy, base, cur, step, remote)
    action.version = wanted(cur, step, remote, policy.inward)
    action.kind = #action.push > 0 and "update" or "refresh"
  end
  if policy.direction == "inbound" and (action.kind == "create" or action.kind == "update") then
    action.kind = "wait"
  end
end

-- What happens to the event when the entry is not wanted (any more).
local function act_on_absent(action, base, step, remote, policy)
  -- "sync" here: another calendar's deletion cleared the date after this step.
  local cleared = step.presence == "sync" and base and remote
  local unwanted = step.presence == "delete" or cleared
  if cleared then step.reason, step.cause = "deleted in another calendar: the date is cleared", "cleared" end
  if unwanted and policy.adopted then
    action.kind, action.released = "none", true
  elseif unwanted and policy.direction ~= "inbound" then
    action.kind = "delete"
  elseif unwanted or step.presence == "wait" then
    action.kind = "wait"
  else
    action.kind = "none"
  end
end

--- The action on one calendar once the fold is over:
-- kind "create", "update" (fields in `push`), "refresh" (write only if something that merely goes out differs),
-- "delete", "wait" (left out by a one-way run), "none"; `version` what the event should hold; `released`: an adopted event
-- is external again; `leaves`: the entry has its event in another calendar from now on; `awaits`: it cannot have one there yet.
local function finish(base, cur, step, remote, policy)
  local action, is_there = { step = step, remote = remote, base = base }, cur.present or step.stays and cur.version.date ~= nil
  if is_there then
    act_on_present(action, base, cur, step, remote, policy)
  else
    act_on_absent(action, base, step, remote, policy)
  end
  action.leaves = action.kind == "delete" and cur.elsewhere or nil
  action.drop_base = not is_there and action.kind ~= "wait"
  return action
end

-- Whether any calendar has the event of an entry once the actions are carried out.
local function has_event(actions)
  for _, action in ipairs(actions) do
    if action.kind == "create" or action.deleted_mark then return true end
    if action.remote and action.kind ~= "delete" and not action.drop_base then return true end
  end
  return false
end

-- An event leaves a calendar only where its entry has one in another: that may have to wait.
local function hold_leaving(actions)
  for _, action in ipairs(actions) do
    if action.leaves and not has_event(actions) then
      action.kind, action.drop_base, action.leaves, action.awaits = "wait", nil, nil, true
    end
  end
end

local function is_selected_beside(sides, side)
  for _, other in ipairs(sides) do
    if other ~= side and other.selected then return true end
  end
  return false
end

-- The entry as one calendar meets it: which entries are wanted can differ from calendar to calendar.
local function seen_by(sides, side, cur)
  local view = {}
  for name, value in pairs(cur) do view[name] = value end
  local is_dated = cur.on_board and cur.version.date ~= nil
  view.exists = cur.on_board and side.selected
  view.present = is_dated and side.selected
  view.elsewhere = is_dated and not side.selected and (cur.awaited or is_selected_beside(sides, side))
  return view
end

--- Plans one entry.
-- @param cur the entry: { version, on_board, time, times } (see fmcal.sync.decide.merge); `awaited`: a calendar that cannot be
--   reached is to get an event of it
-- @param sides list of { base, remote, selected }, one a calendar
-- @param policy list of policies, likewise
-- @return { cur = the entry after the run, pulled = {field = true}, actions = {…, one a side} }
function plan.entry(cur, sides, policy)
  local steps, pulled = {}, {}
  for i, side in ipairs(sides) do
    steps[i] = merge.step(side.base, seen_by(sides, side, cur), side.remote, policy[i])
    cur = steps[i].cur
    for field in pairs(steps[i].pulled) do pulled[field] = true end
  end
  local actions = {}
  for i, side in ipairs(sides) do
    actions[i] = finish(side.base, seen_by(sides, side, cur), steps[i], side.remote, policy[i])
  end
  hold_leaving(actions)
  return { cur = cur, pulled = pulled, actions = actions }
end

return plan
