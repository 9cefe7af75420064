-- Which run is to be taken back, what it changed, and the keys that this concerns.

local adopted = require "fmcal.place.adopted"
local attempt = require "fmcal.util.attempt"
local candidates = require "fmcal.sync.look.candidates"
local change = require "fmcal.model.change"
local fail = require "fmcal.util.failure"
local json = require "fmcal.json"
local names = require "fmcal.names"
local runs = require "fmcal.place.runs"

local revert = {}

-- Whether a run may be what is asked for: to be taken back, or to be done again.
local function fits(row, kind)
  local is_undo = row.kind == "undo" or row.kind == "undo_entry"
  return kind == "redo" and is_undo or kind ~= "redo" and not is_undo and row.kind ~= "redo"
end

local NOTHING = { undo = "no run that changed something is left to be taken back",
  redo = "no run was taken back that could be done again" }

local function has_undoable(run, number)
  for _, row in ipairs(run.state:changes { run = number }) do
    if change.is_undoable(change.decode(row.doc)) then return true end
  end
  return false
end

-- @return number of a run with changes, or nil and an error
local function find_run(run)
  local list, wanted = run.state:runs(), run.revert
  local back = runs.taken_back(list)
  for _, row in ipairs(list) do
    local is_meant = wanted.run == row.number or not wanted.run and fits(row, wanted.kind) and not back[row.number]
    if is_meant and has_undoable(run, row.number) then return row.number, row end
  end
  if wanted.run then
    return fail("invalid", "undo", "run %d changed nothing that could be taken back, or is not kept: history.lua lists the runs",
      wanted.run)
  end
  return fail("invalid", "undo", "%s", NOTHING[wanted.kind])
end

local function is_meant(run, key)
  if not run.only or run.only[key] then return true end
  for id in pairs(run.only) do
    if key == names.court_date(id) then return true end
  end
  return false
end

-- What the run changed, by entry and calendar; the keys in the board's order, those that are gone last.
local function load(run)
  local found, keys = {}, {}
  for _, row in ipairs(run.state:changes { run = run.revert.number }) do
    local doc = is_meant(run, row.key) and change.decode(row.doc)
    if doc and change.is_undoable(doc) then
      found[row.key] = found[row.key] or {}
      found[row.key][row.target] = doc
    end
  end
  for _, key in ipairs(run.board:keys()) do
    if found[key] then keys[#keys + 1] = key end
  end
  local gone = {}
  for key in pairs(found) do
    if not attempt.found(run.board:entry(key)) then gone[#gone + 1] = key end
  end
  table.sort(gone)
  return found, table.move(gone, 1, #gone, #keys + 1, keys)
end

-- Whether the event of an item that was taken off is external still, and nobody has edited it.
local function is_as_released(run, target, uid)
  local row = target:event_row(uid)
  local event = row and not row.unread and target.provider:decode(row.text)
  if not event then return false end
  event.uid = uid
  return adopted.is_released(run, target, event)
end

-- The item of an event whose adoption is done again goes back onto the board. What cannot be is refused later.
local function put_back(run, key, docs)
  local is_free = not attempt.found(run.board:entry(key))
  for _, target in ipairs(run.targets) do
    local doc = docs[target.name]
    if is_free and doc and doc.released and is_as_released(run, target, doc.released) then
      if not run.adopted[key] then assert(run.board:append({ "items" }, json.decode(doc.item))) end
      run.adopted[key], target.adopted[key], run.external_moved = doc.released, doc.released, true
    end
  end
end

--- Finds what is to be taken back: fills run.revert.number, run.reverts ({[key] = {[target] = change}}) and the candidates.
-- @return true, or nil and an error
function revert.find(run)
  local number, row = find_run(run)
  if not number then return nil, row end
  run.revert.number, run.adopted = number, {}
  if row.undoes > 0 and run.revert.kind == "undo" then run.revert.kind = "redo" end
  run.reverts, run.candidates = load(run)
  if #run.candidates == 0 then
    return fail("invalid", "undo", "run %d changed nothing of what --only names: history.lua --run %d shows what it changed",
      number, number)
  end
  -- A plan knows what it takes back, and confines the run to that.
  if run.only and not run.exact and run.revert.kind == "undo" then run.revert.kind = "undo_entry" end
  for _, target in ipairs(run.targets) do target.adopted = {} end
  for _, key in ipairs(run.candidates) do put_back(run, key, run.reverts[key]) end
  run.changed_before = candidates.compare(run)
  return true
end

--- Adds the entries whose events depend on what was taken back, as that of a subitem on its parent's title.
function revert.dependents(run)
  for key in pairs(candidates.compare(run)) do
    if not run.changed_before[key] and not run.reverts[key] then
      run.changed_before[key] = true
      run.candidates[#run.candidates + 1] = key
    end
  end
end

return revert
