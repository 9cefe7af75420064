-- The guard against mass deletion: counts what the decisions of a run would destroy, and stops the run before anything is
-- written where that is unusually much, or where one side is suddenly empty.

local attempt = require "fmcal.util.attempt"
local base = require "fmcal.model.base"
local board_state = require "fmcal.place.board_state"
local decided = require "fmcal.model.decided"
local names = require "fmcal.names"
local quantity = require "fmcal.util.quantity"

local guard = {}

local FEW = 5
local DEFAULT_LIMIT = 0.25
-- One may go; where two are all there were, something else has happened.
local AT_ONCE = 2

--- An empty toll: { deletes, clears, keys = {[key] = true} that lose something, cleared = {[target name] = n},
-- gone = {[list] = keys that are gone from it} }.
function guard.toll()
  return { deletes = 0, clears = 0, keys = {}, cleared = {}, gone = { items = 0, epics = 0 } }
end

local function list_of_gone(decision)
  if names.is_court_date(decision.key) then return "epics" end
  for _, side in ipairs(decision.sides) do
    if side.remote and side.remote.event.eventType == "epic" then return "epics" end
  end
  return "items"
end

--- Adds a decision to a toll.
function guard.count(toll, decision)
  local deletes, clears = decided.destroys(decision)
  local is_gone = decided.is_of_gone_entry(decision)
  if is_gone and not decision.error then
    local list = list_of_gone(decision)
    toll.gone[list] = toll.gone[list] + 1
  end
  if deletes + clears == 0 then return end
  toll.deletes, toll.clears, toll.keys[decision.key] = toll.deletes + deletes, toll.clears + clears, true
  for i, action in ipairs(decision.plan.actions) do
    local name = decision.sides[i].target.name
    if action.step.presence == "cleared" then toll.cleared[name] = (toll.cleared[name] or 0) + 1 end
  end
end

-- ---------------------------------------------------------------- emptied sides

-- Statuses of base rows behind which an event stands.
local WITH_EVENT = { "synced", "pending", "conflict", "error", "delete_error" }

local function is_agreed(row)
  return row ~= nil and base.agreed(row.base) ~= nil
end

local function is_there(target, row)
  local at = target:event_row(row.uid, row.href)
  if not at or at.unread then return at ~= nil end
  local event = target.provider:decode(at.text)
  return not (event and event.deleted)
end

-- How many events of a calendar were known; nil where one of them is still there.
local function known_if_all_gone(target)
  local known = 0
  for _, status in ipairs(WITH_EVENT) do
    for _, key in ipairs(target.state:bases(status)) do
      local row = target:base(key)
      if is_agreed(row) and not row.base.deleted then
        if is_there(target, row) then return nil end
        known = known + 1
      end
    end
  end
  return known
end

local function emptied_calendar(run)
  for _, target in ipairs(run.targets) do
    local known = (run.toll.cleared[target.name] or 0) > 0 and known_if_all_gone(target) or 0
    if known >= AT_ONCE then return ("all %d known events of the calendar %s are gone at once"):format(known, target.name) end
  end
  return nil
end

local LIST_OF_KIND = { item = "items", subitem = "items", epic = "epics", ["court-date"] = "epics" }

local function is_known(run, key)
  for _, target in ipairs(run.targets) do
    if is_agreed(target:base(key)) then return true end
  end
  return false
end

-- Which lists of the board hold an entry that was known.
local function lists_with_known_entries(run)
  local lists, found = {}, 0
  for _, key in ipairs(run.board:keys()) do
    local entry = attempt.found(run.board:entry(key))
    local list = entry and LIST_OF_KIND[entry.kind]
    if list and not lists[list] and is_known(run, key) then
      lists[list], found = true, found + 1
      if found == 2 then break end
    end
  end
  return lists
end

local function emptied_board(run)
  local gone = run.toll.gone
  if run.toll.deletes == 0 or gone.items + gone.epics < AT_ONCE then return nil end
  local left = lists_with_known_entries(run)
  for _, list in ipairs { "items", "epics" } do
    if gone[list] >= AT_ONCE and not left[list] then
      return ("all %d known entries of the board's %s are gone at once"):format(gone[list], list)
    end
  end
  if next(left) then return nil end
  return ("all %d known entries of the board are gone at once"):format(gone.items + gone.epics)
end

-- ---------------------------------------------------------------- the check

local function is_above_limit(toll, known, limit)
  local losses = toll.deletes + toll.clears
  return losses > FEW and losses > limit * known
end

-- What was cleared can be had back: the previous board is kept, and the dates stand in the history.
local function way_back(run)
  local kept = run.toll.clears > 0 and board_state.previous_board(run.state)
  if not kept then return "" end
  return (". To have the dates back after that, put the board of before back: it is kept in %s"):format(kept)
end

-- How many entries are in the base.
local function known_entries(run)
  local known = 0
  for _, target in ipairs(run.targets) do
    known = known + target.state:count() - #target.state:bases("skipped")
  end
  return known
end

--- Whether a run would destroy too much.
-- @param run with `toll`, targets, board
-- @param limit number|nil share of them (massDeleteLimit)
-- @return sentence, or nil where the run may go ahead
function guard.check(run, limit)
  local toll = run.toll
  limit = limit or DEFAULT_LIMIT
  if toll.deletes + toll.clears == 0 then return nil end
  local known = known_entries(run)
  local emptied = emptied_calendar(run) or emptied_board(run)
  if not emptied and not is_above_limit(toll, known, limit) then return nil end
  local would = ("this run would delete %s and clear %s of %d known entries"):format(quantity(toll.deletes, "event"),
    quantity(toll.clears, "date"), known)
  local why = emptied and ("%s: %s"):format(emptied, would)
    or ("%s (the limit is %d %%)"):format(would, math.floor(limit * 100 + 0.5))
  return ("%s; nothing was written. If that is meant, run it again with --allow-mass-delete%s"):format(why, way_back(run))
end

return guard
