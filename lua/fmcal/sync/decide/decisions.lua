-- What a run decides about all the entries it looks at, and what that would destroy.
--
-- A decision is large. The first ones are kept, and those that wrote to the board: they are the first slice of the run
-- (see fmcal.sync.run). Of the others only what they would destroy is noted, and they are made again when their slice
-- comes, for another program may have edited the board meanwhile. Where nothing can be destroyed none is made before
-- its time.

local decide = require "fmcal.sync.decide.decision"
local decided = require "fmcal.model.decided"
local entries = require "fmcal.model.entry"
local guard = require "fmcal.sync.decide.guard"

local decisions = {}

-- Each slice writes the board file, so there are not too many of them.
local MAX_SLICES = 50

-- What cannot be taken back is told, and stays as it is; of what depends on it, nothing but what goes out is renewed.
local function may_go_on(run, decision)
  local key = decision.key
  if not run.reverts[key] then return require("fmcal.sync.decide.revert").is_renewal(decision) end
  if not decision.error then return true end
  run.refused[#run.refused + 1] = { key = key, title = decision.view and decision.view.version.title or "",
    sentence = decision.error, reason = decision.reason }
  return false
end

-- Dropping back to the pristine view keeps what this run pulled from looking like an edit made here.
local function decide_key(run, key)
  local earlier = run.decisions[key]
  local decision = decide.key(run, key, earlier and earlier.view)
  if run.reverts and not may_go_on(run, decision) then return nil end
  if earlier then
    decision.patched = earlier.patched
  else
    run.order[#run.order + 1] = key
  end
  run.decisions[key] = decision
  return decision
end

-- Writes what is pulled into the board; what an earlier round pulled and this one does not is taken back.
local function patch(run, decision)
  local view, planned = decision.view, decision.plan
  if decision.taken_off then
    assert(run.board:remove(decision.key, {}))
    decision.patched, run.pulled = true, true
  end
  if not view or not planned or decision.error then return end
  if not next(planned.pulled) and not decision.patched then return end
  local now = assert(entries.view(run.board:entry(decision.key), run.settings.options.timeZone,
    decision.sides[1].target.rules.mapped))
  if entries.patch(run.board, now, planned.cur.version) then decision.patched, run.pulled = true, true end
end

--- Decides once more about a key, with what its calendars hold now.
function decisions.again(run, key)
  local decision = decide_key(run, key)
  if decision then patch(run, decision) end
end

-- The first run into an empty calendar only creates: without a base or an event nothing is deleted, cleared or pulled.
local function only_creates(run)
  if run.number > 1 or run.seed or run.slice_size == math.huge then return false end
  for _, target in ipairs(run.targets) do
    if target.state:count() > 0 or next(target.intents) or #target.state:pending() > 0 then return false end
  end
  return true
end

local function decide_now(run, i)
  local decision = decide_key(run, run.candidates[i])
  if not decision then return false end
  patch(run, decision)
  guard.count(run.toll, decision)
  if i > 2 * run.slice_size and not decision.patched then run.decisions[decision.key] = nil end
  run.progress("plan", i, #run.candidates)
  return decision.patched
end

-- Moves the keys whose decisions are kept to the front. @return how many they are
local function move_kept_to_front(run)
  local kept, others = {}, {}
  for _, key in ipairs(run.order) do
    local list = run.decisions[key] and kept or others
    list[#list + 1] = key
  end
  run.order = table.move(others, 1, #others, #kept + 1, kept)
  return #kept - #others
end

--- Decides about all candidates; what a pulled title changes elsewhere on the board is decided about too.
-- @param find function(run) that looks for further candidates
function decisions.all(run, find)
  if only_creates(run) then
    run.order = run.candidates
    return
  end
  local at = 1
  repeat
    local patched = false
    for i = at, #run.candidates do patched = decide_now(run, i) or patched end
    at = #run.candidates + 1
    if patched then find(run) end
  until at > #run.candidates
  local kept = move_kept_to_front(run)
  run.first_slice = kept > 0 and kept or nil
end

-- A decision that is made again must not destroy what the guard was not asked about: that waits for the next run.
local function is_within(run, decision)
  local deletes, clears = decided.destroys(decision)
  return run.toll.keys[decision.key] or deletes + clears == 0
end

local function made(run, key, i)
  if run.decisions[key] then return true end
  local decision = decide.key(run, key)
  if not is_within(run, decision) or run.reverts and not may_go_on(run, decision) then return false end
  run.decisions[key] = decision
  patch(run, decision)
  run.progress("plan", i, #run.order)
  return true
end

-- The last key of the slice that starts at `first`. What would be less than two slices is one.
local function slice_end(run, first)
  local count = #run.order
  if first == 1 and run.first_slice then return run.first_slice end
  local size = math.max(run.slice_size, count // MAX_SLICES)
  return count - first + 1 <= 2 * size and count or first + size - 1
end

--- The slices of a run: calls `fn(keys, is_last)` for the keys of each, their decisions made; at least once. What `fn`
-- returns as nil, err ends it.
-- @return true, or nil and that error
function decisions.each_slice(run, fn)
  local first = 1
  repeat
    local last = slice_end(run, first)
    local keys = {}
    for i = first, last do
      if made(run, run.order[i], i) then keys[#keys + 1] = run.order[i] end
    end
    local ok, err = fn(keys, last == #run.order)
    if not ok then return nil, err end
    for _, key in ipairs(keys) do run.decisions[key] = nil end
    first = last + 1
    if first <= #run.order then collectgarbage() end -- the next slice fills what this one has left
  until first > #run.order
  return true
end

--- What stops the run before anything is written: the guard's sentence, or nil.
function decisions.guarded(run)
  if run.allow_mass_delete then return nil end
  return guard.check(run, run.settings.options.massDeleteLimit)
end

return decisions
